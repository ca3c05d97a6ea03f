/* Pictures of labs built by hand, compared as a whole. */
#include "tests/unit/picture_graph.h"

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
	};

	setlocale(LC_CTYPE, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
