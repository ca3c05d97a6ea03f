/* `lab`: the whole lab, and what is in it. */
#include "lua/live/inside.h"

#include <stdlib.h>
#include <string.h>

#include "lua/options.h"

#define LAB_TYPE "Lab"

/* ---- all of them ---- */

static int push_nodes(lua_State *L, bool (*wanted)(const struct graph_node *n))
{
	const struct graph *g = live_graph(L);
	lua_Integer count = 0;

	lua_newtable(L);
	for (size_t i = 0; i < g->n_nodes; i++) {
		if (wanted && !wanted(g->nodes[i]))
			continue;
		live_push_node(L, g->nodes[i]);
		lua_rawseti(L, -2, ++count);
	}
	return 1;
}

static bool is_host(const struct graph_node *n)
{
	return graph_node_kind(n) == GRAPH_HOST;
}

static bool is_switch(const struct graph_node *n)
{
	return graph_node_kind(n) == GRAPH_SWITCH;
}

static bool is_router(const struct graph_node *n)
{
	return graph_node_kind(n) == GRAPH_ROUTER;
}

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
	return push_nodes(L, NULL);
}

/***
 * Its hosts.
 * @function Lab:hosts
 * @return Node[]
 * @example
 * assert(#lab:hosts() == 2 and lab:hosts()[1] == h1)
 */
static int lab_hosts(lua_State *L)
{
	return push_nodes(L, is_host);
}

/***
 * Its switches.
 * @function Lab:switches
 * @return Node[]
 */
static int lab_switches(lua_State *L)
{
	return push_nodes(L, is_switch);
}

/***
 * Its routers.
 * @function Lab:routers
 * @return Node[]
 */
static int lab_routers(lua_State *L)
{
	return push_nodes(L, is_router);
}

/***
 * Its links, in the order `links` lists them.
 * @function Lab:links
 * @return Link[]
 * @example
 * assert(#lab:links() == 2 and lab:links()[1].a == h1.eth0)
 */
static int lab_links(lua_State *L)
{
	const struct graph *g = live_graph(L);
	void **box = live_box(L);
	struct graph_link *links;
	size_t n;

	*box = links = graph_links(g, &n);
	lua_createtable(L, (int)n, 0);
	for (size_t i = 0; i < n; i++) {
		live_push_link(L, links[i].a, links[i].b);
		lua_rawseti(L, -2, (lua_Integer)i + 1);
	}
	return 1;
}

/* ---- one of them ---- */

/***
 * A node by its name; an error where there is none. `lab.h1` is the same, and the global `h1`,
 * which is nil then.
 * @function Lab:node
 * @param name string
 * @return Node
 * @example
 * assert(lab:node("h1") == lab.h1 and lab.h1 == h1)
 */
static int lab_node(lua_State *L)
{
	return live_push_node(L, live_check_node(L, 2, "lab:node"));
}

static int push_of_kind(lua_State *L, enum graph_kind kind, const char *call)
{
	const struct graph_node *n = live_check_node(L, 2, call);

	if (graph_node_kind(n) != kind)
		return luaL_error(L, "%s: %s is a %s", call, n->shown,
				  graph_kind_name(graph_node_kind(n)));
	return live_push_node(L, n);
}

/***
 * A host by its name; a node of another kind is an error, too.
 * @function Lab:host
 * @param name string
 * @return Node
 * @example
 * assert(lab:host("h1").ip == "10.0.0.1")
 * assert(not pcall(lab.host, lab, "s1"))
 */
static int lab_host(lua_State *L)
{
	return push_of_kind(L, GRAPH_HOST, "lab:host");
}

/***
 * A switch by its name.
 * @function Lab:switch
 * @param name string
 * @return Node
 */
static int lab_switch(lua_State *L)
{
	return push_of_kind(L, GRAPH_SWITCH, "lab:switch");
}

/***
 * A router by its name.
 * @function Lab:router
 * @param name string
 * @return Node
 */
static int lab_router(lua_State *L)
{
	return push_of_kind(L, GRAPH_ROUTER, "lab:router");
}

/***
 * @class Lab  the lab this script runs in: the global `lab`
 * @field Lab.name string  as `nslab ls` shows it
 * @field Lab.[string] Node  a node by its name: `lab.h1`
 */
static int lab_name(lua_State *L)
{
	lua_pushstring(L, live_session(L)->lab->name);
	return 1;
}

/***
 * @field Lab.root Node  the lab's root namespace, where lines without a node run
 * @example
 * lab.root:add_interface("br0", { kind = "bridge" })
 * assert(lab.root.br0.kind == "bridge")
 */
static int lab_root(lua_State *L)
{
	return live_push_node(L, live_graph(L)->root);
}

/* lab.h1 */
static bool lab_other(lua_State *L)
{
	const char *name = lua_tostring(L, 2);
	const struct graph_node *n = *name ? graph_node_find(live_graph(L), name) : NULL;

	return n && live_push_node(L, n);
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
	{ "node", lab_node },	  { "host", lab_host },		{ "switch", lab_switch },
	{ "router", lab_router }, { "nodes", lab_nodes },	{ "hosts", lab_hosts },
	{ "links", lab_links },	  { "switches", lab_switches }, { "routers", lab_routers },
	{ NULL, NULL },
};
static const struct class_field lab_fields[] = {
	{ "name", lab_name, NULL },
	{ "root", lab_root, NULL },
	{ 0 },
};
static const struct class lab_class = {
	.type = LAB_TYPE,
	.noun = "lab",
	.methods = (const luaL_Reg *const[]){ lab_methods, lab_change_methods, lab_line_methods,
					      lab_ping_methods, run_lab_methods, events_lab_methods,
					      until_lab_methods, NULL },
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
