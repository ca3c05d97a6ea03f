#include "lab/outside.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define NEIGHBOURS_DEFAULT 1024 /* net/ipv4/arp.c, net/ipv6/ndisc.c */

/* Programs get it, too; more than a terminal's usual 1024 is what a lab of some hundred nodes
 * takes. */
void outside_raise_limits(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
		limit.rlim_cur = limit.rlim_max;
		setrlimit(RLIMIT_NOFILE, &limit);
	}
}

void outside_read_neighbours(unsigned most[2])
{
	static const char *const families[] = { "ipv4", "ipv6" };

	for (size_t i = 0; i < 2; i++) {
		char path[64], text[16] = "";
		int fd;

		snprintf(path, sizeof(path), "/proc/sys/net/%s/neigh/default/gc_thresh3",
			 families[i]);
		fd = open(path, O_RDONLY | O_CLOEXEC);
		if (fd >= 0) {
			if (read(fd, text, sizeof(text) - 1) < 0)
				*text = '\0';
			close(fd);
		}
		most[i] = (unsigned)strtoul(text, NULL, 10);
		if (!most[i])
			most[i] = NEIGHBOURS_DEFAULT;
	}
}

/* ---- waiting ---- */

/* ^C, which the kernel sends, the shell gets as well; a hangup the session's leader alone. */
static void hand_on(int signals, int process)
{
	struct signalfd_siginfo info;

	if (read(signals, &info, sizeof(info)) == sizeof(info) &&
	    (info.ssi_code <= 0 || info.ssi_signo == SIGHUP))
		syscall(SYS_pidfd_send_signal, process, (int)info.ssi_signo, NULL, 0);
}

/* Those that we hand on. */
static sigset_t handed_on(void)
{
	static const int signals[] = { SIGTERM, SIGHUP, SIGINT, SIGQUIT, SIGUSR1, SIGUSR2 };
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		sigaddset(&set, signals[i]);
	return set;
}

void outside_hold_signals(void)
{
	sigset_t set = handed_on();

	sigprocmask(SIG_BLOCK, &set, NULL);
}

void outside_wait(int fd, pid_t pid)
{
	struct pollfd fds[] = { { fd, POLLIN, 0 }, { -1, POLLIN, 0 } };
	int process = (int)syscall(SYS_pidfd_open, pid, 0);
	sigset_t set = handed_on();

	outside_hold_signals();
	fds[1].fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	while (!fds[0].revents) {
		poll(fds, 2, -1);
		if (fds[1].revents)
			hand_on(fds[1].fd, process);
	}
	if (fds[1].fd >= 0)
		close(fds[1].fd);
	if (process >= 0)
		close(process);
}

int outside_reap(pid_t pid)
{
	int status = 0;

	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int outside_wait_child(pid_t pid)
{
	int end = (int)syscall(SYS_pidfd_open, pid, 0);

	if (end >= 0) {
		outside_wait(end, pid);
		close(end);
	}
	return outside_reap(pid);
}

/* ---- the terminal ---- */

/* As shells do when started in the background: wait until `fg`. An orphaned group is never stopped.
 */
static void await_foreground(void)
{
	pid_t front;

	for (int tries = 0; tries < 100; tries++) {
		front = tcgetpgrp(STDIN_FILENO);
		if (front < 0 || front == getpgrp())
			return;
		kill(0, SIGTTIN);
	}
}

void outside_save_terminal(struct outside_terminal *t, bool front)
{
	if (front)
		await_foreground();
	*t = (struct outside_terminal){ .group = getpgrp() };
	t->ours = tcgetpgrp(STDIN_FILENO) == t->group && tcgetattr(STDIN_FILENO, &t->modes) == 0;
}

/* Nobody has it: the group in front, a shell's that ended, is no more. */
static bool is_lost(void)
{
	pid_t front = tcgetpgrp(STDIN_FILENO);

	return front > 0 && kill(-front, 0) < 0 && errno == ESRCH;
}

void outside_restore_terminal(const struct outside_terminal *t, bool modes)
{
	sigset_t ttou, mask;

	if (!t->ours || (!modes && !is_lost()))
		return;
	/* We may be in the background now, where touching the terminal stops. */
	sigemptyset(&ttou);
	sigaddset(&ttou, SIGTTOU);
	sigprocmask(SIG_BLOCK, &ttou, &mask);
	tcsetpgrp(STDIN_FILENO, t->group);
	if (modes)
		tcsetattr(STDIN_FILENO, TCSANOW, &t->modes);
	sigprocmask(SIG_SETMASK, &mask, NULL);
}
