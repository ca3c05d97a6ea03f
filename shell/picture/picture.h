/* Pictures of a lab. Each reads the graph and adds its text to OUT. */
#ifndef NSLAB_PICTURE_PICTURE_H
#define NSLAB_PICTURE_PICTURE_H

#include <stdbool.h>

#include "base/buf.h"
#include "graph/graph.h"

/* For a terminal: no line is wider than COLUMNS. Boxes and lines where these fit, else a list of
 * who is connected to whom. ASCII: no character outside it. */
void picture_map(const struct graph *g, size_t columns, bool ascii, struct buf *out);

void picture_svg(const struct graph *g, struct buf *out);
void picture_dot(const struct graph *g, struct buf *out);     /* Graphviz */
void picture_mermaid(const struct graph *g, struct buf *out); /* a flowchart */
void picture_json(const struct graph *g, struct buf *out);    /* one line */

#endif
