/* What a topology file returns: { about, params, order, reach, build }. Checked and read here, then
 * built.
 */
#ifndef NSLAB_LUA_DEFINITION_H
#define NSLAB_LUA_DEFINITION_H

#include "lua/state.h"
#include "lua/topology.h"

/* Run the file's text (in a fresh state) and read its table into T, whose name is set already. On
 * -1 T holds what was read so far. */
int definition_load(struct state *s, const char *text, size_t len, struct topology *t,
		    struct err *err);
/* Run its build with VALUES, one for each of T's params, into D. */
int definition_build(struct state *s, const struct topology *t, const char *const *values,
		     struct draft *d, struct err *err);

#endif
