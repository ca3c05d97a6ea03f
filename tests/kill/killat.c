/*
 * killat WHOM K PROGRAM ARG...: run a lab under ptrace and deliver SIGKILL to one of its three
 * processes at the K-th system call, counted over all of them. WHOM: outer (the program started),
 * init (process 1 of the lab), shell (process 2 of it).
 *
 * Prints "killed NAME at K", "no NAME yet at K" (then it ends all), or, when the lab ended before,
 * "ended after N system calls". Waits for nothing after the kill: whoever called looks at what is
 * left.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#define OPTIONS                                                                                    \
	(PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE |  \
	 PTRACE_O_TRACEEXEC)

struct tracee {
	pid_t pid;
	bool inside; /* a system call: the next stop is its end */
};

static struct tracee tracees[512];
static size_t n_tracees;
static pid_t outer;

static struct tracee *find(pid_t pid)
{
	for (size_t i = 0; i < n_tracees; i++)
		if (tracees[i].pid == pid)
			return &tracees[i];
	if (n_tracees == sizeof(tracees) / sizeof(*tracees)) {
		fprintf(stderr, "killat: too many processes\n");
		exit(2);
	}
	tracees[n_tracees] = (struct tracee){ .pid = pid };
	return &tracees[n_tracees++];
}

static void forget(pid_t pid)
{
	for (size_t i = 0; i < n_tracees; i++)
		if (tracees[i].pid == pid)
			tracees[i] = tracees[--n_tracees];
}

/* The process's number in the innermost of its process namespaces; 0: it lives in ours. */
static int inner_pid(pid_t pid)
{
	char path[64], line[256];
	int here = 0, inner = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/status", pid);
	if (!(f = fopen(path, "r")))
		return 0;
	while (fgets(line, sizeof(line), f))
		if (sscanf(line, "NSpid: %d %d", &here, &inner) >= 1)
			break;
	fclose(f);
	return inner;
}

static pid_t find_victim(const char *whom)
{
	int number = strcmp(whom, "init") == 0 ? 1 : 2;

	if (strcmp(whom, "outer") == 0)
		return outer;
	for (size_t i = 0; i < n_tracees; i++)
		if (inner_pid(tracees[i].pid) == number)
			return tracees[i].pid;
	return 0;
}

static void start(char **argv)
{
	int null = open("/dev/null", O_RDWR);

	outer = fork();
	if (outer == 0) {
		for (int fd = 0; fd < 3; fd++)
			dup2(null, fd);
		raise(SIGSTOP);
		execvp(argv[0], argv);
		_exit(127);
	}
	waitpid(outer, NULL, WUNTRACED);
	/* Seized, not TRACEME: new processes then get no SIGSTOP, which would outlive a tracer that
	 * ends. */
	if (ptrace(PTRACE_SEIZE, outer, 0, OPTIONS) < 0) {
		perror("killat: ptrace");
		kill(outer, SIGKILL);
		exit(2);
	}
	kill(outer, SIGCONT);
}

/* Let one stopped process go on. True when the stop was the entry of a system call. */
static bool resume(pid_t pid, int status)
{
	struct tracee *t = find(pid);
	int signal = WSTOPSIG(status), deliver = 0;
	bool entry = false;

	if (signal == (SIGTRAP | 0x80)) {
		t->inside = !t->inside;
		entry = t->inside;
	} else if (status >> 16 == 0 && signal != SIGTRAP && signal != SIGSTOP) {
		deliver = signal;
	}
	ptrace(PTRACE_SYSCALL, pid, 0, deliver);
	return entry;
}

int main(int argc, char **argv)
{
	unsigned long k, calls = 0;
	int status;
	pid_t pid;

	if (argc < 4) {
		fprintf(stderr, "usage: killat outer|init|shell K PROGRAM ARG...\n");
		return 2;
	}
	k = strtoul(argv[2], NULL, 10);
	start(argv + 3);
	while ((pid = waitpid(-1, &status, __WALL)) > 0 || errno == EINTR) {
		if (pid < 0)
			continue;
		if (!WIFSTOPPED(status)) {
			forget(pid);
			continue;
		}
		if (WSTOPSIG(status) == (SIGTRAP | 0x80) && !find(pid)->inside && calls + 1 == k) {
			/* Held at the entry of the K-th call. Our end lets every other process go
			 * on untraced. */
			pid_t victim = find_victim(argv[1]);

			if (!victim) {
				printf("no %s yet at %lu\n", argv[1], k);
				for (size_t i = 0; i < n_tracees; i++)
					kill(tracees[i].pid, SIGKILL);
				return 0;
			}
			kill(victim, SIGKILL);
			printf("killed %s at %lu\n", argv[1], k);
			return 0;
		}
		calls += resume(pid, status);
	}
	printf("ended after %lu system calls\n", calls);
	return 0;
}
