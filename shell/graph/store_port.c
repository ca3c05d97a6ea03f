/* Ports, and what stands at them. */
#include "graph/store.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/name.h"

static void tell_port(const struct graph *g, enum graph_change_kind kind,
		      const struct graph_port *p, const char *was)
{
	store_tell(g,
		   &(struct graph_change){ .kind = kind, .node = p->node, .port = p, .was = was });
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
	p->order = ++n->last_order;
	p->link_nsid = GRAPH_NSID_UNKNOWN;
	at = port_place(n, ifindex);
	n->ports = mem_grow(n->ports, n->n_ports, &n->cap_ports, sizeof(struct graph_port *));
	memmove(n->ports + at + 1, n->ports + at, (n->n_ports - at) * sizeof(struct graph_port *));
	n->ports[at] = p;
	n->n_ports++;
	return p;
}

static void show_name(struct graph_port *p)
{
	struct buf shown = { 0 };

	name_show(&shown, p->name);
	memcpy(p->shown, shown.data, shown.len + 1);
	buf_free(&shown);
}

static void port_appeared(struct graph *g, struct graph_port *p)
{
	if (g->moving == p->ifindex && memcmp(g->moving_mac, p->mac, sizeof(p->mac)) == 0) {
		tell_port(g, GRAPH_PORT_MOVED_HERE, p,
			  g->moving_from ? g->moving_from->name : NULL);
		g->moving = 0;
	} else if (!(p->flags & IFF_LOOPBACK)) {
		/* Each namespace has its lo from the beginning. */
		tell_port(g, GRAPH_PORT_ADDED, p, NULL);
	}
}

static void tell_differences(struct graph *g, const struct graph_port *old,
			     const struct graph_port *p)
{
	const struct graph_port *left =
		old->master ? graph_port_by_index(p->node, old->master) : NULL;

	if (strcmp(old->name, p->name) != 0)
		tell_port(g, GRAPH_PORT_RENAMED, p, old->name);
	if ((old->flags ^ p->flags) & IFF_UP)
		tell_port(g, GRAPH_PORT_FLAGS, p, NULL);
	/* Going down takes the carrier along: no news. */
	if ((old->flags ^ p->flags) & IFF_LOWER_UP && p->flags & IFF_UP)
		tell_port(g, GRAPH_PORT_CARRIER, p, NULL);
	if (old->master != p->master)
		tell_port(g, GRAPH_PORT_MASTER, p, left ? left->name : NULL);
	if (p->master && old->stp_state != p->stp_state)
		tell_port(g, GRAPH_PORT_STATE, p, NULL);
	if (old->mtu != p->mtu)
		tell_port(g, GRAPH_PORT_MTU, p, NULL);
	if (memcmp(old->mac, p->mac, sizeof(p->mac)) != 0)
		tell_port(g, GRAPH_PORT_MAC, p, NULL);
}

void store_port_changed(struct graph *g, const struct graph_port *old, struct graph_port *p)
{
	if (strcmp(old->name, p->name) != 0) {
		show_name(p);
		g->hosts_changed = true;
	}
	if (!*old->name)
		port_appeared(g, p);
	else
		tell_differences(g, old, p);
}

static void free_port(struct graph_port *p)
{
	free(p->addresses);
	free(p->vlans);
	free(p);
}

/* ---- ties ---- */

void store_untie(struct graph *g, struct graph_port *p)
{
	p->link_nsid = GRAPH_NSID_UNKNOWN;
	g->unresolved = true;
}

static bool is_veth(const struct graph_port *p)
{
	return strcmp(p->kind, "veth") == 0;
}

void store_tie(struct graph *g, struct graph_port *p, int nsid, int ifindex)
{
	const struct graph_node *n = store_node(g, nsid);
	struct graph_port *peer = n && ifindex ? graph_port_by_index(n, ifindex) : NULL;

	p->link_nsid = nsid == g->root_id ? -1 : nsid;
	p->link_ifindex = ifindex;
	if (peer && is_veth(p) && is_veth(peer)) {
		peer->link_nsid = p->node->nsid;
		peer->link_ifindex = p->ifindex;
		peer->leaving = false;
	}
}

/* Whoever is tied to interface IFINDEX of namespace NSID, which has gone elsewhere. */
static void untie_others(struct graph *g, int nsid, int ifindex)
{
	size_t i, k;

	for (i = 0; i <= g->n_nodes; i++) {
		const struct graph_node *n = i < g->n_nodes ? g->nodes[i] : g->root;

		for (k = 0; k < n->n_ports; k++)
			if (n->ports[k]->link_ifindex == ifindex && n->ports[k]->link_nsid == nsid)
				store_untie(g, n->ports[k]);
	}
}

void store_remove_port(struct graph *g, struct graph_node *n, int ifindex, int moved_to)
{
	struct graph_port *p = graph_port_by_index(n, ifindex);
	size_t at;

	/* Also when a dump was faster than this event. */
	if (moved_to)
		untie_others(g, n->nsid, ifindex);
	if (!p)
		return;
	at = port_place(n, ifindex);
	n->n_ports--;
	memmove(n->ports + at, n->ports + at + 1, (n->n_ports - at) * sizeof(struct graph_port *));
	g->moving = moved_to;
	g->moving_from = n;
	memcpy(g->moving_mac, p->mac, sizeof(p->mac));
	tell_port(g, moved_to ? GRAPH_PORT_MOVED_AWAY : GRAPH_PORT_DELETED, p, NULL);
	free_port(p);
	g->hosts_changed = true;
}

void store_sweep_ports(struct graph *g, struct graph_node *n)
{
	size_t i;

	for (i = n->n_ports; i-- > 0;)
		if (n->ports[i]->reading != n->reading)
			store_remove_port(g, n, n->ports[i]->ifindex, 0);
}

/* ---- addresses ---- */

static void tell_address(const struct graph *g, enum graph_change_kind kind,
			 const struct graph_port *p, const struct graph_address *a)
{
	store_tell(g, &(struct graph_change){
			      .kind = kind, .node = p->node, .port = p, .address = a });
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

void store_set_address(struct graph *g, struct graph_port *p, const struct graph_address *a)
{
	struct graph_address *old = address_find(p, &a->prefix);
	bool is_new = !old;

	if (is_new) {
		p->addresses = mem_resize(p->addresses, p->n_addresses + 1, sizeof(*p->addresses));
		old = &p->addresses[p->n_addresses++];
	}
	*old = *a;
	old->reading = p->node->reading;
	if (!is_new)
		return;
	g->hosts_changed = true;
	tell_address(g, GRAPH_ADDRESS_ADDED, p, old);
}

void store_remove_address(struct graph *g, struct graph_port *p, const struct prefix *prefix)
{
	struct graph_address *a = address_find(p, prefix), gone;

	if (!a)
		return;
	gone = *a;
	p->n_addresses--;
	memmove(a, a + 1, (size_t)(p->addresses + p->n_addresses - a) * sizeof(*a));
	g->hosts_changed = true;
	tell_address(g, GRAPH_ADDRESS_DELETED, p, &gone);
}

void store_sweep_addresses(struct graph *g, struct graph_node *n)
{
	size_t i, k;

	for (i = 0; i < n->n_ports; i++) {
		struct graph_port *p = n->ports[i];

		for (k = p->n_addresses; k-- > 0;) {
			struct prefix prefix = p->addresses[k].prefix;

			if (p->addresses[k].reading != n->reading)
				store_remove_address(g, p, &prefix);
		}
	}
}
