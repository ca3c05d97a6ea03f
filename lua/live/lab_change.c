/* What a script builds and deletes: the words of `net`, in the lab that runs, each at once. */
#include "lua/live/inside.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "lua/net.h"
#include "lua/options.h"
#include "plan/draft.h"

/* ---- node by node, link by link ---- */

/* An address belongs to an interface, and there is none yet. */
static int add_node(lua_State *L, enum graph_kind kind, const char *call)
{
	struct draft *d;

	lua_settop(L, 3);
	if (kind != GRAPH_SWITCH && !lua_isnil(L, 3))
		return luaL_error(L,
				  "%s: it takes a name alone; addresses come with its links: "
				  "lab:link(a, b, { ip = ... })",
				  call);
	d = live_draft(L);
	net_put_node(L, d, kind, call);
	live_draft_apply(L, d);
	return live_push_node(L, live_check_node(L, 2, call));
}

/***
 * Add a host. Its first link gives it an address.
 * @function Lab:add_host
 * @param name string
 * @return Node
 * @example
 * local h3 = lab:add_host("h3")
 * lab:link(h3, s1, { ip = "10.0.0.33/8" })
 * assert(h3.ip == "10.0.0.33" and lab:pingall().lost == 0)
 */
static int lab_add_host(lua_State *L)
{
	return add_node(L, GRAPH_HOST, "lab:add_host");
}

/***
 * Add a switch.
 * @function Lab:add_switch
 * @param name string
 * @param options? table  { stp = true }, and what `ip link add type bridge` takes
 * @return Node
 * @example
 * assert(lab:add_switch("s2", { stp = true }).s2.stp)
 */
static int lab_add_switch(lua_State *L)
{
	return add_node(L, GRAPH_SWITCH, "lab:add_switch");
}

/***
 * Add a router: it forwards, and has the addresses that its links give it.
 * @function Lab:add_router
 * @param name string
 * @return Node
 * @example
 * assert(lab:add_router("r1").forwards)
 */
static int lab_add_router(lua_State *L)
{
	return add_node(L, GRAPH_ROUTER, "lab:add_router");
}

/***
 * Connect two nodes by a cable. The options are those of `net:link`.
 * @function Lab:link
 * @param a Node|string
 * @param b Node|string
 * @param options? { ip?: string|string[], ip6?: string|string[], mtu?: integer, storm?: boolean, a?:
 * table, b?: table }
 * @return Link
 * @example
 * local cable = lab:link(h1, h2, { ip = "10.9.0.1/30,10.9.0.2/30" })
 * assert(cable.a == h1.eth1 and cable.b.ip == "10.9.0.2")
 */
static int lab_link(lua_State *L)
{
	struct draft *d;
	const struct graph_node *n;
	const struct draft_link *l;
	char node[NAME_MAX_NODE + 1], interface[NAME_MAX_INTERFACE + 1];
	struct graph_port *p, *peer;

	lua_settop(L, 4);
	d = live_draft(L);
	net_put_link(L, d, "lab:link");
	l = &d->links[0];
	snprintf(node, sizeof(node), "%s", l->a->node->name);
	snprintf(interface, sizeof(interface), "%s", l->a->name);
	live_draft_apply(L, d);
	n = graph_node_find(live_graph(L), node);
	p = n ? graph_port_find(n, interface) : NULL;
	peer = p ? graph_port_peer(live_session(L)->graph, p) : NULL;
	if (!peer)
		return luaL_error(L, "lab:link: somebody has deleted %s meanwhile", interface);
	return live_push_link(L, p, peer);
}

/***
 * Delete nodes, with their links and all that runs in them.
 * @function Lab:del
 * @param ... Node|string
 * @example
 * lab:del(h1, "h2")
 * assert(#lab:nodes() == 1)
 */
static int lab_del(lua_State *L)
{
	int n = lua_gettop(L) - 1;
	struct graph_node **nodes;
	struct plan plan = { 0 };
	struct err err = ERR_INIT;

	if (n < 1)
		return luaL_error(L, "lab:del: which node? write lab:del(h1)");
	nodes = lua_newuserdatauv(L, (size_t)n * sizeof(*nodes), 0);
	live_graph(L);
	for (int i = 0; i < n; i++)
		nodes[i] = live_find_node(L, i + 2, "lab:del");
	if (draft_del_nodes(nodes, (size_t)n, &plan, &err) != 0) {
		plan_free(&plan);
		err_wrap(&err, "lab:del");
		return state_raise(L, &err);
	}
	live_apply(L, &plan);
	return 0;
}

/* ---- all of it in one plan ---- */

static int build_protected(lua_State *L)
{
	net_push(L);
	lua_call(L, 1, 0);
	return 0;
}

/***
 * Build with `net`, in the words of a topology. Nothing is made until the function returns, and
 * then all of it or nothing.
 * @function Lab:build
 * @param build fun(net: net)  what is there already can be linked, too: net:link("h1", "r1")
 * @example
 * lab:build(function(net)
 *   local s2 = net:switch("s2")
 *   for i = 3, 4 do net:link(net:host("h" .. i), s2) end
 *   net:link("s1", s2)
 * end)
 * assert(lab:pingall().lost == 0)
 */
static int lab_build(lua_State *L)
{
	struct state *s = state_of(L);
	struct draft *d;
	int status;

	if (!lua_isfunction(L, 2))
		return luaL_error(L, "lab:build: write lab:build(function(net) ... end)");
	if (s->draft)
		return luaL_error(L, "lab:build: another build is running; go on with its net");
	lua_settop(L, 2);
	d = live_draft(L);
	lua_pushcfunction(L, build_protected);
	lua_pushvalue(L, 2);
	net_begin(s, d, true);
	status = lua_pcall(L, 1, 0, 0);
	net_end(s);
	if (status != LUA_OK)
		return lua_error(L);
	live_draft_apply(L, d);
	return 0;
}

const luaL_Reg lab_change_methods[] = {
	{ "add_host", lab_add_host },
	{ "add_switch", lab_add_switch },
	{ "add_router", lab_add_router },
	{ "link", lab_link },
	{ "del", lab_del },
	{ "build", lab_build },
	{ NULL, NULL },
};
