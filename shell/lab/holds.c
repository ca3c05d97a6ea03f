#include "lab/holds.h"

#include <errno.h>
#include <limits.h>
#include <stdalign.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/types.h>
#include <unistd.h>

#include "base/mem.h"
#include "kernel/namespace.h"

#define DIRECTORY "/run/netns"

struct hold {
	int fd;
};

static void path_of(char path[PATH_MAX], const char *name)
{
	snprintf(path, PATH_MAX, DIRECTORY "/%s", name);
}

/* The descriptor that the link NAME means; -1: it is no such link. */
static int read_link(const char *name)
{
	char path[PATH_MAX], target[64];
	ssize_t n;
	int fd;

	path_of(path, name);
	n = readlink(path, target, sizeof(target) - 1);
	target[n > 0 ? n : 0] = '\0';
	return sscanf(target, "/proc/1/fd/%d", &fd) == 1 ? fd : -1;
}

static void let_go(struct holds *h, const char *name)
{
	struct hold *hold = map_remove(&h->by_name, name);

	if (!hold)
		return;
	close(hold->fd);
	free(hold);
}

static void keep(struct holds *h, const char *name, int fd)
{
	struct hold *hold = mem_alloc(sizeof(*hold));

	let_go(h, name);
	hold->fd = fd;
	map_put(&h->by_name, name, hold);
}

int holds_open(struct holds *h)
{
	*h = (struct holds){ .watch = inotify_init1(IN_NONBLOCK | IN_CLOEXEC) };
	if (h->watch < 0)
		return -1;
	return inotify_add_watch(h->watch, DIRECTORY, IN_DELETE | IN_MOVED_TO) < 0 ? -1 : 0;
}

int holds_add(struct holds *h, const char *name, int fd)
{
	char path[PATH_MAX], target[32];

	path_of(path, name);
	snprintf(target, sizeof(target), "/proc/1/fd/%d", fd);
	if (symlink(target, path) < 0)
		return errno;
	keep(h, name, fd);
	return 0;
}

static bool is_same(int a, int b)
{
	unsigned long inode = namespace_inode(a);

	return inode && inode == namespace_inode(b);
}

bool holds_drop(struct holds *h, const char *name, int fd)
{
	const struct hold *hold = map_get(&h->by_name, name);
	char path[PATH_MAX];

	if (!hold || !is_same(hold->fd, fd))
		return false;
	path_of(path, name);
	unlink(path);
	let_go(h, name);
	return true;
}

/* ---- what others do ---- */

/* One of the held ones under a new name. */
static void renamed(struct holds *h, const char *name)
{
	int fd = read_link(name);

	for (size_t i = 0; fd >= 0 && i < h->by_name.cap; i++) {
		const struct map_slot *slot = &h->by_name.slots[i];

		if (!slot->key || ((struct hold *)slot->value)->fd != fd ||
		    strcmp(slot->key, name) == 0)
			continue;
		free(map_remove(&h->by_name, slot->key));
		keep(h, name, fd);
		return;
	}
}

static void removed(struct holds *h, const char *name)
{
	const struct hold *hold = map_get(&h->by_name, name);

	/* It may be there again, as when a plan was undone. */
	if (hold && read_link(name) != hold->fd)
		let_go(h, name);
}

/* The queue overflowed: look at each. */
static void sweep(struct holds *h)
{
	for (size_t i = 0; i < h->by_name.cap;) {
		char name[NAME_MAX + 1];

		if (!h->by_name.slots[i].key) {
			i++;
			continue;
		}
		snprintf(name, sizeof(name), "%s", h->by_name.slots[i].key);
		removed(h, name);
		/* Another may have moved to this place. */
		if (map_get(&h->by_name, name))
			i++;
	}
}

void holds_follow(struct holds *h)
{
	alignas(struct inotify_event) char events[16384];
	ssize_t n, at;

	while ((n = read(h->watch, events, sizeof(events))) > 0) {
		for (at = 0; at < n;) {
			const struct inotify_event *e = (void *)(events + at);

			if (e->mask & IN_Q_OVERFLOW)
				sweep(h);
			else if (e->mask & IN_DELETE)
				removed(h, e->name);
			else if (e->len)
				renamed(h, e->name);
			at += sizeof(*e) + e->len;
		}
	}
}
