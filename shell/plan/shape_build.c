/* The short words for a lab: kinds of nodes, links in an order that numbers their interfaces, and
 * only those options without which something else would come. */
#include "plan/shape.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "plan/draft_inside.h"
#include "plan/phrase.h"
#include "plan/shape_inside.h"
#include "plan/sysctls.h"

#define MTU_ETHERNET 1500

/* ---- the order of links ---- */

/* An end of a link on its node: its turn there. */
struct turn {
	const struct graph_node *node;
	unsigned key; /* a bridge numbers its ports as they come, and a node its interfaces
		       */
	size_t link;
};

static int compare_turns(const void *left, const void *right)
{
	const struct turn *a = left, *b = right;

	if (a->node != b->node)
		return a->node < b->node ? -1 : 1;
	if (a->key != b->key)
		return a->key < b->key ? -1 : 1;
	return 0;
}

struct order {
	struct turn *turns; /* sorted: those of one node together, the first of them first */
	size_t n;
	struct map next; /* a node's name -> the turn whose turn it is */
	bool *done;	 /* of each link */
};

static struct turn turn_of(const struct graph_port *p, size_t link)
{
	long number = draft_port_number(p->node->name, p->name);
	unsigned key = number >= 0 ? (unsigned)number : 0x10000 + (unsigned)p->ifindex;

	return (struct turn){ p->node, p->port_number ? p->port_number : key, link };
}

static void order_open(struct order *o, const struct trial *t, const bool *chosen)
{
	*o = (struct order){ .turns = mem_resize(NULL, 2 * t->n_links + 1, sizeof(*o->turns)),
			     .done = mem_alloc(t->n_links + 1) };
	for (size_t i = 0; i < t->n_links; i++) {
		if (!chosen[i])
			continue;
		o->turns[o->n++] = turn_of(t->links[i].a, i);
		o->turns[o->n++] = turn_of(t->links[i].b, i);
	}
	qsort(o->turns, o->n, sizeof(*o->turns), compare_turns);
	for (size_t i = o->n; i-- > 0;)
		map_put(&o->next, o->turns[i].node->name, &o->turns[i]);
}

static void order_close(struct order *o)
{
	free(o->turns);
	free(o->done);
	map_free(&o->next);
}

static bool is_next(struct order *o, const struct graph_node *n, size_t link)
{
	struct turn *turn = map_get(&o->next, n->name), *end = o->turns + o->n;

	while (turn < end && turn->node == n && o->done[turn->link])
		turn++;
	if (turn < end)
		map_put(&o->next, n->name, turn);
	return turn < end && turn->link == link;
}

/* The links, each when it is the next at both its ends. Where they wait for one another in a ring
 * the first goes; its interfaces are then named. */
static size_t order_links(const struct trial *t, const bool *chosen, size_t *links)
{
	struct order o;
	size_t n = 0, before = 0;
	bool force = false;

	order_open(&o, t, chosen);
	do {
		before = n;
		for (size_t i = 0; i < t->n_links; i++) {
			if (!chosen[i] || o.done[i] ||
			    !(force || (is_next(&o, t->links[i].a->node, i) &&
					is_next(&o, t->links[i].b->node, i))))
				continue;
			force = false;
			o.done[i] = true;
			links[n++] = i;
		}
		force = n == before;
	} while (2 * n < o.n);
	order_close(&o);
	return n;
}

/* ---- nodes ---- */

static bool is_plain(const struct trial *t, size_t i)
{
	const char *name = t->g->nodes[i]->name;

	return t->plain[i] || name_check_node(name, NULL) < 0 || (t->reserved && t->reserved(name));
}

static bool same(const struct prefix *a, const struct prefix *b)
{
	return a->family == b->family &&
	       (!a->family || (a->length == b->length && prefix_same_address(a, b)));
}

/* Would the K-th host get these by itself? */
static bool is_default(struct draft *d, unsigned k, const struct prefix wanted[2])
{
	for (int i = 0; i < 2; i++) {
		struct prefix usual = { 0 };
		char text[PREFIX_TEXT];

		if ((i == 0 || sysctls_ipv6()) && prefix_nth(&d->subnet[i], k, &usual, NULL) < 0)
			return false;
		if (!same(&usual, &wanted[i]) ||
		    map_get(&d->used_addresses, address_format(text, &usual)))
			return false;
	}
	return true;
}

/* An address that somebody has already is said at length. */
static void drop_used(struct draft *d, struct prefix wanted[2])
{
	for (int i = 0; i < 2; i++)
		if (wanted[i].family && draft_check_address(d, &wanted[i], NULL) < 0)
			wanted[i] = (struct prefix){ 0 };
}

/* FIRST: the interface of its first link; NULL: it has none. */
static void choose_addresses(const struct trial *t, struct draft *d, const struct graph_port *first,
			     struct draft_node_options *o)
{
	struct prefix wanted[2];

	if (!first)
		return;
	trial_addresses(t, first, wanted);
	if (is_default(d, d->hosts + 1, wanted))
		return;
	drop_used(d, wanted);
	o->bare = !wanted[0].family && !wanted[1].family;
	o->ip = wanted[0];
	o->ip6 = wanted[1];
}

/* What `stp` and the switch's own defaults do not say already. */
static void choose_bridge(const struct trial *t, struct shape_node *n)
{
	const struct graph_port *bridge = graph_node_bridge(n->node);
	struct buf rest = { 0 };
	struct phrase p = { .rest = "" };
	bool snoops = true, delay_told = false;

	for (size_t i = 0; i < t->there.parts.n; i++) {
		const struct op *op = &t->there.parts.ops[i];

		if (op->kind == OP_DEVICE_ADD && op->words &&
		    strcmp(op->end.netns, n->node->name) == 0 &&
		    strcmp(op->end.name, bridge->name) == 0)
			p.rest = op->words;
	}
	while (phrase_next(&p)) {
		char option[PHRASE_WORD];

		memcpy(option, p.word, sizeof(option));
		phrase_next(&p);
		if (strcmp(option, "stp_state") == 0)
			n->options.stp = true;
		else if (strcmp(option, "mcast_snooping") == 0)
			snoops = false;
		else if (n->options.stp && strcmp(option, "forward_delay") == 0 &&
			 strcmp(p.word, DRAFT_FORWARD_DELAY) == 0)
			delay_told = true;
		else
			phrase_add(&rest, "%s %s", option, p.word);
	}
	if (snoops)
		phrase_add(&rest, "mcast_snooping 1");
	if (n->options.stp && !delay_told && !phrase_find(buf_text(&rest), "forward_delay", p.word))
		phrase_add(&rest, "forward_delay 1500");
	n->options.bridge = n->bridge = rest.data;
}

static int add_node(struct trial *t, struct shape *s, struct draft *d, size_t i,
		    const struct graph_port *first, struct err *err)
{
	struct shape_node *n = &s->nodes[s->n_nodes++];

	*n = (struct shape_node){ .node = t->g->nodes[i],
				  .kind = graph_node_kind(t->g->nodes[i]),
				  .plain = is_plain(t, i) };
	if (n->plain)
		return draft_add_namespace(d, n->node->name, err) ? 1 : -1;
	if (n->kind == GRAPH_HOST)
		choose_addresses(t, d, first, &n->options);
	if (n->kind == GRAPH_SWITCH)
		choose_bridge(t, n);
	if (draft_add_node(d, n->kind, n->node->name, &n->options, NULL))
		return 1;
	t->plain[i] = true;
	return 0;
}

/* Hosts, routers, switches, namespaces. */
static int group_of(const struct trial *t, size_t i)
{
	static const int groups[] = { [GRAPH_HOST] = 0, [GRAPH_ROUTER] = 1, [GRAPH_SWITCH] = 2 };

	return is_plain(t, i) ? 3 : groups[graph_node_kind(t->g->nodes[i])];
}

/* ---- links ---- */

static void choose_end(const struct trial *t, struct draft *d, const struct graph_port *p,
		       struct draft_end_options *o)
{
	const struct draft_node *n = draft_find_node(d, p->node->name, NULL);
	char usual[NAME_MAX_INTERFACE + 1];
	struct prefix wanted[2];

	name_interface(usual, n->name, n->next_port);
	if (strcmp(usual, p->name) != 0)
		o->interface = p->name;
	/* A host's first interface has the host's own addresses. */
	if (n->kind == GRAPH_SWITCH || (n->kind == GRAPH_HOST && n->n_ports == 0))
		return;
	trial_addresses(t, p, wanted);
	drop_used(d, wanted);
	o->ip = wanted[0];
	o->ip6 = wanted[1];
}

static int add_link(struct trial *t, struct shape *s, struct draft *d, size_t i)
{
	struct shape_link *l = &s->links[s->n_links++];

	*l = (struct shape_link){ .a = t->links[i].a, .b = t->links[i].b };
	choose_end(t, d, l->a, &l->options.a);
	choose_end(t, d, l->b, &l->options.b);
	if (l->a->mtu == l->b->mtu && l->a->mtu != MTU_ETHERNET)
		l->options.mtu = l->a->mtu;
	l->options.storm = draft_closes_loop(d, draft_find_node(d, l->a->node->name, NULL),
					     draft_find_node(d, l->b->node->name, NULL));
	if (draft_add_link(d, l->a->node->name, l->b->node->name, &l->options, NULL) == 0)
		return 1;
	t->apart[i] = true;
	return 0;
}

/* ---- all of it ---- */

static void choose_links(const struct trial *t, bool *chosen)
{
	struct map plain = { 0 };

	for (size_t i = 0; i < t->g->n_nodes; i++)
		if (is_plain(t, i))
			map_put(&plain, t->g->nodes[i]->name, t->g->nodes[i]);
	for (size_t i = 0; i < t->n_links; i++) {
		const struct graph_node *a = t->links[i].a->node, *b = t->links[i].b->node;

		chosen[i] = !t->apart[i] && a != b && a->nsid >= 0 && b->nsid >= 0 &&
			    !map_get(&plain, a->name) && !map_get(&plain, b->name);
	}
	map_free(&plain);
}

/* The first interface of each node, in the order of the links. */
static void find_firsts(const struct trial *t, const size_t *links, size_t n, struct map *firsts)
{
	for (size_t i = n; i-- > 0;) {
		const struct graph_port *ends[] = { t->links[links[i]].a, t->links[links[i]].b };

		for (size_t k = 0; k < 2; k++)
			map_put(firsts, ends[k]->node->name, (void *)ends[k]);
	}
}

int trial_build(struct trial *t, struct shape *s, struct draft *d, struct err *err)
{
	bool *chosen = mem_alloc(t->n_links + 1);
	size_t *links = mem_resize(NULL, t->n_links + 1, sizeof(*links)), n;
	struct map firsts = { 0 };
	int done = 1;

	choose_links(t, chosen);
	n = order_links(t, chosen, links);
	find_firsts(t, links, n, &firsts);
	s->nodes = mem_resize(NULL, t->g->n_nodes + 1, sizeof(*s->nodes));
	s->links = mem_resize(NULL, n + 1, sizeof(*s->links));
	for (int group = 0; group < 4; group++)
		for (size_t i = 0; done > 0 && i < t->g->n_nodes; i++)
			if (group_of(t, i) == group)
				done = add_node(t, s, d, i, map_get(&firsts, t->g->nodes[i]->name),
						err);
	for (size_t i = 0; done > 0 && i < n; i++)
		done = add_link(t, s, d, links[i]);
	free(chosen);
	free(links);
	map_free(&firsts);
	return done;
}
