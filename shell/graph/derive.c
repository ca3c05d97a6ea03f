/* What follows from nodes and ports: kinds, peers, links. Nothing of it is stored. */
#include "graph/graph.h"

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
	return n->forwards ? GRAPH_ROUTER : GRAPH_HOST;
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

struct graph_port *graph_port_peer(const struct graph *g, const struct graph_port *p)
{
	const struct graph_node *n = store_node(g, p->peer_nsid);

	if (!p->peer_ifindex)
		return NULL;
	return n ? graph_port_by_index(n, p->peer_ifindex) : NULL;
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

/* A host before the switch it hangs on; else by name. */
static bool comes_first(const struct graph_port *a, const struct graph_port *b)
{
	bool a_switch = a->master != 0, b_switch = b->master != 0;

	return a_switch != b_switch ? b_switch : compare_ports(a, b) < 0;
}

static int compare_links(const void *left, const void *right)
{
	const struct graph_link *a = left, *b = right;
	int order = compare_ports(a->a, b->a);

	return order ? order : compare_ports(a->b, b->b);
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
		(*links)[(*count)++] = (struct graph_link){ p, peer };
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
