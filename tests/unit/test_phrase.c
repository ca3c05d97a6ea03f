/* Phrases of `ip`: what is put into a message is read from it again. Also kinds of devices that the
 * kernel at hand may lack. */
#include "plan/phrase.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define LEN(a) (sizeof(a) / sizeof((a)[0]))

/* A node with one interface, eth0; its index is 0 as in messages that no socket has seen. */
static struct graph_port eth0 = { .name = "eth0", .kind = "veth", .mac = { 2, 0, 0, 0, 0, 1 } };
static struct graph_port *ports[] = { &eth0 };
static struct graph_node node = { .name = (char *)"h1", .ports = ports, .n_ports = 1 };

static void options_are_read_as_written(void **state)
{
	static const char *const cases[][2] = {
		{ "bridge", "mcast_snooping 0 stp_state 1 ageing_time 0 priority 4096" },
		{ "bridge", "vlan_filtering 1 vlan_protocol 802.1ad vlan_default_pvid 0" },
		{ "bridge", "group_fwd_mask 16 nf_call_iptables 1" },
		{ "dummy", "" },
		{ "vlan", "id 10" },
		{ "vlan", "protocol 802.1ad id 4094" },
		{ "vxlan", "id 42 remote 10.0.0.2 local 10.0.0.1 dstport 4789 nolearning" },
		{ "vxlan", "id 42 group ff05::1 local fd00::1 dstport 8472 ttl 3 ageing 60" },
		{ "macvlan", "mode passthru" },
		{ "ipvlan", "mode l3s" },
		{ "vrf", "table 1000" },
		{ "bond", "mode active-backup miimon 100" },
	};

	(void)state;
	for (size_t i = 0; i < LEN(cases); i++) {
		const struct nlattr *tb[IFLA_MAX + 1];
		struct ifinfomsg body = { 0 };
		struct netlink_message m;
		struct err err = ERR_INIT;
		struct buf words = { 0 };
		struct nlattr *nest;

		netlink_begin(&m, RTM_NEWLINK, 0, &body, sizeof(body));
		nest = netlink_nest(&m, IFLA_LINKINFO);
		if (phrase_put_options(&m, cases[i][0], cases[i][1], NULL, &err) < 0)
			fail_msg("%s", err.text);
		netlink_nest_end(&m, nest);
		netlink_parse(tb, IFLA_MAX, &m.header, sizeof(body));
		phrase_read_options(tb[IFLA_LINKINFO], cases[i][0], &node, &words);
		assert_string_equal(buf_text(&words), cases[i][1]);
		buf_free(&words);
	}
}

static void options_that_are_wrong(void **state)
{
	static const char *const cases[][3] = {
		{ "bridge", "stp 1", "a bridge has no option stp" },
		{ "bridge", "stp_state", "stp_state: its value is missing" },
		{ "bridge", "mcast_snooping 300",
		  "mcast_snooping 300: a whole number up to 255 is wanted" },
		{ "vlan", "id -1", "id -1: a whole number up to 65535 is wanted" },
		{ "vxlan", "remote nowhere", "remote: nowhere: not an IPv4 or IPv6 address" },
		{ "vxlan", "remote 10.0.0.1/8",
		  "remote 10.0.0.1/8: an address without a length is wanted" },
		{ "ipvlan", "mode l4", "mode l4: it is one of l2, l3, l3s" },
	};

	(void)state;
	for (size_t i = 0; i < LEN(cases); i++) {
		struct netlink_message m;
		struct err err = ERR_INIT;

		netlink_begin(&m, RTM_NEWLINK, 0, "", 0);
		assert_int_equal(phrase_put_options(&m, cases[i][0], cases[i][1], NULL, &err), -1);
		assert_string_equal(err.text, cases[i][2]);
	}
}

static void routes_are_read_as_written(void **state)
{
	static const char *const cases[] = {
		"default via 10.0.0.254",
		"default via fd00::1",
		"::/0 metric 5",
		"10.1.0.0/16 via 10.0.0.2 src 10.0.0.1 metric 50 table 100",
		"10.1.0.0/16 via inet6 fe80::1 onlink",
		"10.1.0.0/16 proto static scope global mtu 1300",
		"10.1.0.0/16 table 70000 proto 42",
		"10.1.0.1/32 scope host",
		"blackhole 10.2.0.0/16",
		"unreachable fd02::/64 metric 7",
		"throw default table 7",
		"local 10.3.0.0/16 table 7",
	};

	(void)state;
	for (size_t i = 0; i < LEN(cases); i++) {
		struct netlink_message m;
		struct err err = ERR_INIT;
		struct buf words = { 0 };

		if (phrase_put_route(&m, RTM_NEWROUTE, 0, cases[i], NULL, &err) < 0)
			fail_msg("%s: %s", cases[i], err.text);
		assert_false(m.full);
		assert_int_equal(phrase_read_route(&m.header, &(struct graph_node){ 0 }, &words),
				 PHRASE_KEPT);
		assert_string_equal(buf_text(&words), cases[i]);
		buf_free(&words);
	}
}

static void routes_through_several(void **state)
{
	const char *way = "10.4.0.0/16 nexthop via 10.0.0.2 dev eth0 weight 3 nexthop via 10.0.0.3 "
			  "dev eth0 onlink metric 9";
	struct netlink_message m;
	struct buf words = { 0 };

	(void)state;
	assert_int_equal(phrase_put_route(&m, RTM_NEWROUTE, 0, way, NULL, NULL), 0);
	assert_int_equal(phrase_read_route(&m.header, &node, &words), PHRASE_KEPT);
	assert_string_equal(buf_text(&words), way);
	buf_free(&words);
}

static void routes_that_are_not_kept(void **state)
{
	struct netlink_message m;
	struct buf words = { 0 };

	(void)state;
	assert_int_equal(phrase_put_route(&m, RTM_NEWROUTE, 0, "10.1.0.0/16 proto 2", NULL, NULL),
			 0);
	assert_int_equal(phrase_read_route(&m.header, &node, &words), PHRASE_OWN);
	assert_int_equal(phrase_put_route(&m, RTM_NEWROUTE, 0, "10.1.0.0/16", NULL, NULL), 0);
	netlink_put_u16(&m, RTA_ENCAP_TYPE, 1);
	assert_int_equal(phrase_read_route(&m.header, &node, &words), PHRASE_OTHER);
	buf_free(&words);
}

static void addresses_are_read_as_written(void **state)
{
	static const char *const cases[][2] = {
		{ "10.0.0.1/24", "" },
		{ "10.0.0.1/24", "brd 10.0.0.255 scope link label eth0:1 metric 5 noprefixroute" },
		{ "10.0.0.1/32", "peer 10.0.0.2/30" },
		{ "fd00::1/64", "nodad" },
		{ "fe80::1/64", "" },
	};

	(void)state;
	for (size_t i = 0; i < LEN(cases); i++) {
		struct netlink_message m;
		struct prefix p, read;
		struct buf words = { 0 };
		char text[PREFIX_TEXT];

		assert_int_equal(prefix_parse(&p, cases[i][0], NULL), 0);
		assert_int_equal(phrase_put_address(&m, 0, &p, cases[i][1], "eth0", NULL, NULL), 0);
		assert_true(phrase_read_new_address(&m.header, &eth0, &read, &words));
		assert_string_equal(prefix_format(text, &read), cases[i][0]);
		assert_string_equal(buf_text(&words), cases[i][1]);
		buf_free(&words);
	}
}

static void addresses_of_the_kernel(void **state)
{
	static const char *const cases[] = { "fe80::ff:fe00:1/64", "127.0.0.1/8", "::1/128" };
	struct graph_port lo = { .name = "lo", .flags = IFF_LOOPBACK | IFF_UP };

	(void)state;
	for (size_t i = 0; i < LEN(cases); i++) {
		struct netlink_message m;
		struct prefix p, read;
		struct buf words = { 0 };

		assert_int_equal(prefix_parse(&p, cases[i], NULL), 0);
		assert_int_equal(phrase_put_address(&m, 0, &p, "", "eth0", NULL, NULL), 0);
		assert_false(phrase_read_new_address(&m.header, i ? &lo : &eth0, &read, &words));
		buf_free(&words);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(options_are_read_as_written),
		cmocka_unit_test(options_that_are_wrong),
		cmocka_unit_test(routes_are_read_as_written),
		cmocka_unit_test(routes_through_several),
		cmocka_unit_test(routes_that_are_not_kept),
		cmocka_unit_test(addresses_are_read_as_written),
		cmocka_unit_test(addresses_of_the_kernel),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
