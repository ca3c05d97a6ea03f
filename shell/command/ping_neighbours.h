/*
 * Neighbours for a large pingall. The kernel keeps one table of neighbours for all namespaces, and
 * beyond gc_thresh3 entries (1024 on Debian, so 33 hosts) it takes no more: pings are lost.
 * Permanent entries do not count (neigh_alloc in net/core/neighbour.c), so hosts on one wire are
 * told of each other, and the entries are taken away afterwards. The limit itself is the machine's,
 * and left alone.
 */
#ifndef NSLAB_COMMAND_PING_NEIGHBOURS_H
#define NSLAB_COMMAND_PING_NEIGHBOURS_H

#include "command/ping.h"

struct ping_neighbour {
	const struct graph_node *node;
	int ifindex; /* by which NODE reaches it */
	struct prefix address;
	uint8_t mac[6];
	bool given; /* false: not yet, or somebody had made one before, which is left alone */
};
struct ping_neighbours {
	struct ping_neighbour *v;
	size_t n, cap;
	int lock; /* held while they are given; -1: none are */
};

/* Nothing is done while the pings of P fit into the table. Else it waits until no other shell of
 * the lab has given any, or for ^C. What one left that was killed meanwhile is taken away first. */
int ping_neighbours_give(struct session *s, const struct pings *p, struct ping_neighbours *given,
			 struct err *err);
/* Take them away again and free the list. */
void ping_neighbours_take(struct session *s, struct ping_neighbours *given);

#endif
