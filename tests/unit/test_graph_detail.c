/* Routes and qdiscs from messages written by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>

#include "graph/read.h"
#include "graph/store.h"

static void begin_route(struct netlink_message *m, const struct rtmsg *r, const char *dst)
{
	struct prefix p;

	netlink_begin(m, RTM_NEWROUTE, 0, r, sizeof(*r));
	if (!dst)
		return;
	assert_int_equal(prefix_parse(&p, dst, NULL), 0);
	netlink_put(m, RTA_DST, p.bytes, p.family == AF_INET ? 4 : 16);
}

static void put_gateway(struct netlink_message *m, const char *text)
{
	struct prefix p;

	assert_int_equal(prefix_parse(&p, text, NULL), 0);
	netlink_put(m, RTA_GATEWAY, p.bytes, p.family == AF_INET ? 4 : 16);
}

static void a_route_is_read(void **state)
{
	const struct rtmsg r = { .rtm_family = AF_INET,
				 .rtm_dst_len = 16,
				 .rtm_table = RT_TABLE_MAIN,
				 .rtm_protocol = RTPROT_STATIC,
				 .rtm_type = RTN_UNICAST };
	struct routes_read list = { 0 };
	struct netlink_message m;
	char text[PREFIX_TEXT];

	(void)state;
	begin_route(&m, &r, "10.9.0.0/16");
	put_gateway(&m, "10.0.0.2");
	netlink_put_u32(&m, RTA_OIF, 2);
	netlink_put_u32(&m, RTA_PRIORITY, 5);
	netlink_put_u32(&m, RTA_TABLE, 1000);
	read_route(&list, &m.header);
	assert_int_equal(list.n, 1);
	assert_string_equal(prefix_format(text, &list.v[0].dst), "10.9.0.0/16");
	assert_string_equal(address_format(text, &list.v[0].via), "10.0.0.2");
	assert_int_equal(list.v[0].source.family, 0);
	assert_int_equal(list.v[0].ifindex, 2);
	assert_int_equal(list.v[0].metric, 5);
	assert_int_equal(list.v[0].table, 1000);
	free(list.v);
}

static void the_kernels_own_routes_are_left_out(void **state)
{
	static const struct rtmsg own[] = {
		{ .rtm_family = AF_INET, .rtm_table = RT_TABLE_LOCAL, .rtm_type = RTN_LOCAL },
		{ .rtm_family = AF_INET, .rtm_table = RT_TABLE_MAIN, .rtm_type = RTN_BROADCAST },
		{ .rtm_family = AF_INET6, .rtm_table = RT_TABLE_MAIN, .rtm_type = RTN_ANYCAST },
		{ .rtm_family = AF_INET6,
		  .rtm_table = RT_TABLE_MAIN,
		  .rtm_type = RTN_UNICAST,
		  .rtm_flags = RTM_F_CLONED },
		{ .rtm_family = AF_BRIDGE, .rtm_table = RT_TABLE_MAIN, .rtm_type = RTN_UNICAST },
	};
	struct routes_read list = { 0 };
	struct netlink_message m;

	(void)state;
	for (size_t i = 0; i < sizeof(own) / sizeof(*own); i++) {
		begin_route(&m, &own[i], NULL);
		read_route(&list, &m.header);
	}
	assert_int_equal(list.n, 0);
	free(list.v);
}

static void several_next_hops_are_several_routes(void **state)
{
	const struct rtmsg r = { .rtm_family = AF_INET,
				 .rtm_table = RT_TABLE_MAIN,
				 .rtm_type = RTN_UNICAST };
	struct {
		struct rtnexthop hop;
		struct nlattr attr;
		uint8_t gateway[4];
		struct rtnexthop second;
	} hops = {
		.hop = { sizeof(hops.hop) + 8, 0, 2, 7 },
		.attr = { 8, RTA_GATEWAY },
		.gateway = { 10, 0, 0, 9 },
		.second = { sizeof(hops.second), 0, 0, 8 },
	};
	struct routes_read list = { 0 };
	struct netlink_message m;
	char text[PREFIX_TEXT];

	(void)state;
	begin_route(&m, &r, NULL);
	netlink_put(&m, RTA_MULTIPATH, &hops, sizeof(hops));
	read_route(&list, &m.header);
	assert_int_equal(list.n, 2);
	assert_int_equal(list.v[0].ifindex, 7);
	assert_int_equal(list.v[0].weight, 3);
	assert_string_equal(address_format(text, &list.v[0].via), "10.0.0.9");
	assert_int_equal(list.v[1].ifindex, 8);
	assert_int_equal(list.v[1].via.family, 0);
	free(list.v);

	/* A hop that says it is longer than the message ends the list. */
	list = (struct routes_read){ 0 };
	hops.second.rtnh_len = 200;
	begin_route(&m, &r, NULL);
	netlink_put(&m, RTA_MULTIPATH, &hops, sizeof(hops));
	read_route(&list, &m.header);
	assert_int_equal(list.n, 1);
	free(list.v);
}

static void qdiscs_are_told_in_the_words_of_tc(void **state)
{
	const struct tcmsg t = { .tcm_ifindex = 2,
				 .tcm_handle = 0x80010000,
				 .tcm_parent = TC_H_ROOT };
	/* 1 mbit, 10 kB at that rate: 81.92 ms in ticks of 64 ns. */
	const struct tc_tbf_qopt q = { .rate = { .rate = 125000 },
				       .limit = 16384,
				       .buffer = 1280000 };
	struct qdiscs_read list = { 0 };
	struct netlink_message m;
	struct nlattr *options;

	(void)state;
	netlink_begin(&m, RTM_NEWQDISC, 0, &t, sizeof(t));
	netlink_put_string(&m, TCA_KIND, "tbf");
	options = netlink_nest(&m, TCA_OPTIONS);
	netlink_put(&m, TCA_TBF_PARMS, &q, sizeof(q));
	netlink_nest_end(&m, options);
	read_qdisc(&list, &m.header);
	assert_int_equal(list.n, 1);
	assert_string_equal(list.v[0].kind, "tbf");
	assert_string_equal(list.v[0].parameters, "rate 1mbit burst 10240b limit 16384b");
	free(list.v);
}

static void netem_is_told_with_what_it_does(void **state)
{
	const struct tcmsg t = { .tcm_ifindex = 2, .tcm_handle = 0x80020000 };
	const struct tc_netem_qopt q = {
		.latency = 156250, .limit = 1000, .loss = 42949673, .jitter = 31250
	};
	struct qdiscs_read list = { 0 };
	struct netlink_message m;

	(void)state;
	netlink_begin(&m, RTM_NEWQDISC, 0, &t, sizeof(t));
	netlink_put_string(&m, TCA_KIND, "netem");
	netlink_put(&m, TCA_OPTIONS, &q, sizeof(q));
	read_qdisc(&list, &m.header);
	assert_int_equal(list.n, 1);
	assert_string_equal(list.v[0].parameters, "delay 10ms 2ms loss 1% limit 1000");
	/* Too short for its kind: no words, no harm. */
	netlink_begin(&m, RTM_NEWQDISC, 0, &t, sizeof(t));
	netlink_put_string(&m, TCA_KIND, "netem");
	netlink_put(&m, TCA_OPTIONS, &q, 4);
	read_qdisc(&list, &m.header);
	assert_string_equal(list.v[1].parameters, "");
	free(list.v);
}

static void a_default_qdisc_is_nobodys(void **state)
{
	const struct tcmsg t = { .tcm_ifindex = 2, .tcm_parent = TC_H_ROOT };
	struct qdiscs_read list = { 0 };
	struct netlink_message m;

	(void)state;
	netlink_begin(&m, RTM_NEWQDISC, 0, &t, sizeof(t));
	netlink_put_string(&m, TCA_KIND, "fq_codel");
	read_qdisc(&list, &m.header);
	assert_int_equal(list.n, 0);
}

struct counted {
	size_t added, deleted;
};

static void count(const struct graph_change *c, void *data)
{
	struct counted *n = data;

	n->added += c->kind == GRAPH_ROUTE_ADDED;
	n->deleted += c->kind == GRAPH_ROUTE_DELETED;
}

/* A list of routes with these metrics. */
static struct graph_route *routes(size_t n, const unsigned *metrics)
{
	struct graph_route *list = calloc(n + 1, sizeof(*list));

	for (size_t i = 0; i < n; i++)
		list[i].metric = metrics[i];
	return list;
}

static void differences_of_lists_are_told(void **state)
{
	struct counted n = { 0 };
	struct graph_observer observer = { count, &n, NULL };
	struct graph g = { .observers = &observer };
	struct graph_node *h1;

	(void)state;
	g.root = store_add_node(&g, "", -1);
	h1 = store_add_node(&g, "h1", 0);
	store_set_routes(&g, h1, routes(3, (const unsigned[]){ 1, 2, 3 }), 3);
	assert_int_equal(n.added, 3);
	store_set_routes(&g, h1, routes(3, (const unsigned[]){ 1, 2, 3 }), 3);
	assert_int_equal(n.added + n.deleted, 3);
	store_set_routes(&g, h1, routes(3, (const unsigned[]){ 1, 4, 3 }), 3);
	assert_int_equal(n.added, 4);
	assert_int_equal(n.deleted, 1);
	/* Another order is no change. */
	store_set_routes(&g, h1, routes(3, (const unsigned[]){ 3, 1, 4 }), 3);
	assert_int_equal(n.added + n.deleted, 5);
	store_set_routes(&g, h1, routes(0, NULL), 0);
	assert_int_equal(n.deleted, 4);
	store_remove_node(&g, h1);
	store_remove_node(&g, g.root);
	free(g.nodes);
	free(g.by_nsid);
	map_free(&g.by_name);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_route_is_read),
		cmocka_unit_test(the_kernels_own_routes_are_left_out),
		cmocka_unit_test(several_next_hops_are_several_routes),
		cmocka_unit_test(qdiscs_are_told_in_the_words_of_tc),
		cmocka_unit_test(netem_is_told_with_what_it_does),
		cmocka_unit_test(a_default_qdisc_is_nobodys),
		cmocka_unit_test(differences_of_lists_are_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
