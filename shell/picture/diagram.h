/*
 * A lab as boxes and lines: what every picture shows. A namespace is a box; so is a bridge that is
 * not all of its namespace, and where it has an address, its namespace is connected to it. The
 * lab's root is a box named "root" when it has interfaces of its own.
 */
#ifndef NSLAB_PICTURE_DIAGRAM_H
#define NSLAB_PICTURE_DIAGRAM_H

#include <stdbool.h>

#include "graph/graph.h"

/* A line of text in a box. */
struct diagram_line {
	char *interface, *brief; /* what it speaks of, when that must be said; or NULL */
	char *text;		 /* "10.0.0.1/8", "dummy 10.9.9.1/24", "no peer" */
};

struct diagram_box {
	const struct graph_node *node;
	const struct graph_port *bridge; /* what a switch is made of; NULL: the namespace itself */
	enum graph_kind kind;
	char *name;   /* as shown: quoted when it is no plain word */
	size_t hosts; /* it stands for so many, alike; 1 else */
	struct diagram_line *lines;
	size_t n_lines, cap_lines;
};

struct diagram_end {
	size_t box;
	const struct graph_port *port; /* NULL: the bridge itself, seen from its ports */
	char *label;		       /* "h1-eth0", "h1-eth0..h40-eth0", or "" */
	char *brief;		       /* without the node's name: "eth0" */
	char *note; /* what is to be known there: "down", where that is what the link lacks, or what
		       `tc` does, "10mbit 20ms"; or NULL */
};

struct diagram_link {
	struct diagram_end a, b; /* a.box < b.box */
	bool up;
};

struct diagram {
	struct diagram_box *boxes; /* natural order of names */
	size_t n_boxes, cap_boxes;
	struct diagram_link *links; /* by their ends */
	size_t n_links, cap_links;
};

/* The graph may not change while D is used. */
void diagram_read(struct diagram *d, const struct graph *g);
void diagram_free(struct diagram *d);
void diagram_free_box(struct diagram_box *b); /* what it owns */
void diagram_free_link(struct diagram_link *l);
/* Where there are more than MOST boxes: hosts of one switch that differ by number alone become one
 * box. */
void diagram_fold(struct diagram *d, size_t most);

const struct diagram_end *diagram_far(const struct diagram_link *l, size_t box);
const struct diagram_end *diagram_near(const struct diagram_link *l, size_t box);

#endif
