/* Paths and files of nodes, for node_files.c and node_private.c. */
#ifndef NSLAB_LAB_NODE_PATHS_H
#define NSLAB_LAB_NODE_PATHS_H

#include <limits.h>
#include <stdbool.h>

#include "base/err.h"

/* Room for a path of the author's behind a few short parts. */
#define NODE_PATH (PATH_MAX + 512)

/* Is PATH absolute and plain: no "..", no slash too many? */
int node_path_check(const char *path, struct err *err);
/* Is PATH below DIR, a plain path itself? */
bool node_path_is_within(const char *path, const char *dir);
/* PATH below BASE goes through no symbolic link, as a program may have put there: it means something
 * in a node's view, and something else here. */
int node_path_check_links(const char *base, const char *path, struct err *err);
/* Every directory on the way to PATH. */
int node_path_make_parents(const char *path, struct err *err);

/* What the file at PATH holds, to be freed; NULL with errno. */
char *node_text_read(const char *path);
int node_text_write(const char *path, const char *text, struct err *err);
/* The next line of *REST, which goes on behind it; NULL: there is none. */
char *node_next_line(char **rest);

#endif
