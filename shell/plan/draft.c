#include "plan/draft.h"

#include <ctype.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "plan/draft_inside.h"
#include "plan/phrase.h"

#define DEFAULT_SUBNET4 "10.0.0.0/8"
#define DEFAULT_SUBNET6 "fd00::/64"

void draft_claim_address(struct draft *d, const struct prefix *p, const char *owner)
{
	char text[PREFIX_TEXT];

	address_format(text, p);
	free(map_remove(&d->used_addresses, text));
	map_put(&d->used_addresses, text, mem_strdup(owner));
}

int draft_check_address(struct draft *d, const struct prefix *p, struct err *err)
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
					draft_claim_address(d, &n->ports[k]->addresses[a].prefix,
							    n->name);
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
	free(n->options);
	free(n);
}

void draft_free(struct draft *d)
{
	size_t i;

	for (i = 0; i < d->n_nodes; i++)
		free_node(d->nodes[i]);
	if (d->root)
		free_node(d->root);
	for (i = 0; i < d->used_addresses.cap; i++)
		if (d->used_addresses.slots[i].key)
			free(d->used_addresses.slots[i].value);
	free(d->nodes);
	free(d->links);
	free(d->cables);
	plan_free(&d->parts);
	plan_free(&d->contents);
	map_free(&d->by_name);
	map_free(&d->used_addresses);
}

void draft_set_place(struct draft *d, const char *place)
{
	plan_set_place(&d->parts, place);
	plan_set_place(&d->contents, place);
}

/* ---- nodes ---- */

struct draft_node *draft_new_node(struct draft *d, enum graph_kind kind, const char *name)
{
	struct draft_node *n = mem_alloc(sizeof(*n));

	snprintf(n->name, sizeof(n->name), "%s", name);
	n->kind = kind;
	n->place = d->parts.place;
	n->next_port = kind == GRAPH_SWITCH;	      /* h1-eth0 but s1-eth1, as Mininet counts */
	n->next_index = kind == GRAPH_SWITCH ? 3 : 2; /* lo is 1, a switch's bridge 2 */
	d->nodes = mem_grow(d->nodes, d->n_nodes, &d->cap_nodes, sizeof(*d->nodes));
	d->nodes[d->n_nodes++] = n;
	map_put(&d->by_name, n->name, n);
	return n;
}

struct draft_port *draft_new_port(struct draft_node *n, const char *name)
{
	struct draft_port *p = mem_alloc(sizeof(*p));

	p->node = n;
	snprintf(p->name, sizeof(p->name), "%s", name);
	n->ports = mem_grow(n->ports, n->n_ports, &n->cap_ports, sizeof(*n->ports));
	n->ports[n->n_ports++] = p;
	return p;
}

/* The N of "h1-ethN" or "ethN"; -1 for other names. */
long draft_port_number(const char *node, const char *interface)
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

void draft_count_port(struct draft_node *n, const char *interface)
{
	long number = draft_port_number(n->name, interface);

	if (number >= 0 && (unsigned)number >= n->next_port)
		n->next_port = number + 1;
}

/* A host's place in the count of hosts, by the order in which they came. */
static unsigned host_place(const struct graph *g, const struct graph_node *host)
{
	unsigned number = 1;
	size_t i;

	for (i = 0; i < g->n_nodes; i++)
		number += graph_node_kind(g->nodes[i]) == GRAPH_HOST &&
			  g->nodes[i]->order < host->order;
	return number;
}

/* The k-th host has the address k; in a lab that runs, h7 is the seventh, whoever came and went
 * before it. */
static unsigned host_number(const struct draft *d, const char *name, unsigned place)
{
	long number;

	if (d->graph && name[0] == 'h' && name[1] != '0' &&
	    number_parse(&number, name + 1, 1, 65535, NULL) == 0)
		return number;
	return place;
}

static struct draft_node *import_node(struct draft *d, const struct graph_node *from)
{
	const struct graph_port *bridge = graph_node_bridge(from);
	struct draft_node *n = draft_new_node(d, graph_node_kind(from), from->name);
	size_t i;

	n->exists = true;
	if (n->kind == GRAPH_HOST)
		n->number = host_number(d, from->name, host_place(d->graph, from));
	if (n->kind == GRAPH_SWITCH)
		snprintf(n->bridge, sizeof(n->bridge), "%s", bridge->name);
	n->stp = bridge && bridge->stp;
	for (i = 0; i < from->n_ports; i++) {
		if (from->ports[i]->flags & IFF_LOOPBACK || from->ports[i] == bridge)
			continue;
		n->next_index = from->ports[i]->ifindex + 1;
		draft_new_port(n, from->ports[i]->name)->exists = true;
		draft_count_port(n, from->ports[i]->name);
	}
	/* With a gap nobody knows what the kernel would choose. */
	n->asks = n->next_index != (int)from->n_ports + 1;
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

/* What a switch's bridge has without a word: no multicast snooping, or an IPv6 host would not be
 * found until its groups are known; and of the spanning tree protocol the shortest delay that the
 * kernel takes. A port listens for so long, then learns, and forwards after 4 s instead of 30. The
 * other times are the kernel's: a hello each second instead of every two (the pause between two
 * messages of a port is one) is late by a second at each switch, and a long row loses its root. */
static const struct own_option {
	const char *name, *ours, *kernels;
	bool stp; /* only with it */
} own_options[] = {
	{ "mcast_snooping", "0", "1", false },
	{ "stp_state", "1", "0", true },
	{ "forward_delay", DRAFT_FORWARD_DELAY, "1500", true },
};

static const struct own_option *own_option(const char *name, bool stp)
{
	for (size_t i = 0; i < sizeof(own_options) / sizeof(own_options[0]); i++)
		if (strcmp(own_options[i].name, name) == 0 && (stp || !own_options[i].stp))
			return &own_options[i];
	return NULL;
}

/* What differs from the kernel's defaults, in the order of phrase_option. What the author gives
 * wins. */
static char *bridge_options(const struct draft_node_options *o)
{
	const char *given = o->bridge ? o->bridge : "", *name;
	struct buf words = { 0 };
	char value[PHRASE_WORD];

	for (size_t i = 0; (name = phrase_option("bridge", i)); i++) {
		const struct own_option *own = own_option(name, o->stp);
		bool found = phrase_find(given, name, value);

		if (!found && own)
			snprintf(value, sizeof(value), "%s", own->ours);
		if ((found || own) && !(own && strcmp(value, own->kernels) == 0))
			phrase_add(&words, "%s %s", name, value);
	}
	return words.data;
}

static bool speaks_stp(const char *options)
{
	char value[PHRASE_WORD];

	return phrase_find(options ? options : "", "stp_state", value) && strcmp(value, "0") != 0;
}

struct draft_node *draft_add_node(struct draft *d, enum graph_kind kind, const char *name,
				  const struct draft_node_options *options, struct err *err)
{
	static const struct draft_node_options none = { 0 };
	struct draft_node *n;
	size_t i;

	if (name_check_node(name, err) < 0)
		return NULL;
	if (d->reserved && d->reserved(name)) {
		err_set(err, "%s is a word of the shell: a node cannot have it", name);
		return NULL;
	}
	if (find_node(d, name)) {
		err_set(err, "there is a node %s already", name);
		return NULL;
	}
	if (!options)
		options = &none;
	if ((options->ip.family && draft_check_address(d, &options->ip, err) < 0) ||
	    (options->ip6.family && draft_check_address(d, &options->ip6, err) < 0))
		return NULL;
	n = draft_new_node(d, kind, name);
	if (kind == GRAPH_HOST)
		n->number = host_number(d, name, ++d->hosts);
	if (kind == GRAPH_SWITCH)
		snprintf(n->bridge, sizeof(n->bridge), "%s",
			 strlen(name) <= NAME_MAX_INTERFACE ? name : "br0");
	if (kind == GRAPH_SWITCH) {
		n->options = bridge_options(options);
		n->stp = speaks_stp(n->options);
	}
	n->bare = options->bare;
	n->address[0] = options->ip;
	n->address[1] = options->ip6;
	for (i = 0; i < 2; i++) /* taken now, so that no default gets it */
		if (n->address[i].family)
			draft_claim_address(d, &n->address[i], name);
	return n;
}
