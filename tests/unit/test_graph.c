/* The graph from messages written by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include <linux/if_addr.h>
#include <linux/if_bridge.h>
#include <linux/if_link.h>
#include <linux/netconf.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>

#include "graph/graph.h"
#include "graph/read.h"
#include "graph/store.h"

static struct graph_node *host(struct graph *g, const char *name, int nsid)
{
	return store_add_node(g, name, nsid);
}

struct link {
	int ifindex;
	const char *name, *kind;
	unsigned flags;
	int master, peer, peer_nsid; /* nsid -1: not told */
};

static void put_link(struct graph *g, struct graph_node *n, const struct link *l, bool peers_known)
{
	struct ifinfomsg i = { .ifi_index = l->ifindex, .ifi_flags = l->flags };
	struct netlink_message m;
	struct nlattr *info;

	netlink_begin(&m, RTM_NEWLINK, 0, &i, sizeof(i));
	netlink_put_string(&m, IFLA_IFNAME, l->name);
	netlink_put_u32(&m, IFLA_MTU, 1500);
	if (l->master)
		netlink_put_u32(&m, IFLA_MASTER, l->master);
	if (l->peer)
		netlink_put_u32(&m, IFLA_LINK, l->peer);
	if (l->peer_nsid >= 0)
		netlink_put_u32(&m, IFLA_LINK_NETNSID, l->peer_nsid);
	info = netlink_nest(&m, IFLA_LINKINFO);
	netlink_put_string(&m, IFLA_INFO_KIND, l->kind);
	netlink_nest_end(&m, info);
	read_message(g, n, &m.header, peers_known);
}

static void put_address(struct graph *g, struct graph_node *n, int type, int ifindex,
			const char *text)
{
	struct ifaddrmsg i = { .ifa_index = ifindex };
	struct netlink_message m;
	struct prefix p;

	assert_int_equal(prefix_parse(&p, text, NULL), 0);
	i.ifa_family = p.family;
	i.ifa_prefixlen = p.length;
	netlink_begin(&m, type, 0, &i, sizeof(i));
	netlink_put(&m, IFA_ADDRESS, p.bytes, p.family == AF_INET ? 4 : 16);
	read_message(g, n, &m.header, true);
}

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

/* h1 and h2 on s1; both hosts' interfaces have the same ifindex, as in life. */
static void open_minimal(struct graph *g)
{
	struct graph_node *h1, *h2, *s1;

	open_graph(g);
	s1 = host(g, "s1", 2);
	h2 = host(g, "h2", 1);
	h1 = host(g, "h1", 0);
	put_link(g, s1, &(struct link){ 2, "s1", "bridge", IFF_UP, 0, 0, -1 }, true);
	put_link(g, s1, &(struct link){ 3, "s1-eth1", "veth", IFF_UP, 2, 2, 0 }, true);
	put_link(g, s1, &(struct link){ 4, "s1-eth2", "veth", IFF_UP, 2, 2, 1 }, true);
	put_link(g, h1, &(struct link){ 2, "h1-eth0", "veth", IFF_UP, 0, 3, 2 }, true);
	put_link(g, h2, &(struct link){ 2, "h2-eth0", "veth", IFF_UP, 0, 4, 2 }, true);
	put_address(g, h1, RTM_NEWADDR, 2, "10.0.0.1/8");
	put_address(g, h2, RTM_NEWADDR, 2, "10.0.0.2/8");
}

static void peers_are_matched_by_namespace(void **state)
{
	struct graph_link *links;
	struct graph g;
	size_t n;

	(void)state;
	open_minimal(&g);
	links = graph_links(&g, &n);
	assert_int_equal(n, 2);
	assert_string_equal(links[0].a->name, "h1-eth0");
	assert_string_equal(links[0].b->name, "s1-eth1");
	assert_string_equal(links[1].a->name, "h2-eth0");
	assert_string_equal(links[1].b->name, "s1-eth2");
	free(links);
	close_graph(&g);
}

static void kinds_are_derived(void **state)
{
	struct netconfmsg i = { .ncm_family = AF_INET };
	struct netlink_message m;
	struct graph_node *h1, *s1;
	struct graph g;

	(void)state;
	open_minimal(&g);
	h1 = graph_node_find(&g, "h1");
	s1 = graph_node_find(&g, "s1");
	assert_int_equal(graph_node_kind(h1), GRAPH_HOST);
	assert_int_equal(graph_node_kind(s1), GRAPH_SWITCH);
	netlink_begin(&m, RTM_NEWNETCONF, 0, &i, sizeof(i));
	netlink_put_u32(&m, NETCONFA_IFINDEX, NETCONFA_IFINDEX_ALL);
	netlink_put_u32(&m, NETCONFA_FORWARDING, 1);
	read_message(&g, h1, &m.header, false);
	assert_int_equal(graph_node_kind(h1), GRAPH_ROUTER);
	put_address(&g, s1, RTM_NEWADDR, 2,
		    "10.0.0.254/8"); /* with an address of its own it is a host that bridges */
	assert_int_equal(graph_node_kind(s1), GRAPH_HOST);
	put_address(&g, s1, RTM_DELADDR, 2, "10.0.0.254/8");
	assert_int_equal(graph_node_kind(s1), GRAPH_SWITCH);
	close_graph(&g);
}

static void events_keep_what_a_dump_told(void **state)
{
	struct graph_node *h1;
	struct graph_port *p;
	struct graph g;

	(void)state;
	open_minimal(&g);
	h1 = graph_node_find(&g, "h1");
	/* The event's namespace id is the sender's: it must not replace the root's. */
	put_link(&g, h1, &(struct link){ 2, "uplink", "veth", 0, 0, 3, 77 }, false);
	p = graph_port_find(h1, "uplink");
	assert_non_null(p);
	assert_int_equal(p->flags, 0);
	assert_int_equal(p->link_nsid, 2);
	assert_false(g.unresolved);
	put_link(&g, h1, &(struct link){ 3, "new", "veth", 0, 0, 3, 77 }, false);
	assert_true(g.unresolved);
	close_graph(&g);
}

static void bridge_events_change_the_state_alone(void **state)
{
	struct ifinfomsg i = { .ifi_family = AF_BRIDGE, .ifi_index = 3 };
	struct netlink_message m;
	struct nlattr *info;
	struct graph_node *s1;
	struct graph g;

	(void)state;
	open_minimal(&g);
	s1 = graph_node_find(&g, "s1");
	netlink_begin(&m, RTM_NEWLINK, 0, &i, sizeof(i));
	info = netlink_nest(&m, IFLA_PROTINFO);
	netlink_put_u8(&m, IFLA_BRPORT_STATE, BR_STATE_BLOCKING);
	netlink_nest_end(&m, info);
	read_message(&g, s1, &m.header, false);
	assert_int_equal(graph_port_by_index(s1, 3)->stp_state, BR_STATE_BLOCKING);
	m.header.nlmsg_type = RTM_DELLINK; /* the port left its bridge; the interface lives */
	read_message(&g, s1, &m.header, false);
	assert_non_null(graph_port_by_index(s1, 3));
	close_graph(&g);
}

static void a_removed_node_leaves_its_peers_leaving(void **state)
{
	struct graph_node *s1;
	struct graph g;
	size_t n;

	(void)state;
	open_minimal(&g);
	s1 = graph_node_find(&g, "s1");
	store_remove_node(&g, graph_node_find(&g, "h1"));
	assert_null(graph_node_find(&g, "h1"));
	assert_true(graph_port_by_index(s1, 3)->leaving);
	assert_false(graph_port_by_index(s1, 4)->leaving);
	free(graph_links(&g, &n));
	assert_int_equal(n, 1);
	close_graph(&g);
}

static void del_link(struct graph *g, struct graph_node *n, int ifindex, int moved_to)
{
	struct ifinfomsg i = { .ifi_index = ifindex };
	struct netlink_message m;

	netlink_begin(&m, RTM_DELLINK, 0, &i, sizeof(i));
	if (moved_to) {
		netlink_put_u32(&m, IFLA_NEW_NETNSID, 7);
		netlink_put_u32(&m, IFLA_NEW_IFINDEX, moved_to);
	}
	read_message(g, n, &m.header, false);
}

static void a_moved_end_is_looked_for(void **state)
{
	struct graph_node *h1, *h2, *s1;
	struct graph g;

	(void)state;
	open_minimal(&g);
	h1 = graph_node_find(&g, "h1");
	h2 = graph_node_find(&g, "h2");
	s1 = graph_node_find(&g, "s1");
	del_link(&g, h1, 2, 9);
	assert_true(g.unresolved);
	assert_null(graph_port_peer(&g, graph_port_by_index(s1, 3)));
	/* One dump of its new namespace answers for both ends. */
	put_link(&g, h2, &(struct link){ 9, "h1-eth0", "veth", 0, 0, 3, 2 }, true);
	assert_ptr_equal(graph_port_peer(&g, graph_port_by_index(s1, 3)),
			 graph_port_by_index(h2, 9));
	close_graph(&g);
}

/* A dump was faster than the events of what it told already. */
static void events_of_before_do_no_harm(void **state)
{
	struct graph_node *h1, *h2;
	struct graph g;

	(void)state;
	open_graph(&g);
	h1 = host(&g, "h1", 0);
	h2 = host(&g, "h2", 1);
	/* The pair was made in h1, then one end was moved: so a dump tells. */
	put_link(&g, h1, &(struct link){ 2, "a", "veth", 0, 0, 3, 1 }, true);
	put_link(&g, h2, &(struct link){ 3, "b", "veth", 0, 0, 2, 0 }, true);
	/* And these are the events: both ends in h1, then the move. */
	put_link(&g, h1, &(struct link){ 2, "a", "veth", 0, 0, 3, -1 }, false);
	assert_null(graph_port_peer(&g, graph_port_by_index(h1, 2)));
	del_link(&g, h1, 3, 3);
	assert_true(g.unresolved);
	put_link(&g, h1, &(struct link){ 2, "a", "veth", 0, 0, 3, 1 }, true);
	assert_ptr_equal(graph_port_peer(&g, graph_port_by_index(h2, 3)),
			 graph_port_by_index(h1, 2));
	close_graph(&g);
}

static void both_ends_must_agree(void **state)
{
	struct graph_node *h1, *h2;
	struct graph g;

	(void)state;
	open_graph(&g);
	h1 = host(&g, "h1", 0);
	h2 = host(&g, "h2", 1);
	put_link(&g, h1, &(struct link){ 2, "a", "veth", 0, 0, 3, 5 }, true);
	assert_true(graph_port_elsewhere(&g, graph_port_by_index(h1, 2)));
	/* The id of a's peer is another namespace's by now, with an interface of that index. */
	put_link(&g, h2, &(struct link){ 3, "x", "veth", 0, 0, 8, 4 }, true);
	graph_port_by_index(h1, 2)->link_nsid = 1;
	assert_null(graph_port_peer(&g, graph_port_by_index(h1, 2)));
	close_graph(&g);
}

static void a_macvlan_stands_on_its_lower_device(void **state)
{
	struct graph_node *h1, *h2;
	struct graph_port *p;
	struct graph g;

	(void)state;
	open_graph(&g);
	h1 = host(&g, "h1", 0);
	h2 = host(&g, "h2", 1);
	put_link(&g, h1, &(struct link){ 2, "eth0", "veth", 0, 0, 9, 5 }, true);
	put_link(&g, h1, &(struct link){ 3, "mv0", "macvlan", 0, 0, 2, -1 }, false);
	put_link(&g, h2, &(struct link){ 3, "mv1", "macvlan", 0, 0, 2, 0 }, true);
	p = graph_port_by_index(h1, 2);
	assert_ptr_equal(graph_port_lower(&g, graph_port_by_index(h1, 3)), p);
	assert_ptr_equal(graph_port_lower(&g, graph_port_by_index(h2, 3)), p);
	assert_null(graph_port_peer(&g, graph_port_by_index(h2, 3)));
	/* The end of the cable that it stands on is not its peer's. */
	assert_int_equal(p->link_nsid, 5);
	close_graph(&g);
}

static void a_namespace_has_several_names(void **state)
{
	struct graph_node *n;
	struct graph g;

	(void)state;
	open_graph(&g);
	n = host(&g, "blue", 3);
	store_add_alias(&g, n, "red");
	store_add_alias(&g, g.root, "outside");
	assert_ptr_equal(graph_node_find(&g, "red"), n);
	assert_ptr_equal(graph_node_find(&g, "outside"), g.root);
	assert_int_equal(g.n_nodes, 1);
	store_remove_name(&g, "blue");
	assert_ptr_equal(graph_node_find(&g, "red"), n);
	assert_string_equal(n->name, "red");
	assert_null(graph_node_find(&g, "blue"));
	store_remove_name(&g, "red");
	store_remove_name(&g, "outside");
	assert_int_equal(g.n_nodes, 0);
	assert_null(graph_node_find(&g, "outside"));
	assert_null(store_node(&g, 3));
	close_graph(&g);
}

static void a_dump_takes_away_what_it_does_not_tell(void **state)
{
	struct graph_node *h1;
	struct graph g;

	(void)state;
	open_minimal(&g);
	h1 = graph_node_find(&g, "h1");
	h1->reading++;
	put_link(&g, h1, &(struct link){ 5, "new", "bridge", 0, 0, 0, -1 }, true);
	store_sweep_ports(&g, h1);
	assert_int_equal(h1->n_ports, 1);
	assert_string_equal(h1->ports[0]->name, "new");
	put_address(&g, h1, RTM_NEWADDR, 5, "10.0.0.1/8");
	h1->reading++;
	put_address(&g, h1, RTM_NEWADDR, 5, "10.0.0.2/8");
	store_sweep_addresses(&g, h1);
	assert_int_equal(h1->ports[0]->n_addresses, 1);
	assert_int_equal(h1->ports[0]->addresses[0].prefix.bytes[3], 2);
	close_graph(&g);
}

struct seen {
	enum graph_change_kind kinds[16];
	char was[IFNAMSIZ];
	size_t n;
};

static void see(const struct graph_change *c, void *data)
{
	struct seen *seen = data;

	assert_true(seen->n < 16);
	seen->kinds[seen->n++] = c->kind;
	if (c->was)
		strcpy(seen->was, c->was);
}

static void changes_are_told_once(void **state)
{
	struct seen seen = { 0 }, other = { 0 };
	struct graph_observer first = { see, &seen, NULL }, second = { see, &other, &first };
	struct graph_node *h1, *h2;
	struct graph g;

	(void)state;
	open_minimal(&g);
	h1 = graph_node_find(&g, "h1");
	h2 = graph_node_find(&g, "h2");
	g.observers = &second;
	put_link(&g, h1, &(struct link){ 2, "h1-eth0", "veth", IFF_UP, 0, 3, 2 }, true);
	put_address(&g, h1, RTM_NEWADDR, 2, "10.0.0.1/8");
	assert_int_equal(seen.n, 0);
	put_link(&g, h1, &(struct link){ 2, "uplink", "veth", 0, 0, 3, -1 }, false);
	assert_int_equal(seen.n, 2);
	assert_int_equal(seen.kinds[0], GRAPH_PORT_RENAMED);
	assert_string_equal(seen.was, "h1-eth0");
	assert_int_equal(seen.kinds[1], GRAPH_PORT_FLAGS);
	del_link(&g, h1, 2, 4);
	put_link(&g, h2, &(struct link){ 4, "uplink", "veth", 0, 0, 3, 99 }, false);
	assert_int_equal(seen.n, 4);
	assert_int_equal(seen.kinds[2], GRAPH_PORT_MOVED_AWAY);
	assert_int_equal(seen.kinds[3], GRAPH_PORT_MOVED_HERE);
	assert_string_equal(seen.was, "h1");
	assert_int_equal(other.n, 4);
	graph_unobserve(&g, &second);
	/* With a namespace its interfaces go: one line. */
	store_remove_node(&g, h2);
	assert_int_equal(seen.n, 5);
	assert_int_equal(seen.kinds[4], GRAPH_NODE_DELETED);
	assert_int_equal(other.n, 4);
	graph_unobserve(&g, &first);
	graph_unobserve(&g, &first);
	assert_null(g.observers);
	close_graph(&g);
}

static void nodes_stand_in_natural_order(void **state)
{
	struct graph g;

	(void)state;
	open_graph(&g);
	host(&g, "h10", 0);
	host(&g, "h2", 1);
	host(&g, "h1", 70);
	assert_string_equal(g.nodes[0]->name, "h1");
	assert_string_equal(g.nodes[1]->name, "h2");
	assert_string_equal(g.nodes[2]->name, "h10");
	assert_ptr_equal(store_node(&g, 70), g.nodes[0]);
	assert_null(store_node(&g, 71));
	close_graph(&g);
}

static void interfaces_have_a_short_name(void **state)
{
	struct graph_node *h1;
	struct graph g;

	(void)state;
	open_minimal(&g);
	h1 = graph_node_find(&g, "h1");
	assert_ptr_equal(graph_port_find(h1, "eth0"), graph_port_find(h1, "h1-eth0"));
	assert_null(graph_port_find(h1, "eth1"));
	close_graph(&g);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(peers_are_matched_by_namespace),
		cmocka_unit_test(kinds_are_derived),
		cmocka_unit_test(events_keep_what_a_dump_told),
		cmocka_unit_test(bridge_events_change_the_state_alone),
		cmocka_unit_test(a_removed_node_leaves_its_peers_leaving),
		cmocka_unit_test(a_moved_end_is_looked_for),
		cmocka_unit_test(events_of_before_do_no_harm),
		cmocka_unit_test(both_ends_must_agree),
		cmocka_unit_test(a_macvlan_stands_on_its_lower_device),
		cmocka_unit_test(a_namespace_has_several_names),
		cmocka_unit_test(a_dump_takes_away_what_it_does_not_tell),
		cmocka_unit_test(changes_are_told_once),
		cmocka_unit_test(nodes_stand_in_natural_order),
		cmocka_unit_test(interfaces_have_a_short_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
