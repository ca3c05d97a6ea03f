/* Graphs built by hand, to be drawn. */
#ifndef NSLAB_TESTS_UNIT_PICTURE_GRAPH_H
#define NSLAB_TESTS_UNIT_PICTURE_GRAPH_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include <linux/if_bridge.h>
#include <linux/rtnetlink.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "graph/graph.h"
#include "graph/store.h"
#include "picture/picture.h"

#define UP (IFF_UP | IFF_LOWER_UP)

static inline void open_graph(struct graph *g)
{
	memset(g, 0, sizeof(*g));
	g->watch = -1;
	g->root = store_add_node(g, "", -1);
}

static inline void close_graph(struct graph *g)
{
	while (g->n_nodes)
		store_remove_node(g, g->nodes[0]);
	store_remove_node(g, g->root);
	free(g->nodes);
	free(g->by_nsid);
	map_free(&g->by_name);
}

static inline struct graph_node *node(struct graph *g, const char *name)
{
	struct graph_node *n = graph_node_find(g, name);

	return n ? n : store_add_node(g, name, (int)g->n_nodes);
}

static inline struct graph_port *port(struct graph_node *n, const char *name, const char *kind)
{
	struct graph_port *p =
		store_port(n, n->n_ports ? n->ports[n->n_ports - 1]->ifindex + 1 : 2);

	snprintf(p->name, sizeof(p->name), "%.15s", name);
	snprintf(p->kind, sizeof(p->kind), "%s", kind);
	p->flags = UP;
	return p;
}

static inline void bridge(struct graph *g, const char *name)
{
	port(node(g, name), name, "bridge");
}

static inline void address(struct graph *g, const char *in, const char *interface, const char *text)
{
	struct graph_address a = { .scope = RT_SCOPE_UNIVERSE };

	assert_int_equal(prefix_parse(&a.prefix, text, NULL), 0);
	store_set_address(g, graph_port_find(node(g, in), interface), &a);
}

/* A port of the namespace's bridge, if it holds one. */
static inline struct graph_port *veth(struct graph_node *n, const char *name)
{
	struct graph_port *p = port(n, name, "veth"), *master = graph_node_bridge(n);

	if (master && *n->name) {
		p->master = master->ifindex;
		p->stp_state = BR_STATE_FORWARDING;
	}
	return p;
}

static inline void link_ports(struct graph_port *a, struct graph_port *b)
{
	a->link_nsid = b->node->nsid;
	a->link_ifindex = b->ifindex;
	b->link_nsid = a->node->nsid;
	b->link_ifindex = a->ifindex;
}

/* Interface I of node A to interface J of node B, each called as ours are. */
static inline void join(struct graph *g, const char *a, unsigned i, const char *b, unsigned j)
{
	char left[IFNAMSIZ], right[IFNAMSIZ];

	snprintf(left, sizeof(left), "%.6s-eth%u", a, i % 1000);
	snprintf(right, sizeof(right), "%.6s-eth%u", b, j % 1000);
	link_ports(veth(node(g, a), left), veth(node(g, b), right));
}

static inline void set_flags(struct graph *g, const char *in, const char *interface, unsigned flags)
{
	graph_port_find(node(g, in), interface)->flags = flags;
}

/* N hosts on switch s1, as the topology `single` makes them. */
static inline void single(struct graph *g, unsigned n)
{
	char name[16], interface[IFNAMSIZ], text[32];

	open_graph(g);
	bridge(g, "s1");
	for (unsigned i = 1; i <= n; i++) {
		snprintf(name, sizeof(name), "h%u", i % 1000);
		snprintf(interface, sizeof(interface), "h%u-eth0", i % 1000);
		snprintf(text, sizeof(text), "10.0.0.%u/8", i);
		node(g, name);
		join(g, name, 0, "s1", i);
		address(g, name, interface, text);
	}
}

static inline void assert_picture(const struct graph *g, size_t columns, bool ascii,
				  const char *wanted)
{
	struct buf out = { 0 };

	picture_map(g, columns, ascii, &out);
	assert_string_equal(buf_text(&out), wanted);
	buf_free(&out);
}

#endif
