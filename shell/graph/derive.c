/* What follows from nodes and ports: kinds, peers, links. Nothing of it is stored. */
#include "graph/graph.h"

#include <linux/if_bridge.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/name.h"
#include "graph/store.h"

struct graph_node *graph_node_find(const struct graph *g, const char *name)
{
	return *name ? map_get(&g->by_name, name) : g->root;
}

struct graph_port *graph_node_bridge(const struct graph_node *n)
{
	size_t i;

	for (i = 0; i < n->n_ports; i++)
		if (strcmp(n->ports[i]->kind, "bridge") == 0)
			return n->ports[i];
	return NULL;
}

static bool has_address(const struct graph_node *n)
{
	size_t i, k;

	for (i = 0; i < n->n_ports; i++)
		for (k = 0; k < n->ports[i]->n_addresses; k++)
			if (n->ports[i]->addresses[k].scope == RT_SCOPE_UNIVERSE)
				return true;
	return false;
}

enum graph_kind graph_node_kind(const struct graph_node *n)
{
	if (graph_node_bridge(n) && !has_address(n))
		return GRAPH_SWITCH;
	return n->forwards || n->forwards6 ? GRAPH_ROUTER : GRAPH_HOST;
}

const char *graph_kind_name(enum graph_kind kind)
{
	static const char *const names[] = {
		[GRAPH_HOST] = "host",
		[GRAPH_SWITCH] = "switch",
		[GRAPH_ROUTER] = "router",
	};

	return names[kind];
}

enum graph_state graph_port_state(const struct graph_port *p)
{
	if (!(p->flags & IFF_UP))
		return GRAPH_DOWN;
	if (!(p->flags & IFF_LOWER_UP))
		return GRAPH_NO_CARRIER;
	/* Other masters (bond, vrf) have no such states. */
	if (!graph_port_bridge(p) || p->stp_state == BR_STATE_FORWARDING)
		return GRAPH_UP;
	if (p->stp_state == BR_STATE_BLOCKING)
		return GRAPH_BLOCKED;
	return p->stp_state == BR_STATE_DISABLED ? GRAPH_DISABLED : GRAPH_LEARNING;
}

const char *graph_state_name(enum graph_state state)
{
	static const char *const names[] = {
		[GRAPH_DOWN] = "down",	       [GRAPH_NO_CARRIER] = "no carrier",
		[GRAPH_DISABLED] = "disabled", [GRAPH_BLOCKED] = "blocked",
		[GRAPH_LEARNING] = "learning", [GRAPH_UP] = "up",
	};

	return names[state];
}

struct graph_port *graph_port_find(const struct graph_node *n, const char *name)
{
	size_t i, prefix = strlen(n->name);

	for (i = 0; i < n->n_ports; i++)
		if (strcmp(n->ports[i]->name, name) == 0)
			return n->ports[i];
	for (i = 0; i < n->n_ports; i++) {
		const char *full = n->ports[i]->name;

		if (strncmp(full, n->name, prefix) == 0 && full[prefix] == '-' &&
		    strcmp(full + prefix + 1, name) == 0)
			return n->ports[i];
	}
	return NULL;
}

struct graph_port *graph_port_require(const struct graph_node *n, const char *name, struct err *err)
{
	struct graph_port *p = graph_port_find(n, name);
	struct nearest near = { .word = name };
	size_t i, prefix = strlen(n->name);

	if (p)
		return p;
	for (i = 0; i < n->n_ports; i++) {
		const char *full = n->ports[i]->name;

		nearest_offer(&near, full);
		if (strncmp(full, n->name, prefix) == 0 && full[prefix] == '-')
			nearest_offer(&near, full + prefix + 1);
	}
	err_set(err, "%s has no interface %s", n->shown, name);
	nearest_suggest(&near, err);
	return NULL;
}

static struct graph_port *tied_to(const struct graph *g, const struct graph_port *p)
{
	const struct graph_node *n;

	if (!p->link_ifindex || p->link_nsid == GRAPH_NSID_UNKNOWN)
		return NULL;
	n = store_node(g, p->link_nsid);
	return n ? graph_port_by_index(n, p->link_ifindex) : NULL;
}

static bool is_veth(const struct graph_port *p)
{
	return strcmp(p->kind, "veth") == 0;
}

/* Both say so: while a namespace is taken apart, its id may be another's already. */
struct graph_port *graph_port_peer(const struct graph *g, const struct graph_port *p)
{
	struct graph_port *peer = is_veth(p) ? tied_to(g, p) : NULL;

	return peer && is_veth(peer) && tied_to(g, peer) == p ? peer : NULL;
}

bool graph_port_elsewhere(const struct graph *g, const struct graph_port *p)
{
	return is_veth(p) && p->link_ifindex && !graph_port_peer(g, p);
}

struct graph_port *graph_port_lower(const struct graph *g, const struct graph_port *p)
{
	return is_veth(p) ? NULL : tied_to(g, p);
}

struct graph_port *graph_port_bridge(const struct graph_port *p)
{
	struct graph_port *master = p->master ? graph_port_by_index(p->node, p->master) : NULL;

	return master && strcmp(master->kind, "bridge") == 0 ? master : NULL;
}

const struct graph_address *graph_node_address(const struct graph_node *n, int family)
{
	size_t i, k;

	for (i = 0; i < n->n_ports; i++)
		for (k = 0; k < n->ports[i]->n_addresses; k++) {
			const struct graph_address *a = &n->ports[i]->addresses[k];

			if (a->prefix.family == family && a->scope == RT_SCOPE_UNIVERSE)
				return a;
		}
	return NULL;
}

static int compare_ports(const struct graph_port *a, const struct graph_port *b)
{
	int order = name_compare(a->node->name, b->node->name);

	return order ? order : name_compare(a->name, b->name);
}

/* A host before the switch it hangs on, a node before the lab's root; else by name. */
static bool comes_first(const struct graph_port *a, const struct graph_port *b)
{
	bool a_switch = a->master != 0, b_switch = b->master != 0;
	bool a_root = !*a->node->name, b_root = !*b->node->name;

	if (a_switch != b_switch)
		return b_switch;
	return a_root != b_root ? b_root : compare_ports(a, b) < 0;
}

static int compare_links(const void *left, const void *right)
{
	const struct graph_link *a = left, *b = right;
	int order = compare_ports(a->a, b->a);

	return order ? order : compare_ports(a->b, b->b);
}

struct graph_link graph_link_of(struct graph_port *p, struct graph_port *peer)
{
	return comes_first(p, peer) ? (struct graph_link){ p, peer }
				    : (struct graph_link){ peer, p };
}

static void collect_links(const struct graph *g, const struct graph_node *n,
			  struct graph_link **links, size_t *count, size_t *cap)
{
	size_t i;

	for (i = 0; i < n->n_ports; i++) {
		struct graph_port *p = n->ports[i], *peer = graph_port_peer(g, p);

		if (!peer || !comes_first(p, peer))
			continue;
		*links = mem_grow(*links, *count, cap, sizeof(**links));
		(*links)[(*count)++] = graph_link_of(p, peer);
	}
}

struct graph_link *graph_links(const struct graph *g, size_t *n)
{
	struct graph_link *links = NULL;
	size_t i, cap = 0;

	*n = 0;
	collect_links(g, g->root, &links, n, &cap);
	for (i = 0; i < g->n_nodes; i++)
		collect_links(g, g->nodes[i], &links, n, &cap);
	if (*n)
		qsort(links, *n, sizeof(*links), compare_links);
	return links;
}
