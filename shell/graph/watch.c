#include "graph/watch.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdalign.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "base/mem.h"
#include "graph/read.h"
#include "graph/store.h"

#define NETNS_DIR "/run/netns"

static void pending_add(struct graph *g, const char *name)
{
	size_t i;

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

static void appeared(struct graph *g, const char *name)
{
	if (*name != '.' && !graph_node_find(g, name))
		pending_add(g, name);
}

static void vanished(struct graph *g, const char *name)
{
	struct graph_node *n = graph_node_find(g, name);

	pending_remove(g, name);
	if (n)
		store_remove_node(g, n);
	lab_netns_forget(g->lab, name);
}

/* Everything in the directory, for the start and for an overflow of inotify's queue. */
static int scan(struct graph *g, struct err *err)
{
	struct dirent *entry;
	DIR *dir;
	size_t i;

	dir = opendir(NETNS_DIR);
	if (!dir)
		return err_errno(err, errno, "read %s", NETNS_DIR);
	for (i = g->n_nodes; i-- > 0;)
		if (faccessat(dirfd(dir), g->nodes[i]->name, F_OK, AT_SYMLINK_NOFOLLOW) < 0)
			vanished(g, g->nodes[i]->name);
	while ((entry = readdir(dir)))
		appeared(g, entry->d_name);
	closedir(dir);
	return 0;
}

static int read_watch(struct graph *g, struct err *err)
{
	alignas(struct inotify_event) char events[16384];
	ssize_t n, at;

	while ((n = read(g->watch, events, sizeof(events))) > 0) {
		for (at = 0; at < n;) {
			const struct inotify_event *e = (void *)(events + at);

			if (e->mask & IN_Q_OVERFLOW) {
				if (scan(g, err) < 0)
					return -1;
			} else if (e->mask & (IN_DELETE | IN_MOVED_FROM)) {
				vanished(g, e->name);
			} else if (e->len) {
				appeared(g, e->name);
			}
			at += sizeof(*e) + e->len;
		}
	}
	return n < 0 && errno != EAGAIN && errno != EINTR
		       ? err_errno(err, errno, "watch %s", NETNS_DIR)
		       : 0;
}

/* In the order in which they appeared. A name that cannot be opened yet, or that is a second one of
 * a known namespace, stays for the next time: its namespace is mounted after the file is made. */
static int open_pending(struct graph *g, struct err *err)
{
	size_t i, kept = 0;
	int failed = 0;

	for (i = 0; i < g->n_pending; i++) {
		char *name = g->pending[i];
		struct lab_netns *ns = failed ? NULL : lab_netns_find(g->lab, name, NULL);

		if (!ns || store_node(g, ns->nsid)) {
			g->pending[kept++] = name;
			continue;
		}
		failed = read_node(g, store_add_node(g, name, ns->nsid), err);
		free(name);
	}
	g->n_pending = kept;
	return failed;
}

int watch_open(struct graph *g, struct err *err)
{
	g->watch = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	if (g->watch < 0)
		return err_errno(err, errno, "watch %s", NETNS_DIR);
	if (inotify_add_watch(g->watch, NETNS_DIR,
			      IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO) < 0)
		return err_errno(err, errno, "watch %s", NETNS_DIR);
	return scan(g, err);
}

void watch_close(struct graph *g)
{
	while (g->n_pending)
		free(g->pending[--g->n_pending]);
	free(g->pending);
	close(g->watch);
}

int watch_refresh(struct graph *g, struct err *err)
{
	return read_watch(g, err) < 0 || open_pending(g, err) < 0 ? -1 : 0;
}
