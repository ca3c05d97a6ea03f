/* A lab as text: a topology in Lua, or a script for sh. */
#ifndef NSLAB_COMMAND_SAVE_H
#define NSLAB_COMMAND_SAVE_H

#include "base/buf.h"
#include "base/err.h"
#include "graph/graph.h"
#include "plan/shape.h"

/* The topology, as a person would write it. NAME is the file's, for the comment that says how to
 * load it. */
void save_lua(const struct shape *s, const char *name, struct buf *out);
/* The plain `ip` lines that make the lab on any machine. */
int export_sh(struct graph *g, struct buf *out, struct err *err);
/* "2 hosts, 1 switch" */
void save_count(const struct shape *s, struct buf *out);
/* A comment for each thing that is left out. */
void save_left_out(const struct shape *s, const char *comment, struct buf *out);
/* Put TEXT where PATH is, whole or not at all; "-" is the caller's. */
int save_file(const char *path, const struct buf *text, struct err *err);

#endif
