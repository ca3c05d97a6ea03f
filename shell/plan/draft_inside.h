/* Inside the plan room: what nodes (draft.c) and links (draft_link.c) of a draft share. */
#ifndef NSLAB_PLAN_DRAFT_INSIDE_H
#define NSLAB_PLAN_DRAFT_INSIDE_H

#include "plan/draft.h"

/* What an interface takes. */
int draft_check_mtu(uint32_t mtu, struct err *err);
/* The operations that set S on an interface that is there; undone, it has what it had. */
void draft_plan_settings(const struct graph_port *p, const struct draft_settings *s,
			 struct plan *plan);

/* Below it an interface has no IPv6: RFC 8200, section 5. */
#define IPV6_MTU 1280

/* Of a switch with `stp`, in hundredths of a second. */
#define DRAFT_FORWARD_DELAY "200"

/* An address that a host can have and that nobody has. */
int draft_check_address(struct draft *d, const struct prefix *p, struct err *err);
void draft_claim_address(struct draft *d, const struct prefix *p, const char *owner);

/* A node, or the lab's root for "" and "root". */
struct draft_node *draft_find_place(struct draft *d, const char *place, struct err *err);
struct draft_node *draft_new_node(struct draft *d, enum graph_kind kind, const char *name);
/* Has N an interface, a bridge among them, of this name? */
bool draft_port_taken(const struct draft_node *n, const char *name);
struct draft_port *draft_new_port(struct draft_node *n, const char *name);
/* The N of "h1-ethN" or "ethN"; -1 for other names. */
long draft_port_number(const char *node, const char *interface);
/* The index that the next interface of N asks for; 0: none. */
int draft_take_index(struct draft_node *n);
/* Those of a new veth pair. */
void draft_take_indexes(struct draft_node *a, struct draft_node *b, int *index_a, int *index_b);
/* The next number comes after this interface's. */
void draft_count_port(struct draft_node *n, const char *interface);

/* ---- loops of switches without STP (draft_loop.c) ---- */

/* Would a link from A to B close one? */
bool draft_closes_loop(struct draft *d, struct draft_node *a, struct draft_node *b);
/* The same as an error that names its switches. */
int draft_check_loop(struct draft *d, struct draft_node *a, struct draft_node *b, struct err *err);
/* There is a link from A to B now. */
void draft_join_switches(struct draft *d, struct draft_node *a, struct draft_node *b);

#endif
