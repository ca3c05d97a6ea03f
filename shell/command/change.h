/* What changes in the lab, in words: for `events`, and for scripts. */
#ifndef NSLAB_COMMAND_CHANGE_H
#define NSLAB_COMMAND_CHANGE_H

#include "base/buf.h"
#include "graph/graph.h"

/* "down", "address added": in JSON its "event". */
const char *change_word(const struct graph_change *c);
/* What there is to say besides: " 10.0.0.1/8", ", was eth0"; often nothing. */
void change_put_value(struct buf *b, const struct graph_change *c);
/* "h1  h1-eth0 down" */
void change_put_line(struct buf *b, const struct graph_change *c);

#endif
