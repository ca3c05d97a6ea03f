/*
 * What a namespace has in the kernel's own messages, read now: for those who want all that a link,
 * an address or a route tells, not only what the graph keeps.
 */
#ifndef NSLAB_GRAPH_RAW_H
#define NSLAB_GRAPH_RAW_H

#include "base/buf.h"
#include "graph/graph.h"

struct raw {
	struct buf links, addresses, routes; /* messages, one after the other */
};

int raw_read(struct graph *g, const struct graph_node *n, struct raw *raw, struct err *err);
void raw_free(struct raw *raw);
/* The message after H; the first for NULL. NULL: no more. */
const struct nlmsghdr *raw_next(const struct buf *messages, const struct nlmsghdr *h);
/* The link message of an interface; NULL: none. */
const struct nlmsghdr *raw_link(const struct raw *raw, int ifindex);

#endif
