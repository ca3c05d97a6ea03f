/*
 * Loops of switches. A broadcast circles in one for ever, and each round there are more of them: it
 * takes the processors of the whole machine. One switch with the spanning tree protocol breaks
 * every loop that goes through it, as the others pass its messages on like any frame and it hears
 * itself. So the cables between the switches without it must not close a loop among them.
 */
#include <stdlib.h>

#include "base/buf.h"
#include "base/mem.h"
#include "plan/draft_inside.h"

#define NAMES_MAX 12 /* of a loop, told in an error */

static bool floods(const struct draft_node *n)
{
	return n->kind == GRAPH_SWITCH && !n->stp;
}

/* The one that stands for all switches that A is joined with. */
static struct draft_node *head_of(struct draft_node *a)
{
	while (a->joined) {
		if (a->joined->joined)
			a->joined = a->joined->joined;
		a = a->joined;
	}
	return a;
}

static void join(struct draft *d, struct draft_node *a, struct draft_node *b)
{
	d->cables = mem_grow(d->cables, d->n_cables, &d->cap_cables, sizeof(*d->cables));
	d->cables[d->n_cables++] = (struct draft_cable){ { a, b } };
	a = head_of(a);
	b = head_of(b);
	if (a != b)
		b->joined = a;
}

static struct draft_node *switch_of(struct draft *d, const struct graph_port *p)
{
	struct draft_node *n = NULL;

	if (graph_port_bridge(p) && *p->node->name)
		n = draft_find_node(d, p->node->name, NULL);
	return n && floods(n) ? n : NULL;
}

/* What is there already. A loop in it is somebody's own. */
static void join_existing(struct draft *d)
{
	struct graph_link *links;
	size_t n;

	if (d->existing_joined || !d->graph)
		return;
	d->existing_joined = true;
	links = graph_links(d->graph, &n);
	for (size_t i = 0; i < n; i++) {
		struct draft_node *a = switch_of(d, links[i].a), *b = switch_of(d, links[i].b);

		if (a && b)
			join(d, a, b);
	}
	free(links);
}

/* The way from A to B over the cables, as ->before of each switch, from B back to A. */
static void find_way(const struct draft *d, struct draft_node *a, const struct draft_node *b)
{
	for (size_t i = 0; i < d->n_nodes; i++)
		d->nodes[i]->before = NULL;
	a->before = a;
	while (!b->before) {
		for (size_t i = 0; i < d->n_cables; i++) {
			struct draft_node *const *ends = d->cables[i].ends;

			for (int k = 0; k < 2; k++)
				if (ends[k]->before && !ends[!k]->before)
					ends[!k]->before = ends[k];
		}
	}
}

static int refuse(const struct draft *d, struct draft_node *a, const struct draft_node *b,
		  struct err *err)
{
	struct buf names = { 0 };
	size_t n = 0;

	find_way(d, a, b);
	for (const struct draft_node *at = b; at != a; at = at->before)
		if (n++ < NAMES_MAX)
			buf_printf(&names, "%s-", at->name);
	buf_printf(&names, n > NAMES_MAX ? "...-%s-%s" : "%s-%s", a->name, b->name);
	err_set(err,
		"with it %s is a loop of switches without STP: a broadcast would circle there for "
		"ever and take all of the processor",
		buf_text(&names));
	buf_free(&names);
	return err_hint(err, "one switch with STP breaks the loop (stp=true, stp=on); storm=yes "
			     "builds it all the same");
}

bool draft_closes_loop(struct draft *d, struct draft_node *a, struct draft_node *b)
{
	if (!floods(a) || !floods(b))
		return false;
	join_existing(d);
	return head_of(a) == head_of(b);
}

int draft_check_loop(struct draft *d, struct draft_node *a, struct draft_node *b, struct err *err)
{
	return draft_closes_loop(d, a, b) ? refuse(d, b, a, err) : 0;
}

void draft_join_switches(struct draft *d, struct draft_node *a, struct draft_node *b)
{
	if (!floods(a) || !floods(b))
		return;
	join_existing(d);
	join(d, a, b);
}
