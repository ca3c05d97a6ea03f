/* Routes and qdiscs: whole lists, each told of by what it has more or less than the one before. */
#include "graph/store.h"

#include <stdlib.h>
#include <string.h>

/* Elements without padding that differs, so bytes can be compared: all of them are zeroed first. */
struct list {
	const char *data;
	size_t n, size;
};

static const void *element(const struct list *l, size_t i)
{
	return l->data + i * l->size;
}

static bool list_has(const struct list *l, size_t from, size_t to, const void *wanted)
{
	for (size_t i = from; i < to; i++)
		if (memcmp(element(l, i), wanted, l->size) == 0)
			return true;
	return false;
}

typedef void teller(const struct graph *g, const struct graph_node *n, bool added,
		    const void *element);

/* What both begin and end with is skipped: mostly a list has changed in one place. */
static void tell_lists(const struct graph *g, const struct graph_node *n, const struct list *old,
		       const struct list *now, teller *tell)
{
	size_t first = 0, old_end = old->n, end = now->n;

	if (!g->observers)
		return;
	while (first < end && first < old_end &&
	       memcmp(element(old, first), element(now, first), now->size) == 0)
		first++;
	while (end > first && old_end > first &&
	       memcmp(element(old, old_end - 1), element(now, end - 1), now->size) == 0) {
		end--;
		old_end--;
	}
	for (size_t i = first; i < old_end; i++)
		if (!list_has(now, first, end, element(old, i)))
			tell(g, n, false, element(old, i));
	for (size_t i = first; i < end; i++)
		if (!list_has(old, first, old_end, element(now, i)))
			tell(g, n, true, element(now, i));
}

static void tell_route(const struct graph *g, const struct graph_node *n, bool added,
		       const void *route)
{
	store_tell(g,
		   &(struct graph_change){ .kind = added ? GRAPH_ROUTE_ADDED : GRAPH_ROUTE_DELETED,
					   .node = n,
					   .route = route });
}

static void tell_qdisc(const struct graph *g, const struct graph_node *n, bool added,
		       const void *qdisc)
{
	const struct graph_qdisc *q = qdisc;

	store_tell(g,
		   &(struct graph_change){ .kind = added ? GRAPH_QDISC_ADDED : GRAPH_QDISC_DELETED,
					   .node = n,
					   .port = graph_port_by_index(n, q->ifindex),
					   .qdisc = q });
}

void store_set_routes(struct graph *g, struct graph_node *n, struct graph_route *list, size_t count)
{
	struct graph_route *was = n->routes;
	struct list old = { (char *)was, n->n_routes, sizeof(*list) };
	struct list now = { (char *)list, count, sizeof(*list) };

	n->routes = list;
	n->n_routes = count;
	tell_lists(g, n, &old, &now, tell_route);
	free(was);
}

void store_set_qdiscs(struct graph *g, struct graph_node *n, struct graph_qdisc *list, size_t count)
{
	struct graph_qdisc *was = n->qdiscs;
	struct list old = { (char *)was, n->n_qdiscs, sizeof(*list) };
	struct list now = { (char *)list, count, sizeof(*list) };

	n->qdiscs = list;
	n->n_qdiscs = count;
	tell_lists(g, n, &old, &now, tell_qdisc);
	free(was);
}
