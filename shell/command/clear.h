/* The lab emptied: for reset, and for what is built in the place of all that is there. */
#ifndef NSLAB_COMMAND_CLEAR_H
#define NSLAB_COMMAND_CLEAR_H

#include "graph/graph.h"
#include "plan/plan.h"

/* As draft_clear, and also names in /run/netns that lead nowhere any more: no nodes, but a node of
 * that name could not be made. */
int clear_all(struct graph *g, bool in_root, struct plan *plan, struct err *err);

#endif
