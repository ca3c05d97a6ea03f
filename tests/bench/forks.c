/*
 * What node:run is measured against: the same program by bare fork, setns, exec and wait.
 * forks /run/netns/h1 COUNT PROGRAM prints the microseconds for one.
 */
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

int main(int argc, char **argv)
{
	int ns = argc == 4 ? open(argv[1], O_RDONLY | O_CLOEXEC) : -1;
	int count = argc == 4 ? atoi(argv[2]) : 0;
	double begin = now_us();

	if (ns < 0 || count < 1)
		return 2;
	for (int i = 0; i < count; i++) {
		pid_t pid = fork();

		if (pid == 0) {
			if (setns(ns, CLONE_NEWNET) == 0)
				execl(argv[3], argv[3], (char *)NULL);
			_exit(127);
		}
		if (pid < 0 || waitpid(pid, NULL, 0) < 0)
			return 1;
	}
	printf("%.1f\n", (now_us() - begin) / count);
	return 0;
}
