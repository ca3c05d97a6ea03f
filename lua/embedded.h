/* Files of the source tree compiled into the program; the table is written by lua/embed.mk. */
#ifndef NSLAB_LUA_EMBEDDED_H
#define NSLAB_LUA_EMBEDDED_H

#include <stddef.h>

struct embedded {
	const char *name; /* "tree" */
	const char *path; /* "topologies/tree.lua" */
	const char *text; /* ends in a NUL that SIZE does not count */
	size_t size;
};

/* By name, ending in one whose name is NULL; and the names alone, NULL-terminated. */
extern const struct embedded embedded_topologies[];
extern const char *const embedded_topology_names[];
/* Scripts of our own: lua/NAME.lua. */
extern const struct embedded embedded_scripts[];

#endif
