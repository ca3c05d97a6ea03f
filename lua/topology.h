/*
 * Topologies: Lua files that return { about, params, order, reach, build }. Built-in ones are
 * compiled in, others are named by a path ending in .lua. A build fills a draft and touches nothing
 * else: it runs in a state of its own, without io, os.execute, debug or bytecode, with a limit on
 * memory, and ^C stops it.
 */
#ifndef NSLAB_LUA_TOPOLOGY_H
#define NSLAB_LUA_TOPOLOGY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"
#include "plan/draft.h"

struct topology_param {
	char *name;	/* "depth" */
	char *value;	/* its default, as text: "2" */
	char *about;	/* "levels of switches" */
	bool number;	/* a whole number, within [min, max] */
	long min, max;	/* LONG_MIN, LONG_MAX where the file sets none */
	bool truth;	/* true or false; what truth_parse knows means the same */
	char **choices; /* of a word: NULL-terminated, or NULL: any; { "false", "true" } of a
			   boolean */
};

struct topology {
	char *name;		       /* "tree" */
	char *about;		       /* one line */
	struct topology_param *params; /* in the file's `order`, as in `tree,2,3`; else by name */
	size_t n_params;
	const char *reach; /* which hosts answer which: "all", "none", or "some": the file's
			      function says it */
};

/* Names of the built-in topologies, sorted, NULL-terminated. */
const char *const *topology_names(void);
/* What topology SPEC ("tree", "tree,2,3", "./mine.lua") is. -1 with err: unknown (nearest name),
 * unreadable, malformed (file:line). */
int topology_describe(const char *spec, struct topology *t, struct err *err);
void topology_free(struct topology *t);
/* Run its build with PARAMS ("depth=2", n of them) into DRAFT. Errors carry file:line of the script
 * (ERR_FAILED); parameters that are unknown or out of range are named with the known ones
 * (ERR_USAGE). On -1 the draft may be half filled: free it. What the script printed is appended to
 * PRINTED, also on -1; NULL drops it. */
int topology_build(const char *spec, const char *const *params, size_t n, struct draft *d,
		   struct buf *printed, struct err *err);
/* The source of a built-in topology, for `topologies NAME`; NULL when there is none. */
const char *topology_source(const char *name);

#endif
