/* Topologies: what the built-in ones make. */
#include "tests/unit/topology_script.h"

/* What SPEC with one PARAM (or none) makes, as text: "h1-eth0:s1-eth1 ..." */
static void made(const char *spec, const char *param, struct buf *out)
{
	struct draft d;
	struct err err = ERR_INIT;

	draft_init(&d, NULL, NULL);
	if (topology_build(spec, &param, param ? 1 : 0, &d, NULL, &err) != 0)
		fail_msg("%s", err.text);
	for (size_t i = 0; i < d.n_links; i++)
		buf_printf(out, "%s%s:%s", i ? " " : "", d.links[i].a->name, d.links[i].b->name);
	draft_free(&d);
}

static void assert_makes(const char *spec, const char *param, const char *links)
{
	struct buf out = { 0 };

	made(spec, param, &out);
	assert_string_equal(buf_text(&out), links);
	buf_free(&out);
}

static void built_in_as_mininet_makes_them(void **state)
{
	(void)state;
	assert_makes("minimal", NULL, "h1-eth0:s1-eth1 h2-eth0:s1-eth2");
	assert_makes("single", NULL, "h1-eth0:s1-eth1 h2-eth0:s1-eth2");
	assert_makes("single,3", NULL, "h1-eth0:s1-eth1 h2-eth0:s1-eth2 h3-eth0:s1-eth3");
	assert_makes("reversed,3", NULL, "h1-eth0:s1-eth3 h2-eth0:s1-eth2 h3-eth0:s1-eth1");
	assert_makes("linear", NULL, "h1-eth0:s1-eth1 h2-eth0:s2-eth1 s2-eth2:s1-eth2");
	assert_makes(
		"linear,3", NULL,
		"h1-eth0:s1-eth1 h2-eth0:s2-eth1 s2-eth2:s1-eth2 h3-eth0:s3-eth1 s3-eth2:s2-eth3");
	assert_makes("linear,2,2", NULL,
		     "h1s1-eth0:s1-eth1 h2s1-eth0:s1-eth2 h1s2-eth0:s2-eth1 h2s2-eth0:s2-eth2 "
		     "s2-eth3:s1-eth3");
	assert_makes("tree", NULL, "s1-eth1:h1-eth0 s1-eth2:h2-eth0");
	assert_makes("tree,depth=1", "fanout=1", "s1-eth1:h1-eth0");
	assert_makes("tree,2,2", NULL,
		     "s2-eth1:h1-eth0 s2-eth2:h2-eth0 s1-eth1:s2-eth3 "
		     "s3-eth1:h3-eth0 s3-eth2:h4-eth0 s1-eth2:s3-eth3");
}

static void built_in_with_loops(void **state)
{
	(void)state;
	assert_makes("star", "arms=2",
		     "h1-eth0:s2-eth1 s2-eth2:s1-eth1 h2-eth0:s3-eth1 "
		     "s3-eth2:s1-eth2");
	assert_makes("star,1,2", NULL, "h1-eth0:s2-eth1 h2-eth0:s2-eth2 s2-eth3:s1-eth1");
	assert_makes("ring,3", NULL,
		     "h1-eth0:s1-eth1 h2-eth0:s2-eth1 h3-eth0:s3-eth1 "
		     "s1-eth2:s2-eth2 s2-eth3:s3-eth2 s3-eth3:s1-eth3");
	assert_makes("ring,3", "stp=true",
		     "h1-eth0:s1-eth1 h2-eth0:s2-eth1 h3-eth0:s3-eth1 "
		     "s1-eth2:s2-eth2 s2-eth3:s3-eth2 s3-eth3:s1-eth3");
	assert_makes("mesh,3", NULL,
		     "h1-eth0:s1-eth1 h2-eth0:s2-eth1 s1-eth2:s2-eth2 "
		     "h3-eth0:s3-eth1 s1-eth3:s3-eth2 s2-eth3:s3-eth3");
	assert_makes("stploop", NULL,
		     "h1-eth0:s1-eth1 h2-eth0:s2-eth1 h3-eth0:s3-eth1 "
		     "s1-eth2:s2-eth2 s2-eth3:s3-eth2 s3-eth3:s1-eth3");
	assert_makes("torus", NULL,
		     "h1x1-eth0:s1x1-eth1 h1x2-eth0:s1x2-eth1 h1x3-eth0:s1x3-eth1 "
		     "h2x1-eth0:s2x1-eth1 h2x2-eth0:s2x2-eth1 h2x3-eth0:s2x3-eth1 "
		     "h3x1-eth0:s3x1-eth1 h3x2-eth0:s3x2-eth1 h3x3-eth0:s3x3-eth1 "
		     "s1x1-eth2:s1x2-eth2 s1x1-eth3:s2x1-eth2 s1x2-eth3:s1x3-eth2 "
		     "s1x2-eth4:s2x2-eth2 s1x3-eth3:s1x1-eth4 s1x3-eth4:s2x3-eth2 "
		     "s2x1-eth3:s2x2-eth3 s2x1-eth4:s3x1-eth2 s2x2-eth4:s2x3-eth3 "
		     "s2x2-eth5:s3x2-eth2 s2x3-eth4:s2x1-eth5 s2x3-eth5:s3x3-eth2 "
		     "s3x1-eth3:s3x2-eth3 s3x1-eth4:s1x1-eth5 s3x2-eth4:s3x3-eth3 "
		     "s3x2-eth5:s1x2-eth5 s3x3-eth4:s3x1-eth5 s3x3-eth5:s1x3-eth5");
	assert_makes("triangle", NULL,
		     "r1-eth0:s1-eth1 h1-eth0:s1-eth2 r2-eth0:s2-eth1 h2-eth0:s2-eth2 "
		     "r3-eth0:s3-eth1 h3-eth0:s3-eth2 "
		     "r1-eth1:r2-eth1 r2-eth2:r3-eth1 r1-eth2:r3-eth2");
	assert_makes("leafspine,1,2,1", NULL,
		     "leaf1-eth0:s1-eth1 h1-eth0:s1-eth2 "
		     "leaf1-eth1:spine1-eth0 leaf1-eth2:spine2-eth0");
	assert_makes("fattree,2", NULL,
		     "p1e1-eth0:s1-eth1 h1-eth0:s1-eth2 p1e1-eth1:p1a1-eth0 p1a1-eth1:c1-eth0 "
		     "p2e1-eth0:s2-eth1 h2-eth0:s2-eth2 p2e1-eth1:p2a1-eth0 p2a1-eth1:c1-eth1");
	assert_fails("fattree", "k=5", ERR_FAILED,
		     "topologies/fattree.lua: k=5 is odd: half of a router's ports go up, half go "
		     "down");
}

/* Counted as Mininet has them: torus(4,4) 16 switches, 32 links between them; a fat tree of k-port
 * switches k^3/4 hosts and 5k^2/4 routers. */
static void sizes(void **state)
{
	static const struct {
		const char *spec;
		size_t nodes, links;
	} cases[] = {
		{ "torus,4,4", 32, 16 + 32 },
		{ "torus,3,4,2", 36, 24 + 24 },
		{ "mesh,10", 20, 10 + 45 },
		{ "ring,10,3", 40, 30 + 10 },
		{ "star,5,4", 26, 20 + 5 },
		{ "fattree,4", 16 + 20 + 8, 16 + 8 + 16 + 16 },
		{ "leafspine,4,3,2", 8 + 7 + 4, 8 + 4 + 12 },
	};

	(void)state;
	for (size_t i = 0; i < LEN(cases); i++) {
		struct draft d;

		draft_init(&d, NULL, NULL);
		assert_int_equal(topology_build(cases[i].spec, NULL, 0, &d, NULL, NULL), 0);
		assert_int_equal(d.n_nodes, cases[i].nodes);
		assert_int_equal(d.n_links, cases[i].links);
		draft_free(&d);
	}
}

/* A loop of switches: with the spanning tree, or with a word that says so, else refused. */
static void loops_without_stp_are_refused(void **state)
{
	static const char *const looped[] = { "ring", "mesh", "torus", "stploop" };
	const char *words[] = { "stp=false", "storm=yes" };

	(void)state;
	for (size_t i = 0; i < LEN(looped); i++) {
		struct err err = ERR_INIT;
		struct draft d;

		draft_init(&d, NULL, NULL);
		assert_int_equal(topology_build(looped[i], words, 1, &d, NULL, &err), -1);
		assert_non_null(strstr(err.text, "is a loop of switches without STP"));
		assert_non_null(strstr(err.text, ".lua:"));
		assert_non_null(strstr(err.hint, "storm=yes"));
		draft_free(&d);
		draft_init(&d, NULL, NULL);
		assert_int_equal(topology_build(looped[i], words, 2, &d, NULL, &err), 0);
		draft_free(&d);
	}
}

static void built_in_with_routers(void **state)
{
	(void)state;
	assert_makes("lan2", NULL,
		     "r1-eth0:s1-eth1 h1-eth0:s1-eth2 h2-eth0:s1-eth3 "
		     "r1-eth1:s2-eth1 h3-eth0:s2-eth2 h4-eth0:s2-eth3");
	assert_makes("chain", "routers=2", "h1-eth0:r1-eth0 r1-eth1:r2-eth0 r2-eth1:h2-eth0");
	assert_makes("routers", NULL,
		     "r1-eth0:s1-eth1 h1-eth0:s1-eth2 r2-eth0:s2-eth1 h2-eth0:s2-eth2 "
		     "r3-eth0:s3-eth1 h3-eth0:s3-eth2 "
		     "r1-eth1:r2-eth1 r2-eth2:r3-eth1 r3-eth2:r1-eth2");
	assert_makes("routers,3", "shape=mesh",
		     "r1-eth0:s1-eth1 h1-eth0:s1-eth2 r2-eth0:s2-eth1 h2-eth0:s2-eth2 "
		     "r3-eth0:s3-eth1 h3-eth0:s3-eth2 "
		     "r1-eth1:r2-eth1 r1-eth2:r3-eth1 r2-eth2:r3-eth2");
	assert_makes("ecmp", NULL,
		     "r1-eth0:s1-eth1 h1-eth0:s1-eth2 r2-eth0:s2-eth1 h2-eth0:s2-eth2 "
		     "r1-eth1:m1-eth0 r1-eth2:m2-eth0 r2-eth1:m1-eth1 r2-eth2:m2-eth1");
	assert_makes("dualhomed", NULL,
		     "r1-eth0:s1-eth1 h1-eth0:s1-eth2 r4-eth0:s4-eth1 h2-eth0:s4-eth2 "
		     "r2-eth0:r1-eth1 r2-eth1:r4-eth1 r3-eth0:r1-eth2 r3-eth1:r4-eth2");
	assert_makes("dumbbell", "hosts=1",
		     "r1-eth0:s1-eth1 h1-eth0:s1-eth2 r2-eth0:s2-eth1 h2-eth0:s2-eth2 "
		     "r1-eth1:r2-eth1");
	assert_makes("campus,1,2", "hosts=1",
		     "c1-eth0:c2-eth0 d1-eth0:a1-eth1 h1-eth0:a1-eth2 d1-eth1:a2-eth1 "
		     "h2-eth0:a2-eth2 d1-eth2:c1-eth1 d1-eth3:c2-eth1");
	assert_makes("home", "laptops=2",
		     "server-eth0:provider-eth0 provider-eth1:router-eth0 router-eth1:s1-eth1 "
		     "laptop-eth0:s1-eth2 laptop2-eth0:s1-eth3");
	assert_makes("playground", NULL,
		     "backbone-eth0:isp-eth0 backbone-eth1:example-eth0 isp-eth1:modemA-eth0 "
		     "isp-eth2:modemB-eth0 modemA-eth1:homeA-eth1 h1-eth1:homeA-eth2 "
		     "h2-eth1:homeA-eth3 h3-eth1:homeA-eth4 modemB-eth1:homeB-eth1 "
		     "h4-eth1:homeB-eth2 example-eth1:exampleCOM-eth1 ftp-eth0:exampleCOM-eth2 "
		     "mail-eth0:exampleCOM-eth3 www-eth0:exampleCOM-eth4");
	assert_makes("ipv6,2", "hosts=1",
		     "r1-eth0:s0-eth1 r1-eth1:s1-eth1 h1-eth0:s1-eth2 "
		     "r2-eth0:s0-eth2 r2-eth1:s2-eth1 h2-eth0:s2-eth2");
}

/* net:lan: the router is number 254, each host has the next name and a default route. */
static void a_lan_is_addressed(void **state)
{
	const char *spec = build("net:host('h1') net:router('r1')\n"
				 "net:lan('s1', { ip = '10.1.0.0/24', ip6 = 'fd01::/64', "
				 "router = 'r1', hosts = 2 })");
	static const char *const wanted[][2] = { { "10.1.0.254/24", "fd01::fe/64" },
						 { "10.1.0.1/24", "fd01::1/64" },
						 { "10.1.0.2/24", "fd01::2/64" } };
	struct draft d;

	(void)state;
	draft_init(&d, NULL, NULL);
	assert_int_equal(topology_build(spec, NULL, 0, &d, NULL, NULL), 0);
	assert_int_equal(d.n_links, LEN(wanted));
	for (size_t i = 0; i < 2 * LEN(wanted); i++) {
		char text[PREFIX_TEXT];

		assert_string_equal(prefix_format(text, &d.links[i / 2].a->addresses[i % 2]),
				    wanted[i / 2][i % 2]);
	}
	assert_string_equal(d.links[2].a->name, "h3-eth0");
	assert_int_equal(d.parts.n, 4);
	assert_string_equal(d.parts.ops[3].words, "default via fd01::fe");
	draft_free(&d);
}

/* Mininet gives addresses in the order of names, whatever order a topology makes them in. */
static void hosts_are_numbered_as_names_sort(void **state)
{
	static const char *const names[] = { "h1s1", "h1s2", "h2s1", "h2s2" };
	struct draft d;

	(void)state;
	draft_init(&d, NULL, NULL);
	assert_int_equal(topology_build("linear,2,2", NULL, 0, &d, NULL, NULL), 0);
	for (unsigned i = 0; i < LEN(names); i++)
		assert_int_equal(draft_find_node(&d, names[i], NULL)->number, i + 1);
	draft_free(&d);
}

static void large_ones(void **state)
{
	struct draft d;

	(void)state;
	draft_init(&d, NULL, NULL);
	assert_int_equal(topology_build("single,1023", NULL, 0, &d, NULL, NULL), 0);
	assert_int_equal(d.n_links, 1023);
	draft_free(&d);
	draft_init(&d, NULL, NULL);
	assert_int_equal(topology_build("tree,3,8", NULL, 0, &d, NULL, NULL), 0);
	assert_int_equal(d.n_nodes, 73 + 512);
	draft_free(&d);
	assert_fails(
		"tree,8,9", NULL, ERR_FAILED,
		"topologies/tree.lua: depth=8 fanout=9 makes 43046721 hosts; 4096 are the most");
}

static void described(void **state)
{
	const char *const *names = topology_names();
	struct topology t;
	struct err err = ERR_INIT;

	(void)state;
	for (const char *const *name = names; *name; name++) {
		assert_true(name == names || strcmp(name[-1], *name) < 0);
		assert_non_null(strstr(topology_source(*name), "return {"));
		/* It begins with a few words, and a drawing set off from them. */
		assert_true(strncmp(topology_source(*name), "-- ", 3) == 0);
		assert_non_null(strstr(topology_source(*name), "\n--\n--  "));
		assert_int_equal(topology_describe(*name, &t, &err), 0);
		assert_true(strlen(t.about) > 0);
		topology_free(&t);
	}
	assert_null(topology_source("tre"));
	assert_int_equal(topology_describe("tree,2,3", &t, &err), 0);
	assert_string_equal(t.name, "tree");
	assert_int_equal(t.n_params, 2);
	assert_string_equal(t.params[0].name, "depth");
	assert_string_equal(t.params[0].value, "1");
	assert_string_equal(t.params[1].about, "children of each switch");
	assert_true(t.params[1].number);
	assert_int_equal(t.params[1].max, 1023);
	topology_free(&t);
}

static void assert_reach(const char *text, const char *reach)
{
	const char *spec = script(text, strlen(text));
	struct topology t;
	struct err err = ERR_INIT;

	assert_int_equal(topology_describe(spec, &t, &err), 0);
	assert_string_equal(t.reach, reach);
	topology_free(&t);
}

static void who_answers_whom(void **state)
{
	(void)state;
	assert_reach("return { about = '', build = print }", "all");
	assert_reach("return { about = '', build = print, reach = 'all' }", "all");
	assert_reach("return { about = '', build = print, reach = 'none' }", "none");
	assert_reach("return { about = '', build = print, reach = function() error('no') end }",
		     "some");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(built_in_as_mininet_makes_them),
		cmocka_unit_test(built_in_with_loops),
		cmocka_unit_test(sizes),
		cmocka_unit_test(loops_without_stp_are_refused),
		cmocka_unit_test(built_in_with_routers),
		cmocka_unit_test(a_lan_is_addressed),
		cmocka_unit_test(hosts_are_numbered_as_names_sort),
		cmocka_unit_test(large_ones),
		cmocka_unit_test(described),
		cmocka_unit_test(who_answers_whom),
	};

	return cmocka_run_group_tests(tests, enter_directory, leave_directory);
}
