#include "plan/shape.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "plan/copy.h"
#include "plan/draft_inside.h"
#include "plan/facts.h"
#include "plan/shape_inside.h"
#include "plan/sysctls.h"

/* ---- addresses, as they are ---- */

static char *key_of(const char *netns, const char *interface)
{
	return mem_printf("%s %s", netns, interface);
}

static void *find_by_end(const struct map *m, const char *netns, const char *interface)
{
	char *key = key_of(netns, interface);
	void *found = map_get(m, key);

	free(key);
	return found;
}

/* The first address of each interface; the others come right behind it. */
static void index_addresses(struct trial *t)
{
	for (size_t i = 0; i < t->there.parts.n; i++) {
		struct op *op = &t->there.parts.ops[i];
		char *key;

		if (op->kind != OP_ADDRESS_ADD)
			continue;
		key = key_of(op->end.netns, op->end.name);
		if (!map_get(&t->addresses, key))
			map_put(&t->addresses, key, op);
		free(key);
	}
}

void trial_addresses(const struct trial *t, const struct graph_port *p, struct prefix wanted[2])
{
	const struct op *first = find_by_end(&t->addresses, p->node->name, p->name);
	const struct op *end = t->there.parts.ops + t->there.parts.n;

	memset(wanted, 0, 2 * sizeof(*wanted));
	for (const struct op *op = first;
	     op && op < end && op->kind == OP_ADDRESS_ADD && strcmp(op->end.name, p->name) == 0 &&
	     strcmp(op->end.netns, p->node->name) == 0;
	     op++) {
		bool six = op->address.family == AF_INET6;
		const char *words = six ? "nodad" : "";

		if (!wanted[six].family && strcmp(op->words ? op->words : "", words) == 0 &&
		    prefix_check_host(&op->address, NULL) == 0)
			wanted[six] = op->address;
	}
}

/* ---- trying ---- */

/* Who is to blame for a fact that is not so: a link's interface, else its node. */
static void blame(struct trial *t, const struct op *op)
{
	uintptr_t link = (uintptr_t)find_by_end(&t->ports, op->end.netns, op->end.name);
	struct graph_node *n;

	if (link) {
		t->apart[link - 1] = true;
		return;
	}
	n = graph_node_find(t->g, op->end.netns);
	for (size_t i = 0; i < t->g->n_nodes; i++)
		if (t->g->nodes[i] == n)
			t->plain[i] = true;
}

/* The only thing that is not so is `up`, and nothing is lost by going up and down again. */
static bool is_only_down(const struct trial *t, const struct op *op)
{
	return op->kind == OP_LINK_SET && op->set == SET_UP && strcmp(op->end.name, "lo") != 0 &&
	       !find_by_end(&t->addresses, op->end.netns, op->end.name);
}

static bool compare(struct trial *t, const struct facts *made)
{
	bool same = true;

	for (size_t i = 0; i < made->parts.n; i++) {
		const struct op *op = &made->parts.ops[i];

		if (facts_have(&t->there, made->texts[i]) || is_only_down(t, op))
			continue;
		blame(t, op);
		same = false;
	}
	return same;
}

static void add_rest(struct plan *rest, const struct op *op)
{
	struct op *last = rest->n ? &rest->ops[rest->n - 1] : NULL;

	if (!last || op->kind != OP_LINK_SET || last->kind != OP_LINK_SET ||
	    op->set == SET_NO_LINK_LOCAL || last->set == SET_NO_LINK_LOCAL || op->set == SET_DOWN ||
	    strcmp(op->end.name, last->end.name) != 0 ||
	    strcmp(op->end.netns, last->end.netns) != 0) {
		plan_copy(rest, op);
		return;
	}
	last->set |= op->set;
	last->was |= op->was;
	if (op->set == SET_MTU)
		last->mtu = op->mtu;
	if (op->set == SET_MASTER)
		snprintf(last->master, sizeof(last->master), "%s", op->master);
}

/* What is there and the short words do not make; a plain namespace they do. And what they make too
 * much of: up. */
static void collect_rest(struct trial *t, const struct facts *made, struct plan *rest)
{
	for (size_t i = 0; i < t->there.parts.n; i++)
		if (!facts_have(made, t->there.texts[i]))
			add_rest(rest, &t->there.parts.ops[i]);
	for (size_t i = 0; i < made->parts.n; i++) {
		const struct op *op = &made->parts.ops[i];

		if (facts_have(&t->there, made->texts[i]))
			continue;
		plan_copy(rest, op);
		rest->ops[rest->n - 1].set = SET_DOWN;
	}
}

static void forget(struct shape *s)
{
	for (size_t i = 0; i < s->n_nodes; i++)
		free(s->nodes[i].bridge);
	free(s->nodes);
	free(s->links);
	s->nodes = NULL;
	s->links = NULL;
	s->n_nodes = s->n_links = 0;
}

/* One trial: 1 it fits, 0 try again with less, -1 err. */
static int attempt(struct trial *t, struct shape *s, struct err *err)
{
	struct plan plan = { 0 };
	struct facts made;
	struct draft d;
	int fits;

	forget(s);
	draft_init(&d, NULL, t->reserved);
	fits = trial_build(t, s, &d, err);
	if (fits > 0 && draft_plan(&d, &plan, err) < 0)
		fits = -1;
	if (fits > 0) {
		facts_of(&made, &plan);
		fits = compare(t, &made);
		if (fits)
			collect_rest(t, &made, &s->rest);
		facts_free(&made);
	}
	plan_free(&plan);
	draft_free(&d);
	return fits;
}

static void index_ports(struct trial *t)
{
	for (uintptr_t i = 0; i < t->n_links; i++) {
		const struct graph_port *ends[] = { t->links[i].a, t->links[i].b };

		for (size_t k = 0; k < 2; k++) {
			char *key = key_of(ends[k]->node->name, ends[k]->name);

			map_put(&t->ports, key, (void *)(i + 1));
			free(key);
		}
	}
}

int shape_find(struct graph *g, bool (*reserved)(const char *name), struct shape *s,
	       struct err *err)
{
	struct trial t = { .g = g, .reserved = reserved };
	struct plan there = { 0 };
	int fits = copy_lab(g, &there, &s->left_out, err) < 0 ? -1 : 0;

	facts_of(&t.there, &there);
	plan_free(&there);
	t.links = graph_links(g, &t.n_links);
	t.plain = mem_alloc(g->n_nodes + 1);
	t.apart = mem_alloc(t.n_links + 1);
	index_addresses(&t);
	index_ports(&t);
	while (fits == 0)
		fits = attempt(&t, s, err);
	free(t.links);
	free(t.plain);
	free(t.apart);
	map_free(&t.addresses);
	map_free(&t.ports);
	facts_free(&t.there);
	if (fits > 0)
		return 0;
	shape_free(s);
	return -1;
}

void shape_free(struct shape *s)
{
	forget(s);
	plan_free(&s->rest);
	buf_free(&s->left_out);
}

int shape_draft(const struct shape *s, struct draft *d, struct err *err)
{
	for (size_t i = 0; i < s->n_nodes; i++) {
		const struct shape_node *n = &s->nodes[i];

		if (n->plain ? !draft_add_namespace(d, n->node->name, err)
			     : !draft_add_node(d, n->kind, n->node->name, &n->options, err))
			return -1;
	}
	for (size_t i = 0; i < s->n_links; i++) {
		const struct shape_link *l = &s->links[i];

		if (draft_add_link(d, l->a->node->name, l->b->node->name, &l->options, err) < 0)
			return -1;
	}
	for (size_t i = 0; i < s->rest.n; i++)
		plan_copy(&d->parts, &s->rest.ops[i]);
	return 0;
}
