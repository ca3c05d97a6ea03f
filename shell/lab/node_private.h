/*
 * Directories of a node's own, empty at first: its programs see them instead of the lab's. The list
 * in NODE_FILES/NAME/mounts is all there is to it: each view that is made shows what it names.
 */
#ifndef NSLAB_LAB_NODE_PRIVATE_H
#define NSLAB_LAB_NODE_PRIVATE_H

#include "lab/lab.h"
#include "lab/node_paths.h"

/* Could a node have its own directory DIR? */
int node_private_check(const char *dir, struct err *err);
/* NODE has its own DIR from now on. *MADE: it had none. */
int node_private_add(struct lab *lab, const char *node, const char *dir, bool *made,
		     struct err *err);
void node_private_remove(struct lab *lab, const char *node, const char *dir);

/* Those of NODE, one a line, to be freed; NULL: none. */
char *node_private_list(const char *node);
/* Is PATH in one of them? */
bool node_private_holds(const char *node, const char *path);
/* Where what is at PATH in one of them is kept. */
void node_private_path(char store[NODE_PATH], const char *node, const char *path);

#endif
