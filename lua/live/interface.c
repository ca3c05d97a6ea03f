/* An interface of a node, as a script holds it. */
#include "lua/live/inside.h"

#include <linux/rtnetlink.h>
#include <stdio.h>
#include <string.h>

#define INTERFACE_TYPE "Interface"

/* "h1-eth0", or "h1:eth0" where the name does not begin with the node's. */
static const char *label(const struct graph_port *p, char text[320])
{
	const char *node = *p->node->name ? p->node->name : "root";
	size_t len = strlen(node);

	if (strncmp(p->name, node, len) == 0 && p->name[len] == '-')
		snprintf(text, 320, "%s", p->name);
	else
		snprintf(text, 320, "%s:%s", node, p->name);
	return text;
}

int live_push_interface(lua_State *L, const struct graph_port *p)
{
	struct live_handle h = { 0 };
	char text[320];

	if (!p) {
		lua_pushnil(L);
		return 1;
	}
	h.node[0] = p->node->order;
	h.port[0] = p->order;
	return live_push_handle(L, INTERFACE_TYPE, &h, label(p, text));
}

struct graph_port *live_port_of(const struct graph *g, const struct live_handle *h, int end)
{
	const struct graph_node *n = live_node_of(g, h->node[end]);

	for (size_t i = 0; n && i < n->n_ports; i++)
		if (n->ports[i]->order == h->port[end])
			return n->ports[i];
	return NULL;
}

struct graph_port *live_find_interface(lua_State *L, int index)
{
	const struct live_handle *h = luaL_testudata(L, index, INTERFACE_TYPE);

	return h ? live_port_of(live_session(L)->graph, h, 0) : NULL;
}

struct graph_port *live_check_interface(lua_State *L, int index, const char *call)
{
	struct graph_port *p;

	luaL_checkudata(L, index, INTERFACE_TYPE);
	live_graph(L);
	p = live_find_interface(L, index);
	if (!p)
		live_raise_gone(L, index, call, "interface");
	return p;
}

struct graph_port *live_port_named(lua_State *L, const struct graph_node *n, const char *name,
				   const char *call)
{
	struct err err = ERR_INIT;
	struct graph_port *p = graph_port_require(n, name, &err);

	if (!p) {
		err_wrap(&err, "%s", call);
		state_raise(L, &err);
	}
	return p;
}

static struct graph_port *self(lua_State *L)
{
	return live_check_interface(L, 1, NULL);
}

/***
 * @class Interface  an interface of a node: `h1.eth0`. Fields that can be set are set at once:
 * `h1.eth0.mtu = 1400`
 * @field Interface.name string  "h1-eth0"; can be set
 */
static int interface_name(lua_State *L)
{
	lua_pushstring(L, self(L)->name);
	return 1;
}

/***
 * @field Interface.node Node  whose it is
 */
static int interface_node(lua_State *L)
{
	return live_push_node(L, self(L)->node);
}

/***
 * @field Interface.exists boolean  false once it is deleted, or moved to another node
 */
static int interface_exists(lua_State *L)
{
	live_graph(L);
	lua_pushboolean(L, live_find_interface(L, 1) != NULL);
	return 1;
}

/***
 * @field Interface.index integer  the kernel's number of it, in its node
 */
static int interface_index(lua_State *L)
{
	lua_pushinteger(L, self(L)->ifindex);
	return 1;
}

/***
 * @field Interface.kind string  as `ip link` calls it: "veth", "bridge", "vlan", ...; "loopback" of
 * lo; "" of one that is the machine's
 */
static int interface_kind(lua_State *L)
{
	const struct graph_port *p = self(L);

	lua_pushstring(L, p->flags & IFF_LOOPBACK ? "loopback" : p->kind);
	return 1;
}

/***
 * @field Interface.mac string  "02:00:00:00:00:01"; can be set
 */
static int interface_mac(lua_State *L)
{
	char mac[MAC_TEXT];

	lua_pushstring(L, mac_format(mac, self(L)->mac));
	return 1;
}

/***
 * @field Interface.mtu integer  bytes; can be set
 */
static int interface_mtu(lua_State *L)
{
	lua_pushinteger(L, self(L)->mtu);
	return 1;
}

/***
 * @field Interface.up boolean  it is switched on; can be set. A cable is cut by `Link:down`, which
 * keeps the routes
 */
static int interface_up(lua_State *L)
{
	lua_pushboolean(L, (self(L)->flags & IFF_UP) != 0);
	return 1;
}

/***
 * @field Interface.carrier boolean  somebody is at the other end
 */
static int interface_carrier(lua_State *L)
{
	lua_pushboolean(L, (self(L)->flags & IFF_LOWER_UP) != 0);
	return 1;
}

/***
 * @field Interface.state string  "up", "down", "no carrier"; or what its bridge makes of it:
 * "blocked", "learning", "disabled"
 */
static int interface_state(lua_State *L)
{
	lua_pushstring(L, graph_state_name(graph_port_state(self(L))));
	return 1;
}

/***
 * @field Interface.addresses string[]  with their lengths, in the kernel's order: "10.0.0.1/8",
 * "fd00::1/64"
 */
static int interface_addresses(lua_State *L)
{
	const struct graph_port *p = self(L);
	char text[PREFIX_TEXT];

	lua_createtable(L, (int)p->n_addresses, 0);
	for (size_t i = 0; i < p->n_addresses; i++)
		live_append_string(L, prefix_format(text, &p->addresses[i].prefix));
	return 1;
}

static int push_first_address(lua_State *L, int family)
{
	const struct graph_port *p = self(L);
	char text[PREFIX_TEXT];

	for (size_t i = 0; i < p->n_addresses; i++) {
		const struct graph_address *a = &p->addresses[i];

		if (a->prefix.family != family || a->scope == RT_SCOPE_LINK)
			continue;
		lua_pushstring(L, address_format(text, &a->prefix));
		return 1;
	}
	lua_pushnil(L);
	return 1;
}

/***
 * @field Interface.ip string?  its first IPv4 address, without the length
 */
static int interface_ip(lua_State *L)
{
	return push_first_address(L, AF_INET);
}

/***
 * @field Interface.ip6 string?  its first IPv6 address that is not of the link alone
 */
static int interface_ip6(lua_State *L)
{
	return push_first_address(L, AF_INET6);
}

/***
 * @field Interface.peer Interface?  the other end of its cable
 * @example
 * assert(h1.eth0.peer == s1.eth1 and s1.eth1.peer.node == h1)
 */
static int interface_peer(lua_State *L)
{
	const struct graph_port *p = self(L);

	return live_push_interface(L, graph_port_peer(live_session(L)->graph, p));
}

/***
 * @field Interface.link Link?  its cable
 */
static int interface_link(lua_State *L)
{
	struct graph_port *p = self(L), *peer = graph_port_peer(live_session(L)->graph, p);

	if (peer)
		return live_push_link(L, p, peer);
	lua_pushnil(L);
	return 1;
}

/***
 * @field Interface.lower Interface?  what a VLAN, macvlan or the like stands on
 */
static int interface_lower(lua_State *L)
{
	const struct graph_port *p = self(L);

	return live_push_interface(L, graph_port_lower(live_session(L)->graph, p));
}

/***
 * @field Interface.master Interface?  the bridge, bond or VRF it is a port of; can be set, to an
 * interface of the node, its name, or nil
 */
static int interface_master(lua_State *L)
{
	const struct graph_port *p = self(L);

	return live_push_interface(L, p->master ? graph_port_by_index(p->node, p->master) : NULL);
}

/***
 * @field Interface.ports Interface[]  of a bridge, bond or VRF: who has it as master
 * @example
 * assert(#s1.s1.ports == 2 and s1.s1.ports[1].master == s1.s1)
 */
static int interface_ports(lua_State *L)
{
	const struct graph_port *p = self(L);
	lua_Integer n = 0;

	lua_newtable(L);
	for (size_t i = 0; i < p->node->n_ports; i++) {
		if (p->node->ports[i]->master != p->ifindex)
			continue;
		live_push_interface(L, p->node->ports[i]);
		lua_rawseti(L, -2, ++n);
	}
	return 1;
}

/***
 * @field Interface.stp boolean  of a bridge: it speaks the spanning tree protocol
 */
static int interface_stp(lua_State *L)
{
	lua_pushboolean(L, self(L)->stp);
	return 1;
}

/***
 * What it has sent and received, read from the kernel now.
 * @field Interface.counters { rx_packets: integer, rx_bytes: integer, rx_errors: integer,
 * rx_dropped: integer, tx_packets: integer, tx_bytes: integer, tx_errors: integer, tx_dropped:
 * integer }
 * @example
 * local before = h1.eth0.counters.tx_packets
 * lab:pingpair(h1, h2)
 * assert(h1.eth0.counters.tx_packets >= before + 2)
 */
static int interface_counters(lua_State *L)
{
	const struct graph_port *p = self(L);
	struct graph_counters c;
	struct err err = ERR_INIT;

	if (graph_read_counters(live_session(L)->graph, p, &c, &err) != 0)
		return state_raise(L, &err);
	lua_createtable(L, 0, 8);
	live_set_integer(L, "rx_packets", (lua_Integer)c.rx_packets);
	live_set_integer(L, "rx_bytes", (lua_Integer)c.rx_bytes);
	live_set_integer(L, "rx_errors", (lua_Integer)c.rx_errors);
	live_set_integer(L, "rx_dropped", (lua_Integer)c.rx_dropped);
	live_set_integer(L, "tx_packets", (lua_Integer)c.tx_packets);
	live_set_integer(L, "tx_bytes", (lua_Integer)c.tx_bytes);
	live_set_integer(L, "tx_errors", (lua_Integer)c.tx_errors);
	live_set_integer(L, "tx_dropped", (lua_Integer)c.tx_dropped);
	return 1;
}

/***
 * @field Interface.qdiscs { kind: string, handle: string, parent: string, parameters: string }[]
 * what somebody has put there with `tc qdisc`
 */
static int interface_qdiscs(lua_State *L)
{
	const struct graph_port *p = self(L);
	struct graph_node *n = p->node;
	struct err err = ERR_INIT;
	lua_Integer count = 0;
	char text[12];

	if (graph_read_details(live_session(L)->graph, n, &err) != 0)
		return state_raise(L, &err);
	lua_newtable(L);
	for (size_t i = 0; i < n->n_qdiscs; i++) {
		const struct graph_qdisc *q = &n->qdiscs[i];

		if (q->ifindex != p->ifindex)
			continue;
		lua_createtable(L, 0, 4);
		live_set_string(L, "kind", q->kind);
		live_set_string(L, "handle", graph_qdisc_handle(q, text));
		live_set_string(L, "parent", graph_qdisc_parent(q, text));
		live_set_string(L, "parameters", q->parameters);
		lua_rawseti(L, -2, ++count);
	}
	return 1;
}

static const luaL_Reg interface_methods[] = {
	{ "__tostring", live_handle_tostring },
	{ NULL, NULL },
};
static const struct class_field interface_fields[] = {
	{ "name", interface_name, live_set_interface },
	{ "node", interface_node, NULL },
	{ "exists", interface_exists, NULL },
	{ "index", interface_index, NULL },
	{ "kind", interface_kind, NULL },
	{ "mac", interface_mac, live_set_interface },
	{ "mtu", interface_mtu, live_set_interface },
	{ "up", interface_up, live_set_interface },
	{ "carrier", interface_carrier, NULL },
	{ "state", interface_state, NULL },
	{ "addresses", interface_addresses, NULL },
	{ "ip", interface_ip, NULL },
	{ "ip6", interface_ip6, NULL },
	{ "peer", interface_peer, NULL },
	{ "link", interface_link, NULL },
	{ "lower", interface_lower, NULL },
	{ "master", interface_master, live_set_interface },
	{ "ports", interface_ports, NULL },
	{ "stp", interface_stp, NULL },
	{ "counters", interface_counters, NULL },
	{ "qdiscs", interface_qdiscs, NULL },
	{ 0 },
};
static const struct class interface_class = {
	.type = INTERFACE_TYPE,
	.noun = "interface",
	.methods = (const luaL_Reg *const[]){ interface_methods, interface_change_methods, NULL },
	.fields = (const struct class_field *const[]){ interface_fields, NULL },
};

void live_open_interface(lua_State *L)
{
	class_register(L, &interface_class);
}
