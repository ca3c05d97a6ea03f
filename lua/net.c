#include "lua/net.h"

#include <stdio.h>
#include <string.h>

#include <lauxlib.h>

#include "base/name.h"
#include "lua/net_inside.h"
#include "lua/options.h"

#define NET_TYPE      "net"
#define NET_NODE_TYPE "node"

/* A build that never ends should be an error before it is a full machine. */
#define NET_MAX_NODES 16384

struct net {
	unsigned build; /* alive while it is the state's */
};

struct net_node {
	unsigned build;
	char name[NAME_MAX_NODE + 1];
};

static bool net_alive(lua_State *L, unsigned build)
{
	const struct state *s = state_of(L);

	return s->draft && s->builds == build;
}

/* The line of a file that asks: that of a text that it has loaded, load("..."), says nothing. */
static void net_note_place(lua_State *L)
{
	const struct state *s = state_of(L);
	char place[sizeof(s->place)];
	lua_Debug ar;

	if (!s->notes)
		return;
	draft_set_place(s->draft, NULL);
	for (int level = 1; lua_getstack(L, level, &ar); level++) {
		lua_getinfo(L, "Sl", &ar);
		if (ar.currentline <= 0 || !strchr("@=", *ar.source))
			continue;
		snprintf(place, sizeof(place), "%s:%d", ar.short_src, ar.currentline);
		draft_set_place(s->draft, place);
		return;
	}
}

struct draft *net_check(lua_State *L, const char *method)
{
	const struct net *net = luaL_testudata(L, 1, NET_TYPE);

	if (!net || !net_alive(L, net->build))
		luaL_error(L,
			   net ? "net:%s: the build is over; nothing can be added any more"
			       : "write net:%s(...), with a colon",
			   method);
	net_note_place(L);
	return state_of(L)->draft;
}

static struct net_node *net_node_check(lua_State *L, int index)
{
	struct net_node *node = luaL_checkudata(L, index, NET_NODE_TYPE);

	if (!net_alive(L, node->build))
		luaL_error(L, "node %s is of a build that is over", node->name);
	return node;
}

const char *net_name(lua_State *L, int index, const char *call, const char *which)
{
	const struct state *s = state_of(L);
	const char *name;

	if (luaL_testudata(L, index, NET_NODE_TYPE))
		return net_node_check(L, index)->name;
	name = s->node_name ? s->node_name(L, index, call) : NULL;
	if (name)
		return name;
	if (lua_type(L, index) != LUA_TSTRING)
		luaL_error(L, "%s: %s is a node or its name, not %s", call, which,
			   options_type(L, index));
	return options_text(L, index, call, which);
}

int net_push_node(lua_State *L, const char *name)
{
	struct net_node *node = lua_newuserdatauv(L, sizeof(*node), 0);

	*node = (struct net_node){ .build = state_of(L)->builds };
	snprintf(node->name, sizeof(node->name), "%s", name);
	luaL_setmetatable(L, NET_NODE_TYPE);
	return 1;
}

/* ---- net:host, net:router, net:switch ---- */

static bool net_is_build(const char *call)
{
	return strncmp(call, "net:", strlen("net:")) == 0;
}

static void net_put_addressed(lua_State *L, const char *call, struct draft_node_options *o)
{
	/* A route comes after the link: a build can wait for that, a lab that runs cannot. */
	const char *const known[] = { "ip", "ip6", net_is_build(call) ? "via" : NULL, "via6",
				      NULL };
	struct options_address address;

	if (!options_check(L, 3, call, known))
		return;
	options_addresses(L, 3, call, &address);
	o->bare = address.none;
	o->ip = address.ip;
	o->ip6 = address.ip6;
}

/* via = "10.1.0.254", via6 = "fd01::fe" in the options at 3: the default routes of the node NAME.
 */
static void net_put_gateways(lua_State *L, struct draft *d, const char *call, const char *name)
{
	static const char *const fields[] = { "via", "via6" };
	struct err err = ERR_INIT;

	for (int i = 0; i < 2; i++) {
		const char *text = options_gateway(L, 3, call, fields[i]);

		if (!text)
			continue;
		lua_pushfstring(L, "default via %s", text);
		if (draft_add_route(d, name, lua_tostring(L, -1), &err) < 0)
			state_raise(L, &err);
		lua_pop(L, 1);
	}
}

static void net_put_bridge(lua_State *L, const char *call, struct draft_node_options *o)
{
	static const char *const own[] = { "stp", NULL };

	if (!net_check_options(L, 3, call, "bridge", own))
		return;
	o->stp = options_bool(L, 3, call, "stp");
	o->bridge = net_options(L, 3, call, "bridge");
}

void net_put_node(lua_State *L, struct draft *d, enum graph_kind kind, const char *call)
{
	const char *name = options_text(L, 2, call, "the name");
	struct draft_node_options o = { 0 };
	struct err err = ERR_INIT;

	if (kind == GRAPH_SWITCH)
		net_put_bridge(L, call, &o);
	else
		net_put_addressed(L, call, &o);
	if (d->n_nodes >= NET_MAX_NODES)
		luaL_error(L, "%s: more than %d nodes", call, NET_MAX_NODES);
	if (!draft_add_node(d, kind, name, &o, &err))
		state_raise(L, &err);
	if (kind != GRAPH_SWITCH && net_is_build(call) && !lua_isnoneornil(L, 3))
		net_put_gateways(L, d, call, name);
}

static int net_node(lua_State *L, enum graph_kind kind, const char *call)
{
	net_put_node(L, net_check(L, call + strlen("net:")), kind, call);
	return net_push_node(L, lua_tostring(L, 2));
}

/***
 * @class net  what `build` draws the lab with; it works until `build` returns
 */

/***
 * A host. Its first interface gets an address: the given one, or the next of 10.0.0.1/8, 10.0.0.2/8
 * and so on, and of fd00::1/64.
 * @function net:host
 * @param name string
 * @param options? { ip?: string, ip6?: string, via?: string, via6?: string }  "10.1.0.1/24",
 * "fd01::1/64"; ip = "none": no address at all; via = "10.1.0.254", via6 = "fd01::fe": its default
 * routes
 * @return BuildNode
 * @example
 * local h1 = net:host("h1")
 * local h2 = net:host("h2", { ip = "10.0.7.2/8", ip6 = "fd00::7:2/64" })
 * net:link(h1, h2)
 * net:exec(h2, "ip address show dev h2-eth0 | grep -q 10.0.7.2/8")
 */
static int net_host(lua_State *L)
{
	return net_node(L, GRAPH_HOST, "net:host");
}

/***
 * A router: it forwards, and has the addresses that it or its links are given.
 * @function net:router
 * @param name string
 * @param options? { ip?: string, ip6?: string, via?: string, via6?: string }  as a host's
 * @return BuildNode
 * @example
 * local r1 = net:router("r1", { ip = "10.1.0.254/24" })
 * net:link(net:host("h1", { ip = "10.1.0.1/24" }), r1)
 * net:exec(r1, "test $(cat /proc/sys/net/ipv4/ip_forward) = 1")
 */
static int net_router(lua_State *L)
{
	return net_node(L, GRAPH_ROUTER, "net:router");
}

/***
 * A switch: a bridge, in a node of its own. It also takes what `ip link add type bridge` calls by
 * these names: `ageing_time = 6000`, `priority = 4096`, `vlan_filtering = 1`.
 * @function net:switch
 * @param name string
 * @param options? { stp?: boolean, [string]: string|integer|boolean }  stp: the spanning tree
 * protocol, for networks with loops
 * @return BuildNode
 * @example
 * local s1 = net:switch("s1", { stp = true, priority = 4096 })
 * net:link(net:host("h1"), s1)
 * net:exec(s1, "ip -d link show s1 | grep -q 'stp_state 1 priority 4096'")
 */
static int net_switch(lua_State *L)
{
	return net_node(L, GRAPH_SWITCH, "net:switch");
}

static const luaL_Reg net_methods[] = {
	{ "host", net_host }, { "switch", net_switch }, { "router", net_router },
	{ "link", net_link }, { "lan", net_lan },	{ NULL, NULL },
};

/* Push METHODS' NAME, or only offer them. */
static bool net_find(lua_State *L, const luaL_Reg *methods, const char *name, struct nearest *near)
{
	for (const luaL_Reg *m = methods; m->name; m++) {
		if (strcmp(m->name, name) == 0) {
			lua_pushcfunction(L, m->func);
			return true;
		}
		nearest_offer(near, m->name);
	}
	return false;
}

/* net.NAME: a method, or an error that lists them (nil would only say "attempt to call a nil
 * value"). */
static int net_index(lua_State *L)
{
	const char *name = luaL_tolstring(L, 2, NULL);
	struct nearest near = { .word = name };
	struct err err = ERR_INIT;

	if (net_find(L, net_methods, name, &near) || net_find(L, net_parts, name, &near) ||
	    net_find(L, net_contents, name, &near))
		return 1;
	err_set(&err, "no function net:%s", name);
	nearest_suggest(&near, &err);
	return luaL_error(L,
			  "%s; net has host, switch, router, link, lan, for what nodes hold file, "
			  "private, exec, daemon, "
			  "and piece by piece namespace, veth, bridge, device, set, address, "
			  "route, sysctl",
			  err.text);
}

/***
 * @class BuildNode  a node of the plan, as `net:host` returns it
 * @field BuildNode.name string
 * @example
 * local h1 = net:host("h1")
 * assert(h1.name == "h1" and tostring(h1) == "h1")
 */
static int net_node_index(lua_State *L)
{
	const struct net_node *node = net_node_check(L, 1);
	const char *name = luaL_tolstring(L, 2, NULL);

	if (strcmp(name, "name") != 0)
		return luaL_error(L, "node %s has no field \"%s\"; it has name", node->name, name);
	lua_pushstring(L, node->name);
	return 1;
}

static int net_node_tostring(lua_State *L)
{
	const struct net_node *node = luaL_checkudata(L, 1, NET_NODE_TYPE);

	lua_pushstring(L, node->name);
	return 1;
}

/* The metatable TYPE with FUNCTIONS, out of the script's reach. */
static void net_register(lua_State *L, const char *type, const luaL_Reg *functions)
{
	luaL_newmetatable(L, type);
	luaL_setfuncs(L, functions, 0);
	lua_pushboolean(L, 0);
	lua_setfield(L, -2, "__metatable");
	lua_pop(L, 1);
}

void net_begin(struct state *s, struct draft *d, bool notes)
{
	s->draft = d;
	s->notes = notes;
	s->builds++;
}

void net_end(struct state *s)
{
	s->draft = NULL;
}

void net_push(lua_State *L)
{
	static const luaL_Reg net_meta[] = { { "__index", net_index }, { NULL, NULL } };
	static const luaL_Reg node_meta[] = { { "__index", net_node_index },
					      { "__tostring", net_node_tostring },
					      { NULL, NULL } };
	struct net *net;

	net_register(L, NET_TYPE, net_meta);
	net_register(L, NET_NODE_TYPE, node_meta);
	net = lua_newuserdatauv(L, sizeof(*net), 0);
	net->build = state_of(L)->builds;
	luaL_setmetatable(L, NET_TYPE);
}
