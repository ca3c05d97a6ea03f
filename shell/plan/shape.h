/*
 * The lab in the words a person would use: hosts, routers, switches and links where it has their
 * shape, and piece by piece where it has not. Found by trying: what a draft of the short words
 * would make is compared with what is there; whatever differs is said at length.
 */
#ifndef NSLAB_PLAN_SHAPE_H
#define NSLAB_PLAN_SHAPE_H

#include "base/buf.h"
#include "plan/draft.h"

struct shape_node {
	const struct graph_node *node;
	enum graph_kind kind;
	bool plain; /* a namespace, and no more than that */
	struct draft_node_options options;
	char *bridge; /* owns options.bridge */
};

struct shape_link {
	const struct graph_port *a, *b;
	struct draft_link_options options;
};

struct shape {
	struct shape_node *nodes; /* hosts, routers, switches, namespaces; each in natural order */
	size_t n_nodes;
	struct shape_link *links; /* in an order that numbers the interfaces as they are */
	size_t n_links;
	struct plan rest;    /* what is to be said at length */
	struct buf left_out; /* a line for each thing that cannot be said */
};

/* RESERVED as in draft_init. */
int shape_find(struct graph *g, bool (*reserved)(const char *name), struct shape *shape,
	       struct err *err);
void shape_free(struct shape *shape);
/* The draft that makes it. */
int shape_draft(const struct shape *shape, struct draft *d, struct err *err);

#endif
