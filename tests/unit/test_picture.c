/* Pictures of labs built by hand, compared as a whole; and of many random ones, that each fits. */
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
#include "picture/text.h"

#define UP (IFF_UP | IFF_LOWER_UP)

/* ---- a graph by hand ---- */

static void open_graph(struct graph *g)
{
	memset(g, 0, sizeof(*g));
	g->watch = -1;
	g->root = store_add_node(g, "", -1);
}

static void close_graph(struct graph *g)
{
	while (g->n_nodes)
		store_remove_node(g, g->nodes[0]);
	store_remove_node(g, g->root);
	free(g->nodes);
	free(g->by_nsid);
	map_free(&g->by_name);
}

static struct graph_node *node(struct graph *g, const char *name)
{
	struct graph_node *n = graph_node_find(g, name);

	return n ? n : store_add_node(g, name, (int)g->n_nodes);
}

static struct graph_port *port(struct graph_node *n, const char *name, const char *kind)
{
	struct graph_port *p =
		store_port(n, n->n_ports ? n->ports[n->n_ports - 1]->ifindex + 1 : 2);

	snprintf(p->name, sizeof(p->name), "%s", name);
	snprintf(p->kind, sizeof(p->kind), "%s", kind);
	p->flags = UP;
	return p;
}

static void bridge(struct graph *g, const char *name)
{
	port(node(g, name), name, "bridge");
}

static void address(struct graph *g, const char *in, const char *interface, const char *text)
{
	struct graph_address a = { .scope = RT_SCOPE_UNIVERSE };

	assert_int_equal(prefix_parse(&a.prefix, text, NULL), 0);
	store_set_address(g, graph_port_find(node(g, in), interface), &a);
}

/* A port of the namespace's bridge, if it holds one. */
static struct graph_port *veth(struct graph_node *n, const char *name)
{
	struct graph_port *p = port(n, name, "veth"), *master = graph_node_bridge(n);

	if (master && *n->name) {
		p->master = master->ifindex;
		p->stp_state = BR_STATE_FORWARDING;
	}
	return p;
}

static void link_ports(struct graph_port *a, struct graph_port *b)
{
	a->link_nsid = b->node->nsid;
	a->link_ifindex = b->ifindex;
	b->link_nsid = a->node->nsid;
	b->link_ifindex = a->ifindex;
}

/* Interface I of node A to interface J of node B, each called as ours are. */
static void join(struct graph *g, const char *a, unsigned i, const char *b, unsigned j)
{
	char left[IFNAMSIZ], right[IFNAMSIZ];

	snprintf(left, sizeof(left), "%.6s-eth%u", a, i % 1000);
	snprintf(right, sizeof(right), "%.6s-eth%u", b, j % 1000);
	link_ports(veth(node(g, a), left), veth(node(g, b), right));
}

static void set_flags(struct graph *g, const char *in, const char *interface, unsigned flags)
{
	graph_port_find(node(g, in), interface)->flags = flags;
}

/* N hosts on switch s1, as the topology `single` makes them. */
static void single(struct graph *g, unsigned n)
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

static void assert_picture(const struct graph *g, size_t columns, bool ascii, const char *wanted)
{
	struct buf out = { 0 };

	picture_map(g, columns, ascii, &out);
	assert_string_equal(buf_text(&out), wanted);
	buf_free(&out);
}

/* ---- the terminal ---- */

static void hosts_stand_beside_their_switch(void **state)
{
	struct graph g;

	(void)state;
	single(&g, 2);
	assert_picture(&g, 80, false,
		       "╔═══════════╗                  ┌───────────────┐\n"
		       "║ s1 switch ╟─s1-eth1──h1-eth0─┤ h1 10.0.0.1/8 │\n"
		       "║           ║                  ├───────────────┤\n"
		       "║           ╟─s1-eth2──h2-eth0─┤ h2 10.0.0.2/8 │\n"
		       "╚═══════════╝                  └───────────────┘\n");
	assert_picture(&g, 80, true,
		       "#===========#                  +---------------+\n"
		       "# s1 switch #-s1-eth1--h1-eth0-+ h1 10.0.0.1/8 |\n"
		       "#           #                  +---------------+\n"
		       "#           #-s1-eth2--h2-eth0-+ h2 10.0.0.2/8 |\n"
		       "#===========#                  +---------------+\n");
	assert_picture(&g, 40, false,
		       "╔════╗            ┌───────────────┐\n"
		       "║ s1 ╟─eth1──eth0─┤ h1 10.0.0.1/8 │\n"
		       "║    ║            ├───────────────┤\n"
		       "║    ╟─eth2──eth0─┤ h2 10.0.0.2/8 │\n"
		       "╚════╝            └───────────────┘\n");
	assert_picture(&g, 20, false,
		       "s1 switch\n"
		       "  eth1 ── h1 eth0\n"
		       "      10.0.0.1/8\n"
		       "  eth2 ── h2 eth0\n"
		       "      10.0.0.2/8\n");
	assert_picture(&g, 9, true,
		       "s1 switch\n"
		       "  eth1 -~\n"
		       "      10~\n"
		       "  eth2 -~\n"
		       "      10~\n");
	close_graph(&g);
}

static void nothing_is_drawn_of_nothing(void **state)
{
	struct graph g;

	(void)state;
	open_graph(&g);
	assert_picture(&g, 80, false, "");
	close_graph(&g);
}

static void states_are_words_and_dots(void **state)
{
	struct graph g;

	(void)state;
	single(&g, 3);
	set_flags(&g, "s1", "s1-eth1", 0);
	set_flags(&g, "h1", "h1-eth0", IFF_UP);
	set_flags(&g, "h2", "h2-eth0", 0);
	set_flags(&g, "s1", "s1-eth2", IFF_UP);
	graph_port_find(node(&g, "s1"), "s1-eth3")->stp_state = BR_STATE_BLOCKING;
	assert_picture(&g, 80, false,
		       "╔═══════════╗                          ┌───────────────┐\n"
		       "║ s1 switch ╟·s1-eth1 down·····h1-eth0·┤ h1 10.0.0.1/8 │\n"
		       "║           ║                          ├───────────────┤\n"
		       "║           ╟·s1-eth2·····h2-eth0 down·┤ h2 10.0.0.2/8 │\n"
		       "║           ║                          ├───────────────┤\n"
		       "║           ╟·s1-eth3 blocked··h3-eth0·┤ h3 10.0.0.3/8 │\n"
		       "╚═══════════╝                          └───────────────┘\n");
	close_graph(&g);
}

static void shaping_is_shown_where_it_is(void **state)
{
	struct graph_qdisc *q = mem_alloc(sizeof(*q));
	struct graph g;

	(void)state;
	single(&g, 1);
	*q = (struct graph_qdisc){
		.ifindex = graph_port_find(node(&g, "h1"), "eth0")->ifindex,
		.kind = "netem",
		.parent = 0xffffffff,
		.parameters = "limit 1000 delay 20ms loss 1% rate 10mbit",
	};
	store_set_qdiscs(&g, node(&g, "h1"), q, 1);
	assert_picture(&g, 80, false,
		       "╔═══════════╗                                      ┌───────────────┐\n"
		       "║ s1 switch ╟─s1-eth1──h1-eth0 20ms loss 1% 10mbit─┤ h1 10.0.0.1/8 │\n"
		       "╚═══════════╝                                      └───────────────┘\n");
	close_graph(&g);
}

static void a_ring_is_a_chain_with_a_bracket(void **state)
{
	struct graph g;

	(void)state;
	open_graph(&g);
	bridge(&g, "s1");
	bridge(&g, "s2");
	bridge(&g, "s3");
	join(&g, "s1", 1, "s2", 1);
	join(&g, "s2", 2, "s3", 1);
	join(&g, "s3", 2, "s1", 2);
	node(&g, "h1");
	join(&g, "h1", 0, "s1", 3);
	assert_picture(&g, 80, false,
		       "          ╔═══════════╗                  ┌────┐\n"
		       "┌─s1-eth2─╢ s1 switch ╟─s1-eth3──h1-eth0─┤ h1 │\n"
		       "│         ╚═════╤═════╝                  └────┘\n"
		       "│               │ s1-eth1\n"
		       "│               │ s2-eth1\n"
		       "│         ╔═════╧═════╗\n"
		       "│         ║ s2 switch ║\n"
		       "│         ╚═════╤═════╝\n"
		       "│               │ s2-eth2\n"
		       "│               │ s3-eth1\n"
		       "│         ╔═════╧═════╗\n"
		       "└─s3-eth2─╢ s3 switch ║\n"
		       "          ╚═══════════╝\n");
	close_graph(&g);
}

/* Two links between two nodes; lines that cross. */
static void a_mesh_crosses_but_never_joins(void **state)
{
	struct graph g;

	(void)state;
	open_graph(&g);
	for (const char *name = "s1\0s2\0s3\0s4\0"; *name; name += 3)
		bridge(&g, name);
	join(&g, "s1", 1, "s2", 1);
	join(&g, "s1", 2, "s2", 2);
	join(&g, "s2", 3, "s3", 1);
	join(&g, "s3", 2, "s4", 1);
	join(&g, "s1", 3, "s3", 3);
	join(&g, "s2", 4, "s4", 2);
	join(&g, "s1", 4, "s4", 3);
	assert_picture(&g, 40, true,
		       "                #===========#\n"
		       "+-------s1-eth4-# s1 switch #\n"
		       "|   +---s1-eth3-#           #\n"
		       "|   | +-s1-eth2-#           #\n"
		       "|   | |         #=====+=====#\n"
		       "|   | |               | s1-eth1\n"
		       "|   | |               | s2-eth1\n"
		       "|   | |         #=====+=====#\n"
		       "|   | +-s2-eth2-# s2 switch #\n"
		       "| +-|---s2-eth4-#           #\n"
		       "| | |           #=====+=====#\n"
		       "| | |                 | s2-eth3\n"
		       "| | |                 | s3-eth1\n"
		       "| | |           #=====+=====#\n"
		       "| | +---s3-eth3-# s3 switch #\n"
		       "| |             #=====+=====#\n"
		       "| |                   | s3-eth2\n"
		       "| |                   | s4-eth1\n"
		       "| |             #=====+=====#\n"
		       "| +-----s4-eth2-# s4 switch #\n"
		       "+-------s4-eth3-#           #\n"
		       "                #===========#\n");
	close_graph(&g);
}

static void a_router_has_its_addresses(void **state)
{
	struct graph g;

	(void)state;
	open_graph(&g);
	bridge(&g, "s1");
	bridge(&g, "s2");
	node(&g, "r1")->forwards = true;
	join(&g, "s1", 1, "r1", 0);
	join(&g, "s2", 1, "r1", 1);
	address(&g, "r1", "eth0", "10.0.1.1/24");
	address(&g, "r1", "eth0", "fd00:1::1/64");
	address(&g, "r1", "eth1", "fd00:2::1/64");
	assert_picture(&g, 80, false,
		       "╔══════════════════════╗\n"
		       "║ s1 switch            ║\n"
		       "╚═══════════╤══════════╝\n"
		       "            │ s1-eth1\n"
		       "            │ r1-eth0\n"
		       "╒═══════════╧══════════╕\n"
		       "│ r1 router            │\n"
		       "│ r1-eth0 10.0.1.1/24  │\n"
		       "│ r1-eth1 fd00:2::1/64 │\n"
		       "╘═══════════╤══════════╛\n"
		       "            │ r1-eth1\n"
		       "            │ s2-eth1\n"
		       "╔═══════════╧══════════╗\n"
		       "║ s2 switch            ║\n"
		       "╚══════════════════════╝\n");
	close_graph(&g);
}

static void a_tree_has_its_top_on_the_left(void **state)
{
	struct graph g;

	(void)state;
	open_graph(&g);
	bridge(&g, "s1");
	bridge(&g, "s2");
	bridge(&g, "s3");
	join(&g, "s1", 1, "s2", 3);
	join(&g, "s1", 2, "s3", 3);
	node(&g, "h1");
	node(&g, "h2");
	node(&g, "h3");
	join(&g, "h1", 0, "s2", 1);
	join(&g, "h2", 0, "s2", 2);
	join(&g, "h3", 0, "s3", 1);
	assert_picture(&g, 80, false,
		       "╔═══════════╗                  ╔═══════════╗                  ┌────┐\n"
		       "║ s1 switch ╟─s1-eth1──s2-eth3─╢ s2 switch ╟─s2-eth1──h1-eth0─┤ h1 │\n"
		       "║           ║                  ║           ║                  ├────┤\n"
		       "║           ║                  ║           ╟─s2-eth2──h2-eth0─┤ h2 │\n"
		       "║           ║                  ╚═══════════╝                  └────┘\n"
		       "║           ║                  ╔═══════════╗                  ┌────┐\n"
		       "║           ╟─s1-eth2──s3-eth3─╢ s3 switch ╟─s3-eth1──h3-eth0─┤ h3 │\n"
		       "╚═══════════╝                  ╚═══════════╝                  └────┘\n");
	close_graph(&g);
}

/* As the lines of a page about containers leave it: two veth pairs from namespaces to a bridge of
 * the root's. */
static void a_bridge_of_the_root_is_a_switch(void **state)
{
	struct graph_port *br0, *y, *q;
	struct graph g;

	(void)state;
	open_graph(&g);
	br0 = port(g.root, "br0", "bridge");
	y = veth(g.root, "vethY");
	q = veth(g.root, "vethQ");
	y->master = q->master = br0->ifindex;
	y->stp_state = q->stp_state = BR_STATE_FORWARDING;
	link_ports(veth(node(&g, "ns1"), "vethX"), y);
	link_ports(veth(node(&g, "ns2"), "vethP"), q);
	address(&g, "ns1", "vethX", "10.0.0.1/24");
	assert_picture(&g, 80, false,
		       "╔════════════╗              ┌─────────────────┐\n"
		       "║ br0 switch ╟─vethY──vethX─┤ ns1 10.0.0.1/24 │\n"
		       "║            ║              ├─────────────────┤\n"
		       "║            ╟─vethQ──vethP─┤ ns2             │\n"
		       "╚════════════╝              └─────────────────┘\n");
	/* With an address the root itself is there. */
	address(&g, "", "br0", "10.0.0.254/24");
	assert_picture(&g, 80, false,
		       "╔════════════╗              ┌────────────────────┐\n"
		       "║ br0 switch ╟─vethY──vethX─┤ ns1  10.0.0.1/24   │\n"
		       "║            ║              ├────────────────────┤\n"
		       "║            ╟─vethQ──vethP─┤ ns2                │\n"
		       "║            ║              ├────────────────────┤\n"
		       "║            ╟──────────br0─┤ root 10.0.0.254/24 │\n"
		       "╚════════════╝              └────────────────────┘\n");
	close_graph(&g);
}

static void what_is_alone_is_named(void **state)
{
	struct graph_port *x, *y;
	struct graph g;

	(void)state;
	open_graph(&g);
	x = port(g.root, "vethX", "veth");
	y = port(g.root, "vethY", "veth");
	link_ports(x, y);
	x->flags = y->flags = 0;
	port(node(&g, "h1"), "h1-eth0", "veth");
	port(node(&g, "h1"), "tap0", "tap");
	address(&g, "h1", "tap0", "10.1.1.1/24");
	node(&g, "h2");
	assert_picture(&g, 80, false,
		       "┌──────────────────────┐   ┌────┐   ┌───────────────────────────┐\n"
		       "│ h1                   │   │ h2 │   │ root vethX to vethY, down │\n"
		       "│ h1-eth0 no peer      │   └────┘   └───────────────────────────┘\n"
		       "│ tap0 tap 10.1.1.1/24 │\n"
		       "└──────────────────────┘\n");
	close_graph(&g);
}

static void many_like_hosts_are_one_box(void **state)
{
	struct graph g;

	(void)state;
	single(&g, 40);
	set_flags(&g, "s1", "s1-eth7", 0);
	assert_picture(&g, 80, false,
		       "╔═══════════╗                       ┌──────────────────┐\n"
		       "║ s1 switch ╟─s1-eth1..6───────eth0─┤ h1..h6 6 hosts   │\n"
		       "║           ║                       │ 10.0.0.1..6/8    │\n"
		       "║           ║                       ├──────────────────┤\n"
		       "║           ╟·s1-eth7 down··h7-eth0·┤ h7 10.0.0.7/8    │\n"
		       "║           ║                       ├──────────────────┤\n"
		       "║           ╟─s1-eth8..40──────eth0─┤ h8..h40 33 hosts │\n"
		       "║           ║                       │ 10.0.0.8..40/8   │\n"
		       "╚═══════════╝                       └──────────────────┘\n");
	close_graph(&g);
}

/* ---- names that others chose ---- */

static void hostile(struct graph *g)
{
	open_graph(g);
	node(g, "a\"b<c>");
	node(g, "x\033[2J\n\xff");
	link_ports(veth(node(g, "a\"b<c>"), "e|f\"]"), veth(node(g, "x\033[2J\n\xff"), "&amp;"));
}

static void hostile_names_are_quoted(void **state)
{
	struct graph g;

	(void)state;
	hostile(&g);
	assert_picture(&g, 80, false,
		       "┌──────────┐                  ┌───────────┐\n"
		       "│ 'a\"b<c>' ├─'e|f\"]'──'&amp;'─┤ 'x?[2J?\?' │\n"
		       "└──────────┘                  └───────────┘\n");
	close_graph(&g);
}

static void hostile_names_break_no_format(void **state)
{
	struct buf dot = { 0 }, svg = { 0 }, mermaid = { 0 }, json = { 0 };
	struct graph g;

	(void)state;
	hostile(&g);
	picture_dot(&g, &dot);
	assert_non_null(strstr(buf_text(&dot), "label=\"'a\\\"b<c>'\"]"));
	assert_non_null(strstr(buf_text(&dot), "taillabel=\"'e|f\\\"]'\""));
	picture_svg(&g, &svg);
	assert_non_null(strstr(buf_text(&svg), ">'a\"b&lt;c&gt;'</text>"));
	assert_non_null(strstr(buf_text(&svg), ">'&amp;amp;'</text>"));
	picture_mermaid(&g, &mermaid);
	assert_non_null(strstr(buf_text(&mermaid), "n0[\"#39;a#34;b#60;c#62;#39;\"]"));
	picture_json(&g, &json);
	assert_non_null(strstr(buf_text(&json), "{\"name\":\"a\\\"b<c>\",\"kind\":\"host\""));
	assert_non_null(strstr(buf_text(&json), "\"x\\u001b[2J\\n\uFFFD\""));
	assert_null(strchr(buf_text(&dot), '\033'));
	assert_null(strchr(buf_text(&svg), '\033'));
	assert_null(strchr(buf_text(&mermaid), '\033'));
	buf_free(&dot);
	buf_free(&svg);
	buf_free(&mermaid);
	buf_free(&json);
	close_graph(&g);
}

/* ---- formats ---- */

static void formats_say_what_there_is(void **state)
{
	struct buf out = { 0 };
	struct graph g;

	(void)state;
	single(&g, 1);
	set_flags(&g, "s1", "s1-eth1", 0);
	picture_mermaid(&g, &out);
	assert_string_equal(buf_text(&out), "graph LR\n"
					    "    n0[\"h1<br>10.0.0.1/8\"]\n"
					    "    n1[[\"s1 switch\"]]\n"
					    "    n0 -.-|\"h1-eth0<br>s1-eth1 down\"| n1\n");
	buf_clear(&out);
	picture_dot(&g, &out);
	assert_non_null(strstr(buf_text(&out), "n0 -- n1 [style=dashed, taillabel=\"h1-eth0\", "
					       "headlabel=\"s1-eth1\\ndown\"];\n"));
	buf_clear(&out);
	picture_json(&g, &out);
	assert_non_null(
		strstr(buf_text(&out),
		       "\"links\":[{\"a\":{\"node\":\"h1\",\"interface\":\"h1-eth0\"},\"b\":{"
		       "\"node\":\"s1\",\"interface\":\"s1-eth1\"},\"state\":\"down\"}]}\n"));
	buf_free(&out);
	close_graph(&g);
}

/* ---- random labs ---- */

static unsigned next(unsigned *seed)
{
	*seed = *seed * 1103515245 + 12345;
	return *seed >> 16 & 0x7fff;
}

static void open_random(struct graph *g, unsigned seed)
{
	unsigned n = 1 + next(&seed) % 40, links = next(&seed) % (2 * n), used[64] = { 0 };
	char names[64][8];

	open_graph(g);
	for (unsigned i = 0; i < n; i++) {
		unsigned kind = next(&seed) % 4;

		snprintf(names[i], sizeof(names[i]), "%c%u", "hsrh"[kind], i % 1000);
		if (kind == 1)
			bridge(g, names[i]);
		node(g, names[i])->forwards = kind == 2;
	}
	for (unsigned i = 0; i < links; i++) {
		unsigned a = next(&seed) % n, b = next(&seed) % n;

		join(g, names[a], used[a]++, names[b], used[b]++);
		if (next(&seed) % 5 == 0)
			node(g, names[a])->ports[node(g, names[a])->n_ports - 1]->flags = 0;
	}
}

static void assert_fits(const struct buf *out, size_t columns, bool ascii)
{
	for (const char *at = buf_text(out), *end; *at; at = end + 1) {
		char *line;

		end = strchr(at, '\n');
		assert_non_null(end);
		line = mem_strndup(at, (size_t)(end - at));
		assert_true(text_width(line) <= columns);
		for (const char *c = line; ascii && *c; c++)
			assert_true(*c >= ' ' && *c <= '~');
		free(line);
	}
}

static void random_labs_fit_and_stay_the_same(void **state)
{
	static const size_t columns[] = { 1, 7, 20, 40, 80, 200 };

	(void)state;
	for (unsigned seed = 1; seed <= 400; seed++) {
		struct buf out = { 0 }, again = { 0 };
		struct graph g;

		open_random(&g, seed);
		for (size_t i = 0; i < sizeof(columns) / sizeof(*columns); i++) {
			buf_clear(&out);
			picture_map(&g, columns[i], i % 2, &out);
			assert_fits(&out, columns[i], i % 2);
		}
		picture_map(&g, 200, true, &again);
		assert_string_equal(buf_text(&out), buf_text(&again));
		picture_svg(&g, &out);
		picture_dot(&g, &out);
		picture_mermaid(&g, &out);
		picture_json(&g, &out);
		buf_free(&out);
		buf_free(&again);
		close_graph(&g);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hosts_stand_beside_their_switch),
		cmocka_unit_test(nothing_is_drawn_of_nothing),
		cmocka_unit_test(states_are_words_and_dots),
		cmocka_unit_test(shaping_is_shown_where_it_is),
		cmocka_unit_test(a_ring_is_a_chain_with_a_bracket),
		cmocka_unit_test(a_mesh_crosses_but_never_joins),
		cmocka_unit_test(a_router_has_its_addresses),
		cmocka_unit_test(a_tree_has_its_top_on_the_left),
		cmocka_unit_test(a_bridge_of_the_root_is_a_switch),
		cmocka_unit_test(what_is_alone_is_named),
		cmocka_unit_test(many_like_hosts_are_one_box),
		cmocka_unit_test(hostile_names_are_quoted),
		cmocka_unit_test(hostile_names_break_no_format),
		cmocka_unit_test(formats_say_what_there_is),
		cmocka_unit_test(random_labs_fit_and_stay_the_same),
	};

	setlocale(LC_CTYPE, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
