/*
 * The lab as the plan that makes it again, whoever made it: read from the kernel now. Each
 * operation does one thing only, and the order is one in which they can be done.
 */
#ifndef NSLAB_PLAN_COPY_H
#define NSLAB_PLAN_COPY_H

#include "base/buf.h"
#include "plan/plan.h"

/* LEFT_OUT: a line for each thing that no operation can make again. */
int copy_lab(struct graph *g, struct plan *plan, struct buf *left_out, struct err *err);
/* Only what is in the lab's root namespace, and the far ends of its links. */
int copy_root(struct graph *g, struct plan *plan, struct err *err);

/* Is P of a kind that can be made again, and all that it needs in the lab? What is the machine's
 * own (--host-net) is not, save the links from there to the lab's nodes. */
bool copy_keeps(const struct graph *g, const struct graph_port *p);
/* Does P go when OTHER goes: is it the same, its peer, or does it stand on one of them? */
bool copy_hangs_on(const struct graph *g, const struct graph_port *p,
		   const struct graph_port *other);

#endif
