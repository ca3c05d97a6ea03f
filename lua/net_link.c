/* net:link: which end an address of the options is of. */
#include "lua/net_inside.h"

#include <string.h>

#include "lua/net.h"
#include "lua/options.h"

/* A build that never ends should be an error before it is a full machine. */
#define NET_MAX_LINKS 65536

struct net_port {
	const char *call, *name;
	bool takes_address; /* no switch */
	const char *interface;
	struct options_address address;
};

/***
 * @class BuildEnd  one end of a link
 * @field BuildEnd.interface string?  its name
 * @field BuildEnd.ip string?  its address; "none": no address
 * @field BuildEnd.ip6 string?
 */

/* The table a = { interface =, ip =, ip6 = } in the options at 4. */
static void net_link_end(lua_State *L, const char *which, struct net_port *end)
{
	static const char *const known[] = { "interface", "ip", "ip6", NULL };

	options_push(L, 4, which);
	if (options_check(L, lua_gettop(L), end->call, known)) {
		end->interface = options_string(L, lua_gettop(L), end->call, "interface");
		options_addresses(L, lua_gettop(L), end->call, &end->address);
	}
	lua_pop(L, 1);
}

/* Option NAME of a link, for one end: TEXT is an address or "none". */
static void net_end_address(lua_State *L, const char *name, const char *text, struct net_port *end)
{
	bool six = strcmp(name, "ip6") == 0;

	if (end->address.none || (six ? end->address.ip6 : end->address.ip).family)
		luaL_error(L, "%s: the address of %s is given twice", end->call, end->name);
	options_parse_address(L, end->call, name, text, &end->address);
}

/* One text for a whole link: the address of the end that takes one, or "none" for both. */
static void net_link_one_address(lua_State *L, const char *name, const char *text,
				 struct net_port ends[2])
{
	if (strcmp(text, "none") == 0) {
		net_end_address(L, name, text, &ends[0]);
		net_end_address(L, name, text, &ends[1]);
	} else if (ends[0].takes_address && ends[1].takes_address) {
		luaL_error(L, "%s: both ends take an address: write %s = \"%s,...\", %s's first",
			   ends[0].call, name, text, ends[0].name);
	} else {
		net_end_address(L, name, text, ends[0].takes_address ? &ends[0] : &ends[1]);
	}
}

/* ip = "A", "none", "A,B" or { "A", "B" } in the options at 4. */
static void net_link_addresses(lua_State *L, const char *name, struct net_port ends[2])
{
	int type = options_push(L, 4, name), index = lua_gettop(L);
	const char *text, *comma;

	if (type == LUA_TTABLE) {
		if (lua_rawlen(L, index) != 2)
			luaL_error(L, "%s: %s = { A, B } has one address for each end",
				   ends[0].call, name);
		for (int i = 0; i < 2; i++) {
			lua_rawgeti(L, index, i + 1);
			net_end_address(L, name, options_text(L, -1, ends[0].call, name), &ends[i]);
		}
	} else if (type != LUA_TNIL) {
		text = options_text(L, index, ends[0].call, name);
		comma = strchr(text, ',');
		if (comma) {
			lua_pushlstring(L, text, (size_t)(comma - text));
			net_end_address(L, name, lua_tostring(L, -1), &ends[0]);
			net_end_address(L, name, comma + 1, &ends[1]);
		} else {
			net_link_one_address(L, name, text, ends);
		}
	}
	lua_settop(L, index - 1);
}

static struct draft_end_options net_end_options(const struct net_port *end)
{
	return (struct draft_end_options){
		.interface = end->interface,
		.bare = end->address.none,
		.ip = end->address.ip,
		.ip6 = end->address.ip6,
	};
}

void net_put_link(lua_State *L, struct draft *d, const char *call)
{
	static const char *const known[] = { "ip", "ip6", "mtu", "storm", "a", "b", NULL };
	struct net_port ends[2] = { { .call = call, .name = net_name(L, 2, call, "the first end") },
				    { .call = call,
				      .name = net_name(L, 3, call, "the second end") } };
	struct draft_link_options o = { 0 };
	struct err err = ERR_INIT;

	if (d->n_links >= NET_MAX_LINKS)
		luaL_error(L, "%s: more than %d links", call, NET_MAX_LINKS);
	for (int i = 0; i < 2; i++) {
		const struct draft_node *node = draft_find_node(d, ends[i].name, &err);

		if (!node) {
			err_wrap(&err, "%s", call);
			state_raise(L, &err);
		} else {
			ends[i].takes_address = node->kind != GRAPH_SWITCH;
		}
	}
	if (options_check(L, 4, call, known)) {
		net_link_end(L, "a", &ends[0]);
		net_link_end(L, "b", &ends[1]);
		net_link_addresses(L, "ip", ends);
		net_link_addresses(L, "ip6", ends);
		o.mtu = options_mtu(L, 4, call);
		o.storm = options_bool(L, 4, call, "storm");
	}
	o.a = net_end_options(&ends[0]);
	o.b = net_end_options(&ends[1]);
	if (draft_add_link(d, ends[0].name, ends[1].name, &o, &err) != 0)
		state_raise(L, &err);
}

/***
 * A cable between two nodes. Interfaces count up in the order of the links: `h1-eth0`, `h1-eth1`,
 * and `s1-eth1`, `s1-eth2` on a switch. The address of a link to a switch is that of its other end;
 * between two nodes that both take one it is a pair, the first end's first. A link that closes a
 * loop of switches without STP is refused: `storm = true` builds it.
 * @function net:link
 * @param a string|BuildNode
 * @param b string|BuildNode
 * @param options? { ip?: string|string[], ip6?: string|string[], mtu?: integer, storm?: boolean, a?:
 * BuildEnd, b?: BuildEnd }
 * @example
 * local r1, r2, s1 = net:router("r1"), net:router("r2"), net:switch("s1")
 * net:link(r1, r2, { ip = "10.9.0.1/30,10.9.0.2/30", mtu = 1400 })
 * net:link(r1, s1, { a = { interface = "lan", ip = "10.1.0.254/24" } })
 * net:exec(r1, "ping -c1 -W2 10.9.0.2")
 * net:exec(r1, "ip address show dev lan | grep -q 10.1.0.254/24")
 */
int net_link(lua_State *L)
{
	net_put_link(L, net_check(L, "link"), "net:link");
	return 0;
}
