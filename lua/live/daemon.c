/* A daemon of a node, as a script holds it. */
#include "lua/live/inside.h"

#include <stdlib.h>

#include "lab/node_daemon.h"

#define DAEMON_TYPE "Daemon"

/* From TERM to KILL in d:stop(), in milliseconds. */
#define GRACE_MS 2000

/* Its user values. */
enum { TEXT = 1, NODE, NAME };

struct handle {
	pid_t pid; /* which of that name it is */
};

struct place {
	const char *node, *name;
};

int live_push_daemon(lua_State *L, const struct graph_node *n, const char *name)
{
	struct handle *h = lua_newuserdatauv(L, sizeof(*h), 3);
	struct node_daemon d;

	node_daemon_find(n->name, name, &d);
	h->pid = d.pid;
	luaL_setmetatable(L, DAEMON_TYPE);
	lua_pushfstring(L, "%s of %s", name, n->shown);
	lua_setiuservalue(L, -2, TEXT);
	live_push_node(L, n);
	lua_setiuservalue(L, -2, NODE);
	lua_pushstring(L, name);
	lua_setiuservalue(L, -2, NAME);
	return 1;
}

/* The daemon at 1 as it is now: its node's name and its own are put on the stack. */
static struct place check_daemon(lua_State *L, const char *call, struct node_daemon *d)
{
	const struct handle *h = luaL_checkudata(L, 1, DAEMON_TYPE);
	struct place p;

	lua_getiuservalue(L, 1, NODE);
	p.node = lua_pushstring(L, live_check_node(L, -1, call)->name);
	lua_getiuservalue(L, 1, NAME);
	p.name = lua_tostring(L, -1);
	if (!node_daemon_find(p.node, p.name, d) || d->pid != h->pid)
		live_raise_gone(L, 1, call, "daemon");
	return p;
}

/***
 * @class Daemon  a daemon of a node: what `node:daemon` returns, and one of `node.daemons`
 * @field Daemon.name string
 */
static int daemon_name(lua_State *L)
{
	lua_getiuservalue(L, 1, NAME);
	return 1;
}

/***
 * @field Daemon.node Node
 */
static int daemon_node(lua_State *L)
{
	lua_getiuservalue(L, 1, NODE);
	return 1;
}

/***
 * @field Daemon.pid integer  its process id
 */
static int daemon_pid(lua_State *L)
{
	const struct handle *h = lua_touserdata(L, 1);

	lua_pushinteger(L, h->pid);
	return 1;
}

/***
 * @field Daemon.running boolean
 */
static int daemon_running(lua_State *L)
{
	struct node_daemon d;

	check_daemon(L, NULL, &d);
	lua_pushboolean(L, !d.ended);
	return 1;
}

/***
 * @field Daemon.status integer?  once it has ended: its status, or 128 and the signal, as sh has it
 */
static int daemon_status(lua_State *L)
{
	struct node_daemon d;

	check_daemon(L, NULL, &d);
	if (d.ended)
		lua_pushinteger(L, d.status);
	else
		lua_pushnil(L);
	return 1;
}

/***
 * @field Daemon.log string  what it has printed
 */
static int daemon_log(lua_State *L)
{
	struct node_daemon d;
	struct place p = check_daemon(L, NULL, &d);
	void **box = live_box(L);

	*box = node_daemon_log(p.node, p.name);
	lua_pushstring(L, *box ? *box : "");
	return 1;
}

/***
 * End it: by TERM, and after two seconds by KILL. One that has ended stays as it is.
 * @function Daemon:stop
 * @example
 * local d = h1:daemon("sleep 1000")
 * assert(d.running and #h1.daemons == 1)
 * d:stop()
 * assert(not d.running)
 */
static int daemon_stop(lua_State *L)
{
	struct node_daemon d;
	struct place p = check_daemon(L, "daemon:stop", &d);
	struct err err = ERR_INIT;

	if (node_daemon_stop(p.node, p.name, GRACE_MS, &err) < 0)
		return state_raise(L, &err);
	return 0;
}

static const luaL_Reg daemon_methods[] = {
	{ "__tostring", live_handle_tostring },
	{ "stop", daemon_stop },
	{ NULL, NULL },
};
static const struct class_field daemon_fields[] = {
	{ "name", daemon_name, NULL },
	{ "node", daemon_node, NULL },
	{ "pid", daemon_pid, NULL },
	{ "running", daemon_running, NULL },
	{ "status", daemon_status, NULL },
	{ "log", daemon_log, NULL },
	{ 0 },
};
static const struct class daemon_class = {
	.type = DAEMON_TYPE,
	.noun = "daemon",
	.methods = (const luaL_Reg *const[]){ daemon_methods, NULL },
	.fields = (const struct class_field *const[]){ daemon_fields, NULL },
};

void live_open_daemon(lua_State *L)
{
	class_register(L, &daemon_class);
}

/***
 * @field Node.daemons Daemon[]  those that were started in it, also those that have ended
 */
static int node_daemons(lua_State *L)
{
	const struct graph_node *n = live_check_node(L, 1, NULL);
	void **box = live_box(L);
	char *rest = *box = node_daemon_names(n->name);
	const char *name;

	lua_newtable(L);
	while ((name = node_next_line(&rest))) {
		live_push_daemon(L, n, name);
		lua_rawseti(L, -2, (lua_Integer)lua_rawlen(L, -2) + 1);
	}
	return 1;
}

const struct class_field daemon_node_fields[] = {
	{ "daemons", node_daemons, NULL },
	{ 0 },
};
