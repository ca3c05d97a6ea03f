#include "graph/store.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/name.h"

void store_tell(const struct graph *g, const struct graph_change *c)
{
	for (const struct graph_observer *o = g->quiet ? NULL : g->observers; o; o = o->next)
		o->tell(c, o->data);
}

/* ---- by name ---- */

/* Where NAME stands, or would stand, in natural order. */
static size_t node_place(const struct graph *g, const char *name)
{
	size_t low = 0, high = g->n_nodes;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (name_compare(g->nodes[middle]->name, name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void insert_by_name(struct graph *g, struct graph_node *n)
{
	size_t at = node_place(g, n->name);

	g->nodes = mem_grow(g->nodes, g->n_nodes, &g->cap_nodes, sizeof(struct graph_node *));
	memmove(g->nodes + at + 1, g->nodes + at, (g->n_nodes - at) * sizeof(struct graph_node *));
	g->nodes[at] = n;
	g->n_nodes++;
	g->hosts_changed = true;
}

static void take_by_name(struct graph *g, const struct graph_node *n)
{
	size_t at = node_place(g, n->name);

	g->n_nodes--;
	memmove(g->nodes + at, g->nodes + at + 1, (g->n_nodes - at) * sizeof(struct graph_node *));
	g->hosts_changed = true;
}

static void show_name(struct graph_node *n)
{
	struct buf shown = { 0 };

	name_show(&shown, *n->name ? n->name : "root");
	free(n->shown);
	n->shown = mem_strdup(buf_text(&shown));
	buf_free(&shown);
}

/* ---- by namespace id, which anybody can choose (`ip netns set`), so no index ---- */

static size_t nsid_place(const struct graph *g, int nsid)
{
	size_t low = 0, high = g->n_by_nsid;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (g->by_nsid[middle]->nsid < nsid)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

struct graph_node *store_node(const struct graph *g, int nsid)
{
	size_t at;

	if (nsid == -1 || nsid == g->root_id)
		return g->root;
	at = nsid_place(g, nsid);
	return at < g->n_by_nsid && g->by_nsid[at]->nsid == nsid ? g->by_nsid[at] : NULL;
}

static void insert_by_nsid(struct graph *g, struct graph_node *n)
{
	size_t at = nsid_place(g, n->nsid);

	g->by_nsid = mem_grow(g->by_nsid, g->n_by_nsid, &g->cap_nsid, sizeof(struct graph_node *));
	memmove(g->by_nsid + at + 1, g->by_nsid + at,
		(g->n_by_nsid - at) * sizeof(struct graph_node *));
	g->by_nsid[at] = n;
	g->n_by_nsid++;
}

static void take_by_nsid(struct graph *g, const struct graph_node *n)
{
	size_t at = nsid_place(g, n->nsid);

	g->n_by_nsid--;
	memmove(g->by_nsid + at, g->by_nsid + at + 1,
		(g->n_by_nsid - at) * sizeof(struct graph_node *));
}

/* ---- coming and going ---- */

struct graph_node *store_add_node(struct graph *g, const char *name, int nsid)
{
	struct graph_node *n = mem_alloc(sizeof(*n));

	n->name = mem_strdup(name);
	show_name(n);
	n->nsid = nsid;
	n->order = ++g->last_order;
	n->details_stale = true;
	if (nsid < 0) {
		g->root_id = GRAPH_NSID_ROOT;
		return n;
	}
	insert_by_name(g, n);
	insert_by_nsid(g, n);
	map_put(&g->by_name, name, n);
	g->news++;
	store_tell(g, &(struct graph_change){ .kind = GRAPH_NODE_ADDED, .node = n });
	return n;
}

/* The kernel takes a namespace apart some time after its end; the far ends of its links go then. */
static void mark_leaving(struct graph *g, struct graph_node *n)
{
	size_t i;

	for (i = 0; i < n->n_ports; i++) {
		struct graph_port *peer = graph_port_peer(g, n->ports[i]);

		if (peer)
			peer->leaving = true;
	}
}

void store_remove_node(struct graph *g, struct graph_node *n)
{
	mark_leaving(g, n);
	g->news++;
	if (n->nsid >= 0) {
		take_by_name(g, n);
		take_by_nsid(g, n);
		map_remove(&g->by_name, n->name);
		store_tell(g, &(struct graph_change){ .kind = GRAPH_NODE_DELETED, .node = n });
	}
	if (g->moving_from == n)
		g->moving_from = NULL;
	/* Its interfaces go with it: one line is enough. */
	g->quiet = true;
	while (n->n_ports)
		store_remove_port(g, n, n->ports[n->n_ports - 1]->ifindex, 0);
	g->quiet = false;
	while (n->n_aliases) {
		char *alias = n->aliases[--n->n_aliases];

		map_remove(&g->by_name, alias);
		free(alias);
	}
	free(n->aliases);
	free(n->routes);
	free(n->qdiscs);
	free(n->ports);
	free(n->name);
	free(n->shown);
	free(n);
}

void store_add_alias(struct graph *g, struct graph_node *n, const char *name)
{
	n->aliases = mem_resize(n->aliases, n->n_aliases + 1, sizeof(char *));
	n->aliases[n->n_aliases++] = mem_strdup(name);
	map_put(&g->by_name, name, n);
	g->hosts_changed = true;
}

/* The alias at AT stands there no more; its text is the caller's. */
static char *take_alias(struct graph_node *n, size_t at)
{
	char *alias = n->aliases[at];

	memmove(n->aliases + at, n->aliases + at + 1, (--n->n_aliases - at) * sizeof(char *));
	return alias;
}

static void rename_to_alias(struct graph *g, struct graph_node *n)
{
	char *was = n->name;

	take_by_name(g, n);
	n->name = take_alias(n, 0);
	show_name(n);
	insert_by_name(g, n);
	store_tell(g, &(struct graph_change){ .kind = GRAPH_NODE_RENAMED, .node = n, .was = was });
	free(was);
}

void store_remove_name(struct graph *g, const char *name)
{
	struct graph_node *n = map_remove(&g->by_name, name);
	size_t i;

	if (!n)
		return;
	for (i = 0; i < n->n_aliases; i++) {
		if (strcmp(n->aliases[i], name) == 0) {
			free(take_alias(n, i));
			g->hosts_changed = true;
			return;
		}
	}
	if (n->n_aliases)
		rename_to_alias(g, n);
	else
		store_remove_node(g, n);
}

void store_set_forwards(struct graph *g, struct graph_node *n, int family, bool forwards)
{
	bool *now = family == AF_INET ? &n->forwards : &n->forwards6;

	if (*now == forwards)
		return;
	*now = forwards;
	store_tell(g,
		   &(struct graph_change){ .kind = GRAPH_FORWARDING, .node = n, .family = family });
}
