/* Inside the graph room: what a link, address or netconf message says, put into the store. Dumps
 * and events bring the same messages. */
#ifndef NSLAB_GRAPH_READ_H
#define NSLAB_GRAPH_READ_H

#include "graph/graph.h"

/* PEERS_KNOWN: the message came in answer to the root's socket, so the peer's namespace id is one
 * of the root; in an event it is one of the sender's, which means nothing here. */
void read_message(struct graph *g, struct graph_node *n, const struct nlmsghdr *h,
		  bool peers_known);

/* Forget the node's ports and read it anew: interfaces, addresses, forwarding. */
int read_node(struct graph *g, struct graph_node *n, struct err *err);
/* Find the peers that events left open. */
int read_peers(struct graph *g, struct err *err);

#endif
