/* net:lan: a switch with a router's port and hosts on it, addressed out of one subnet. */
#include "lua/net_inside.h"

#include <stdio.h>

#include "base/name.h"
#include "lua/options.h"
#include "lua/state.h"

/* The router of a LAN has the address of this number, its hosts have those below. */
#define LAN_ROUTER 254

struct lan {
	const char *name, *router; /* router NULL: none */
	struct options_address subnet;
	unsigned hosts;
};

/* Address number K of both subnets; family 0 where the LAN has none of that family. */
static void lan_address(lua_State *L, const struct lan *lan, unsigned k, struct prefix out[2])
{
	const struct prefix *subnets[] = { &lan->subnet.ip, &lan->subnet.ip6 };
	struct err err = ERR_INIT;

	for (int i = 0; i < 2; i++) {
		out[i] = (struct prefix){ 0 };
		if (subnets[i]->family && prefix_nth(subnets[i], k, &out[i], &err) < 0)
			luaL_error(L, "net:lan: %s", err.text);
	}
}

static void lan_link(lua_State *L, struct draft *d, const struct lan *lan, const char *node,
		     const struct prefix address[2])
{
	struct draft_link_options o = { .a = { .ip = address[0], .ip6 = address[1] } };
	struct err err = ERR_INIT;

	if (draft_add_link(d, node, lan->name, &o, &err) < 0)
		state_raise(L, &err);
}

static void lan_add_host(lua_State *L, struct draft *d, const struct lan *lan, unsigned k,
			 const struct prefix gateway[2])
{
	char name[NAME_MAX_NODE + 1], route[PREFIX_TEXT + sizeof("default via ")],
		text[PREFIX_TEXT];
	struct prefix address[2];
	struct err err = ERR_INIT;

	snprintf(name, sizeof(name), "h%u", d->hosts + 1);
	if (!draft_add_node(d, GRAPH_HOST, name, NULL, &err))
		state_raise(L, &err);
	lan_address(L, lan, k, address);
	lan_link(L, d, lan, name, address);
	for (int i = 0; lan->router && i < 2; i++) {
		if (!gateway[i].family)
			continue;
		snprintf(route, sizeof(route), "default via %s", address_format(text, &gateway[i]));
		if (draft_add_route(d, name, route, &err) < 0)
			state_raise(L, &err);
	}
}

static void lan_read(lua_State *L, struct lan *lan)
{
	static const char *const known[] = { "ip", "ip6", "router", "hosts", NULL };

	lan->name = options_text(L, 2, "net:lan", "the name");
	if (!options_check(L, 3, "net:lan", known))
		luaL_error(L, "net:lan: write { ip = \"10.1.0.0/24\", router = ..., hosts = ... }");
	options_addresses(L, 3, "net:lan", &lan->subnet);
	if (!lan->subnet.ip.family && !lan->subnet.ip6.family)
		luaL_error(L, "net:lan: ip or ip6 is missing: the subnet, as ip = \"10.1.0.0/24\"");
	lan->hosts = options_count(L, 3, "net:lan", "hosts", LAN_ROUTER - 1);
	if (options_push(L, 3, "router") != LUA_TNIL)
		lan->router = net_name(L, -1, "net:lan", "router");
}

/***
 * A LAN: a switch, a router's port on it with the address number 254 of the subnet, and so many new
 * hosts, named on (h1, h2, ...), with the addresses number 1, 2, ... and a default route to the
 * router.
 * @function net:lan
 * @param name string  the switch's
 * @param options { ip?: string, ip6?: string, router?: BuildNode|string, hosts?: integer }  the
 * subnet, "10.1.0.0/24", "fd01::/64"; the router was made before
 * @return BuildNode  the switch
 * @example
 * net:router("r1")
 * net:lan("s1", { ip = "10.1.0.0/24", router = "r1", hosts = 2 })
 * net:lan("s2", { ip = "10.2.0.0/24", router = "r1", hosts = 2 })
 * net:exec("h1", "ping -c1 -W2 10.2.0.1")
 */
int net_lan(lua_State *L)
{
	struct draft *d = net_check(L, "lan");
	struct lan lan = { 0 };
	struct prefix gateway[2];
	struct err err = ERR_INIT;

	lan_read(L, &lan);
	if (lan.router && !draft_find_node(d, lan.router, &err)) {
		err_wrap(&err, "net:lan");
		return state_raise(L, &err);
	}
	if (!draft_add_node(d, GRAPH_SWITCH, lan.name, NULL, &err))
		return state_raise(L, &err);
	if (lan.router) {
		lan_address(L, &lan, LAN_ROUTER, gateway);
		lan_link(L, d, &lan, lan.router, gateway);
	}
	for (unsigned k = 1; k <= lan.hosts; k++)
		lan_add_host(L, d, &lan, k, gateway);
	return net_push_node(L, lan.name);
}
