/*
 * Inside the graph room: the nodes and ports as they are kept. Only events and dumps call this.
 * Whatever changes is told to the observers from here.
 */
#ifndef NSLAB_GRAPH_STORE_H
#define NSLAB_GRAPH_STORE_H

#include "graph/graph.h"

/* ---- nodes ---- */

struct graph_node *store_add_node(struct graph *g, const char *name, int nsid);
void store_remove_node(struct graph *g, struct graph_node *n);
/* The node of namespace id NSID (-1 or the root's own id: the root); NULL: not one of ours. */
struct graph_node *store_node(const struct graph *g, int nsid);
/* A further name of a namespace that has one already. */
void store_add_alias(struct graph *g, struct graph_node *n, const char *name);
/* NAME is gone: the namespace has its next one, or, when that was the last, is removed. */
void store_remove_name(struct graph *g, const char *name);
void store_set_forwards(struct graph *g, struct graph_node *n, int family, bool forwards);

/* ---- ports ---- */

/* The port, made when it is not there. */
struct graph_port *store_port(struct graph_node *n, int ifindex);
/* P was OLD (a copy; name "": it is new). */
void store_port_changed(struct graph *g, const struct graph_port *old, struct graph_port *p);
/* MOVED_TO: the index it will have in the namespace it goes to; 0: it is deleted. */
void store_remove_port(struct graph *g, struct graph_node *n, int ifindex, int moved_to);
/* P is tied to the interface IFINDEX of namespace NSID; and, a veth, that one to P. */
void store_tie(struct graph *g, struct graph_port *p, int nsid, int ifindex);
/* P may be tied to another one by now: to be asked. */
void store_untie(struct graph *g, struct graph_port *p);
/* What the dump with number READING did not tell of is no more. */
void store_sweep_ports(struct graph *g, struct graph_node *n);
void store_sweep_addresses(struct graph *g, struct graph_node *n);

void store_set_address(struct graph *g, struct graph_port *p, const struct graph_address *a);
void store_remove_address(struct graph *g, struct graph_port *p, const struct prefix *prefix);

/* ---- details ---- */

/* Each takes over LIST. */
void store_set_routes(struct graph *g, struct graph_node *n, struct graph_route *list,
		      size_t count);
void store_set_qdiscs(struct graph *g, struct graph_node *n, struct graph_qdisc *list,
		      size_t count);

/* ---- the observers ---- */

void store_tell(const struct graph *g, const struct graph_change *c);

#endif
