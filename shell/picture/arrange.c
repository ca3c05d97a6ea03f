#include "picture/arrange.h"

#include <stdlib.h>

#include "base/mem.h"

struct seat {
	size_t parent; /* in the tree of the search, or ARRANGE_NONE */
	size_t weight; /* boxes below it, itself included */
	bool seen;
	struct chain *chain;
	size_t stop;
};

struct arranging {
	const struct parts *p;
	struct seat *seats; /* by box */
	size_t *order;	    /* boxes as they were found */
	size_t n;
};

/* Depth first: so whatever link is not in the tree joins a box to one that it descends from, and a
 * ring becomes one chain. */
static void search(struct arranging *a, size_t box)
{
	struct seat *s = &a->seats[box];

	s->seen = true;
	s->weight = 1;
	a->order[a->n++] = box;
	for (size_t k = a->p->first[box]; k < a->p->first[box + 1]; k++) {
		size_t next = a->p->all[k].box;

		if (a->seats[next].seen || a->p->hangs_on[next] != ARRANGE_NONE)
			continue;
		a->seats[next].parent = box;
		search(a, next);
		s->weight += a->seats[next].weight;
	}
}

/* Is the K-th of all neighbours the first with this box, of several links? */
static bool is_first(const struct arranging *a, size_t box, size_t k)
{
	return k == a->p->first[box] || a->p->all[k - 1].box != a->p->all[k].box;
}

static struct stop *add_stop(struct arranging *a, struct chain *c, size_t box)
{
	const struct parts *p = a->p;
	struct stop *s;

	c->stops = mem_grow(c->stops, c->n_stops, &c->cap_stops, sizeof(*c->stops));
	s = &c->stops[c->n_stops];
	*s = (struct stop){ .box = box, .down = ARRANGE_NONE };
	s->hanging = mem_resize(NULL, p->first[box + 1] - p->first[box] + 1, sizeof(*s->hanging));
	for (size_t k = p->first[box]; k < p->first[box + 1]; k++)
		if (is_first(a, box, k) && p->hangs_on[p->all[k].box] == box)
			s->hanging[s->n_hanging++] = p->all[k].box;
	a->seats[box].chain = c;
	a->seats[box].stop = c->n_stops++;
	return s;
}

/* The child that outweighs all others together, or ARRANGE_NONE: it goes on below. */
static size_t heavy_child(const struct arranging *a, size_t box)
{
	size_t best = ARRANGE_NONE, heaviest = 0;

	for (size_t k = a->p->first[box]; k < a->p->first[box + 1]; k++) {
		const struct seat *s = &a->seats[a->p->all[k].box];

		if (s->parent == box && s->weight > heaviest) {
			best = a->p->all[k].box;
			heaviest = s->weight;
		}
	}
	return 2 * heaviest > a->seats[box].weight - 1 ? best : ARRANGE_NONE;
}

static struct chain *make_chain(struct arranging *a, size_t head, size_t parent)
{
	const struct parts *p = a->p;
	struct chain *c = mem_alloc(sizeof(*c));

	c->parent = parent;
	for (size_t box = head; box != ARRANGE_NONE;) {
		size_t below = heavy_child(a, box);
		struct stop *s = add_stop(a, c, box);

		s->right = mem_resize(NULL, p->first[box + 1] - p->first[box] + 1,
				      sizeof(struct chain *));
		for (size_t k = p->first[box]; k < p->first[box + 1]; k++) {
			size_t next = p->all[k].box;

			if (is_first(a, box, k) && a->seats[next].parent == box && next != below)
				s->right[s->n_right++] = make_chain(a, next, box);
		}
		box = below;
	}
	return c;
}

static struct chain *make_column(struct arranging *a)
{
	struct chain *c = mem_alloc(sizeof(*c));

	c->parent = ARRANGE_NONE;
	for (size_t i = 0; i < a->n; i++)
		add_stop(a, c, a->order[i]);
	return c;
}

/* Say how a link between two boxes of the search is drawn; false when it cannot be. */
static bool add_link(const struct arranging *a, size_t box, const struct neighbour *to)
{
	const struct seat *s = &a->seats[box], *t = &a->seats[to->box];
	size_t upper = s->stop < t->stop ? s->stop : t->stop;
	size_t lower = s->stop < t->stop ? t->stop : s->stop;
	struct chain *c = s->chain;

	if (s->chain != t->chain)
		return (s->stop == 0 && s->chain->parent == to->box) ||
		       (t->stop == 0 && t->chain->parent == box);
	if (lower == upper + 1 && c->stops[upper].down == ARRANGE_NONE) {
		c->stops[upper].down = to->link;
		return true;
	}
	c->brackets = mem_grow(c->brackets, c->n_brackets, &c->cap_brackets, sizeof(*c->brackets));
	c->brackets[c->n_brackets++] = (struct bracket){ to->link, upper, lower };
	return true;
}

static bool add_links(const struct arranging *a)
{
	for (size_t i = 0; i < a->n; i++) {
		size_t box = a->order[i];

		for (size_t k = a->p->first[box]; k < a->p->first[box + 1]; k++) {
			const struct neighbour *to = &a->p->all[k];

			if (to->box > box && a->p->hangs_on[to->box] == ARRANGE_NONE &&
			    !add_link(a, box, to))
				return false;
		}
	}
	return true;
}

struct chain *arrange(const struct parts *p, size_t root, bool column)
{
	size_t n = p->d->n_boxes;
	struct arranging a = { .p = p };
	struct chain *c;

	a.seats = mem_alloc(n * sizeof(*a.seats));
	a.order = mem_resize(NULL, n, sizeof(*a.order));
	for (size_t i = 0; i < n; i++)
		a.seats[i].parent = ARRANGE_NONE;
	search(&a, root);
	c = column ? make_column(&a) : make_chain(&a, root, ARRANGE_NONE);
	if (!add_links(&a)) {
		chain_free(c);
		c = NULL;
	}
	free(a.order);
	free(a.seats);
	return c;
}

void chain_free(struct chain *c)
{
	if (!c)
		return;
	for (size_t i = 0; i < c->n_stops; i++) {
		for (size_t k = 0; k < c->stops[i].n_right; k++)
			chain_free(c->stops[i].right[k]);
		free(c->stops[i].right);
		free(c->stops[i].hanging);
	}
	free(c->stops);
	free(c->brackets);
	free(c);
}
