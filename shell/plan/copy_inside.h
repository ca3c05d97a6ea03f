/* Inside the plan room: a namespace on its way into a plan, shared by copy.c, copy_device.c and copy_left_out.c. */
#ifndef NSLAB_PLAN_COPY_INSIDE_H
#define NSLAB_PLAN_COPY_INSIDE_H

#include "graph/raw.h"
#include "plan/copy.h"

struct place {
	struct graph *g;
	const struct graph_node *node;
	struct graph_port **ports; /* lo, then in natural order of names */
	struct raw raw;
	struct plan *plan;
	struct buf *left_out; /* NULL: not asked */
	bool of_root;	      /* only what is in the lab's root, or ends there */
};

struct op *copy_add_op(const struct place *w, enum op_kind kind, const char *interface);
/* The text, or NULL; BUF is given up. */
char *copy_take(struct buf *words);
/* Is P to be copied here? */
bool copy_wants(const struct place *w, const struct graph_port *p);
bool copy_is_root(const struct graph_node *n);
bool copy_is_kind(const struct graph_port *p, const char *kind);

/* Devices that refer to others (LATE) or to nothing; veths; what is set on all of them. */
void copy_devices(const struct place *w, bool late);
void copy_veths(const struct place *w);
void copy_settings(const struct place *w);
/* What is not copied, a line each. */
void copy_tell_rest(const struct place *w);

#endif
