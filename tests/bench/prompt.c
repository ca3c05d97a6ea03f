/*
 * How long a person waits for a prompt: `prompt PROGRAM WORD...` starts it at a pseudo terminal,
 * prints the ms until it has written "> ", and types ^D. In C, since what starts a program counts
 * too: a fork of a Python costs as much as half a lab.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "tool.h"

static int open_terminal(const char **slave)
{
	struct winsize size = { .ws_row = 24, .ws_col = 80 };
	int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);

	if (master < 0 || grantpt(master) < 0 || unlockpt(master) < 0)
		die("pseudo terminal");
	*slave = ptsname(master);
	ioctl(master, TIOCSWINSZ, &size);
	return master;
}

static pid_t start(char **argv, const char *terminal)
{
	pid_t pid = vfork();

	if (pid == 0) {
		setsid();
		/* The first that a session's leader opens becomes its terminal. */
		close(0);
		if (open(terminal, O_RDWR) == 0 && dup2(0, 1) == 1 && dup2(0, 2) == 2)
			execv(argv[0], argv);
		_exit(127);
	}
	if (pid < 0)
		die("vfork");
	return pid;
}

/* False when it ended before. */
static int wait_prompt(int master)
{
	static char text[65536];
	size_t len = 0;
	ssize_t n;

	while (len < sizeof(text) - 1 &&
	       (n = read(master, text + len, sizeof(text) - 1 - len)) > 0) {
		len += (size_t)n;
		if (memmem(text, len, "> ", 2))
			return 1;
	}
	return 0;
}

int main(int argc, char **argv)
{
	const char *terminal;
	int master = open_terminal(&terminal), status;
	char rest[4096];
	double begin;
	pid_t pid;

	if (argc < 2)
		return 2;
	begin = now_ms();
	pid = start(argv + 1, terminal);
	if (!wait_prompt(master))
		return 1;
	printf("%.2f\n", now_ms() - begin);
	if (write(master, "\x04", 1) != 1)
		die("^D");
	while (read(master, rest, sizeof(rest)) > 0)
		;
	waitpid(pid, &status, 0);
	return 0;
}
