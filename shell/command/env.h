/* The environment of a program: ours, and what is added for its line. */
#ifndef NSLAB_COMMAND_ENV_H
#define NSLAB_COMMAND_ENV_H

#include <stddef.h>

#include "graph/graph.h"

struct env {
	char **v;
	size_t n, cap;
	size_t ours; /* so many of them are those of this process */
};

void env_init(struct env *e);
/* NAME=VALUE, to be freed with E, in place of one of ours of the same name. */
void env_replace(struct env *e, char *text);
/* $h2 and $h2_eth1 for the nodes and interfaces that LINE names. */
void env_add_nodes(struct env *e, const struct graph *g, const char *line);
/* NULL-terminated, until the next change. */
char *const *env_all(struct env *e);
void env_free(struct env *e);

#endif
