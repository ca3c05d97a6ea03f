/* What several commands ask of the graph, and how they print it. */
#ifndef NSLAB_COMMAND_LOOK_H
#define NSLAB_COMMAND_LOOK_H

#include <stdbool.h>

#include "base/json_write.h"
#include "base/out.h"
#include "command/grammar.h"
#include "graph/graph.h"

/* "up", "down", "no carrier", or what its bridge makes of it: "blocked", "learning", "disabled". */
const char *look_port_state(const struct graph_port *p);
/* The worse of both ends. */
const char *look_link_state(const struct graph_link *l);
/* Its name, or NODE:NAME where that does not begin with the node's. */
const char *look_port_label(const struct graph_port *p, char out[64]);
/* A node's own means of talking to others: not lo, and not the bridge that a switch is. */
bool look_port_counts(const struct graph_port *p);
/* "10.0.0.1/8 fd00::1/64": those that reach beyond the link, or with ALL every one. */
void look_addresses(const struct graph_port *p, bool all, struct buf *out);

void look_json_addresses(struct json *j, const struct graph_port *p, bool all);
/* {"node":"h1","interface":"h1-eth0"}, or null. */
void look_json_port(struct json *j, const struct graph_port *p);
/* What P is connected to: its peer's label, "somewhere else" (in a namespace that the lab has no
 * name for), or "-". */
const char *look_peer_label(const struct graph *g, const struct graph_port *p, char out[64]);
/* {"node","interface"}, both null for somewhere else; or null. */
void look_json_peer(struct json *j, const struct graph *g, const struct graph_port *p);

/* "default via 10.0.0.1 dev eth0 metric 100", as `ip route` has it. */
void look_route(const struct graph_node *n, const struct graph_route *r, struct buf *out);
void look_json_route(struct json *j, const struct graph_node *n, const struct graph_route *r);
/* "tbf 8001: root rate 1mbit burst 10240b limit 16384b" */
void look_qdisc(const struct graph_qdisc *q, struct buf *out);
void look_json_qdisc(struct json *j, const struct graph_qdisc *q);

/* What node N holds besides interfaces: "own /run", "daemon bird: process 12, log ...". */
void look_contents(const struct graph_node *n, struct buf *out);
/* The members "own" and "daemons". */
void look_json_contents(struct json *j, const struct graph_node *n);

/* The links between two ends that the line names; to be freed. NULL with err: none. */
struct graph_link *look_links_between(const struct graph *g, const struct args *a, size_t *n,
				      struct err *err);

#endif
