/* Drafts and plans without a kernel: names, numbers, addresses, and the `ip` lines. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "plan/draft.h"
#include "plan/sysctls.h"

static bool reserved(const char *name)
{
	return strcmp(name, "pingall") == 0;
}

static struct prefix prefix(const char *text)
{
	struct prefix p;

	assert_int_equal(prefix_parse(&p, text, NULL), 0);
	return p;
}

static void assert_address(const struct draft_port *p, size_t i, const char *expected)
{
	char text[PREFIX_TEXT] = "";

	if (p->addresses[i].family)
		prefix_format(text, &p->addresses[i]);
	assert_string_equal(text, expected);
}

static void add_minimal(struct draft *d)
{
	struct err err = ERR_INIT;

	draft_init(d, NULL, reserved);
	assert_non_null(draft_add_node(d, GRAPH_HOST, "h1", NULL, &err));
	assert_non_null(draft_add_node(d, GRAPH_HOST, "h2", NULL, &err));
	assert_non_null(draft_add_node(d, GRAPH_SWITCH, "s1", NULL, &err));
	assert_int_equal(draft_add_link(d, "h1", "s1", NULL, &err), 0);
	assert_int_equal(draft_add_link(d, "h2", "s1", NULL, &err), 0);
}

static void names_and_addresses_follow_the_order(void **state)
{
	struct draft d;

	(void)state;
	add_minimal(&d);
	assert_string_equal(d.links[0].a->name, "h1-eth0");
	assert_string_equal(d.links[0].b->name, "s1-eth1");
	assert_string_equal(d.links[1].a->name, "h2-eth0");
	assert_string_equal(d.links[1].b->name, "s1-eth2");
	assert_address(d.links[0].a, 0, "10.0.0.1/8");
	assert_address(d.links[1].a, 0, "10.0.0.2/8");
	assert_address(d.links[1].b, 0, "");
	if (sysctls_ipv6())
		assert_address(d.links[1].a, 1, "fd00::2/64");
	draft_free(&d);
}

/* A host keeps its number whatever the order of the links; a second interface gets no address in
 * the same subnet. */
static void a_host_has_one_number(void **state)
{
	struct draft d;

	(void)state;
	draft_init(&d, NULL, NULL);
	draft_add_node(&d, GRAPH_HOST, "h1", NULL, NULL);
	draft_add_node(&d, GRAPH_HOST, "h2", NULL, NULL);
	draft_add_node(&d, GRAPH_HOST, "h3", NULL, NULL);
	assert_int_equal(draft_add_link(&d, "h3", "h1", NULL, NULL), 0);
	assert_int_equal(draft_add_link(&d, "h3", "h2", NULL, NULL), 0);
	assert_address(d.links[0].a, 0, "10.0.0.3/8");
	assert_address(d.links[0].b, 0, "10.0.0.1/8");
	assert_string_equal(d.links[1].a->name, "h3-eth1");
	assert_address(d.links[1].a, 0, "");
	assert_address(d.links[1].b, 0, "10.0.0.2/8");
	draft_free(&d);
}

static void own_addresses_are_respected(void **state)
{
	struct draft_node_options node = { .ip = prefix("10.0.0.2/8") };
	struct draft_link_options link = { .a = { .ip = prefix("192.168.1.7/24") } };
	struct draft d;

	(void)state;
	draft_init(&d, NULL, NULL);
	draft_add_node(&d, GRAPH_HOST, "h1", &node, NULL);
	draft_add_node(&d, GRAPH_HOST, "h2", NULL, NULL);
	draft_add_node(&d, GRAPH_SWITCH, "s1", NULL, NULL);
	assert_int_equal(draft_add_link(&d, "h1", "s1", NULL, NULL), 0);
	assert_int_equal(draft_add_link(&d, "h2", "s1", NULL, NULL), 0);
	assert_address(d.links[0].a, 0, "10.0.0.2/8");
	assert_address(d.links[0].a, 1, "");
	assert_address(d.links[1].a, 0, "10.0.0.1/8"); /* its own is taken: the next free */
	assert_int_equal(draft_add_link(&d, "h2", "s1", &link, NULL), 0);
	assert_address(d.links[2].a, 0, "192.168.1.7/24");
	draft_free(&d);
}

struct bad_link {
	const char *a, *b, *interface, *ip, *text;
};

static void bad_links_are_refused(void **state)
{
	static const struct bad_link bad[] = {
		{ "h1", "h9", NULL, NULL, "link h1-h9: no node h9 (did you mean h1?)" },
		{ "h1", "h1", NULL, NULL, "link h1-h1: a link needs two different nodes" },
		{ "h1", "s1", "eth0", NULL, "link h1-s1: h1 has an interface h1-eth0 already" },
		{ "h1", "s1", "h1-eth0", NULL, "link h1-s1: h1 has an interface h1-eth0 already" },
		{ "h1", "s1", NULL, "10.0.0.2/8", "link h1-s1: 10.0.0.2 is in use by h2" },
		{ "s1", "h1", NULL, "10.0.0.9/8",
		  "link s1-h1: s1 is a switch: its ports take no address" },
	};
	struct draft d;
	size_t i;

	(void)state;
	add_minimal(&d);
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct draft_link_options o = { .a = { .interface = bad[i].interface } };
		struct err err = ERR_INIT;

		if (bad[i].ip)
			o.a.ip = prefix(bad[i].ip);
		assert_int_equal(draft_add_link(&d, bad[i].a, bad[i].b, &o, &err), -1);
		assert_string_equal(err.text, bad[i].text);
		assert_int_equal(d.n_links, 2);
	}
	draft_free(&d);
}

static void bad_nodes_are_refused(void **state)
{
	static const char *const bad[] = {
		"h1",	     "pingall", "", "a b", "x/y", "-x", "abcdefghijklmnopqrstuvwxyz123456",
		"h\xc3\xa9",
	};
	struct draft d;
	size_t i;

	(void)state;
	add_minimal(&d);
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct err err = ERR_INIT;

		assert_null(draft_add_node(&d, GRAPH_HOST, bad[i], NULL, &err));
		assert_true(*err.text);
		assert_int_equal(d.n_nodes, 3);
	}
	draft_free(&d);
}

static void add_switches(struct draft *d, size_t n, size_t with_stp)
{
	for (size_t i = 1; i <= n; i++) {
		char name[8];

		snprintf(name, sizeof(name), "s%zu", i);
		assert_non_null(draft_add_node(d, GRAPH_SWITCH, name,
					       &(struct draft_node_options){ .stp = i == with_stp },
					       NULL));
	}
}

static int add_cable(struct draft *d, const char *a, const char *b, struct err *err)
{
	return draft_add_link(d, a, b, NULL, err);
}

static void loops_of_switches_are_refused(void **state)
{
	const struct draft_link_options storm = { .storm = true };
	struct err err = ERR_INIT;
	struct draft d;

	(void)state;
	draft_init(&d, NULL, NULL);
	add_switches(&d, 5, 0);
	assert_non_null(draft_add_node(&d, GRAPH_HOST, "h1", NULL, NULL));
	assert_int_equal(add_cable(&d, "s1", "s2", &err), 0);
	assert_int_equal(add_cable(&d, "s4", "s3", &err), 0);
	assert_int_equal(add_cable(&d, "s2", "s3", &err), 0);
	assert_int_equal(add_cable(&d, "s1", "s5", &err), 0);
	/* A host on two switches passes nothing on. */
	assert_int_equal(add_cable(&d, "h1", "s1", &err), 0);
	assert_int_equal(add_cable(&d, "h1", "s4", &err), 0);
	assert_int_equal(add_cable(&d, "s1", "s4", &err), -1);
	assert_string_equal(
		err.text, "link s1-s4: with it s1-s2-s3-s4-s1 is a loop of switches without STP: "
			  "a broadcast would circle there for ever and take all of the processor");
	assert_string_equal(err.hint, "one switch with STP breaks the loop (stp=true, stp=on); "
				      "storm=yes builds it all the same");
	assert_int_equal(add_cable(&d, "s2", "s1", &err), -1);
	assert_non_null(strstr(err.text, "with it s2-s1-s2 is a loop"));
	assert_int_equal(d.n_links, 6);
	assert_int_equal(draft_add_link(&d, "s1", "s4", &storm, &err), 0);
	assert_int_equal(add_cable(&d, "s4", "s5", &err), -1);
	draft_free(&d);
}

/* It hears its own messages, which the others pass on. */
static void one_switch_with_stp_breaks_a_loop(void **state)
{
	struct err err = ERR_INIT;
	struct draft d;

	(void)state;
	draft_init(&d, NULL, NULL);
	add_switches(&d, 4, 2);
	assert_int_equal(add_cable(&d, "s1", "s2", &err), 0);
	assert_int_equal(add_cable(&d, "s2", "s3", &err), 0);
	assert_int_equal(add_cable(&d, "s3", "s1", &err), 0);
	assert_int_equal(add_cable(&d, "s2", "s1", &err), 0);
	assert_int_equal(add_cable(&d, "s3", "s4", &err), 0);
	/* But not one that it is no part of. */
	assert_int_equal(add_cable(&d, "s4", "s1", &err), -1);
	assert_non_null(strstr(err.text, "s4-s3-s1-s4"));
	draft_free(&d);
}

static void assert_bridge(bool stp, const char *given, const char *options)
{
	struct draft d;
	struct draft_node *n;

	draft_init(&d, NULL, NULL);
	n = draft_add_node(&d, GRAPH_SWITCH, "s1",
			   &(struct draft_node_options){ .stp = stp, .bridge = given }, NULL);
	assert_string_equal(n->options, options);
	draft_free(&d);
}

static void stp_is_quick_unless_told_otherwise(void **state)
{
	(void)state;
	assert_bridge(false, NULL, "mcast_snooping 0");
	assert_bridge(true, NULL, "mcast_snooping 0 stp_state 1 forward_delay 200");
	assert_bridge(true, "forward_delay 400 max_age 600",
		      "mcast_snooping 0 stp_state 1 forward_delay 400 max_age 600");
	/* What is the kernel's own is not said. */
	assert_bridge(true, "forward_delay 1500 mcast_snooping 1", "stp_state 1");
	assert_bridge(false, "stp_state 1", "mcast_snooping 0 stp_state 1");
}

/* Of several the one with the lowest MAC, unless a priority says otherwise, is up before the links
 * are there. */
static void the_root_of_the_tree_speaks_first(void **state)
{
	static const struct {
		const char *priority, *first;
	} cases[] = { { NULL, "ip -n s1 link set dev s1 up" },
		      { "priority 4096", "ip -n s3 link set dev s3 up" } };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct draft_node_options stp = { .stp = true },
					  chosen = { .stp = true, .bridge = cases[i].priority };
		struct plan plan = { 0 };
		struct buf out = { 0 };
		struct draft d;

		draft_init(&d, NULL, NULL);
		assert_non_null(draft_add_node(&d, GRAPH_SWITCH, "s2", &stp, NULL));
		assert_non_null(draft_add_node(&d, GRAPH_SWITCH, "s1", &stp, NULL));
		assert_non_null(draft_add_node(&d, GRAPH_SWITCH, "s3", &chosen, NULL));
		assert_int_equal(add_cable(&d, "s1", "s2", NULL), 0);
		assert_int_equal(draft_plan(&d, &plan, NULL), 0);
		plan_explain(&plan, &out);
		assert_non_null(strstr(out.data, cases[i].first));
		assert_true(strstr(out.data, cases[i].first) < strstr(out.data, "type veth"));
		assert_true(strstr(out.data, "ip -n s2 link set dev s2 up") >
			    strstr(out.data, "type veth"));
		buf_free(&out);
		plan_free(&plan);
		draft_free(&d);
	}
}

static void a_bridge_takes_1023_ports(void **state)
{
	struct err err = ERR_INIT;
	struct draft d;
	char name[16];
	int i;

	(void)state;
	draft_init(&d, NULL, NULL);
	draft_add_node(&d, GRAPH_SWITCH, "s1", NULL, NULL);
	for (i = 1; i <= 1024; i++) {
		snprintf(name, sizeof(name), "h%d", i);
		draft_add_node(&d, GRAPH_HOST, name, NULL, NULL);
		assert_int_equal(draft_add_link(&d, name, "s1", NULL, &err), i <= 1023 ? 0 : -1);
	}
	assert_string_equal(err.text,
			    "link h1024-s1: s1 has 1023 ports: a Linux bridge takes no more");
	draft_free(&d);
}

/* Whoever has the first addresses, a host finds a free one. */
static void defaults_pass_over_used_addresses(void **state)
{
	struct draft_link_options link = { .a = { .ip = prefix("10.0.0.1/8") } };
	struct draft d;

	(void)state;
	draft_init(&d, NULL, NULL);
	draft_add_node(&d, GRAPH_ROUTER, "r1", NULL, NULL);
	draft_add_node(&d, GRAPH_HOST, "h1", NULL, NULL);
	draft_add_node(&d, GRAPH_SWITCH, "s1", NULL, NULL);
	assert_int_equal(draft_add_link(&d, "r1", "s1", &link, NULL), 0);
	assert_int_equal(draft_add_link(&d, "h1", "s1", NULL, NULL), 0);
	assert_address(d.links[1].a, 0, "10.0.0.2/8");
	draft_free(&d);
}

/* A script may catch the error and go on: nothing of the refused call is left. */
static void refused_calls_leave_nothing(void **state)
{
	struct draft_node_options taken = { .ip = prefix("10.0.0.2/8") };
	struct draft_link_options link = { .a = { .ip = prefix("10.9.0.1/24") },
					   .b = { .ip = prefix("10.9.0.1/24") } };
	struct err err = ERR_INIT;
	struct draft d;

	(void)state;
	add_minimal(&d);
	assert_null(draft_add_node(&d, GRAPH_HOST, "h3", &taken, &err));
	assert_string_equal(err.text, "10.0.0.2 is in use by h2");
	assert_non_null(draft_add_node(&d, GRAPH_HOST, "h3", NULL, &err));
	assert_int_equal(draft_add_link(&d, "h3", "h1", &link, &err), -1);
	assert_string_equal(err.text, "link h3-h1: 10.9.0.1 at both ends");
	assert_int_equal(draft_add_link(&d, "h3", "s1", NULL, &err), 0);
	assert_string_equal(d.links[2].a->name, "h3-eth0");
	assert_address(d.links[2].a, 0, "10.0.0.3/8");
	draft_free(&d);
}

/* Else the kernel notices the carrier a second late. */
static void ends_have_different_indexes(void **state)
{
	struct draft d;

	(void)state;
	draft_init(&d, NULL, NULL);
	draft_add_node(&d, GRAPH_HOST, "h1", NULL, NULL);
	draft_add_node(&d, GRAPH_HOST, "h2", NULL, NULL);
	draft_add_node(&d, GRAPH_SWITCH, "s1", NULL, NULL);
	draft_add_link(&d, "h1", "h2", NULL, NULL); /* both would be 2 */
	assert_int_equal(d.links[0].index[0], 3);
	assert_int_equal(d.links[0].index[1], 0);
	draft_add_link(&d, "h1", "s1", NULL, NULL); /* 4 in the order of links, not 2; 3 */
	assert_int_equal(d.links[1].index[0], 4);
	assert_int_equal(d.links[1].index[1], 0);
	draft_add_link(&d, "s1", "h2", NULL, NULL); /* 4 and 3 */
	assert_int_equal(d.links[2].index[0], 0);
	assert_int_equal(d.links[2].index[1], 0);
	draft_add_link(&d, "s1", "h1", NULL, NULL); /* both would be 5 */
	assert_int_equal(d.links[3].index[0], 6);
	assert_int_equal(d.links[3].index[1], 5);
	draft_add_link(&d, "h2", "s1", NULL, NULL); /* 4 and 7: the first asks with the second */
	assert_int_equal(d.links[4].index[0], 4);
	assert_int_equal(d.links[4].index[1], 7);
	draft_free(&d);
}

/* Without one a router cannot ask for the neighbours of what it forwards. */
static void routers_alone_have_link_local_addresses(void **state)
{
	struct plan plan = { 0 };
	unsigned without = 0;
	struct draft d;

	(void)state;
	draft_init(&d, NULL, NULL);
	draft_add_node(&d, GRAPH_HOST, "h1", NULL, NULL);
	draft_add_node(&d, GRAPH_ROUTER, "r1", NULL, NULL);
	draft_add_link(&d, "h1", "r1", NULL, NULL);
	assert_int_equal(draft_plan(&d, &plan, NULL), 0);
	for (size_t i = 0; i < plan.n; i++) {
		if (plan.ops[i].kind != OP_LINK_SET || !(plan.ops[i].set & SET_NO_LINK_LOCAL))
			continue;
		assert_string_equal(plan.ops[i].end.name, "h1-eth0");
		without++;
	}
	assert_int_equal(without, sysctls_ipv6());
	plan_free(&plan);
	draft_free(&d);
}

static void long_names_get_short_interfaces(void **state)
{
	struct draft d;

	(void)state;
	draft_init(&d, NULL, NULL);
	draft_add_node(&d, GRAPH_HOST, "a-very-long-host-name", NULL, NULL);
	draft_add_node(&d, GRAPH_SWITCH, "a-very-long-switch", NULL, NULL);
	assert_int_equal(
		draft_add_link(&d, "a-very-long-host-name", "a-very-long-switch", NULL, NULL), 0);
	assert_string_equal(d.links[0].a->name, "eth0");
	assert_string_equal(d.links[0].b->name, "eth1");
	assert_string_equal(d.nodes[1]->bridge, "br0");
	draft_free(&d);
}

static void explain_prints_lines_that_run(void **state)
{
	struct draft_link_options link = { .a = { .bare = true }, .mtu = 1400 };
	struct plan plan = { 0 };
	struct buf text = { 0 };
	struct draft d;

	(void)state;
	draft_init(&d, NULL, NULL);
	draft_add_node(&d, GRAPH_HOST, "h1", NULL, NULL);
	draft_add_node(&d, GRAPH_SWITCH, "s1", NULL, NULL);
	assert_int_equal(draft_add_link(&d, "h1", "s1", &link, NULL), 0);
	assert_int_equal(draft_plan(&d, &plan, NULL), 0);
	plan_explain(&plan, &text);
	assert_non_null(strstr(text.data, "ip netns add h1\n"));
	assert_non_null(strstr(text.data, "ip -n h1 link set dev lo up\n"));
	assert_non_null(strstr(text.data, "ip -n s1 link add name s1 address 02:73:00:01:00:00 "
					  "type bridge mcast_snooping 0\n"));
	assert_non_null(strstr(
		text.data,
		"ip link add name h1-eth0 netns h1 address 02:68:00:01:00:00 mtu 1400 numtxqueues "
		"1 "
		"numrxqueues 1 type veth peer name s1-eth1 netns s1 address 02:73:00:01:00:01 "
		"mtu 1400 numtxqueues 1 numrxqueues 1\n"));
	assert_non_null(strstr(text.data, "ip -n s1 link set dev s1-eth1 master s1 up\n"));
	assert_null(strstr(text.data, "address add"));
	/* The bridge comes up last. */
	assert_string_equal(strstr(text.data, "ip -n s1 link set dev s1 up"),
			    "ip -n s1 link set dev s1 up\n");
	plan_free(&plan);
	buf_free(&text);
	draft_free(&d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_and_addresses_follow_the_order),
		cmocka_unit_test(a_host_has_one_number),
		cmocka_unit_test(own_addresses_are_respected),
		cmocka_unit_test(bad_links_are_refused),
		cmocka_unit_test(bad_nodes_are_refused),
		cmocka_unit_test(loops_of_switches_are_refused),
		cmocka_unit_test(one_switch_with_stp_breaks_a_loop),
		cmocka_unit_test(stp_is_quick_unless_told_otherwise),
		cmocka_unit_test(the_root_of_the_tree_speaks_first),
		cmocka_unit_test(a_bridge_takes_1023_ports),
		cmocka_unit_test(defaults_pass_over_used_addresses),
		cmocka_unit_test(refused_calls_leave_nothing),
		cmocka_unit_test(ends_have_different_indexes),
		cmocka_unit_test(routers_alone_have_link_local_addresses),
		cmocka_unit_test(long_names_get_short_interfaces),
		cmocka_unit_test(explain_prints_lines_that_run),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
