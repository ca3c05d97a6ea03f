#include "graph/store.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/name.h"

/* Where NAME stands, or would stand, in natural order. */
static size_t node_place(const struct graph *g, const char *name)
{
	size_t low = 0, high = g->n_nodes;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (name_compare(g->nodes[middle]->name, name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* The same by namespace id: ids are anyone's choice (`ip netns set`), so they are no index. */
static size_t nsid_place(const struct graph *g, int nsid, size_t n)
{
	size_t low = 0, high = n;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (g->by_nsid[middle]->nsid < nsid)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

struct graph_node *store_add_node(struct graph *g, const char *name, int nsid)
{
	struct graph_node *n = mem_alloc(sizeof(*n));
	size_t at;

	n->name = mem_strdup(name);
	n->nsid = nsid;
	n->order = ++g->last_order;
	if (nsid < 0)
		return n;
	at = node_place(g, name);
	g->nodes = mem_grow(g->nodes, g->n_nodes, &g->cap_nodes, sizeof(*g->nodes));
	memmove(g->nodes + at + 1, g->nodes + at, (g->n_nodes - at) * sizeof(*g->nodes));
	g->nodes[at] = n;
	g->n_nodes++;
	map_put(&g->by_name, name, n);
	at = nsid_place(g, nsid, g->n_nodes - 1);
	g->by_nsid = mem_grow(g->by_nsid, g->n_nodes - 1, &g->cap_nsid, sizeof(*g->by_nsid));
	memmove(g->by_nsid + at + 1, g->by_nsid + at, (g->n_nodes - 1 - at) * sizeof(*g->by_nsid));
	g->by_nsid[at] = n;
	g->hosts_changed = true;
	return n;
}

static void free_port(struct graph_port *p)
{
	free(p->addresses);
	free(p);
}

void store_clear_ports(struct graph *g, struct graph_node *n)
{
	while (n->n_ports)
		free_port(n->ports[--n->n_ports]);
	g->hosts_changed = true;
}

/* The kernel takes a namespace apart some time after its end; the far ends of its links go then. */
static void mark_leaving(struct graph *g, struct graph_node *n)
{
	size_t i;

	for (i = 0; i < n->n_ports; i++) {
		struct graph_port *peer = graph_port_peer(g, n->ports[i]);

		if (peer)
			peer->leaving = true;
	}
}

void store_remove_node(struct graph *g, struct graph_node *n)
{
	mark_leaving(g, n);
	store_clear_ports(g, n);
	if (n->nsid >= 0) {
		size_t at = node_place(g, n->name);

		memmove(g->nodes + at, g->nodes + at + 1,
			(g->n_nodes - at - 1) * sizeof(*g->nodes));
		g->n_nodes--;
		map_remove(&g->by_name, n->name);
		at = nsid_place(g, n->nsid, g->n_nodes + 1);
		memmove(g->by_nsid + at, g->by_nsid + at + 1,
			(g->n_nodes - at) * sizeof(*g->by_nsid));
	}
	free(n->ports);
	free(n->name);
	free(n);
}

struct graph_node *store_node(const struct graph *g, int nsid)
{
	size_t at;

	if (nsid == -1 || nsid == GRAPH_NSID_ROOT)
		return g->root;
	at = nsid_place(g, nsid, g->n_nodes);
	return at < g->n_nodes && g->by_nsid[at]->nsid == nsid ? g->by_nsid[at] : NULL;
}

static size_t port_place(const struct graph_node *n, int ifindex)
{
	size_t low = 0, high = n->n_ports;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (n->ports[middle]->ifindex < ifindex)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

struct graph_port *graph_port_by_index(const struct graph_node *n, int ifindex)
{
	size_t at = port_place(n, ifindex);

	return at < n->n_ports && n->ports[at]->ifindex == ifindex ? n->ports[at] : NULL;
}

struct graph_port *store_port(struct graph_node *n, int ifindex)
{
	struct graph_port *p = graph_port_by_index(n, ifindex);
	size_t at;

	if (p)
		return p;
	p = mem_alloc(sizeof(*p));
	p->node = n;
	p->ifindex = ifindex;
	p->peer_nsid = GRAPH_NSID_UNKNOWN;
	at = port_place(n, ifindex);
	n->ports = mem_grow(n->ports, n->n_ports, &n->cap_ports, sizeof(*n->ports));
	memmove(n->ports + at + 1, n->ports + at, (n->n_ports - at) * sizeof(*n->ports));
	n->ports[at] = p;
	n->n_ports++;
	return p;
}

void store_remove_port(struct graph *g, struct graph_node *n, int ifindex)
{
	struct graph_port *p = graph_port_by_index(n, ifindex);
	size_t at;

	if (!p)
		return;
	at = port_place(n, ifindex);
	memmove(n->ports + at, n->ports + at + 1, (n->n_ports - at - 1) * sizeof(*n->ports));
	n->n_ports--;
	free_port(p);
	g->hosts_changed = true;
}

static struct graph_address *address_find(const struct graph_port *p, const struct prefix *prefix)
{
	size_t i;

	for (i = 0; i < p->n_addresses; i++)
		if (p->addresses[i].prefix.length == prefix->length &&
		    prefix_same_address(&p->addresses[i].prefix, prefix))
			return &p->addresses[i];
	return NULL;
}

void store_set_address(struct graph_port *p, const struct graph_address *a)
{
	struct graph_address *old = address_find(p, &a->prefix);

	if (!old) {
		p->addresses = mem_resize(p->addresses, p->n_addresses + 1, sizeof(*p->addresses));
		old = &p->addresses[p->n_addresses++];
	}
	*old = *a;
}

void store_remove_address(struct graph_port *p, const struct prefix *prefix)
{
	struct graph_address *a = address_find(p, prefix);

	if (!a)
		return;
	p->n_addresses--;
	memmove(a, a + 1, (p->addresses + p->n_addresses - a) * sizeof(*a));
}
