/* Many hosts alike on one switch as one box. */
#include "picture/diagram.h"

#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "picture/text.h"

/* Fewer than these are no gain. */
#define FEWEST 3
#define NONE   SIZE_MAX

/* The one link of a box that has no other, else NONE; for each box. */
static size_t *only_links(const struct diagram *d)
{
	size_t *only = mem_resize(NULL, d->n_boxes + 1, sizeof(*only));
	size_t *count = mem_alloc((d->n_boxes + 1) * sizeof(*count));

	for (size_t i = 0; i < d->n_links; i++) {
		const struct diagram_link *l = &d->links[i];

		only[l->a.box] = only[l->b.box] = i;
		count[l->a.box]++;
		count[l->b.box]++;
	}
	for (size_t i = 0; i < d->n_boxes; i++)
		if (count[i] != 1)
			only[i] = NONE;
	free(count);
	return only;
}

static const struct graph_address *address_of(const struct diagram_box *b)
{
	const struct graph_address *a = graph_node_address(b->node, AF_INET);

	return a ? a : graph_node_address(b->node, AF_INET6);
}

/* A host with one link to a switch, and nothing else to be said of it. */
static bool is_plain(const struct diagram *d, size_t box, size_t link)
{
	const struct diagram_box *b = &d->boxes[box];
	const struct diagram_link *l = link == NONE ? NULL : &d->links[link];

	return l && b->kind == GRAPH_HOST && !b->bridge && b->n_lines <= 1 &&
	       !(b->n_lines && b->lines[0].interface) && l->up && !l->a.note && !l->b.note &&
	       d->boxes[diagram_far(l, box)->box].kind == GRAPH_SWITCH;
}

static bool is_like(const struct diagram_box *a, const struct diagram_box *b)
{
	const struct graph_address *x = address_of(a), *y = address_of(b);

	if (!x || !y)
		return !x && !y;
	return x->prefix.length == y->prefix.length && prefix_contains(&x->prefix, &y->prefix);
}

static void put_range(char **text, const char *last)
{
	struct buf range = { 0 };

	text_put_range(&range, *text, last);
	free(*text);
	*text = range.data;
}

/* Interfaces of several nodes that are called alike: by what they share. */
static void put_interfaces(struct diagram_end *e, const struct diagram_end *last)
{
	if (!strcmp(e->brief, last->brief)) {
		free(e->label);
		e->label = mem_strdup(e->brief);
		return;
	}
	put_range(&e->label, last->label);
	put_range(&e->brief, last->brief);
}

/* Boxes run[0..n) become the first of them; the others are marked with no hosts. */
static void fold_run(struct diagram *d, const size_t *run, size_t n, const size_t *only)
{
	struct diagram_box *first = &d->boxes[run[0]], *last = &d->boxes[run[n - 1]];
	struct diagram_link *l = &d->links[only[run[0]]];
	const struct diagram_link *end = &d->links[only[run[n - 1]]];
	char *name = mem_printf("%s..%s", first->name, last->name);

	free(first->name);
	first->name = name;
	first->hosts = n;
	if (first->n_lines && last->n_lines)
		put_range(&first->lines[0].text, last->lines[0].text);
	put_interfaces(l->a.box == run[0] ? &l->a : &l->b, diagram_near(end, run[n - 1]));
	put_interfaces(l->a.box == run[0] ? &l->b : &l->a, diagram_far(end, run[n - 1]));
	for (size_t i = 1; i < n; i++)
		d->boxes[run[i]].hosts = 0;
}

static void sweep(struct diagram *d)
{
	size_t *moved = mem_resize(NULL, d->n_boxes + 1, sizeof(*moved)), boxes = 0, links = 0;

	for (size_t i = 0; i < d->n_links; i++) {
		struct diagram_link l = d->links[i];

		if (d->boxes[l.a.box].hosts && d->boxes[l.b.box].hosts)
			d->links[links++] = l;
		else
			diagram_free_link(&l);
	}
	for (size_t i = 0; i < d->n_boxes; i++) {
		struct diagram_box b = d->boxes[i];

		moved[i] = boxes;
		if (b.hosts)
			d->boxes[boxes++] = b;
		else
			diagram_free_box(&b);
	}
	for (size_t i = 0; i < links; i++) {
		d->links[i].a.box = moved[d->links[i].a.box];
		d->links[i].b.box = moved[d->links[i].b.box];
	}
	d->n_boxes = boxes;
	d->n_links = links;
	free(moved);
}

/* The hosts of one switch, in order: each run of plain ones that are like its first. */
static void fold_switch(struct diagram *d, const size_t *hosts, size_t n, const size_t *only)
{
	for (size_t i = 0, end; i < n; i = end) {
		for (end = i + 1; end < n && is_plain(d, hosts[i], only[hosts[i]]) &&
				  is_plain(d, hosts[end], only[hosts[end]]) &&
				  is_like(&d->boxes[hosts[i]], &d->boxes[hosts[end]]);
		     end++)
			;
		if (end - i >= FEWEST)
			fold_run(d, hosts + i, end - i, only);
	}
}

struct member {
	size_t parent, box;
};

static int compare_members(const void *left, const void *right)
{
	const struct member *a = left, *b = right;

	if (a->parent != b->parent)
		return a->parent < b->parent ? -1 : 1;
	return (a->box > b->box) - (a->box < b->box);
}

void diagram_fold(struct diagram *d, size_t most)
{
	struct member *members;
	size_t *only, *hosts, n = 0;

	if (d->n_boxes <= most)
		return;
	only = only_links(d);
	members = mem_resize(NULL, d->n_boxes + 1, sizeof(*members));
	hosts = mem_resize(NULL, d->n_boxes + 1, sizeof(*hosts));
	for (size_t i = 0; i < d->n_boxes; i++)
		if (d->boxes[i].kind == GRAPH_HOST && only[i] != NONE)
			members[n++] =
				(struct member){ diagram_far(&d->links[only[i]], i)->box, i };
	qsort(members, n, sizeof(*members), compare_members);
	for (size_t i = 0; i < n; i++)
		hosts[i] = members[i].box;
	for (size_t i = 0, end; i < n; i = end) {
		for (end = i + 1; end < n && members[end].parent == members[i].parent; end++)
			;
		fold_switch(d, hosts + i, end - i, only);
	}
	sweep(d);
	free(hosts);
	free(members);
	free(only);
}
