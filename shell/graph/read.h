/* Inside the graph room: what a link, address or netconf message says, put into the store. Dumps
 * and events bring the same messages. */
#ifndef NSLAB_GRAPH_READ_H
#define NSLAB_GRAPH_READ_H

#include "graph/graph.h"

/* PEERS_KNOWN: the message came in answer to the root's socket, so the peer's namespace id is one
 * of the root; in an event it is one of the sender's, which means nothing here. */
void read_message(struct graph *g, struct graph_node *n, const struct nlmsghdr *h,
		  bool peers_known);

/* ---- dump.c ---- */

/* Read the node anew: interfaces, addresses, forwarding. */
int read_node(struct graph *g, struct graph_node *n, struct err *err);
/* Find the peers that events left open. */
int read_peers(struct graph *g, struct err *err);
/* Is there a namespace of that id yet? */
bool read_nsid_alive(struct graph *g, int nsid);

/* ---- ready.c ---- */

/* Until the kernel has told something, or MS are over. */
void read_wait(struct graph *g, long ms);

/* ---- detail.c ---- */

/* An address that is an attribute; P is left alone where it is none. */
void read_prefix(struct prefix *p, uint8_t family, uint8_t length, const struct nlattr *a);

/* What a route or qdisc message says, appended to a list. */
struct routes_read {
	struct graph_route *v;
	size_t n, cap;
};
void read_route(struct routes_read *list, const struct nlmsghdr *h);
struct qdiscs_read {
	struct graph_qdisc *v;
	size_t n, cap;
};
void read_qdisc(struct qdiscs_read *list, const struct nlmsghdr *h);
/* The parameters of a qdisc of KIND, from its TCA_OPTIONS. */
void qdisc_describe(char *out, size_t size, const char *kind, const struct nlattr *options);

#endif
