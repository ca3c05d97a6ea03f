/* Inside the live room: what its files share. */
#ifndef NSLAB_LUA_LIVE_INSIDE_H
#define NSLAB_LUA_LIVE_INSIDE_H

#include <stdbool.h>

#include <lauxlib.h>
#include <lua.h>

#include "command/command.h"
#include "lua/state.h"

struct live {
	struct session *session;
	struct state *state;
	unsigned depth; /* runs inside one another: a script whose lab:cmd runs Lua */
	bool leaving;	/* os.exit was called: only the way out is left */
	int status;	/* with it */
};

struct live *live_of(lua_State *L);
struct session *live_session(lua_State *L);
/* Run F with ARG as its one light userdata in the session's world, protected; errors are in the
 * name of script NAME. os.exit in it: 0, and the session has its status. */
int live_call(struct session *s, const char *name, lua_CFunction f, void *arg, struct err *err);
/* The lab's graph as it is now. May raise. */
struct graph *live_graph(lua_State *L);
/* Apply PLAN and free it, also when it raises. */
void live_apply(lua_State *L, struct plan *plan);

/* ---- a class: what `object.NAME` means ---- */

struct class_field {
	const char *name;
	int (*get)(lua_State *L); /* the object is at 1; pushes one value */
	int (*set)(lua_State *L); /* the value is at 3; NULL: read-only */
};
struct class
{
	const char *type; /* of its userdata: "Node" */
	const char *noun; /* as errors call one: "node" */
	/* Both NULL-terminated lists of such: a class may be written in several files. Methods
	 * whose names begin with __ are metamethods. */
	const luaL_Reg *const *methods;
	const struct class_field *const *fields;
	/* What else NAME (at 2) may mean: pushes it, or false. NULL: nothing. */
	bool (*other)(lua_State *L);
};
/* Make its metatable, out of the script's reach. */
void class_register(lua_State *L, const struct class *class);

/* ---- the classes; each is registered by its file's live_open_*, which lists the methods that
 * stand in other files, too ---- */

void live_open_command(lua_State *L); /* `command` */
void live_open_lab(lua_State *L);     /* `lab` */
void live_open_node(lua_State *L);    /* nodes, and all of them as globals */

/* Push node N. */
int live_push_node(lua_State *L, const struct graph_node *n);
/* The node at INDEX, a handle or a name, refreshed; raises when it is gone or there is none. CALL
 * is the function as people write it ("lab:link"). */
struct graph_node *live_check_node(lua_State *L, int index, const char *call);

#endif
