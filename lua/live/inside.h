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

void live_open_command(lua_State *L);  /* `command` */
void live_open_program(lua_State *L);  /* programs that run */
void live_open_parallel(lua_State *L); /* `parallel`, `sleep` */
void live_open_events(lua_State *L);   /* what lab:events gives */
void live_open_lab(lua_State *L);      /* `lab` */
void live_open_node(lua_State *L);     /* nodes, and all of them as globals */
void live_open_interface(lua_State *L);
void live_open_link(lua_State *L);
void live_open_daemon(lua_State *L);

/* Methods of a class that stand in files of their own. */
extern const luaL_Reg lab_change_methods[], lab_line_methods[], lab_ping_methods[], node_change_methods[],
	interface_change_methods[], node_files_methods[];
extern const struct class_field node_detail_fields[], daemon_node_fields[];

/* ---- handles: nodes, interfaces and links by numbers that are never used again ---- */

/* Of a link, both ends. */
struct live_handle {
	unsigned node[2], port[2]; /* graph_node.order, graph_port.order */
};
/* Push THE handle of TYPE that says this: always the same object, so it can be a table's key. TEXT
 * is what tostring gives, and how errors call it when it is gone. */
int live_push_handle(lua_State *L, const char *type, const struct live_handle *h, const char *text);
int live_handle_tostring(lua_State *L);
/* Raise "CALL: node h1 is gone: it was deleted", of the handle at INDEX. CALL may be NULL. */
int live_raise_gone(lua_State *L, int index, const char *call, const char *noun);

int live_push_node(lua_State *L, const struct graph_node *n);
/* The node at INDEX, a handle or a name, refreshed; raises when it is gone or there is none. CALL
 * is the function as people write it ("lab:link"); NULL: a field. */
struct graph_node *live_check_node(lua_State *L, int index, const char *call);
/* The same in the graph as it is: for one more node, while the first is in use. */
struct graph_node *live_find_node(lua_State *L, int index, const char *call);
/* The node that H is; NULL: it is gone. */
struct graph_node *live_node_of(const struct graph *g, unsigned order);

int live_push_interface(lua_State *L, const struct graph_port *p); /* nil for NULL */
struct graph_port *live_check_interface(lua_State *L, int index, const char *call);
/* Interface NAME of N; raises when there is none. */
struct graph_port *live_port_named(lua_State *L, const struct graph_node *n, const char *name,
				   const char *call);
/* The handle at INDEX, in the graph as it is; NULL: it is none, or gone. */
struct graph_port *live_find_interface(lua_State *L, int index);

/* The port at one END of H; NULL: it is gone. */
struct graph_port *live_port_of(const struct graph *g, const struct live_handle *h, int end);
/* The setter of all fields of an interface. */
int live_set_interface(lua_State *L);

int live_push_link(lua_State *L, struct graph_port *p, struct graph_port *peer);
int live_push_daemon(lua_State *L, const struct graph_node *n, const char *name);

/* ---- values ---- */

/* Set field KEY of the table at the top. */
void live_set_string(lua_State *L, const char *key, const char *value); /* NULL: none */
void live_set_integer(lua_State *L, const char *key, lua_Integer value);
void live_set_bool(lua_State *L, const char *key, bool value);
/* Append the string to the list at the top. */
void live_append_string(lua_State *L, const char *value);
/* Push a box: what is put into it is freed with it, also when something raises. */
void **live_box(lua_State *L);
/* The same of a descriptor; -1: none. */
int *live_descriptor(lua_State *L);

/* ---- changing the lab ---- */

/* Push a draft over the lab as it is now; whatever raises, it is freed. */
struct draft *live_draft(lua_State *L);
/* Make what it says, and free it. */
void live_draft_apply(lua_State *L, struct draft *d);
/* Run a line as if it were typed, and give its status; an error of it is raised. CAPTURED: push
 * what it and its programs print to the output. */
int live_line(lua_State *L, const char *line, bool captured);
/* Push a line of COMMAND alone; then add words to the line at the top, each quoted for whoever reads
 * it. */
void live_line_begin(lua_State *L, const char *command);
void live_line_add(lua_State *L, const char *word);
/* Push what LINE answers as JSON. */
void live_push_answer(lua_State *L, const char *line);

/* ---- methods of a class that stand in other files than its own ---- */

extern const luaL_Reg run_node_methods[], run_lab_methods[];
extern const luaL_Reg events_lab_methods[], until_lab_methods[], until_node_methods[];

#endif
