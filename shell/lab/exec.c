#include "lab/lab.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/name.h"
#include "kernel/fakeid.h"
#include "kernel/namespace.h"
#include "kernel/process.h"
#include "lab/environment.h"
#include "lab/start.h"

/* ---- which lab ---- */

/* The process id of the init of lab NAME of user UID: whoever listens at the name. 0: no such lab.
 */
static pid_t find_init(uid_t uid, const char *name)
{
	struct sockaddr_un address;
	socklen_t len = start_address(&address, uid, name), size = sizeof(struct ucred);
	struct ucred peer = { 0 };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return 0;
	/* The name is anybody's to bind: a lab is only where its owner, or root, did. */
	if (connect(fd, (struct sockaddr *)&address, len) < 0 ||
	    getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) < 0 ||
	    (peer.uid != uid && peer.uid != 0))
		peer.pid = 0;
	close(fd);
	return peer.pid;
}

/* Is LINE of /proc/net/unix a lab's name? */
static bool parse_name(const char *line, uid_t *uid, char name[LAB_NAME_MAX + 1])
{
	const char *at = strstr(line, " @nslab/");

	return at && sscanf(at, " @nslab/%u/%31[^/\n]", uid, name) == 2;
}

/* Root enters anybody's lab; its own come first. */
static pid_t find_any_init(const char *name)
{
	FILE *file = fopen("/proc/net/unix", "re");
	char line[512], found[LAB_NAME_MAX + 1];
	pid_t init = 0;
	uid_t uid;

	while (file && !init && fgets(line, sizeof(line), file))
		if (parse_name(line, &uid, found) && strcmp(found, name) == 0)
			init = find_init(uid, name);
	if (file)
		fclose(file);
	return init;
}

/* The labs there are, for who mistyped one. */
static int refuse_missing(const char *name, struct err *err)
{
	FILE *file = fopen("/proc/net/unix", "re");
	char line[512], found[LAB_NAME_MAX + 1], best[LAB_NAME_MAX + 1];
	struct nearest nearest = { .word = name };
	uid_t uid;

	err_set(err, "no lab %s is running", name);
	while (file && fgets(line, sizeof(line), file)) {
		if (!parse_name(line, &uid, found) || (uid != getuid() && getuid() != 0))
			continue;
		nearest_offer(&nearest, found);
		if (nearest.best == found)
			nearest.best = strcpy(best, found);
	}
	if (file)
		fclose(file);
	return nearest_suggest(&nearest, err);
}

/* ---- inside ---- */

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
		return err_set(err, "no node %s", node);
	return fd < 0 ? err_errno(err, errno, "node %s", node) : fd;
}

/* In a process that the lab's /proc knows. */
static int start_in_node(const char *node, struct program *p, pid_t *pid, struct err *err)
{
	if (has_single_id() && fakeid_install(err) < 0)
		return -1;
	environment_set();
	if (*node) {
		p->net = open_node(node, err);
		if (p->net < 0)
			return -1;
		/* Without a view of its own it runs with the lab's. */
		namespace_create_view(p->net, node, &p->mnt, &p->uts, NULL);
	}
	return process_start(p, pid, err);
}

static _Noreturn void child_main(const char *node, struct program *p, int report)
{
	struct err err = ERR_INIT;
	pid_t pid;

	if (start_in_node(node, p, &pid, &err) < 0)
		_exit(write(report, &err, sizeof(err)) == sizeof(err) ? ERR_FAILED : ERR_MACHINE);
	close(report);
	_exit(start_wait(pid));
}

/* Only a child is in the PID namespace that was entered, and sees itself in /proc. */
static int run_inside(const char *node, struct program *p, struct err *err)
{
	int report[2], status;
	struct err why;
	pid_t pid;

	if (pipe2(report, O_CLOEXEC) < 0)
		return err_errno(err, errno, "make a pipe");
	pid = process_fork(0, err);
	if (pid == 0)
		child_main(node, p, report[1]);
	close(report[1]);
	status = pid < 0 ? -1 : start_wait(pid);
	if (pid > 0 && read(report[0], &why, sizeof(why)) == sizeof(why)) {
		status = -1;
		if (err)
			*err = why;
	}
	close(report[0]);
	return status;
}

int lab_exec(const char *name, const char *node, char *const *argv, struct err *err)
{
	struct program program = PROGRAM_INIT;
	pid_t init = find_init(getuid(), name);
	int status = -1;
	char *cwd;

	if (!init && getuid() == 0)
		init = find_any_init(name);
	if (!init)
		return refuse_missing(name, err);
	/* By name, as it is seen inside. */
	cwd = get_current_dir_name();
	program.argv = argv;
	program.cwd = cwd ? cwd : "/";
	fflush(NULL);
	if (namespace_enter_process(init, err) == 0)
		status = run_inside(node, &program, err);
	free(cwd);
	return status < 0 ? err_wrap(err, "lab %s", name) : status;
}
