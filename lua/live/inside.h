/* Inside the live room: what its files share. */
#ifndef NSLAB_LUA_LIVE_INSIDE_H
#define NSLAB_LUA_LIVE_INSIDE_H

#include <stdbool.h>

#include <lauxlib.h>
#include <lua.h>

#include "command/command.h"
#include "lua/live/wait.h"
#include "lua/state.h"

struct live {
	struct session *session;
	struct state *state;
	unsigned depth; /* runs inside one another: a script whose lab:cmd runs Lua */
	int status;	/* of os.exit */
	bool in_warning, no_warnings;
	struct waits waits;
};

struct live *live_of(lua_State *L);
/* The session's, made at the first call; NULL with err. */
struct live *live_get(struct session *s, struct err *err);
struct session *live_session(lua_State *L);
/* Run F with ARG as its one light userdata in the session's world, protected; errors are in the
 * name of script NAME. os.exit in it: 0, and the session has its status. */
int live_call(struct session *s, const char *name, lua_CFunction f, void *arg, struct err *err);
/* The lab's graph as it is now. May raise. */
struct graph *live_graph(lua_State *L);
/* Apply PLAN and free it, also when it raises. */
void live_apply(lua_State *L, struct plan *plan);

/* Around C that may run Lua again, as lab:cmd("lua ...") does by session_run: what is run meanwhile
 * goes on on the thread L, which may be a coroutine. live_enter returns what live_leave takes;
 * nothing may raise between the two. */
lua_State *live_enter(lua_State *L);
void live_leave(lua_State *L, lua_State *before);

/* ---- the library, where it differs from Lua's own ---- */

void live_open_output(lua_State *L); /* print, io.write, warn; os.execute, io.popen */
void live_open_guard(lua_State *L);  /* os.exit, finalizers, hooks: nothing holds up ^C */
/* Write what was put into the session's output; may raise. A reader that has gone is a quiet end of
 * the script. */
void live_flush(lua_State *L);
/* Print the N values on the top of the stack as `=` does, and pop them. */
void live_show(lua_State *L, int n);

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
	/* The object is at 1; pushes a list of the names that `other` knows now: for Tab. */
	int (*others)(lua_State *L);
};
/* Make its metatable, out of the script's reach. */
void class_register(lua_State *L, const struct class *class);
/* The class of the value at INDEX, or NULL. */
const struct class *class_of(lua_State *L, int index);

/* ---- the classes; each is registered by its file's live_open_*, which lists the methods that
 * stand in other files, too ---- */

void live_open_command(lua_State *L); /* `command` */
void live_open_program(lua_State *L); /* programs that run */
void live_open_lab(lua_State *L);     /* `lab` */
void live_open_node(lua_State *L);    /* nodes, and all of them as globals */

/* Push node N. */
int live_push_node(lua_State *L, const struct graph_node *n);
/* The node at INDEX, a handle or a name, refreshed; raises when it is gone or there is none. CALL
 * is the function as people write it ("lab:link"). */
struct graph_node *live_check_node(lua_State *L, int index, const char *call);

/* ---- methods of a class that stand in other files than its own ---- */

extern const luaL_Reg run_node_methods[], run_lab_methods[];

#endif
