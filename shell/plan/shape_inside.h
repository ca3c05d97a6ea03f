/* Inside the plan room: one trial of a shape (shape.c), and how its short words are chosen
 * (shape_build.c). */
#ifndef NSLAB_PLAN_SHAPE_INSIDE_H
#define NSLAB_PLAN_SHAPE_INSIDE_H

#include "plan/facts.h"
#include "plan/shape.h"

struct trial {
	struct graph *g;
	bool (*reserved)(const char *name);
	struct facts there;
	struct map addresses; /* "NODE INTERFACE" -> its first OP_ADDRESS_ADD in `there` */
	struct map ports;     /* "NODE INTERFACE" -> its link's place in `links`, from 1 */
	struct graph_link *links;
	size_t n_links;
	bool *plain; /* of each node: it is no host, router or switch */
	bool *apart; /* of each link: it is to be said at length */
};

/* The addresses of P that a host or a link can be given: one of each family, as they are made here.
 */
void trial_addresses(const struct trial *t, const struct graph_port *p, struct prefix wanted[2]);
/* Choose the short words and put them into S and D. 1 done, 0 some node or link does not take them:
 * marked so, try again; -1 err. */
int trial_build(struct trial *t, struct shape *s, struct draft *d, struct err *err);

#endif
