#include "lab/container.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/name.h"
#include "kernel/namespace.h"
#include "kernel/netlink.h"
#include "kernel/process.h"
#include "lab/shell.h"

#define DIRECTORY "/run/nslab/containers"

/* ---- the files ---- */

/* When PID was started, which tells it from a later process of that number; 0: it does not run. */
static unsigned long long start_time(pid_t pid)
{
	char path[64], text[1024] = "", state = 'X', *rest;
	unsigned long long when = 0;
	ssize_t n = -1;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd >= 0) {
		n = read(fd, text, sizeof(text) - 1);
		close(fd);
	}
	/* Behind its name, which may hold blanks and parentheses: field 3 is the state, 22 the
	 * time. */
	rest = n > 0 ? strrchr(text, ')') : NULL;
	if (!rest || sscanf(rest + 1,
			    " %c %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s "
			    "%*s %*s %llu",
			    &state, &when) != 2)
		return 0;
	return state == 'Z' || state == 'X' ? 0 : when;
}

static int write_text(const char *path, const char *text, struct err *err)
{
	FILE *f = fopen(path, "we");

	if (!f)
		return err_errno(err, errno, "%s", path);
	fputs(text, f);
	return fclose(f) ? err_errno(err, errno, "%s", path) : 0;
}

static int record(const char *name, pid_t pid, struct err *err)
{
	char path[PATH_MAX], text[64];

	mkdir(DIRECTORY, 0755);
	snprintf(path, sizeof(path), DIRECTORY "/%s", name);
	snprintf(text, sizeof(text), "%d %llu\n", (int)pid, start_time(pid));
	return write_text(path, text, err);
}

pid_t container_find(const char *name)
{
	char path[PATH_MAX];
	unsigned long long when;
	int pid = 0, fields;
	FILE *f;

	snprintf(path, sizeof(path), DIRECTORY "/%s", name);
	f = fopen(path, "re");
	if (!f)
		return 0;
	fields = fscanf(f, "%d %llu", &pid, &when);
	fclose(f);
	return fields == 2 && pid > 1 && start_time(pid) == when ? pid : 0;
}

static int compare(const void *a, const void *b)
{
	const struct container *left = a, *right = b;

	return name_compare(left->name, right->name);
}

struct container *container_list(size_t *n)
{
	struct container *list = NULL;
	DIR *dir = opendir(DIRECTORY);
	struct dirent *e;
	size_t cap = 0;

	*n = 0;
	while (dir && (e = readdir(dir))) {
		pid_t pid = *e->d_name == '.' ? 0 : container_find(e->d_name);

		if (!pid)
			continue;
		list = mem_grow(list, *n, &cap, sizeof(*list));
		list[(*n)++] = (struct container){ mem_strdup(e->d_name), pid };
	}
	if (dir)
		closedir(dir);
	if (*n)
		qsort(list, *n, sizeof(*list), compare);
	return list;
}

void container_free_list(struct container *list, size_t n)
{
	while (n)
		free(list[--n].name);
	free(list);
}

/* Where `ip netns exec NAME` and our own views of NAME find it. */
static int write_resolver(const char *name, const char *dns, struct err *err)
{
	char path[PATH_MAX], text[128];

	mkdir("/etc/netns", 0755);
	snprintf(path, sizeof(path), "/etc/netns/%s", name);
	if (mkdir(path, 0755) < 0 && errno != EEXIST)
		return err_errno(err, errno, "%s", path);
	snprintf(path, sizeof(path), "/etc/netns/%s/resolv.conf", name);
	snprintf(text, sizeof(text), "nameserver %s\n", dns);
	return write_text(path, text, err);
}

/* ---- the process ---- */

/* Either of the two that are started says its part. */
struct report {
	pid_t pid;	/* from the one between: that of the container */
	struct err err; /* class 0: no error */
};

static void tell(int fd, pid_t pid, const struct err *err)
{
	struct report report = { .pid = pid };

	if (err)
		report.err = *err;
	if (write(fd, &report, sizeof(report)) < 0)
		_exit(1);
}

static int prepare(const char *name, struct err *err)
{
	struct netlink nl;
	int r;

	/* As docker does; `ip netns add` leaves it down. */
	if (netlink_open(&nl, err) < 0)
		return -1;
	r = shell_raise_loopback(&nl, err);
	netlink_close(&nl);
	return r < 0 ? -1 : namespace_make_view(name, err);
}

/* The first process of a PID namespace: reap what is left to it, and end when told to. Signals that
 * are blocked reach it although it has no handlers. */
static _Noreturn void sleep_until_killed(void)
{
	siginfo_t info;
	sigset_t set;

	sigemptyset(&set);
	for (;;) {
		static const int heeded[] = { SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGCHLD };

		for (size_t i = 0; i < sizeof(heeded) / sizeof(heeded[0]); i++)
			sigaddset(&set, heeded[i]);
		sigprocmask(SIG_BLOCK, &set, NULL);
		if (sigwaitinfo(&set, &info) < 0)
			continue;
		if (info.si_signo != SIGCHLD)
			_exit(128 + info.si_signo);
		while (waitpid(-1, NULL, WNOHANG) > 0)
			;
	}
}

/* A copy of the shell, of which it keeps nothing: its descriptors hold namespaces. */
static _Noreturn void container_main(const char *name, int report)
{
	int null = open("/dev/null", O_RDWR);
	struct err err = ERR_INIT;

	setsid();
	prctl(PR_SET_NAME, name);
	/* Else /proc/PID/ns is closed to all but the machine's root. */
	prctl(PR_SET_DUMPABLE, 1);
	for (int i = 0; i < 3; i++)
		dup2(null, i);
	dup2(report, 3);
	close_range(4, ~0U, 0);
	if (prepare(name, &err) < 0) {
		tell(3, 0, &err);
		_exit(1);
	}
	close(3);
	sleep_until_killed();
}

/* A process in between, whose end makes the container a child of the lab's init. */
static _Noreturn void start_between(const char *name, int report)
{
	struct err err = ERR_INIT;
	pid_t pid = process_fork(
		CLONE_NEWNET | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWUTS | CLONE_NEWIPC, &err);

	if (pid == 0)
		container_main(name, report);
	if (pid < 0)
		tell(report, 0, &err);
	else
		tell(report, pid, NULL);
	_exit(pid < 0);
}

/* What both have said, up to the moment when neither can say more. */
static int read_reports(int fd, pid_t *pid, struct err *err)
{
	struct report report;
	ssize_t n;
	int r = 0;

	*pid = 0;
	while ((n = read(fd, &report, sizeof(report))) == sizeof(report) ||
	       (n < 0 && errno == EINTR)) {
		if (n < 0)
			continue;
		if (report.pid)
			*pid = report.pid;
		if (report.err.class) {
			r = -1;
			if (err)
				*err = report.err;
		}
	}
	return r < 0 || *pid ? r : err_set(err, "it ended at once");
}

int container_start(const char *name, const char *dns, pid_t *pid, struct err *err)
{
	int report[2], status, r;
	pid_t between;

	if (dns && write_resolver(name, dns, err) < 0)
		return -1;
	if (pipe2(report, O_CLOEXEC) < 0)
		return err_errno(err, errno, "cannot make a pipe");
	between = process_fork(0, err);
	if (between == 0)
		start_between(name, report[1]);
	close(report[1]);
	r = between < 0 ? -1 : read_reports(report[0], pid, err);
	close(report[0]);
	if (between > 0)
		while (waitpid(between, &status, 0) < 0 && errno == EINTR)
			;
	return r < 0 ? -1 : record(name, *pid, err);
}
