/* What a node knows: routes, neighbours, what its bridge has learnt; and who runs in it. */
#include "lua/live/inside.h"

#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "kernel/namespace.h"

/* A table at the top, that becomes the next element of the list below. */
static void begin_record(lua_State *L, int fields)
{
	lua_createtable(L, 0, fields);
}

static void end_record(lua_State *L)
{
	lua_rawseti(L, -2, (lua_Integer)lua_rawlen(L, -2) + 1);
}

static void set_address(lua_State *L, const char *key, const struct prefix *p)
{
	char text[PREFIX_TEXT];

	live_set_string(L, key, p->family ? address_format(text, p) : NULL);
}

static void set_interface(lua_State *L, const struct graph_node *n, int ifindex)
{
	const struct graph_port *p = ifindex ? graph_port_by_index(n, ifindex) : NULL;

	live_set_string(L, "dev", p ? p->name : NULL);
}

static void push_route(lua_State *L, const struct graph_node *n, const struct graph_route *r)
{
	char text[PREFIX_TEXT], number[12];

	begin_record(L, 10);
	live_set_integer(L, "family", r->dst.family == AF_INET ? 4 : 6);
	live_set_string(L, "dst", graph_route_destination(r, text));
	set_address(L, "via", &r->via);
	set_interface(L, n, r->ifindex);
	live_set_string(L, "type", graph_route_type(r, number));
	live_set_string(L, "table", graph_route_table(r, number));
	live_set_string(L, "protocol", graph_route_protocol(r, number));
	live_set_integer(L, "metric", r->metric);
	set_address(L, "src", &r->source);
	if (r->weight)
		live_set_integer(L, "weight", r->weight);
	end_record(L);
}

/***
 * Its routes, those of IPv4 first, without what the kernel makes for itself (local, broadcast,
 * multicast). The fields are called as in `ip route`: family (4 or 6), dst ("default",
 * "10.0.0.0/8"), via, dev, type ("unicast", "blackhole"), table ("main"), protocol ("kernel",
 * "boot"), metric, src, weight; those that a route lacks are nil. One with several next hops stands
 * there once for each.
 * @field Node.routes { family: integer, dst: string, via?: string, dev?: string, type: string,
 * table: string, protocol: string, metric: integer, src?: string, weight?: integer }[]
 * @example
 * local r = h1.routes[1]
 * assert(r.dst == "10.0.0.0/8" and r.dev == "h1-eth0" and r.protocol == "kernel")
 */
static int node_routes(lua_State *L)
{
	struct graph_node *n = live_check_node(L, 1, NULL);
	struct err err = ERR_INIT;

	if (graph_read_details(live_session(L)->graph, n, &err) != 0)
		return state_raise(L, &err);
	lua_createtable(L, (int)n->n_routes, 0);
	for (size_t i = 0; i < n->n_routes; i++)
		push_route(L, n, &n->routes[i]);
	return 1;
}

/***
 * Whose MAC addresses it has learnt: its ARP table, and the same of IPv6.
 * @field Node.neighbours { address: string, mac?: string, dev: string, state: string }[]
 * @example
 * assert(lab:pingpair(h1, h2).lost == 0)
 * assert(h1.neighbours[1].address == h2.ip and h1.neighbours[1].mac == h2.eth0.mac)
 */
static int node_neighbours(lua_State *L)
{
	struct graph_node *n = live_check_node(L, 1, NULL);
	void **box = live_box(L);
	struct graph_neighbour *list;
	struct err err = ERR_INIT;
	char text[PREFIX_TEXT];
	size_t count;

	if (graph_read_neighbours(live_session(L)->graph, n, &list, &count, &err) != 0)
		return state_raise(L, &err);
	*box = list;
	lua_createtable(L, (int)count, 0);
	for (size_t i = 0; i < count; i++) {
		begin_record(L, 4);
		set_address(L, "address", &list[i].address);
		live_set_string(L, "mac", list[i].has_mac ? mac_format(text, list[i].mac) : NULL);
		set_interface(L, n, list[i].ifindex);
		live_set_string(L, "state", graph_neighbour_state(list[i].state));
		end_record(L);
	}
	return 1;
}

/***
 * The forwarding table of its bridges: by which port they reach a MAC. `learnt` from a frame, `age`
 * seconds ago; or `permanent`: an interface's own address. `vlan` where the bridge knows VLANs.
 * @field Node.fdb { mac: string, dev: string, bridge: string, vlan?: integer, age: integer, learnt:
 * boolean, permanent: boolean }[]
 * @example
 * lab:pingall()
 * local port = {}
 * for _, e in ipairs(s1.fdb) do if e.learnt then port[e.mac] = e.dev end end
 * assert(port[h1.eth0.mac] == "s1-eth1" and port[h2.eth0.mac] == "s1-eth2")
 */
static int node_fdb(lua_State *L)
{
	struct graph_node *n = live_check_node(L, 1, NULL);
	void **box = live_box(L);
	struct err err = ERR_INIT;
	struct graph_fdb *list;
	char mac[MAC_TEXT];
	size_t count;

	if (graph_read_fdb(live_session(L)->graph, n, &list, &count, &err) != 0)
		return state_raise(L, &err);
	*box = list;
	lua_createtable(L, (int)count, 0);
	for (size_t i = 0; i < count; i++) {
		const struct graph_port *bridge = graph_port_by_index(n, list[i].bridge);

		begin_record(L, 7);
		live_set_string(L, "mac", mac_format(mac, list[i].mac));
		set_interface(L, n, list[i].ifindex);
		live_set_string(L, "bridge", bridge ? bridge->name : NULL);
		if (list[i].vlan)
			live_set_integer(L, "vlan", list[i].vlan);
		live_set_integer(L, "age", list[i].age);
		live_set_bool(L, "learnt", list[i].learnt);
		live_set_bool(L, "permanent", list[i].permanent);
		end_record(L);
	}
	return 1;
}

/* ---- processes ---- */

/* Does process ENTRY run in the network namespace INODE? */
static bool runs_in(const struct dirent *entry, unsigned long inode)
{
	struct stat st;
	char path[300];

	snprintf(path, sizeof(path), "/proc/%s/ns/net", entry->d_name);
	return isdigit((unsigned char)entry->d_name[0]) && stat(path, &st) == 0 &&
	       st.st_ino == inode;
}

/* As many as fit; how many. */
static size_t list_processes(unsigned long inode, pid_t *list, size_t max)
{
	DIR *proc = opendir("/proc");
	struct dirent *entry;
	size_t n = 0;

	while (proc && n < max && (entry = readdir(proc)))
		if (runs_in(entry, inode))
			list[n++] = (pid_t)atol(entry->d_name);
	if (proc)
		closedir(proc);
	return n;
}

#define PIDS_MAX 4096

/***
 * @field Node.pids integer[]  the processes that run in it, whoever started them
 */
static int node_pids(lua_State *L)
{
	struct graph_node *n = live_check_node(L, 1, NULL);
	struct err err = ERR_INIT;
	struct lab_netns *ns = lab_netns_find(live_session(L)->lab, n->name, &err);
	pid_t *list;
	size_t count;

	if (!ns)
		return state_raise(L, &err);
	list = lua_newuserdatauv(L, PIDS_MAX * sizeof(*list), 0);
	count = list_processes(namespace_inode(ns->fd), list, PIDS_MAX);
	lua_createtable(L, (int)count, 0);
	for (size_t i = 0; i < count; i++) {
		lua_pushinteger(L, list[i]);
		lua_rawseti(L, -2, (lua_Integer)i + 1);
	}
	return 1;
}

const struct class_field node_detail_fields[] = {
	{ "routes", node_routes, NULL },
	{ "neighbours", node_neighbours, NULL },
	{ "fdb", node_fdb, NULL },
	{ "pids", node_pids, NULL },
	{ 0 },
};
