#include "plan/draft.h"

#include <ctype.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "plan/sysctls.h"

/* A bridge takes ports 1 to 1023: br_private.h, BR_PORT_BITS. */
#define BRIDGE_PORTS 1023

#define DEFAULT_SUBNET4 "10.0.0.0/8"
#define DEFAULT_SUBNET6 "fd00::/64"

static void use_address(struct draft *d, const struct prefix *p, const char *owner)
{
	char text[PREFIX_TEXT];

	address_format(text, p);
	free(map_remove(&d->used_addresses, text));
	map_put(&d->used_addresses, text, mem_strdup(owner));
}

static int check_address(struct draft *d, const struct prefix *p, struct err *err)
{
	char text[PREFIX_TEXT];
	const char *owner = map_get(&d->used_addresses, address_format(text, p));

	if (owner)
		return err_set(err, "%s is in use by %s", text, owner);
	return prefix_check_host(p, err);
}

static void count_existing(struct draft *d)
{
	size_t i, k, a;

	for (i = 0; i < d->graph->n_nodes; i++) {
		const struct graph_node *n = d->graph->nodes[i];

		d->hosts += graph_node_kind(n) == GRAPH_HOST;
		for (k = 0; k < n->n_ports; k++)
			for (a = 0; a < n->ports[k]->n_addresses; a++)
				if (n->ports[k]->addresses[a].scope == RT_SCOPE_UNIVERSE)
					use_address(d, &n->ports[k]->addresses[a].prefix, n->name);
	}
}

void draft_init(struct draft *d, const struct graph *g, bool (*reserved)(const char *name))
{
	memset(d, 0, sizeof(*d));
	d->graph = g;
	d->reserved = reserved;
	prefix_parse(&d->subnet[0], DEFAULT_SUBNET4, NULL);
	prefix_parse(&d->subnet[1], DEFAULT_SUBNET6, NULL);
	if (g)
		count_existing(d);
}

static void free_node(struct draft_node *n)
{
	size_t i;

	for (i = 0; i < n->n_ports; i++)
		free(n->ports[i]);
	free(n->ports);
	free(n);
}

void draft_free(struct draft *d)
{
	size_t i;

	for (i = 0; i < d->n_nodes; i++)
		free_node(d->nodes[i]);
	for (i = 0; i < d->used_addresses.cap; i++)
		if (d->used_addresses.slots[i].key)
			free(d->used_addresses.slots[i].value);
	free(d->nodes);
	free(d->links);
	map_free(&d->by_name);
	map_free(&d->used_addresses);
}

/* ---- nodes ---- */

static struct draft_node *new_node(struct draft *d, enum graph_kind kind, const char *name)
{
	struct draft_node *n = mem_alloc(sizeof(*n));

	snprintf(n->name, sizeof(n->name), "%s", name);
	n->kind = kind;
	n->next_port = kind == GRAPH_SWITCH; /* h1-eth0 but s1-eth1, as Mininet counts */
	d->nodes = mem_grow(d->nodes, d->n_nodes, &d->cap_nodes, sizeof(*d->nodes));
	d->nodes[d->n_nodes++] = n;
	map_put(&d->by_name, n->name, n);
	return n;
}

static struct draft_port *new_port(struct draft_node *n, const char *name)
{
	struct draft_port *p = mem_alloc(sizeof(*p));

	p->node = n;
	snprintf(p->name, sizeof(p->name), "%s", name);
	n->ports = mem_grow(n->ports, n->n_ports, &n->cap_ports, sizeof(*n->ports));
	n->ports[n->n_ports++] = p;
	return p;
}

/* The N of "h1-ethN" or "ethN"; -1 for other names. */
static long port_number(const char *node, const char *interface)
{
	size_t len = strlen(node);
	char *end;
	long n;

	if (strncmp(interface, node, len) == 0 && interface[len] == '-')
		interface += len + 1;
	if (strncmp(interface, "eth", 3) != 0 || !isdigit((unsigned char)interface[3]))
		return -1;
	n = strtol(interface + 3, &end, 10);
	return *end || n > 65535 ? -1 : n;
}

static void count_port(struct draft_node *n, const char *interface)
{
	long number = port_number(n->name, interface);

	if (number >= 0 && (unsigned)number >= n->next_port)
		n->next_port = number + 1;
}

/* A host's place in the count of hosts, by the order in which they came. */
static unsigned host_number(const struct graph *g, const struct graph_node *host)
{
	unsigned number = 1;
	size_t i;

	for (i = 0; i < g->n_nodes; i++)
		number += graph_node_kind(g->nodes[i]) == GRAPH_HOST &&
			  g->nodes[i]->order < host->order;
	return number;
}

static struct draft_node *import_node(struct draft *d, const struct graph_node *from)
{
	const struct graph_port *bridge = graph_node_bridge(from);
	struct draft_node *n = new_node(d, graph_node_kind(from), from->name);
	size_t i;

	n->exists = true;
	if (n->kind == GRAPH_HOST)
		n->number = host_number(d->graph, from);
	if (n->kind == GRAPH_SWITCH)
		snprintf(n->bridge, sizeof(n->bridge), "%s", bridge->name);
	for (i = 0; i < from->n_ports; i++) {
		if (from->ports[i]->flags & IFF_LOOPBACK || from->ports[i] == bridge)
			continue;
		new_port(n, from->ports[i]->name)->exists = true;
		count_port(n, from->ports[i]->name);
	}
	return n;
}

static struct draft_node *find_node(struct draft *d, const char *name)
{
	struct draft_node *n = map_get(&d->by_name, name);
	struct graph_node *there =
		n || !d->graph || !*name ? NULL : graph_node_find(d->graph, name);

	return there ? import_node(d, there) : n;
}

struct draft_node *draft_find_node(struct draft *d, const char *name, struct err *err)
{
	struct draft_node *n = find_node(d, name);
	struct nearest near = { .word = name };
	size_t i;

	if (n)
		return n;
	for (i = 0; i < d->n_nodes; i++)
		nearest_offer(&near, d->nodes[i]->name);
	for (i = 0; d->graph && i < d->graph->n_nodes; i++)
		nearest_offer(&near, d->graph->nodes[i]->name);
	err_set(err, "no node %s", name);
	nearest_suggest(&near, err);
	return NULL;
}

/* The author's own address for a node's first port: checked and taken now, so that no default gets
 * it. */
static int reserve_addresses(struct draft *d, struct draft_node *n,
			     const struct draft_node_options *o, struct err *err)
{
	const struct prefix *given[2] = { &o->ip, &o->ip6 };
	size_t i;

	for (i = 0; i < 2; i++) {
		if (given[i]->family && check_address(d, given[i], err) < 0)
			return -1;
		n->address[i] = *given[i];
	}
	for (i = 0; i < 2; i++)
		if (given[i]->family)
			use_address(d, given[i], n->name);
	return 0;
}

struct draft_node *draft_add_node(struct draft *d, enum graph_kind kind, const char *name,
				  const struct draft_node_options *options, struct err *err)
{
	static const struct draft_node_options none = { 0 };
	struct draft_node *n;

	if (name_check_node(name, err) < 0)
		return NULL;
	if (d->reserved && d->reserved(name)) {
		err_set(err, "%s is a command's name: a node cannot have it", name);
		return NULL;
	}
	if (find_node(d, name)) {
		err_set(err, "there is a node %s already", name);
		return NULL;
	}
	n = new_node(d, kind, name);
	if (kind == GRAPH_HOST)
		n->number = ++d->hosts;
	if (kind == GRAPH_SWITCH)
		snprintf(n->bridge, sizeof(n->bridge), "%s",
			 strlen(name) <= NAME_MAX_INTERFACE ? name : "br0");
	if (!options)
		options = &none;
	n->stp = options->stp;
	n->bare = options->bare;
	return reserve_addresses(d, n, options, err) < 0 ? NULL : n;
}

/* ---- links ---- */

static bool port_taken(const struct draft_node *n, const char *name)
{
	size_t i;

	for (i = 0; i < n->n_ports; i++)
		if (strcmp(n->ports[i]->name, name) == 0)
			return true;
	return strcmp(name, "lo") == 0 || strcmp(name, n->bridge) == 0;
}

/* What interface WISH means on N: "eth5" is "h1-eth5" where that fits; NULL is the next number. */
static int choose_name(const struct draft_node *n, const char *wish,
		       char name[NAME_MAX_INTERFACE + 1], struct err *err)
{
	long number = wish ? port_number(n->name, wish) : (long)n->next_port;

	if (number >= 0)
		name_interface(name, n->name, number);
	else if (name_check_interface(wish, err) < 0)
		return -1;
	else
		snprintf(name, NAME_MAX_INTERFACE + 1, "%s", wish);
	if (port_taken(n, name))
		return err_set(err, "%s has an interface %s already", n->name, name);
	return 0;
}

static struct draft_port *add_port(struct draft_node *n, const char *name)
{
	struct draft_port *p = new_port(n, name);
	long number = port_number(n->name, name);

	mac_of_port(p->mac, n->name, number >= 0 ? (unsigned)number : 0x8000 + n->n_ports);
	count_port(n, name);
	return p;
}

/* The default: the host's own number, or the next free one when somebody has that address. */
static int default_address(struct draft *d, const struct draft_node *n, int which,
			   struct prefix *out, struct err *err)
{
	char text[PREFIX_TEXT];
	uint32_t k = n->number;

	do {
		if (prefix_nth(&d->subnet[which], k, out, err) < 0)
			return -1;
		k = k == n->number ? 1 : k + 1;
	} while (map_get(&d->used_addresses, address_format(text, out)));
	return 0;
}

/* What the ends that are no switch get: the link's own, else the node's on its first port, else (a
 * host's first) the default. */
static int choose_addresses(struct draft *d, const struct draft_node *n,
			    const struct draft_end_options *o, struct prefix chosen[2],
			    struct err *err)
{
	const struct prefix *given[2] = { &o->ip, &o->ip6 };
	bool first = n->n_ports == 0, own = n->address[0].family || n->address[1].family;
	int i;

	memset(chosen, 0, 2 * sizeof(*chosen));
	if (n->kind == GRAPH_SWITCH)
		return o->ip.family || o->ip6.family
			       ? err_set(err, "%s is a switch: its ports take no address", n->name)
			       : 0;
	for (i = 0; i < 2; i++) {
		if (given[i]->family && check_address(d, given[i], err) < 0)
			return -1;
		chosen[i] = *given[i];
	}
	if (o->bare || n->bare || o->ip.family || o->ip6.family || !first)
		return 0;
	for (i = 0; i < 2; i++) {
		if (own)
			chosen[i] = n->address[i];
		else if (n->kind == GRAPH_HOST && (i == 0 || sysctls_ipv6()) &&
			 default_address(d, n, i, &chosen[i], err) < 0)
			return -1;
	}
	return 0;
}

static void give_addresses(struct draft *d, struct draft_port *p, const struct prefix chosen[2])
{
	size_t i, n = 0;

	for (i = 0; i < 2; i++) {
		if (!chosen[i].family)
			continue;
		p->addresses[n++] = chosen[i];
		use_address(d, &chosen[i], p->node->name);
	}
}

static int check_room(const struct draft_node *n, struct err *err)
{
	if (n->kind == GRAPH_SWITCH && n->n_ports >= BRIDGE_PORTS)
		return err_set(err, "%s has %d ports: a Linux bridge takes no more", n->name,
			       BRIDGE_PORTS);
	return 0;
}

int draft_add_link(struct draft *d, const char *a, const char *b,
		   const struct draft_link_options *options, struct err *err)
{
	static const struct draft_link_options none = { 0 };
	const struct draft_link_options *o = options ? options : &none;
	char name_a[NAME_MAX_INTERFACE + 1], name_b[NAME_MAX_INTERFACE + 1];
	struct prefix address_a[2], address_b[2];
	struct draft_node *na, *nb;
	struct draft_link *link;

	if (!(na = draft_find_node(d, a, err)) || !(nb = draft_find_node(d, b, err)))
		return err_wrap(err, "link %s-%s", a, b);
	if (na == nb)
		return err_set(err, "link %s-%s: a link needs two different nodes", a, b);
	if (check_room(na, err) < 0 || check_room(nb, err) < 0 ||
	    choose_name(na, o->a.interface, name_a, err) < 0 ||
	    choose_name(nb, o->b.interface, name_b, err) < 0 ||
	    choose_addresses(d, na, &o->a, address_a, err) < 0)
		return err_wrap(err, "link %s-%s", a, b);
	d->links = mem_grow(d->links, d->n_links, &d->cap_links, sizeof(*d->links));
	link = &d->links[d->n_links];
	link->a = add_port(na, name_a);
	give_addresses(d, link->a,
		       address_a); /* before the other end chooses: the two are neighbours */
	if (choose_addresses(d, nb, &o->b, address_b, err) < 0)
		return err_wrap(err, "link %s-%s", a, b);
	link->b = add_port(nb, name_b);
	give_addresses(d, link->b, address_b);
	link->mtu = o->mtu;
	d->n_links++;
	return 0;
}
