/* What a script changes in a node: each an operation, at once, and nothing where it fails. */
#include "lua/live/inside.h"

#include "kernel/namespace.h"
#include "lua/net.h"
#include "lua/options.h"
#include "plan/draft.h"

typedef void net_put(lua_State *L, struct draft *d, const char *call);

/* Do what PUT does for the node at 1: `net` has its place before the arguments. */
static int put(lua_State *L, net_put *f, const char *call)
{
	struct draft *d;

	live_check_node(L, 1, call);
	lua_pushnil(L);
	lua_insert(L, 1);
	lua_settop(L, 4);
	d = live_draft(L);
	f(L, d, call);
	live_draft_apply(L, d);
	return 0;
}

/* The interface at INDEX, a handle or a name, short or not, of one of N. */
static const struct graph_port *find_interface(lua_State *L, int index, const struct graph_node *n,
					       const char *call)
{
	const struct graph_port *p = live_find_interface(L, index);

	if (p)
		return p;
	if (lua_isuserdata(L, index))
		return live_check_interface(L, index, call); /* says what is wrong with it */
	if (lua_type(L, index) != LUA_TSTRING)
		luaL_error(L, "%s: an interface or its name is missing: there is %s", call,
			   options_type(L, index));
	return live_port_named(L, n, lua_tostring(L, index), call);
}

static void refuse_node(lua_State *L, const struct graph_port *p, const struct graph_node *n,
			const char *call)
{
	luaL_error(L, "%s: %s is an interface of %s, not of %s", call, p->shown, p->node->shown,
		   n->shown);
}

/* The interface at 2 becomes its full name. */
static void take_interface(lua_State *L, const char *call)
{
	const struct graph_node *n = live_check_node(L, 1, call);
	const struct graph_port *p = find_interface(L, 2, n, call);

	if (p->node != n)
		refuse_node(L, p, n, call);
	lua_pushstring(L, p->name);
	lua_replace(L, 2);
}

/***
 * Give an interface one more address.
 * @function Node:add_address
 * @param interface Interface|string
 * @param address string  as `ip address add` takes it: "10.0.0.1/24", "fd00::1/64 nodad"
 * @example
 * h1:add_address("eth0", "192.168.7.1/24")
 * assert(#h1.eth0.addresses == 3)
 */
static int node_add_address(lua_State *L)
{
	take_interface(L, "node:add_address");
	return put(L, net_put_address, "node:add_address");
}

/***
 * Add a route.
 * @function Node:add_route
 * @param route string  as `ip route add` takes it: "default via 10.0.0.254",
 * "blackhole 10.8.0.0/16"
 * @example
 * h1:add_route("10.9.0.0/16 via 10.0.0.2")
 * assert(h1.routes[2].via == h2.ip)
 */
static int node_add_route(lua_State *L)
{
	return put(L, net_put_route, "node:add_route");
}

/***
 * Delete a route.
 * @function Node:del_route
 * @param route string  as `ip route del` takes it: "default", "10.9.0.0/16 metric 50"
 * @example
 * h1:add_route("default via 10.0.0.2")
 * h1:del_route("default")
 * assert(h1.routes[1].dst ~= "default")
 */
static int node_del_route(lua_State *L)
{
	const struct graph_node *n = live_check_node(L, 1, "node:del_route");
	const char *route = options_text(L, 2, "node:del_route", "the route");
	struct plan plan = { 0 };

	draft_del_route(n, route, &plan);
	live_apply(L, &plan);
	return 0;
}

struct reading {
	const char *key;
	char value[1024];
};

static int read_sysctl(void *data, struct err *err)
{
	struct reading *r = data;

	return sysctl_read(r->key, r->value, sizeof(r->value), err);
}

/***
 * The value of a sysctl in this node.
 * @function Node:sysctl
 * @param key string  "net.ipv4.ip_forward"
 * @return string
 * @example
 * assert(h1:sysctl("net.ipv4.ip_forward") == "0")
 */
static int node_sysctl(lua_State *L)
{
	struct reading r = { .key = options_text(L, 2, "node:sysctl", "the key") };
	const struct graph_node *n = live_check_node(L, 1, "node:sysctl");
	struct lab *lab = live_session(L)->lab;
	struct err err = ERR_INIT;
	struct lab_netns *ns = lab_netns_find(lab, n->name, &err);

	if (!ns || namespace_within(lab->root.fd, ns->fd, read_sysctl, &r, &err) != 0) {
		err_wrap(&err, "node:sysctl");
		return state_raise(L, &err);
	}
	lua_pushstring(L, r.value);
	return 1;
}

/***
 * Set a sysctl in this node.
 * @function Node:set_sysctl
 * @param key string  "net.ipv4.ip_forward": those of a namespace begin with net.
 * @param value string|integer
 * @example
 * h1:set_sysctl("net.ipv4.ip_forward", 1)
 * assert(h1.kind == "router")
 */
static int node_set_sysctl(lua_State *L)
{
	return put(L, net_put_sysctl, "node:set_sysctl");
}

/* The table at 3 is the script's: ours takes its place. */
static void copy_options(lua_State *L)
{
	lua_newtable(L);
	lua_pushnil(L);
	while (lua_next(L, 3)) {
		lua_pushvalue(L, -2);
		lua_insert(L, -2);
		lua_rawset(L, -4);
	}
	lua_replace(L, 3);
}

/* The interface that option NAME of the table at 3 says, as a handle or a name of one of N; NULL:
 * none. Its full name takes its place there. */
static const struct graph_port *take_option(lua_State *L, const char *name,
					    const struct graph_node *n, const char *call)
{
	const struct graph_port *p = NULL;

	if (options_push(L, 3, name) != LUA_TNIL) {
		p = find_interface(L, lua_gettop(L), n, call);
		lua_pushstring(L, p->name);
		lua_setfield(L, 3, name);
	}
	lua_pop(L, 1);
	return p;
}

/* The interface that it stands on may be another node's: a handle says by itself which. */
static void take_options(lua_State *L, const struct graph_node *n, const char *call)
{
	const struct graph_node *lower = n;
	const struct graph_port *on, *dev;

	copy_options(L);
	if (options_push(L, 3, "on_node") != LUA_TNIL)
		lower = live_find_node(L, lua_gettop(L), call);
	lua_pop(L, 1);
	on = take_option(L, "on", lower, call);
	if (on && on->node != lower) {
		if (lower != n)
			refuse_node(L, on, lower, call);
		lua_pushstring(L, *on->node->name ? on->node->name : "root");
		lua_setfield(L, 3, "on_node");
	}
	dev = take_option(L, "dev", n, call);
	if (dev && dev->node != n)
		refuse_node(L, dev, n, call);
}

/***
 * Make an interface that is no end of a link: a dummy, a VLAN, a bridge and so on.
 * @function Node:add_interface
 * @param name string
 * @param options table  as of `net:device`: `kind`, `on` (the interface it stands on: an Interface,
 * also of another node, or a name of this one's), and the kind's own as `ip link` calls them
 * @return Interface
 * @example
 * local bridge = h1:add_interface("br0", { kind = "bridge", stp_state = 1 })
 * h1.eth0.master = bridge
 * assert(bridge.stp and bridge.ports[1] == h1.eth0)
 */
static int node_add_interface(lua_State *L)
{
	const char *call = "node:add_interface";
	const struct graph_node *n = live_check_node(L, 1, call);

	lua_settop(L, 3);
	if (lua_istable(L, 3))
		take_options(L, n, call);
	put(L, net_put_device, call);
	return live_push_interface(
		L, live_port_named(L, live_check_node(L, 2, call), lua_tostring(L, 3), call));
}

/***
 * Delete the node, with its links and all that runs in it.
 * @function Node:del
 * @example
 * local gone = h2
 * gone:del()
 * assert(not gone.exists and #lab:nodes() == 2)
 */
static int node_del(lua_State *L)
{
	struct graph_node *n = live_check_node(L, 1, "node:del");
	struct plan plan = { 0 };
	struct err err = ERR_INIT;

	if (draft_del_nodes(&n, 1, &plan, &err) != 0) {
		plan_free(&plan);
		return state_raise(L, &err);
	}
	live_apply(L, &plan);
	return 0;
}

const luaL_Reg node_change_methods[] = {
	{ "add_address", node_add_address },
	{ "add_route", node_add_route },
	{ "del_route", node_del_route },
	{ "sysctl", node_sysctl },
	{ "set_sysctl", node_set_sysctl },
	{ "add_interface", node_add_interface },
	{ "del", node_del },
	{ NULL, NULL },
};
