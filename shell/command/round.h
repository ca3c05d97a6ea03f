/* Who pings whom: all pairs among some nodes, and what came of it. For pingall and its kin, and for
 * Lua. */
#ifndef NSLAB_COMMAND_ROUND_H
#define NSLAB_COMMAND_ROUND_H

#include "command/ping.h"

struct round {
	struct pings pings;		   /* row after row: from the first to each other, ... */
	const struct graph_node **skipped; /* that have no address of the family */
	size_t n_skipped;
	size_t cap, cap_skipped, cap_nodes;
};

/* FAMILY; 0: IPv4, or IPv6 in a lab that has no other. */
void round_init(struct round *r, const struct session *s, int family);
/* Let a node take part, once. */
void round_add(struct round *r, const struct graph_node *node);
/* Let the lab's hosts and routers take part, MOST at most. */
void round_add_all(struct round *r, const struct session *s, size_t most);
/* Ping every pair. */
int round_run(struct session *s, struct round *r, struct err *err);
void round_free(struct round *r);

struct round_reason {
	char text[96];
	const struct ping **v; /* those of this reason */
	size_t n, cap;
};
/* The pairs without an answer, by what is known of why: an ICMP error and who sent it, the kernel's
 * own refusal, no answer to ARP. To be freed by round_reasons_free. */
struct round_reason *round_reasons(struct session *s, const struct round *r, size_t *n);
void round_reasons_free(struct round_reason *v, size_t n);

/* As text: rows of names for a few nodes, a matrix for some, the lost ones of many; FULL: with
 * times. */
void round_print(struct session *s, const struct round *r, bool full);
void round_print_json(struct session *s, const struct round *r);

#endif
