/*
 * The lab piece by piece, as `ip` makes it: net:namespace, net:veth, net:bridge, net:device,
 * net:set, net:address, net:route, net:sysctl. For what hosts, switches and links do not say.
 */
#include "lua/net_inside.h"

#include <stdio.h>
#include <string.h>

#include "lua/net.h"
#include "lua/options.h"
#include "lua/state.h"
#include "plan/phrase.h"

/* A build that never ends should be an error before it is a full machine. */
#define PARTS_MAX 262144

static struct draft *parts_check(lua_State *L, const char *call)
{
	struct draft *d = net_check(L, call + strlen("net:"));

	if (d->parts.n >= PARTS_MAX || d->n_nodes >= PARTS_MAX)
		luaL_error(L, "%s: more than %d pieces", call, PARTS_MAX);
	return d;
}

/* Raise what a draft says, with the function's name before it. */
static int parts_raise(lua_State *L, const char *call, struct err *err)
{
	err_wrap(err, "%s", call);
	return state_raise(L, err);
}

static void parts_mac(lua_State *L, int index, const char *call, uint8_t mac[6])
{
	const char *text = options_string(L, index, call, "mac");

	if (text)
		options_parse_mac(L, call, text, mac);
}

/***
 * As `ip netns add`: nothing in it is set, and `lo` is down.
 * @function net:namespace
 * @param name string  any that `ip netns` takes
 * @return BuildNode
 * @example
 * net:namespace("blue")
 * net:exec("blue", "ip link show lo | grep -q 'state DOWN'")
 */
static int parts_namespace(lua_State *L)
{
	struct draft *d = parts_check(L, "net:namespace");
	const char *name = options_text(L, 2, "net:namespace", "the name");
	struct err err = ERR_INIT;

	if (!draft_add_namespace(d, name, &err))
		return parts_raise(L, "net:namespace", &err);
	return net_push_node(L, name);
}

/***
 * @class BuildVethEnd  one end of a veth pair
 * @field BuildVethEnd.node string|BuildNode
 * @field BuildVethEnd.interface string
 * @field BuildVethEnd.mac string?
 */

/* { node =, interface =, mac = } at INDEX */
static void parts_end(lua_State *L, int index, struct draft_piece *end)
{
	static const char *const known[] = { "node", "interface", "mac", NULL };

	if (!options_check(L, index, "net:veth", known))
		luaL_error(L, "net:veth: write { node = ..., interface = ... } for each end");
	options_push(L, index, "node");
	end->place = net_name(L, -1, "net:veth", "node");
	end->interface = options_string(L, index, "net:veth", "interface");
	if (!end->interface)
		luaL_error(L, "net:veth: interface = is missing");
	parts_mac(L, index, "net:veth", end->mac);
	lua_pop(L, 1);
}

/***
 * As `ip link add type veth`: a pair of interfaces, both down.
 * @function net:veth
 * @param a BuildVethEnd
 * @param b BuildVethEnd
 * @param options? { mtu?: integer }
 * @example
 * net:namespace("blue")
 * local blue = { node = "blue", interface = "eth0", mac = "02:00:00:00:00:01" }
 * net:veth(blue, { node = "root", interface = "v0" })
 * net:exec("blue", "ip link show eth0 | grep -q 02:00:00:00:00:01")
 */
static int parts_veth(lua_State *L)
{
	static const char *const known[] = { "mtu", NULL };
	struct draft *d = parts_check(L, "net:veth");
	struct draft_piece ends[2] = { 0 };
	struct err err = ERR_INIT;
	uint32_t mtu = 0;

	parts_end(L, 2, &ends[0]);
	parts_end(L, 3, &ends[1]);
	if (options_check(L, 4, "net:veth", known))
		mtu = options_mtu(L, 4, "net:veth");
	if (draft_add_veth(d, ends, mtu, &err) < 0)
		return parts_raise(L, "net:veth", &err);
	return 0;
}

/* ---- devices: options in the words of `ip` ---- */

static const char *parts_find_kind(lua_State *L, const char *call, const char *name)
{
	struct nearest near = { .word = name };
	struct err err = ERR_INIT;
	luaL_Buffer list;
	const char *kind;

	for (size_t i = 0; (kind = phrase_kind(i)); i++) {
		if (strcmp(kind, name) == 0)
			return kind;
		nearest_offer(&near, kind);
	}
	err_set(&err, "%s: no kind \"%s\"", call, name);
	nearest_suggest(&near, &err);
	luaL_buffinit(L, &list);
	for (size_t i = 0; (kind = phrase_kind(i)); i++) {
		luaL_addstring(&list, i ? ", " : "");
		luaL_addstring(&list, kind);
	}
	luaL_pushresult(&list);
	luaL_error(L, "%s; there are %s, and net:veth", err.text, lua_tostring(L, -1));
	return NULL;
}

/* The value at the top of the stack as a word, which stays there. */
static const char *parts_word(lua_State *L, const char *call, const char *option)
{
	const char *text;
	int whole;

	if (lua_type(L, -1) == LUA_TBOOLEAN) {
		lua_pushstring(L, lua_toboolean(L, -1) ? "1" : "0");
		lua_replace(L, -2);
	} else if (lua_type(L, -1) == LUA_TNUMBER) {
		lua_Integer n = lua_tointegerx(L, -1, &whole);

		if (!whole)
			luaL_error(L, "%s: %s is a whole number", call, option);
		lua_pushfstring(L, "%I", (LUAI_UACINT)n);
		lua_replace(L, -2);
	}
	text = options_text(L, -1, call, option);
	if (!*text || text[strcspn(text, " \t\n")])
		luaL_error(L, "%s: %s = \"%s\" is not one word", call, option, text);
	return text;
}

const char *net_options(lua_State *L, int index, const char *call, const char *kind)
{
	const char *option, *words;
	int at;

	lua_pushliteral(L, "");
	at = lua_gettop(L);
	for (size_t i = 0; (option = phrase_option(kind, i)); i++) {
		if (options_push(L, index, option) == LUA_TNIL) {
			lua_settop(L, at);
			continue;
		}
		if (!phrase_is_flag(kind, option))
			lua_pushfstring(L, "%s %s %s", lua_tostring(L, at), option,
					parts_word(L, call, option));
		else if (options_bool(L, index, call, option))
			lua_pushfstring(L, "%s %s", lua_tostring(L, at), option);
		else
			lua_pushvalue(L, at);
		lua_replace(L, at);
		lua_settop(L, at);
	}
	words = lua_tostring(L, at);
	return words + strspn(words, " ");
}

#define KNOWN_MAX 40

bool net_check_options(lua_State *L, int index, const char *call, const char *kind,
		       const char *const *own)
{
	const char *known[KNOWN_MAX + 1], *option;
	size_t n = 0;

	for (; *own && n < KNOWN_MAX; own++)
		known[n++] = *own;
	for (size_t i = 0; (option = phrase_option(kind, i)) && n < KNOWN_MAX; i++)
		known[n++] = option;
	known[n] = NULL;
	return options_check(L, index, call, known);
}

/* The name of a place at INDEX, and of an interface behind it. */
static struct draft_piece parts_piece(lua_State *L, int index, const char *call)
{
	return (struct draft_piece){ .place = net_name(L, index, call, "the node"),
				     .interface =
					     options_text(L, index + 1, call, "the interface") };
}

static int parts_add_device(lua_State *L, struct draft *d, const char *call, const char *kind,
			    const char *const *own)
{
	struct draft_piece end = parts_piece(L, 2, call), lower = { 0 };
	const char *words = "";
	struct err err = ERR_INIT;

	if (net_check_options(L, 4, call, kind, own)) {
		parts_mac(L, 4, call, end.mac);
		lower.interface = options_string(L, 4, call, "on");
		lower.place = end.place;
		if (options_push(L, 4, "on_node") != LUA_TNIL)
			lower.place = net_name(L, -1, call, "on_node");
		words = net_options(L, 4, call, kind);
	}
	if (draft_add_device(d, &end, kind, words, &lower, &err) < 0)
		return parts_raise(L, call, &err);
	return 0;
}

/***
 * As `ip link add type bridge`, with its options by their names.
 * @function net:bridge
 * @param node string|BuildNode  a node, or "root"
 * @param interface string
 * @param options? { mac?: string, [string]: string|integer|boolean }
 * @example
 * net:bridge("root", "br0", { stp_state = 1 })
 * net:exec("root", "ip -d link show br0 | grep -q 'stp_state 1'")
 */
static int parts_bridge(lua_State *L)
{
	static const char *const own[] = { "mac", NULL };
	struct draft *d = parts_check(L, "net:bridge");

	return parts_add_device(L, d, "net:bridge", "bridge", own);
}

void net_put_device(lua_State *L, struct draft *d, const char *call)
{
	static const char *const own[] = { "kind", "on", "on_node", "mac", NULL };
	const char *kind;

	if (!lua_istable(L, 4) || options_push(L, 4, "kind") == LUA_TNIL)
		luaL_error(L, "%s: kind is missing: write { kind = \"dummy\" }", call);
	kind = parts_find_kind(L, call, options_text(L, -1, call, "kind"));
	lua_pop(L, 1);
	parts_add_device(L, d, call, kind, own);
}

/***
 * As `ip link add type KIND`: dummy, ifb, vlan, vxlan, macvlan, ipvlan, vrf, bond, with their
 * options by the names that `ip` gives them.
 * @function net:device
 * @param node string|BuildNode
 * @param interface string
 * @param options { kind: string, on?: string, on_node?: string|BuildNode, mac?: string, [string]:
 * string|integer|boolean }  on: the interface it stands on; on_node: where that is another node's
 * @example
 * net:host("h1")
 * net:device("h1", "tunnel0", { kind = "vxlan", id = 5, remote = "10.0.0.2", dstport = 4789 })
 * net:exec("h1", "ip -d link show tunnel0 | grep -q 'id 5 remote 10.0.0.2'")
 */
static int parts_device(lua_State *L)
{
	net_put_device(L, parts_check(L, "net:device"), "net:device");
	return 0;
}

/* ---- what is set ---- */

/***
 * As `ip link set`.
 * @function net:set
 * @param node string|BuildNode
 * @param interface string
 * @param options { up?: boolean, mtu?: integer, master?: string, addrgenmode?: "none" }
 * @example
 * net:namespace("blue")
 * net:set("blue", "lo", { up = true, mtu = 9000 })
 * net:exec("blue", "ping -c1 127.0.0.1")
 */
static int parts_set(lua_State *L)
{
	static const char *const known[] = { "up", "mtu", "master", "addrgenmode", NULL };
	struct draft *d = parts_check(L, "net:set");
	struct draft_piece end = parts_piece(L, 2, "net:set");
	struct draft_settings s = { 0 };
	struct err err = ERR_INIT;
	const char *mode;

	if (!options_check(L, 4, "net:set", known))
		return luaL_error(L, "net:set: what is to be set? write { up = true }");
	s.mtu = options_mtu(L, 4, "net:set");
	s.master = options_string(L, 4, "net:set", "master");
	mode = options_string(L, 4, "net:set", "addrgenmode");
	if (mode && strcmp(mode, "none") != 0)
		return luaL_error(L, "net:set: addrgenmode = \"%s\": only \"none\" is there", mode);
	s.set = (s.mtu ? SET_MTU : 0) | (s.master ? SET_MASTER : 0) |
		(mode ? SET_NO_LINK_LOCAL : 0);
	if (options_push(L, 4, "up") != LUA_TNIL)
		s.set |= options_bool(L, 4, "net:set", "up") ? SET_UP : SET_DOWN;
	if (draft_set_interface(d, end.place, end.interface, &s, &err) < 0)
		return parts_raise(L, "net:set", &err);
	return 0;
}

void net_put_address(lua_State *L, struct draft *d, const char *call)
{
	struct draft_piece end = parts_piece(L, 2, call);
	const char *address = options_text(L, 4, call, "the address");
	struct err err = ERR_INIT;

	if (draft_add_address(d, end.place, end.interface, address, &err) < 0)
		parts_raise(L, call, &err);
}

/***
 * As `ip address add`.
 * @function net:address
 * @param node string|BuildNode
 * @param interface string
 * @param address string  "10.0.0.1/24 brd 10.0.0.255", "10.0.0.1 peer 10.0.0.2", "fd00::1/64 nodad"
 * @example
 * net:host("h1")
 * net:address("h1", "lo", "10.255.0.1/32")
 * net:exec("h1", "ping -c1 10.255.0.1")
 */
static int parts_address(lua_State *L)
{
	net_put_address(L, parts_check(L, "net:address"), "net:address");
	return 0;
}

void net_put_route(lua_State *L, struct draft *d, const char *call)
{
	const char *place = net_name(L, 2, call, "the node");
	const char *route = options_text(L, 3, call, "the route");
	struct err err = ERR_INIT;

	if (draft_add_route(d, place, route, &err) < 0)
		parts_raise(L, call, &err);
}

/***
 * As `ip route add`.
 * @function net:route
 * @param node string|BuildNode
 * @param route string  "default via 10.0.0.254", "10.9.0.0/16 dev eth0 metric 50 table 7"
 * @example
 * net:link(net:host("h1"), net:router("r1", { ip = "10.0.0.254/8" }))
 * net:route("h1", "default via 10.0.0.254")
 * net:route("h1", "blackhole 172.16.0.0/12")
 * net:exec("h1", "ip route | grep -q 'default via 10.0.0.254'")
 */
static int parts_route(lua_State *L)
{
	net_put_route(L, parts_check(L, "net:route"), "net:route");
	return 0;
}

void net_put_sysctl(lua_State *L, struct draft *d, const char *call)
{
	const char *place = net_name(L, 2, call, "the node");
	const char *key = options_text(L, 3, call, "the key");
	const char *value;
	struct err err = ERR_INIT;

	if (lua_isinteger(L, 4))
		luaL_tolstring(L, 4, NULL);
	else
		lua_pushvalue(L, 4);
	value = options_text(L, -1, call, "the value");
	if (draft_set_sysctl(d, place, key, value, &err) < 0)
		parts_raise(L, call, &err);
}

/***
 * As `sysctl -w`.
 * @function net:sysctl
 * @param node string|BuildNode
 * @param key string  "net.ipv4.ip_forward"
 * @param value string|integer
 * @example
 * net:host("h1")
 * net:sysctl("h1", "net.ipv4.ip_default_ttl", 10)
 * net:exec("h1", "test $(cat /proc/sys/net/ipv4/ip_default_ttl) = 10")
 */
static int parts_sysctl(lua_State *L)
{
	net_put_sysctl(L, parts_check(L, "net:sysctl"), "net:sysctl");
	return 0;
}

const luaL_Reg net_parts[] = {
	{ "namespace", parts_namespace }, { "veth", parts_veth },     { "bridge", parts_bridge },
	{ "device", parts_device },	  { "set", parts_set },	      { "address", parts_address },
	{ "route", parts_route },	  { "sysctl", parts_sysctl }, { NULL, NULL },
};
