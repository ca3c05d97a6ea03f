/* `lab`: the whole lab. */
#include "lua/live/inside.h"

#include <string.h>

#define LAB_TYPE "Lab"

/***
 * The nodes of the lab, in the order `nodes` lists them.
 * @function Lab:nodes
 * @return Node[]
 * @example
 * for _, node in ipairs(lab:nodes()) do print(node.name) end
 * assert(#lab:nodes() == 3)
 */
static int lab_nodes(lua_State *L)
{
	const struct graph *g = live_graph(L);

	lua_createtable(L, (int)g->n_nodes, 0);
	for (size_t i = 0; i < g->n_nodes; i++) {
		live_push_node(L, g->nodes[i]);
		lua_rawseti(L, -2, (lua_Integer)i + 1);
	}
	return 1;
}

/***
 * @class Lab  the lab this script runs in: the global `lab`
 * @field Lab.name string  as `nslab ls` shows it
 */
static int lab_name(lua_State *L)
{
	lua_pushstring(L, live_session(L)->lab->name);
	return 1;
}

/* lab.h1 */
static bool lab_other(lua_State *L)
{
	const struct graph_node *n = graph_node_find(live_graph(L), lua_tostring(L, 2));

	if (n)
		live_push_node(L, n);
	return n != NULL;
}

static int lab_others(lua_State *L)
{
	const struct graph *g = live_graph(L);
	lua_Integer n = 0;

	lua_newtable(L);
	for (size_t i = 0; i < g->n_nodes; i++) {
		lua_pushstring(L, g->nodes[i]->name);
		lua_rawseti(L, -2, ++n);
	}
	return 1;
}

static const luaL_Reg lab_methods[] = {
	{ "nodes", lab_nodes },
	{ NULL, NULL },
};
static const struct class_field lab_fields[] = {
	{ "name", lab_name, NULL },
	{ 0 },
};
static const struct class lab_class = {
	.type = LAB_TYPE,
	.noun = "lab",
	.methods = (const luaL_Reg *const[]){ lab_methods, run_lab_methods, NULL },
	.fields = (const struct class_field *const[]){ lab_fields, NULL },
	.other = lab_other,
	.others = lab_others,
};

void live_open_lab(lua_State *L)
{
	class_register(L, &lab_class);
	lua_newuserdatauv(L, 0, 0);
	luaL_setmetatable(L, LAB_TYPE);
	lua_setglobal(L, "lab");
}
