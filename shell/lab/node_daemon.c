#include "lab/node_daemon.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/interrupt.h"
#include "base/name.h"
#include "lab/init.h"
#include "lab/node_files.h"
#include "lab/node_program.h"

static void state_path(char path[NODE_PATH], const char *node, const char *name)
{
	snprintf(path, NODE_PATH, NODE_FILES "/%s/daemons/%s", node, name);
}

static void log_path(char path[NODE_PATH], const char *node, const char *name)
{
	snprintf(path, NODE_PATH, NODE_FILES "/%s/logs/%s", node, name);
}

/* ---- what is known of them ---- */

bool node_daemon_find(const char *node, const char *name, struct node_daemon *d)
{
	char path[NODE_PATH], *text;
	int fields;

	*d = (struct node_daemon){ 0 };
	state_path(path, node, name);
	text = node_text_read(path);
	fields = text ? sscanf(text, "%d %d", &d->pid, &d->status) : 0;
	d->ended = fields == 2;
	free(text);
	return fields > 0;
}

static int is_shown(const struct dirent *e)
{
	return *e->d_name != '.';
}

static int compare(const struct dirent **a, const struct dirent **b)
{
	return name_compare((*a)->d_name, (*b)->d_name);
}

char *node_daemon_names(const char *node)
{
	struct dirent **entries = NULL;
	struct buf names = { 0 };
	char path[NODE_PATH];
	int n;

	state_path(path, node, "");
	n = scandir(path, &entries, is_shown, compare);
	for (int i = 0; i < n; i++) {
		buf_printf(&names, "%s\n", entries[i]->d_name);
		free(entries[i]);
	}
	free(entries);
	return names.data;
}

char *node_daemon_log(const char *node, const char *name)
{
	char path[NODE_PATH];

	log_path(path, node, name);
	return node_text_read(path);
}

/* ---- starting ---- */

int node_daemon_check_name(const char *name, struct err *err)
{
	static const char good[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				   "0123456789_.+-";

	if (*name && *name != '.' && !name[strspn(name, good)] && strlen(name) < 64)
		return 0;
	return err_set(err, "\"%.64s\" is no name for a daemon: letters, digits and _ . + -", name);
}

/* What the process in between says. */
struct report {
	pid_t pid; /* 0: see err */
	struct err err;
};

/* A process in between, whose end makes the daemon a child of the lab's init. Until that knows of
 * it, a daemon that has ended must not be collected. */
static _Noreturn void start_between(const struct program *p, int report, int go)
{
	struct report r = { .err = ERR_INIT };
	sigset_t all;
	char byte;

	/* ^C is for the shell to heed. */
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	if (process_start(p, &r.pid, &r.err) < 0)
		r.pid = 0;
	if (write(report, &r, sizeof(r)) == sizeof(r))
		(void)!read(go, &byte, 1);
	_exit(0);
}

static int hand_over(struct lab *lab, const struct report *r, int state, struct err *err)
{
	if (!r->pid) {
		if (err)
			*err = r->err;
		return -1;
	}
	dprintf(state, "%d\n", (int)r->pid);
	if (init_adopt(&lab->channel, r->pid, state, err) == 0)
		return 0;
	kill(-r->pid, SIGKILL);
	return -1;
}

/* STATE gets its process id, and later its status. */
static int start_orphan(struct lab *lab, const struct program *p, int state, struct err *err)
{
	int report[2], go[2], r = -1;
	struct report said;
	pid_t between;

	if (pipe2(report, O_CLOEXEC) < 0)
		return err_errno(err, errno, "cannot make a pipe");
	if (pipe2(go, O_CLOEXEC) < 0) {
		err_errno(err, errno, "cannot make a pipe");
		close(report[0]);
		close(report[1]);
		return -1;
	}
	between = process_fork(0, err);
	if (between == 0) {
		close(go[1]);
		start_between(p, report[1], go[0]);
	}
	close(report[1]);
	close(go[0]);
	if (between > 0) {
		ssize_t n;

		do
			n = read(report[0], &said, sizeof(said));
		while (n < 0 && errno == EINTR);
		r = n == sizeof(said)
			    ? hand_over(lab, &said, state, err)
			    : err_set(err, interrupt_pending() ? "interrupted"
							       : "cannot start a process");
	}
	close(report[0]);
	close(go[1]);
	if (between > 0)
		while (waitpid(between, NULL, 0) < 0 && errno == EINTR)
			;
	return r;
}

static int open_file(const char *path, struct err *err)
{
	int fd;

	if (node_path_make_parents(path, err) < 0)
		return -1;
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0644);
	return fd < 0 ? err_errno(err, errno, "%s", path) : fd;
}

/* LOG is where it stands, NODE_LOGS where people look for it. */
static void link_log(const char *log, const char *node, const char *name)
{
	char link[NODE_PATH];

	mkdir(NODE_LOGS, 0755);
	snprintf(link, sizeof(link), NODE_LOGS "/%s-%s.log", node, name);
	(void)!symlink(log, link);
}

static int start(struct lab *lab, const char *node, const char *name, struct node_program *np,
		 struct err *err)
{
	char path[NODE_PATH];
	int state, log, r = -1;

	state_path(path, node, name);
	state = open_file(path, err);
	log_path(path, node, name);
	log = state < 0 ? -1 : open_file(path, err);
	if (log >= 0) {
		link_log(path, node, name);
		np->program.out = np->program.error = log;
		np->program.session = true;
		r = start_orphan(lab, &np->program, state, err);
		close(log);
	}
	if (state >= 0)
		close(state);
	return r;
}

int node_daemon_start(struct lab *lab, const char *node, const char *name, const char *line,
		      struct err *err)
{
	struct node_program np;
	struct node_daemon d;
	int r;

	if (node_daemon_check_name(name, err) < 0)
		return -1;
	if (node_daemon_find(node, name, &d) && !d.ended)
		return err_set(err, "there is one already, process %d", (int)d.pid);
	if (node_program_open(&np, lab, node, line, err) < 0)
		return -1;
	r = start(lab, node, name, &np, err);
	node_program_close(&np);
	if (r < 0)
		node_daemon_forget(node, name);
	return r;
}

void node_daemon_forget(const char *node, const char *name)
{
	char path[NODE_PATH];

	node_daemon_stop(node, name, 0, NULL);
	state_path(path, node, name);
	unlink(path);
	log_path(path, node, name);
	unlink(path);
	snprintf(path, sizeof(path), NODE_LOGS "/%s-%s.log", node, name);
	unlink(path);
}
