/*
 * Which box stands where, before any measure is taken. A box with a single neighbour hangs to the
 * right of it; the others form chains, one below the other in a column, and where a chain branches
 * into parts of like weight these stand to the right as chains of their own. Links that this does
 * not draw are brackets to the left of their chain.
 */
#ifndef NSLAB_PICTURE_ARRANGE_H
#define NSLAB_PICTURE_ARRANGE_H

#include "picture/diagram.h"

#define ARRANGE_NONE SIZE_MAX

/* Where a link is drawn that stands between two stops of one chain, but not next to each other. */
struct bracket {
	size_t link;
	size_t upper, lower; /* stops of the chain, by number */
};

struct stop {
	size_t box;
	size_t *hanging; /* boxes to the right that have no other neighbour */
	size_t n_hanging;
	struct chain **right; /* chains to the right */
	size_t n_right;
	size_t down; /* the link to the next stop, or ARRANGE_NONE */
};

struct chain {
	size_t parent; /* the box it stands to the right of, or ARRANGE_NONE */
	struct stop *stops;
	size_t n_stops, cap_stops;
	struct bracket *brackets;
	size_t n_brackets, cap_brackets;
};

struct neighbour {
	size_t box, link;
};

struct parts {
	const struct diagram *d;
	struct neighbour *all;
	size_t *first; /* by box: where its neighbours begin in `all`, in order; one more at the end
			*/
	size_t *hangs_on; /* by box: its only neighbour, when it hangs on it; or ARRANGE_NONE */
	size_t *roots;	  /* of each connected part the box to begin with; the largest part first */
	size_t n;
};

void parts_find(struct parts *p, const struct diagram *d);
void parts_free(struct parts *p);

/* The part of box ROOT. COLUMN: all in one chain, which can show any part. NULL: without that some
 * link would join two chains. */
struct chain *arrange(const struct parts *p, size_t root, bool column);
void chain_free(struct chain *c); /* NULL is allowed */

#endif
