/*
 * In init: the network namespaces it holds for /run/netns. Each is a descriptor of ours and a link
 * to it, which `ip netns` and nsenter follow like a mount; whoever removes the link lets the
 * namespace go.
 */
#ifndef NSLAB_LAB_HOLDS_H
#define NSLAB_LAB_HOLDS_H

#include <stdbool.h>

#include "base/map.h"

struct holds {
	struct map by_name; /* the descriptor, in a struct hold */
	int watch;	    /* inotify on /run/netns */
};

int holds_open(struct holds *h);
/* Hold FD, which is ours from now on, as /run/netns/NAME. 0 or an errno value. */
int holds_add(struct holds *h, const char *name, int fd);
/* Remove NAME and let go. False when it is none of ours, or not the namespace that FD is. */
bool holds_drop(struct holds *h, const char *name, int fd);
/* What others have removed or renamed. */
void holds_follow(struct holds *h);

#endif
