/* A node, as a script holds it: its name, and which one of that name it is. */
#include "lua/live/inside.h"

#include <linux/rtnetlink.h>
#include <string.h>

#include "base/name.h"
#include "lua/options.h"

#define NODE_TYPE "Node"

static const char *shown_name(const struct graph_node *n)
{
	return *n->name ? n->name : "root";
}

int live_push_node(lua_State *L, const struct graph_node *n)
{
	const struct live_handle h = { .node = { n->order } };

	return live_push_handle(L, NODE_TYPE, &h, shown_name(n));
}

struct graph_node *live_node_of(const struct graph *g, unsigned order)
{
	if (g->root->order == order)
		return g->root;
	for (size_t i = 0; i < g->n_nodes; i++)
		if (g->nodes[i]->order == order)
			return g->nodes[i];
	return NULL;
}

static struct graph_node *find_by_name(lua_State *L, const struct graph *g, const char *name,
				       const char *call)
{
	struct graph_node *n = *name ? graph_node_find(g, name) : NULL;
	struct nearest near = { .word = name };
	struct err err = ERR_INIT;

	if (n)
		return n;
	if (strcmp(name, "root") == 0)
		return g->root;
	for (size_t i = 0; i < g->n_nodes; i++)
		nearest_offer(&near, g->nodes[i]->name);
	err_set(&err, "%s: no node %s", call, name);
	nearest_suggest(&near, &err);
	state_raise(L, &err);
	return NULL;
}

struct graph_node *live_find_node(lua_State *L, int index, const char *call)
{
	const struct live_handle *h = luaL_testudata(L, index, NODE_TYPE);
	const struct graph *g = live_session(L)->graph;
	struct graph_node *n;

	if (!h && lua_type(L, index) == LUA_TSTRING) {
		call = call ? call : "node";
		return find_by_name(L, g, options_text(L, index, call, "the name"), call);
	}
	if (!h)
		luaL_error(L, "%s: a node or its name is missing: there is %s",
			   call ? call : "node", options_type(L, index));
	n = live_node_of(g, h->node[0]);
	if (!n)
		live_raise_gone(L, index, call, "node");
	return n;
}

struct graph_node *live_check_node(lua_State *L, int index, const char *call)
{
	live_graph(L);
	return live_find_node(L, index, call);
}

/* For what `net` does: the name of a node whose handle is there. */
static const char *name_of_handle(lua_State *L, int index, const char *call)
{
	return luaL_testudata(L, index, NODE_TYPE) ? shown_name(live_find_node(L, index, call))
						   : NULL;
}

/***
 * @class Node  a host, switch or router of the lab: `lab.h1`, or just `h1`
 * @field Node.name string  "h1"; "root" of the lab's root namespace
 * @field Node.[string] Interface  one of its interfaces: `h1.eth0`
 */
static int node_name(lua_State *L)
{
	lua_pushstring(L, shown_name(live_check_node(L, 1, NULL)));
	return 1;
}

/***
 * @field Node.kind string  "host", "switch" or "router"
 */
static int node_kind(lua_State *L)
{
	lua_pushstring(L, graph_kind_name(graph_node_kind(live_check_node(L, 1, NULL))));
	return 1;
}

/***
 * @field Node.exists boolean  false once it is deleted; everything else of it is an error then
 */
static int node_exists(lua_State *L)
{
	const struct live_handle *h = lua_touserdata(L, 1);

	lua_pushboolean(L, live_node_of(live_graph(L), h->node[0]) != NULL);
	return 1;
}

static int push_first_address(lua_State *L, int family)
{
	const struct graph_address *a = graph_node_address(live_check_node(L, 1, NULL), family);
	char text[PREFIX_TEXT];

	lua_pushstring(L, a ? address_format(text, &a->prefix) : NULL);
	return 1;
}

/***
 * @field Node.ip string?  its first IPv4 address, without the length: "10.0.0.1"
 */
static int node_ip(lua_State *L)
{
	return push_first_address(L, AF_INET);
}

/***
 * @field Node.ip6 string?  its first IPv6 address
 */
static int node_ip6(lua_State *L)
{
	return push_first_address(L, AF_INET6);
}

/***
 * @field Node.addresses string[]  all of its addresses that reach beyond a link: "10.0.0.1/8"
 */
static int node_addresses(lua_State *L)
{
	const struct graph_node *n = live_check_node(L, 1, NULL);
	char text[PREFIX_TEXT];

	lua_newtable(L);
	for (size_t i = 0; i < n->n_ports; i++)
		for (size_t k = 0; k < n->ports[i]->n_addresses; k++) {
			const struct graph_address *a = &n->ports[i]->addresses[k];

			if (a->scope == RT_SCOPE_UNIVERSE)
				live_append_string(L, prefix_format(text, &a->prefix));
		}
	return 1;
}

/***
 * @field Node.interfaces Interface[]  in the order in which the kernel numbers them, `lo` first
 */
static int node_interfaces(lua_State *L)
{
	const struct graph_node *n = live_check_node(L, 1, NULL);

	lua_createtable(L, (int)n->n_ports, 0);
	for (size_t i = 0; i < n->n_ports; i++) {
		live_push_interface(L, n->ports[i]);
		lua_rawseti(L, -2, (lua_Integer)i + 1);
	}
	return 1;
}

/***
 * @field Node.forwards boolean  it forwards IPv4 (net.ipv4.ip_forward)
 */
static int node_forwards(lua_State *L)
{
	lua_pushboolean(L, live_check_node(L, 1, NULL)->forwards);
	return 1;
}

/***
 * An interface by its name. `h1.eth0` is the same, for names that are no method or field of a node.
 * @function Node:interface
 * @param name string  "h1-eth0", or "eth0" for short
 * @return Interface  an error where there is none
 * @example
 * assert(h1:interface("eth0") == h1["h1-eth0"])
 */
static int node_interface(lua_State *L)
{
	const struct graph_node *n = live_check_node(L, 1, "node:interface");

	return live_push_interface(
		L, live_port_named(L, n, options_text(L, 2, "node:interface", "the name"),
				   "node:interface"));
}

/* h1.eth0 */
static bool node_other(lua_State *L)
{
	const struct graph_port *p =
		graph_port_find(live_check_node(L, 1, NULL), lua_tostring(L, 2));

	return p && live_push_interface(L, p);
}

static int node_others(lua_State *L)
{
	const struct live_handle *h = luaL_checkudata(L, 1, NODE_TYPE);
	const struct graph_node *n = live_node_of(live_graph(L), h->node[0]);
	size_t prefix = n ? strlen(n->name) : 0;

	lua_newtable(L);
	for (size_t i = 0; n && i < n->n_ports; i++) {
		const char *full = n->ports[i]->name;
		bool brief = strncmp(full, n->name, prefix) == 0 && full[prefix] == '-';

		live_append_string(L, brief ? full + prefix + 1 : full);
	}
	return 1;
}

static const luaL_Reg node_methods[] = {
	{ "__tostring", live_handle_tostring },
	{ "interface", node_interface },
	{ NULL, NULL },
};
static const struct class_field node_fields[] = {
	{ "name", node_name, NULL },
	{ "kind", node_kind, NULL },
	{ "exists", node_exists, NULL },
	{ "ip", node_ip, NULL },
	{ "ip6", node_ip6, NULL },
	{ "addresses", node_addresses, NULL },
	{ "interfaces", node_interfaces, NULL },
	{ "forwards", node_forwards, NULL },
	{ 0 },
};
static const struct class node_class = {
	.type = NODE_TYPE,
	.noun = "node",
	.methods = (const luaL_Reg *const[]){ node_methods, node_change_methods, node_files_methods,
					      run_node_methods, until_node_methods, NULL },
	.fields = (const struct class_field *const[]){ node_fields, node_detail_fields,
						       daemon_node_fields, NULL },
	.other = node_other,
	.others = node_others,
};

/* A global that the script has not set: a node's name? */
static int node_global(lua_State *L)
{
	const struct graph_node *n;
	const char *name;
	size_t len;

	if (lua_type(L, 2) != LUA_TSTRING)
		return 0;
	name = lua_tolstring(L, 2, &len);
	if (strlen(name) != len)
		return 0;
	n = graph_node_find(live_graph(L), name);
	return n && *n->name ? live_push_node(L, n) : 0;
}

void live_open_node(lua_State *L)
{
	class_register(L, &node_class);
	state_of(L)->node_name = name_of_handle;
	lua_pushglobaltable(L);
	lua_createtable(L, 0, 1);
	lua_pushcfunction(L, node_global);
	lua_setfield(L, -2, "__index");
	lua_setmetatable(L, -2);
	lua_pop(L, 1);
}
