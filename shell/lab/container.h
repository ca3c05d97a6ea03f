/*
 * Containers as `docker run --net=none -d` starts them: a process in network, mount, PID, UTS and
 * IPC namespaces of its own that nobody has a name for. It sleeps until it is killed, and ends with
 * the lab. Which ones there are is kept as files in /run/nslab/containers, so that every shell of
 * the lab sees them.
 */
#ifndef NSLAB_LAB_CONTAINER_H
#define NSLAB_LAB_CONTAINER_H

#include <stddef.h>
#include <sys/types.h>

#include "base/err.h"

struct container {
	char *name;
	pid_t pid; /* in the lab */
};

/* DNS: an address for its /etc/resolv.conf, that of programs run by `ip netns exec NAME` too; NULL:
 * the lab's. */
int container_start(const char *name, const char *dns, pid_t *pid, struct err *err);
/* The process of NAME, or 0 where it does not run. */
pid_t container_find(const char *name);
/* Those that run, by name; N of them, to be freed by container_free_list. */
struct container *container_list(size_t *n);
void container_free_list(struct container *list, size_t n);

#endif
