#include "lab/netns.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <linux/net_namespace.h>
#include <linux/nsfs.h>
#include <linux/rtnetlink.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdalign.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/mem.h"
#include "kernel/namespace.h"
#include "kernel/process.h"
#include "lab/init.h"
#include "lab/node_files.h"

#define DIRECTORY "/run/netns"

/* A name can be longer than a file name may be; then opening it says so. */
static void path_of(char path[PATH_MAX], const char *name)
{
	snprintf(path, PATH_MAX, DIRECTORY "/%s", name);
}

struct lab_netns *netns_new(const char *name)
{
	struct lab_netns *ns = mem_alloc(sizeof(*ns));

	ns->name = mem_strdup(name);
	ns->fd = ns->nsid = ns->mnt = ns->uts = -1;
	return ns;
}

static void close_view(struct lab_netns *ns)
{
	if (ns->mnt >= 0)
		close(ns->mnt);
	if (ns->uts >= 0)
		close(ns->uts);
	ns->mnt = ns->uts = -1;
}

void netns_free(struct lab_netns *ns)
{
	netlink_close(&ns->nl);
	close_view(ns);
	if (ns->fd >= 0)
		close(ns->fd);
	free(ns->hidden);
	free(ns->dead);
	free(ns->name);
	free(ns);
}

void netns_free_all(struct lab *lab)
{
	for (size_t i = 0; i < lab->netns.cap; i++)
		if (lab->netns.slots[i].key)
			netns_free(lab->netns.slots[i].value);
	map_free(&lab->netns);
	close_view(&lab->root);
	close(lab->root.fd);
	close(lab->watch);
}

/* ---- hiding, restoring ---- */

static void bring_back_files(struct lab_netns *ns)
{
	if (ns->hidden)
		node_files_restore(ns->name, ns->hidden);
	free(ns->hidden);
	ns->hidden = NULL;
}

bool lab_netns_is_dead(const char *name)
{
	char path[PATH_MAX];
	struct stat st;

	path_of(path, name);
	return lstat(path, &st) == 0 && S_ISLNK(st.st_mode) && stat(path, &st) < 0 &&
	       errno == ENOENT;
}

/* The link alone, and the files of the node that it was. */
static int hide_dead(const char *name, struct lab_netns **taken, struct err *err)
{
	char path[PATH_MAX], target[PATH_MAX];
	ssize_t n;

	path_of(path, name);
	n = readlink(path, target, sizeof(target));
	if (n < 0 || unlink(path) < 0)
		return err_errno(err, errno, "%s", path);
	*taken = netns_new(name);
	(*taken)->dead = mem_strndup(target, (size_t)n);
	(*taken)->hidden = node_files_hide(name);
	return 0;
}

int lab_netns_hide(struct lab *lab, const char *name, struct lab_netns **taken, struct err *err)
{
	struct lab_netns *ns;
	char path[PATH_MAX];
	bool held;

	if (!*name)
		return err_set(err, "the lab's root is not a node");
	if (!map_get(&lab->netns, name) && lab_netns_is_dead(name))
		return hide_dead(name, taken, err);
	ns = lab_netns_find(lab, name, err);
	if (!ns)
		return -1;
	path_of(path, name);
	held = init_drop(&lab->channel, name, ns->fd);
	/* One made by `ip netns add` is a mount. */
	if (!held && !ns->ours) {
		umount2(path, MNT_DETACH | UMOUNT_NOFOLLOW);
		if (unlink(path) < 0 && errno != ENOENT)
			return err_errno(err, errno, "%s", path);
	}
	/* Where init does not hold ours, entry and files are another's, who was quicker. */
	if (held || !ns->ours)
		ns->hidden = node_files_hide(name);
	map_remove(&lab->netns, name);
	*taken = ns;
	return 0;
}

static int restore_dead(struct lab_netns *taken, struct err *err)
{
	char path[PATH_MAX];

	path_of(path, taken->name);
	if (symlink(taken->dead, path) < 0)
		return err_errno(err, errno, "%s", path);
	bring_back_files(taken);
	netns_free(taken);
	return 0;
}

int lab_netns_restore(struct lab *lab, struct lab_netns *taken, struct err *err)
{
	if (taken->dead)
		return restore_dead(taken, err);
	if (netns_publish(lab, taken, err) < 0)
		return -1;
	map_put(&lab->netns, taken->name, taken);
	bring_back_files(taken);
	return 0;
}

void lab_netns_unmake(struct lab *lab, const char *name)
{
	struct lab_netns *ns = map_get(&lab->netns, name), *taken;

	if (ns && ns->pending)
		netns_forget_pending(lab, ns);
	else if (ns && ns->ours && lab_netns_hide(lab, name, &taken, NULL) == 0)
		lab_netns_drop(taken);
}

/* ---- ending ---- */

/* Kill process PID if it runs in network namespace INODE. A descriptor that tells its end, or -1.
 */
static int kill_in(pid_t pid, unsigned long inode)
{
	int fd = (int)syscall(SYS_pidfd_open, pid, 0);
	char path[64];
	struct stat st;

	if (fd < 0)
		return -1;
	/* Asked after the process is pinned, so that it is this one we kill. */
	snprintf(path, sizeof(path), "/proc/%d/ns/net", (int)pid);
	if (stat(path, &st) == 0 && st.st_ino == inode &&
	    syscall(SYS_pidfd_send_signal, fd, SIGKILL, NULL, 0) == 0)
		return fd;
	close(fd);
	return -1;
}

/* True when there was one to kill; it is gone then, or has had its second. */
static bool kill_all_in(unsigned long inode)
{
	DIR *proc = opendir("/proc");
	struct dirent *e;
	bool any = false;

	while (proc && (e = readdir(proc))) {
		pid_t pid = (pid_t)strtol(e->d_name, NULL, 10);
		struct pollfd end = { .fd = -1, .events = POLLIN };

		if (pid > 1 && pid != getpid())
			end.fd = kill_in(pid, inode);
		if (end.fd < 0)
			continue;
		any = true;
		poll(&end, 1, 1000);
		close(end.fd);
	}
	if (proc)
		closedir(proc);
	return any;
}

void lab_netns_drop(struct lab_netns *taken)
{
	unsigned long inode = namespace_inode(taken->fd);

	/* Again, for what they started meanwhile. */
	for (int rounds = 0; rounds < 10 && inode && kill_all_in(inode); rounds++)
		;
	if (taken->hidden)
		node_files_remove(taken->hidden);
	netns_free(taken);
}

void lab_netns_forget(struct lab *lab, const char *name)
{
	struct lab_netns *ns = map_get(&lab->netns, name);
	char path[PATH_MAX];
	struct stat st;

	path_of(path, name);
	init_hold_all(&lab->channel);
	/* Not there yet; or gone and there again, as when a plan was undone. */
	if (!ns || ns->pending || (stat(path, &st) == 0 && st.st_ino == namespace_inode(ns->fd)))
		return;
	map_remove(&lab->netns, name);
	netns_free(ns);
}

int netns_watch(struct lab *lab, struct err *err)
{
	lab->watch = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	if (lab->watch < 0 || inotify_add_watch(lab->watch, DIRECTORY, IN_DELETE) < 0)
		return err_errno(err, errno, "watch %s", DIRECTORY);
	return 0;
}

void lab_netns_follow(struct lab *lab)
{
	alignas(struct inotify_event) char events[4096];
	ssize_t n, at;

	/* Should the queue overflow, the graph notices. */
	while ((n = read(lab->watch, events, sizeof(events))) > 0) {
		for (at = 0; at < n;) {
			const struct inotify_event *e = (void *)(events + at);

			if (e->len)
				lab_netns_forget(lab, e->name);
			at += sizeof(*e) + e->len;
		}
	}
}

/* ---- finding ---- */

/* 0 and *FD when PATH is a network namespace. */
static int open_netns(const char *path, const char *name, int *fd, struct err *err)
{
	struct statfs st;

	*fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (*fd < 0 && errno == ENOENT)
		return err_set(err, "no node %s", name);
	if (*fd < 0)
		return err_errno(err, errno, "%s", path);
	if (fstatfs(*fd, &st) == 0 && st.f_type == NSFS_MAGIC &&
	    ioctl(*fd, NS_GET_NSTYPE) == CLONE_NEWNET)
		return 0;
	close(*fd);
	*fd = -1;
	/* `ip netns add` makes a file first and mounts the namespace on it a moment later. */
	err_set(err, "%s is no network namespace (yet)", path);
	if (err)
		err->code = EAGAIN;
	return -1;
}

static int open_self(void *data, struct err *err)
{
	*(int *)data = namespace_open_self(err);
	return *(int *)data < 0 ? -1 : 0;
}

/* A descriptor that was opened by a mount keeps it busy: `umount /run/netns/NAME` would be refused.
 * One opened from inside is of the namespace alone. */
static void leave_mount(struct lab *lab, struct lab_netns *ns)
{
	int fd = -1;

	if (namespace_within(lab->root.fd, ns->fd, open_self, &fd, NULL) < 0)
		return;
	close(ns->fd);
	ns->fd = fd;
}

struct lab_netns *lab_netns_find(struct lab *lab, const char *name, struct err *err)
{
	struct lab_netns *ns = *name ? map_get(&lab->netns, name) : &lab->root;
	char path[PATH_MAX];

	if (ns)
		return ns->pending && netns_finish(lab, ns, err) < 0 ? NULL : ns;
	if (strchr(name, '/') || strcmp(name, ".") == 0 || strcmp(name, "..") == 0) {
		err_set(err, "no node %s", name);
		return NULL;
	}
	ns = netns_new(name);
	path_of(path, name);
	if (open_netns(path, name, &ns->fd, err) < 0 || netns_learn_id(lab, ns, err) < 0) {
		netns_free(ns);
		return NULL;
	}
	leave_mount(lab, ns);
	map_put(&lab->netns, name, ns);
	return ns;
}

static int open_socket(void *data, struct err *err)
{
	return netlink_open(data, err);
}

struct netlink *lab_netns_socket(struct lab *lab, struct lab_netns *ns, struct err *err)
{
	if (!ns->nl.socket && namespace_within(lab->root.fd, ns->fd, open_socket, &ns->nl, err) < 0)
		return NULL;
	return &ns->nl;
}

void lab_netns_renew(struct lab *lab, const char *name)
{
	struct lab_netns *ns = map_get(&lab->netns, name);

	if (ns)
		close_view(ns);
}

/* When the entry NAME of DIRECTORY, or REST in that, last changed; zero where there is none. */
static struct timespec changed(const char *directory, const char *name, const char *rest)
{
	char path[PATH_MAX];
	struct stat st = { 0 };

	snprintf(path, sizeof(path), "%s/%s%s", directory, name, rest);
	stat(path, &st);
	return st.st_mtim;
}

void lab_netns_view(struct lab *lab, struct lab_netns *ns)
{
	struct timespec own[2];

	/* The lab's root has the lab's own. */
	if (ns == &lab->root)
		return;
	own[0] = changed("/etc/netns", ns->name, "");
	own[1] = changed(NAMESPACE_NODES, ns->name, "/mounts");
	if (memcmp(own, ns->own, sizeof(own)) != 0)
		close_view(ns);
	if (ns->mnt >= 0)
		return;
	memcpy(ns->own, own, sizeof(own));
	namespace_create_view(ns->fd, ns->name, &ns->mnt, &ns->uts, NULL);
}

int lab_place_program(struct lab *lab, const char *name, struct program *p, struct err *err)
{
	struct lab_netns *ns;

	if (!*name)
		return 0;
	ns = lab_netns_find(lab, name, err);
	if (!ns)
		return -1;
	lab_netns_view(lab, ns);
	p->net = ns->fd;
	p->mnt = ns->mnt;
	p->uts = ns->uts;
	return 0;
}
