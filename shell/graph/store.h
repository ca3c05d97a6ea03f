/* Inside the graph room: the nodes and ports as they are kept. Only events and dumps call this. */
#ifndef NSLAB_GRAPH_STORE_H
#define NSLAB_GRAPH_STORE_H

#include "graph/graph.h"

struct graph_node *store_add_node(struct graph *g, const char *name, int nsid);
void store_remove_node(struct graph *g, struct graph_node *n);
/* The node of namespace id NSID (-1 or the root's own id: the root); NULL: not one of ours. */
struct graph_node *store_node(const struct graph *g, int nsid);
/* The port, made when it is not there. */
struct graph_port *store_port(struct graph_node *n, int ifindex);
void store_remove_port(struct graph *g, struct graph_node *n, int ifindex);
void store_clear_ports(struct graph *g, struct graph_node *n);
void store_set_address(struct graph_port *p, const struct graph_address *a);
void store_remove_address(struct graph_port *p, const struct prefix *prefix);

#endif
