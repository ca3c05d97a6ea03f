/*
 * Into a running lab from another terminal.
 *
 *   nslab        outside, in the lab's namespaces but for the PID namespace: waits
 *     middle     in that one too: starts the program or shell, waits, hands on signals
 *       program  in a node; or a shell, a guest of init's
 *
 * Only a child is in the PID namespace that was entered, and sees itself in /proc. The middle's end
 * is nobody's to collect: a lab could not end while a stopped `nslab exec` keeps one from being.
 */
#include "lab/lab.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/name.h"
#include "kernel/fakeid.h"
#include "kernel/namespace.h"
#include "kernel/process.h"
#include "lab/door.h"
#include "lab/environment.h"
#include "lab/init.h"
#include "lab/outside.h"
#include "lab/shell.h"

/* ---- what is done inside ---- */

struct visit {
	struct door_lab lab;
	const char *cwd; /* by name, as it is seen inside */
	/* a program */
	const char *node;
	char *const *argv;
	/* or a shell */
	bool interactive;
	int (*shell)(struct lab *lab, void *data);
	void *data;
	int socket; /* to the door; born outside, where the door is */
	unsigned neighbours_max[2];
};

static int refuse_node(const char *node, struct err *err)
{
	struct nearest nearest = { .word = node };
	DIR *d = opendir("/run/netns");
	const struct dirent *e;
	char best[NAME_MAX + 1];

	while (d && (e = readdir(d))) {
		if (e->d_name[0] == '.')
			continue;
		nearest_offer(&nearest, e->d_name);
		if (nearest.best == e->d_name)
			nearest.best = strcpy(best, e->d_name);
	}
	if (d)
		closedir(d);
	err_set(err, "no node %s", node);
	return nearest_suggest(&nearest, err);
}

static int open_node(const char *node, struct err *err)
{
	char path[PATH_MAX];
	int fd;

	if (strchr(node, '/'))
		return err_set(err, "no node %s", node);
	snprintf(path, sizeof(path), "/run/netns/%s", node);
	/* A link into init's descriptors: followed from the lab's own root and /proc, where we are
	 * now. */
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 && errno == ENOENT)
		return refuse_node(node, err);
	return fd < 0 ? err_errno(err, errno, "node %s", node) : fd;
}

static int start_program(const struct visit *v, pid_t *pid, struct err *err)
{
	struct program p = PROGRAM_INIT;

	p.argv = v->argv;
	p.cwd = v->cwd;
	if (strcmp(v->node, "root") != 0) {
		p.net = open_node(v->node, err);
		if (p.net < 0)
			return -1;
		/* Without a view of its own it runs with the lab's. */
		namespace_create_view(p.net, v->node, &p.mnt, &p.uts, NULL);
	}
	if (process_start(&p, pid, err) < 0)
		return -1;
	/* Held here, it would outlive the node. */
	if (p.net >= 0)
		close(p.net);
	return 0;
}

static int open_shell(const struct visit *v, struct lab *lab, struct err *err)
{
	struct door_state state;

	if (door_knock(v->socket, &v->lab, &state, err) < 0)
		return -1;
	fcntl(v->socket, F_SETFL, 0);
	lab->rootless = state.rootless;
	lab->host_net = state.host_net;
	lab->etc_private = state.etc_private;
	lab->single_id = state.single_id;
	if (chdir(v->cwd) < 0 && chdir("/") < 0)
		return err_errno(err, errno, "enter /");
	return shell_open(lab, err);
}

static _Noreturn void be_shell(const struct visit *v, int report)
{
	struct lab lab = { .interactive = v->interactive, .channel = { .fd = v->socket } };
	struct err err = ERR_INIT;

	snprintf(lab.name, sizeof(lab.name), "%s", v->lab.name);
	memcpy(lab.neighbours_max, v->neighbours_max, sizeof(lab.neighbours_max));
	prctl(PR_SET_PDEATHSIG, SIGHUP);
	if (open_shell(v, &lab, &err) < 0)
		init_refuse(report, REFUSAL_NONE, 0, &err);
	close(report);
	shell_run(&lab, v->shell, v->data);
}

static int start_shell(const struct visit *v, int report, pid_t *pid, struct err *err)
{
	*pid = process_fork(0, err);
	if (*pid == 0)
		be_shell(v, report);
	close(v->socket);
	return *pid < 0 ? -1 : 0;
}

/* ---- the middle ---- */

/* Does this user namespace map a single id? */
static bool has_single_id(void)
{
	unsigned long inside, outside, count = 0;
	FILE *file = fopen("/proc/self/uid_map", "re");
	bool single = file && fscanf(file, "%lu %lu %lu", &inside, &outside, &count) == 3 &&
		      count == 1 && fscanf(file, "%lu", &inside) != 1;

	if (file)
		fclose(file);
	return single;
}

/* As a terminal does to what runs in it when it goes. */
static void follow_outside(int report)
{
	struct pollfd outside = { .fd = report };

	prctl(PR_SET_PDEATHSIG, SIGHUP);
	poll(&outside, 1, 0);
	if (outside.revents)
		_exit(128 + SIGHUP);
}

static _Noreturn void middle_main(const struct visit *v, int report)
{
	struct init_report result = { .ended = true, .err = ERR_INIT };
	pid_t pid;
	int r;

	outside_hold_signals();
	follow_outside(report);
	r = has_single_id() ? fakeid_install(&result.err) : 0;
	environment_set();
	if (r == 0)
		r = v->shell ? start_shell(v, report, &pid, &result.err)
			     : start_program(v, &pid, &result.err);
	if (r == 0)
		result.status = outside_wait_child(pid);
	else
		result.ended = false;
	if (write(report, &result, sizeof(result)) < 0)
		_exit(128 + SIGPIPE);
	_exit(0);
}

/* ---- outside ---- */

/* On a busy machine the end of a lab takes its time. */
#define END_MS 5000

/* Init ends at last when all in its PID namespace has. */
static bool has_ended(int init)
{
	struct pollfd end = { .fd = init, .events = POLLIN };

	return poll(&end, 1, END_MS) > 0;
}

static int run_middle(const struct visit *v, int init, struct err *err)
{
	struct init_report result;
	int report[2], r = -1;
	pid_t pid;

	if (pipe2(report, O_CLOEXEC) < 0)
		return err_errno(err, errno, "make a pipe");
	signal(SIGCHLD, SIG_IGN);
	outside_hold_signals();
	pid = process_fork(0, err);
	if (pid == 0) {
		close(report[0]);
		middle_main(v, report[1]);
	}
	close(report[1]);
	if (pid > 0) {
		outside_wait(report[0], pid);
		if (read(report[0], &result, sizeof(result)) == sizeof(result)) {
			r = result.ended ? result.status : -1;
			if (r < 0 && err)
				*err = result.err;
		} else {
			r = has_ended(init) ? err_set(err, "it has ended") : 128 + SIGKILL;
		}
	}
	close(report[0]);
	return r;
}

/* In programs built with a leak checker: its one look, which would be at exit, needs a process of
 * its own PID namespace. */
extern void __lsan_do_leak_check(void) __attribute__((weak));

static int enter(struct visit *v, const char *name, struct err *err)
{
	char *cwd = get_current_dir_name();
	struct door_state state;
	pid_t pid;
	int init, r = -1;

	v->cwd = cwd ? cwd : "/";
	v->socket = door_socket(err);
	if (v->socket >= 0 && door_find(name, &v->lab, err) == 0 &&
	    (pid = door_knock(v->socket, &v->lab, &state, err)) > 0) {
		/* That connection says who came from outside; a shell's own comes from inside. */
		close(v->socket);
		v->socket = v->shell ? door_socket(err) : -1;
		init = (int)syscall(SYS_pidfd_open, pid, 0);
		fflush(NULL);
		if (__lsan_do_leak_check)
			__lsan_do_leak_check();
		if (namespace_enter_process(pid, err) == 0)
			r = run_middle(v, init, err);
		if (r < 0)
			err_wrap(err, "lab %s", v->lab.name);
		close(init);
	}
	if (v->socket >= 0)
		close(v->socket);
	free(cwd);
	return r;
}

int lab_exec(const char *name, const char *node, char *const *argv, struct err *err)
{
	struct visit v = { .node = node, .argv = argv };
	struct outside_terminal terminal;
	int status;

	outside_save_terminal(&terminal, false);
	status = enter(&v, name, err);
	outside_restore_terminal(&terminal, status < 0);
	return status;
}

int lab_attach(const char *name, bool interactive, int (*shell)(struct lab *lab, void *data),
	       void *data, struct err *err)
{
	struct visit v = { .shell = shell, .data = data };
	struct outside_terminal terminal;
	int status;

	outside_raise_limits();
	outside_read_neighbours(v.neighbours_max);
	outside_save_terminal(&terminal, interactive);
	v.interactive = interactive && terminal.ours;
	status = enter(&v, name, err);
	outside_restore_terminal(&terminal, interactive);
	return status;
}

int lab_stop(const char *name, struct err *err)
{
	struct door_state state;
	struct door_lab lab;
	int socket, init = -1, code = 0;
	pid_t pid;

	if (door_find(name, &lab, err) < 0 || (socket = door_socket(err)) < 0)
		return -1;
	pid = door_knock(socket, &lab, &state, err);
	close(socket);
	if (pid < 0)
		return -1;
	init = (int)syscall(SYS_pidfd_open, pid, 0);
	if (init < 0 || syscall(SYS_pidfd_send_signal, init, INIT_STOP, NULL, 0) < 0)
		code = errno;
	else if (!has_ended(init) &&
		 (syscall(SYS_pidfd_send_signal, init, SIGKILL, NULL, 0) < 0 || !has_ended(init)))
		code = ETIMEDOUT;
	if (init >= 0)
		close(init);
	return code && code != ESRCH ? err_errno(err, code, "stop lab %s", lab.name) : 0;
}
