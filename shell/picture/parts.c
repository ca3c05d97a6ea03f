/* The connected parts of a diagram, what hangs on what, and where to begin. */
#include "picture/arrange.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static void find_neighbours(struct parts *p)
{
	const struct diagram *d = p->d;
	size_t *next;

	p->first = mem_alloc((d->n_boxes + 2) * sizeof(*p->first));
	p->all = mem_resize(NULL, 2 * d->n_links + 1, sizeof(*p->all));
	for (size_t i = 0; i < d->n_links; i++) {
		p->first[d->links[i].a.box + 1]++;
		p->first[d->links[i].b.box + 1]++;
	}
	for (size_t i = 0; i < d->n_boxes; i++)
		p->first[i + 1] += p->first[i];
	next = mem_resize(NULL, d->n_boxes + 1, sizeof(*next));
	memcpy(next, p->first, d->n_boxes * sizeof(*next));
	/* Links are sorted by their ends, so neighbours come in order. */
	for (size_t i = 0; i < d->n_links; i++) {
		const struct diagram_link *l = &d->links[i];

		p->all[next[l->a.box]++] = (struct neighbour){ l->b.box, i };
		p->all[next[l->b.box]++] = (struct neighbour){ l->a.box, i };
	}
	free(next);
}

/* The only box that BOX is linked to, or ARRANGE_NONE. */
static size_t only_neighbour(const struct parts *p, size_t box)
{
	size_t from = p->first[box], to = p->first[box + 1];

	return from < to && p->all[from].box == p->all[to - 1].box ? p->all[from].box
								   : ARRANGE_NONE;
}

/* A host hangs on anything, a router only on a switch: a row of routers is to be a row. */
static bool may_hang(const struct parts *p, size_t box)
{
	size_t on = only_neighbour(p, box);

	if (on == ARRANGE_NONE || p->d->boxes[box].kind == GRAPH_SWITCH)
		return false;
	return p->d->boxes[box].kind == GRAPH_HOST || p->d->boxes[on].kind == GRAPH_SWITCH;
}

static void find_hanging(struct parts *p)
{
	p->hangs_on = mem_resize(NULL, p->d->n_boxes + 1, sizeof(*p->hangs_on));
	for (size_t i = 0; i < p->d->n_boxes; i++) {
		size_t on = only_neighbour(p, i);
		/* Of two that could hang on each other the first stays. */
		bool first = may_hang(p, i) && may_hang(p, on) && i < on;

		p->hangs_on[i] = may_hang(p, i) && !first ? on : ARRANGE_NONE;
	}
}

/* ---- where to begin ---- */

struct search {
	size_t *queue, n;
	size_t *distance; /* by box; ARRANGE_NONE: not reached */
};

/* Reach all of BOX's part save what hangs. */
static void search_from(const struct parts *p, struct search *s, size_t box)
{
	for (size_t i = 0; i < s->n; i++)
		s->distance[s->queue[i]] = ARRANGE_NONE;
	s->n = 0;
	s->queue[s->n++] = box;
	s->distance[box] = 0;
	for (size_t i = 0; i < s->n; i++) {
		size_t at = s->queue[i];

		for (size_t k = p->first[at]; k < p->first[at + 1]; k++) {
			size_t next = p->all[k].box;

			if (p->hangs_on[next] != ARRANGE_NONE || s->distance[next] != ARRANGE_NONE)
				continue;
			s->distance[next] = s->distance[at] + 1;
			s->queue[s->n++] = next;
		}
	}
}

static size_t count_ways(const struct parts *p, size_t box)
{
	size_t count = 0, last = ARRANGE_NONE;

	for (size_t k = p->first[box]; k < p->first[box + 1]; k++) {
		size_t next = p->all[k].box;

		count += p->hangs_on[next] == ARRANGE_NONE && next != last;
		last = next;
	}
	return count;
}

static bool is_linked(const struct parts *p, size_t a, size_t b)
{
	for (size_t k = p->first[a]; k < p->first[a + 1]; k++)
		if (p->all[k].box == b)
			return true;
	return false;
}

static bool is_host(const struct parts *p, size_t box)
{
	return p->d->boxes[box].kind == GRAPH_HOST;
}

/* Is the first of N boxes in a row a switch right in the middle, as the top of a small tree is? */
static bool is_top(const struct parts *p, struct search *s, size_t box, size_t n)
{
	if (p->d->boxes[box].kind != GRAPH_SWITCH || count_ways(p, box) != 2 || n % 2 == 0)
		return false;
	search_from(p, s, box);
	return s->distance[s->queue[n - 1]] == n / 2 && s->distance[s->queue[n - 2]] == n / 2 &&
	       !is_linked(p, s->queue[n - 1], s->queue[n - 2]);
}

/* Of a row its first end, a switch or router if there is one; of a ring its first box; else the
 * middle, which is where the farthest box is nearest. MEMBERS are sorted. */
static size_t choose_root(const struct parts *p, struct search *s, const size_t *members, size_t n)
{
	size_t most = 0, end = ARRANGE_NONE, best = members[0], best_far = ARRANGE_NONE;

	for (size_t i = 0; i < n; i++) {
		size_t ways = count_ways(p, members[i]);

		most = ways > most ? ways : most;
		if (ways < 2 &&
		    (end == ARRANGE_NONE || (is_host(p, end) && !is_host(p, members[i]))))
			end = members[i];
	}
	if (most <= 2 && !is_top(p, s, members[0], n))
		return end == ARRANGE_NONE ? members[0] : end;
	for (size_t i = 0; i < n; i++) {
		size_t far;

		search_from(p, s, members[i]);
		far = s->distance[s->queue[s->n - 1]];
		if (far < best_far) {
			best = members[i];
			best_far = far;
		}
	}
	return best;
}

static int compare_indexes(const void *left, const void *right)
{
	size_t a = *(const size_t *)left, b = *(const size_t *)right;

	return (a > b) - (a < b);
}

struct sized {
	size_t root, size;
};

static int compare_sizes(const void *left, const void *right)
{
	const struct sized *a = left, *b = right;

	if (a->size != b->size)
		return a->size > b->size ? -1 : 1;
	return (a->root > b->root) - (a->root < b->root);
}

void parts_find(struct parts *p, const struct diagram *d)
{
	struct search s = { 0 };
	struct sized *sized;
	size_t *members;
	bool *seen;

	*p = (struct parts){ .d = d };
	find_neighbours(p);
	find_hanging(p);
	sized = mem_resize(NULL, d->n_boxes + 1, sizeof(*sized));
	members = mem_resize(NULL, d->n_boxes + 1, sizeof(*members));
	s.queue = mem_resize(NULL, d->n_boxes + 1, sizeof(*s.queue));
	s.distance = mem_resize(NULL, d->n_boxes + 1, sizeof(*s.distance));
	memset(s.distance, 0xff, (d->n_boxes + 1) * sizeof(*s.distance));
	seen = mem_alloc(d->n_boxes + 1);
	for (size_t i = 0; i < d->n_boxes; i++) {
		size_t n, size = 0;

		if (seen[i] || p->hangs_on[i] != ARRANGE_NONE)
			continue;
		search_from(p, &s, i);
		n = s.n;
		memcpy(members, s.queue, n * sizeof(*members));
		qsort(members, n, sizeof(*members), compare_indexes);
		for (size_t k = 0; k < n; k++) {
			seen[members[k]] = true;
			size += 1 + p->first[members[k] + 1] - p->first[members[k]];
		}
		sized[p->n++] = (struct sized){ choose_root(p, &s, members, n), size };
	}
	qsort(sized, p->n, sizeof(*sized), compare_sizes);
	p->roots = mem_resize(NULL, p->n + 1, sizeof(*p->roots));
	for (size_t i = 0; i < p->n; i++)
		p->roots[i] = sized[i].root;
	free(seen);
	free(s.distance);
	free(s.queue);
	free(members);
	free(sized);
}

void parts_free(struct parts *p)
{
	free(p->all);
	free(p->first);
	free(p->hangs_on);
	free(p->roots);
	*p = (struct parts){ 0 };
}
