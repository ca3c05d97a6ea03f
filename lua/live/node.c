/* A node, as a script holds it: its name, and which one of that name it is. */
#include "lua/live/inside.h"

#include <string.h>

#include "base/name.h"

#define NODE_TYPE "Node"

struct handle {
	unsigned order; /* graph_node.order: no two nodes ever share one */
};

int live_push_node(lua_State *L, const struct graph_node *n)
{
	struct handle *h = lua_newuserdatauv(L, sizeof(*h), 1);

	h->order = n->order;
	lua_pushstring(L, n->name);
	lua_setiuservalue(L, -2, 1);
	luaL_setmetatable(L, NODE_TYPE);
	return 1;
}

/* By its name, or wherever it is now if somebody renamed it. */
static struct graph_node *find_by_order(const struct graph *g, const char *name, unsigned order)
{
	struct graph_node *n = graph_node_find(g, name);

	if (n && n->order == order)
		return n;
	for (size_t i = 0; i < g->n_nodes; i++)
		if (g->nodes[i]->order == order)
			return g->nodes[i];
	return NULL;
}

static struct graph_node *find_by_name(lua_State *L, const struct graph *g, const char *name,
				       const char *call)
{
	struct graph_node *n = graph_node_find(g, name);
	struct nearest near = { .word = name };
	struct err err = ERR_INIT;

	if (n)
		return n;
	for (size_t i = 0; i < g->n_nodes; i++)
		nearest_offer(&near, g->nodes[i]->name);
	err_set(&err, "%s: no node %s", call, name);
	nearest_suggest(&near, &err);
	state_raise(L, &err);
	return NULL;
}

struct graph_node *live_check_node(lua_State *L, int index, const char *call)
{
	const struct handle *h = luaL_testudata(L, index, NODE_TYPE);
	const struct graph *g = live_graph(L);
	struct graph_node *n;
	const char *name;

	if (!h && lua_type(L, index) == LUA_TSTRING)
		return find_by_name(L, g, lua_tostring(L, index), call);
	if (!h)
		luaL_error(L, "%s: a node or its name is missing: there is %s", call,
			   luaL_typename(L, index));
	lua_getiuservalue(L, index, 1);
	name = lua_tostring(L, -1);
	n = find_by_order(g, name, h->order);
	if (!n)
		luaL_error(L, "%s: node %s is gone: it was deleted", call, name);
	lua_pop(L, 1);
	return n;
}

/***
 * @class Node  a host, switch or router of the lab: `lab.h1`, or just `h1`
 * @field Node.name string  "h1"
 */
static int node_name(lua_State *L)
{
	lua_pushstring(L, live_check_node(L, 1, "name")->name);
	return 1;
}

/***
 * @field Node.kind string  "host", "switch" or "router"
 */
static int node_kind(lua_State *L)
{
	lua_pushstring(L, graph_kind_name(graph_node_kind(live_check_node(L, 1, "kind"))));
	return 1;
}

static int node_tostring(lua_State *L)
{
	lua_getiuservalue(L, 1, 1);
	return 1;
}

static const luaL_Reg node_methods[] = {
	{ "__tostring", node_tostring },
	{ NULL, NULL },
};
static const struct class_field node_fields[] = {
	{ "name", node_name, NULL },
	{ "kind", node_kind, NULL },
	{ 0 },
};
static const struct class node_class = {
	.type = NODE_TYPE,
	.noun = "node",
	.methods = (const luaL_Reg *const[]){ node_methods, run_node_methods, NULL },
	.fields = (const struct class_field *const[]){ node_fields, NULL },
};

/* A global that the script has not set: a node's name? */
static int node_global(lua_State *L)
{
	const struct graph_node *n;

	if (lua_type(L, 2) != LUA_TSTRING)
		return 0;
	n = graph_node_find(live_graph(L), lua_tostring(L, 2));
	return n && *n->name ? live_push_node(L, n) : 0;
}

void live_open_node(lua_State *L)
{
	class_register(L, &node_class);
	lua_pushglobaltable(L);
	lua_createtable(L, 0, 1);
	lua_pushcfunction(L, node_global);
	lua_setfield(L, -2, "__index");
	lua_setmetatable(L, -2);
	lua_pop(L, 1);
}
