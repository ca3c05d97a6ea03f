#include "graph/watch.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdalign.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/name.h"
#include "graph/read.h"
#include "graph/store.h"
#include "kernel/namespace.h"

#define NETNS_DIR "/run/netns"
/* After so many ms only what happens makes us try a pending name again. */
#define PENDING_MS 2000

/* ---- names that end with a process ---- */

/* PIDFD is readable when it has ended. */
struct graph_tail {
	char *name;
	int pidfd;
};

static void tail_remove(struct graph *g, const char *name)
{
	size_t i;

	for (i = 0; i < g->n_tails; i++) {
		if (strcmp(g->tails[i].name, name) != 0)
			continue;
		close(g->tails[i].pidfd);
		free(g->tails[i].name);
		g->tails[i] = g->tails[--g->n_tails];
		return;
	}
}

/* The process that NAME's link goes through; 0: none, or init, which holds our own. */
static pid_t process_of(const char *name)
{
	char path[PATH_MAX], target[64];
	ssize_t n;
	long pid;

	snprintf(path, sizeof(path), NETNS_DIR "/%s", name);
	n = readlink(path, target, sizeof(target) - 1);
	if (n < 0)
		return 0;
	target[n] = '\0';
	if (strncmp(target, "/proc/", 6) != 0)
		return 0;
	pid = strtol(target + 6, NULL, 10);
	return pid > 1 && pid <= INT_MAX ? (pid_t)pid : 0;
}

/* Our descriptor would keep the namespace when the process has gone. */
static void follow_process(struct graph *g, const char *name)
{
	pid_t pid = process_of(name);
	int fd = pid ? (int)syscall(SYS_pidfd_open, pid, 0) : -1;
	struct epoll_event e = { .events = EPOLLIN };

	if (fd < 0)
		return;
	tail_remove(g, name);
	epoll_ctl(g->watch, EPOLL_CTL_ADD, fd, &e);
	g->tails = mem_grow(g->tails, g->n_tails, &g->cap_tails, sizeof(*g->tails));
	g->tails[g->n_tails++] = (struct graph_tail){ mem_strdup(name), fd };
}

/* ---- names that are no namespace yet ---- */

static void pending_add(struct graph *g, const char *name)
{
	size_t i;

	g->pending_since = clock_ms();
	for (i = 0; i < g->n_pending; i++)
		if (strcmp(g->pending[i], name) == 0)
			return;
	g->pending = mem_grow(g->pending, g->n_pending, &g->cap_pending, sizeof(*g->pending));
	g->pending[g->n_pending++] = mem_strdup(name);
}

static void pending_remove(struct graph *g, const char *name)
{
	size_t i;

	for (i = 0; i < g->n_pending; i++) {
		if (strcmp(g->pending[i], name) != 0)
			continue;
		free(g->pending[i]);
		memmove(g->pending + i, g->pending + i + 1,
			(--g->n_pending - i) * sizeof(*g->pending));
		return;
	}
}

/* Soon at first, then ever more slowly: a mount follows within a millisecond, what has not come
 * after two seconds may never come. */
int graph_timeout(const struct graph *g)
{
	long waited = clock_ms() - g->pending_since;
	size_t i;

	for (i = 0; i < g->n_nodes; i++)
		if (g->nodes[i]->stale)
			return 1;
	if (g->root->stale)
		return 1;
	if (!g->n_pending || waited > PENDING_MS)
		return -1;
	return waited < 1 ? 1 : (int)waited;
}

const char *graph_pending_reason(const struct graph *g, const char *name, char *text, size_t size)
{
	char path[PATH_MAX], target[128] = "";
	struct buf shown = { 0 };
	struct stat st;
	size_t i;

	for (i = 0; i < g->n_pending && strcmp(g->pending[i], name) != 0; i++)
		;
	if (i == g->n_pending)
		return NULL;
	snprintf(path, sizeof(path), NETNS_DIR "/%s", name);
	name_show(&shown, path);
	if (readlink(path, target, sizeof(target) - 1) < 0)
		snprintf(text, size, "%s is no network namespace", buf_text(&shown));
	else if (stat(path, &st) == 0)
		snprintf(text, size, "%s is a link to %s, which is no network namespace",
			 buf_text(&shown), target);
	else if (errno == ENOENT)
		snprintf(text, size, "%s is a link to %s, which does not exist", buf_text(&shown),
			 target);
	else
		snprintf(text, size, "%s is a link to %s: %s", buf_text(&shown), target,
			 strerror(errno));
	buf_free(&shown);
	return text;
}

/* ---- what comes and goes ---- */

static void appeared(struct graph *g, const char *name)
{
	if (strcmp(name, ".") != 0 && strcmp(name, "..") != 0 && !map_get(&g->by_name, name))
		pending_add(g, name);
}

static void vanished(struct graph *g, const char *name)
{
	pending_remove(g, name);
	tail_remove(g, name);
	store_remove_name(g, name);
	lab_netns_forget(g->lab, name);
}

/* Does NAME still lead to the namespace of node N? */
static bool leads_there(const struct graph *g, const char *name, const struct graph_node *n)
{
	const struct lab_netns *ns = lab_netns_find(g->lab, name, NULL);
	char path[PATH_MAX];
	struct stat st;

	snprintf(path, sizeof(path), NETNS_DIR "/%s", name);
	return ns && store_node(g, ns->nsid) == n && stat(path, &st) == 0 &&
	       st.st_ino == namespace_inode(ns->fd);
}

/* A link may lead to a name that has gone, another namespace may be mounted upon one: nothing
 * happens in the directory then. */
static void check_known(struct graph *g)
{
	char **names = NULL;
	size_t i, n = 0, cap = 0;

	for (i = 0; i < g->by_name.cap; i++) {
		const char *name = g->by_name.slots[i].key;

		if (!name || leads_there(g, name, g->by_name.slots[i].value))
			continue;
		names = mem_grow(names, n, &cap, sizeof(*names));
		names[n++] = mem_strdup(name);
	}
	while (n) {
		vanished(g, names[--n]);
		pending_add(g, names[n]);
		free(names[n]);
	}
	free(names);
}

/* A name may wait for its namespace only while it stands there. */
static void check_pending(struct graph *g, int dir)
{
	size_t i;

	for (i = g->n_pending; i-- > 0;)
		if (faccessat(dir, g->pending[i], F_OK, AT_SYMLINK_NOFOLLOW) < 0)
			pending_remove(g, g->pending[i]);
}

/* The numbers of a tmpfs grow: who comes to a lab that has nodes finds them in their order. */
static int compare_age(const struct dirent **a, const struct dirent **b)
{
	return (*a)->d_ino < (*b)->d_ino ? -1 : (*a)->d_ino > (*b)->d_ino;
}

/* Everything in the directory, for the start and for an overflow of inotify's queue. */
static int scan(struct graph *g, struct err *err)
{
	struct dirent **entries;
	int dir = open(NETNS_DIR, O_RDONLY | O_DIRECTORY | O_CLOEXEC), n, i;

	if (dir < 0)
		return err_errno(err, errno, "read %s", NETNS_DIR);
	check_known(g);
	check_pending(g, dir);
	n = scandirat(dir, ".", &entries, NULL, compare_age);
	for (i = 0; i < n; i++) {
		appeared(g, entries[i]->d_name);
		free(entries[i]);
	}
	if (n >= 0)
		free(entries);
	close(dir);
	return 0;
}

static int read_names(struct graph *g, struct err *err)
{
	alignas(struct inotify_event) char events[16384];
	struct pollfd mounts = { .fd = g->mounts, .events = POLLPRI };
	bool check = poll(&mounts, 1, 0) > 0;
	ssize_t n, at;

	while ((n = read(g->names, events, sizeof(events))) > 0) {
		for (at = 0; at < n;) {
			const struct inotify_event *e = (void *)(events + at);

			if (e->mask & IN_Q_OVERFLOW) {
				if (scan(g, err) < 0)
					return -1;
			} else if (e->mask & (IN_DELETE | IN_MOVED_FROM)) {
				vanished(g, e->name);
				check = true;
			} else if (e->len) {
				/* `ln -sf` renames over what is there. */
				if (map_get(&g->by_name, e->name))
					vanished(g, e->name);
				appeared(g, e->name);
			}
			at += (ssize_t)sizeof(*e) + e->len;
		}
	}
	if (n < 0 && errno != EAGAIN && errno != EINTR)
		return err_errno(err, errno, "watch %s", NETNS_DIR);
	if (check)
		check_known(g);
	return 0;
}

/* What led to a process that has ended leads nowhere now. */
static void read_tails(struct graph *g)
{
	size_t i;

	for (i = g->n_tails; i-- > 0;) {
		struct pollfd fd = { .fd = g->tails[i].pidfd, .events = POLLIN };
		char *name;

		if (poll(&fd, 1, 0) <= 0)
			continue;
		name = mem_strdup(g->tails[i].name);
		vanished(g, name);
		pending_add(g, name);
		free(name);
	}
}

/* ---- new nodes ---- */

/* A node of its own, or one more name of a node. */
static int take_name(struct graph *g, const char *name, int nsid, struct err *err)
{
	struct graph_node *n = store_node(g, nsid);

	follow_process(g, name);
	if (n) {
		store_add_alias(g, n, name);
		return 0;
	}
	return read_node(g, store_add_node(g, name, nsid), err);
}

/*
 * In the order in which they appeared. A name that cannot be opened yet stays for the next time:
 * its namespace is mounted after the file is made. From the moment when we hold one its id is its
 * own; events that are queued by then may be those of another that had the id before, so they are
 * read before the node is there to take them.
 */
static int open_pending(struct graph *g, struct err *err)
{
	int *nsids = mem_alloc((g->n_pending + 1) * sizeof(*nsids));
	size_t i, found = 0, kept = 0;
	int failed = 0;

	for (i = 0; i < g->n_pending; i++) {
		struct lab_netns *ns = lab_netns_find(g->lab, g->pending[i], NULL);

		nsids[i] = ns ? ns->nsid : -1;
		found += ns != NULL;
	}
	if (found)
		failed = graph_drain(g, err);
	for (i = 0; i < g->n_pending; i++) {
		char *name = g->pending[i];

		if (failed || nsids[i] == -1) {
			g->pending[kept++] = name;
			continue;
		}
		failed = take_name(g, name, nsids[i], err);
		free(name);
	}
	g->n_pending = kept;
	free(nsids);
	return failed;
}

static int watch_fd(struct graph *g, int fd, struct err *err)
{
	struct epoll_event e = { .events = EPOLLIN };

	return epoll_ctl(g->watch, EPOLL_CTL_ADD, fd, &e) < 0
		       ? err_errno(err, errno, "watch %s", NETNS_DIR)
		       : 0;
}

int watch_open(struct graph *g, struct err *err)
{
	g->watch = epoll_create1(EPOLL_CLOEXEC);
	g->names = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	g->mounts = open("/proc/self/mountinfo", O_RDONLY | O_CLOEXEC);
	if (g->watch < 0 || g->names < 0 || g->mounts < 0)
		return err_errno(err, errno, "watch %s", NETNS_DIR);
	if (inotify_add_watch(g->names, NETNS_DIR,
			      IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO) < 0)
		return err_errno(err, errno, "watch %s", NETNS_DIR);
	if (watch_fd(g, g->names, err) < 0 || watch_fd(g, netlink_fd(&g->hints), err) < 0)
		return -1;
	return scan(g, err);
}

void watch_close(struct graph *g)
{
	while (g->n_pending)
		free(g->pending[--g->n_pending]);
	free(g->pending);
	while (g->n_tails)
		tail_remove(g, g->tails[0].name);
	free(g->tails);
	if (g->names >= 0)
		close(g->names);
	if (g->mounts >= 0)
		close(g->mounts);
	if (g->watch >= 0)
		close(g->watch);
}

int watch_refresh(struct graph *g, struct err *err)
{
	if (read_names(g, err) < 0)
		return -1;
	read_tails(g);
	return open_pending(g, err);
}
