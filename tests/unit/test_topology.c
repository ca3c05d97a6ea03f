/* Topologies: what the built-in ones make, what parameters may be, and what a script of one's own
 * may do wrong. */
#include "lua/topology.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/interrupt.h"
#include "lua/definition.h"
#include "lua/sandbox.h"

#define LEN(a) (sizeof(a) / sizeof((a)[0]))

/* A script in a file of its own, in a directory of the test's. */
static const char *script(const char *text, size_t len)
{
	FILE *f = fopen("mine.lua", "w");

	assert_non_null(f);
	assert_int_equal(fwrite(text, 1, len, f), len);
	assert_int_equal(fclose(f), 0);
	return "./mine.lua";
}

/* A script that is one build function with BODY, which starts in line 3. */
static const char *build(const char *body)
{
	struct buf text = { 0 };
	const char *name;

	buf_printf(&text, "return { about = 'mine', build = function(net, p)\n\n%s\nend }\n", body);
	name = script(text.data, text.len);
	buf_free(&text);
	return name;
}

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

static void assert_fails(const char *spec, const char *param, enum err_class class,
			 const char *text)
{
	struct draft d;
	struct err err = ERR_INIT;

	draft_init(&d, NULL, NULL);
	assert_int_equal(topology_build(spec, &param, param ? 1 : 0, &d, NULL, &err), -1);
	assert_string_equal(err.text, text);
	assert_int_equal(err.class, class);
	draft_free(&d);
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

static void parameters_refused(void **state)
{
	(void)state;
	assert_fails("tree", "dept=2", ERR_USAGE,
		     "tree: no parameter \"dept\" (did you mean depth?); it has depth, fanout");
	assert_fails("minimal", "hosts=2", ERR_USAGE,
		     "minimal: no parameter \"hosts\"; it has none");
	assert_fails("tree", "depth=0", ERR_USAGE, "tree: depth=0 is not within 1 and 8");
	assert_fails("tree", "depth=99999999999999999999", ERR_USAGE,
		     "tree: depth=99999999999999999999 is not a whole number");
	assert_fails("tree", "depth=two", ERR_USAGE, "tree: depth=two is not a whole number");
	assert_fails("tree", "depth=", ERR_USAGE, "tree: depth= is not a whole number");
	assert_fails("tree", "depth", ERR_USAGE,
		     "tree: \"depth\" is not a parameter: write NAME=VALUE");
	assert_fails("tree,2", "depth=2", ERR_USAGE, "tree: depth is given twice");
	assert_fails("tree,2,3,4", NULL, ERR_USAGE,
		     "tree: \"4\" is one value too many: it takes 2");
	assert_fails("tre", NULL, ERR_USAGE, "no topology \"tre\" (did you mean tree?)");
	assert_fails("./none.lua", NULL, ERR_USAGE, "./none.lua: No such file or directory");
	mkdir("dir.lua", 0700);
	assert_fails("./dir.lua", NULL, ERR_USAGE, "./dir.lua: a directory");
}

static const char kinds[] =
	"#!/usr/bin/env nslab\n"
	"return { about = 'kinds of parameters', params = {\n"
	"  n = { 3, 'a number', min = 1 }, word = { 'a', 'a word', choices = { 'a', 'b' } },\n"
	"  yes = { true, 'a switch' }, any = { 'x', 'any word' } },\n"
	"  order = { 'word', 'n', 'any', 'yes' },\n"
	"  build = function(net, p) print(p.n, p.word, p.yes, p.any, math.type(p.n))\n"
	"    print(p.yes == false) end }\n";

static void kinds_of_parameters(void **state)
{
	static const char *const params[] = { "n=7", "word=b", "yes=false" };
	const char *spec = script(kinds, strlen(kinds));
	struct buf printed = { 0 };
	struct err err = ERR_INIT;
	struct draft d;

	(void)state;
	draft_init(&d, NULL, NULL);
	assert_int_equal(topology_build(spec, params, LEN(params), &d, &printed, &err), 0);
	assert_string_equal(buf_text(&printed), "7\tb\tfalse\tx\tinteger\ntrue\n");
	buf_clear(&printed);
	assert_int_equal(topology_build("./mine.lua,b,9", NULL, 0, &d, &printed, &err), 0);
	assert_string_equal(buf_text(&printed), "9\tb\ttrue\tx\tinteger\nfalse\n");
	buf_free(&printed);
	draft_free(&d);
	assert_fails(spec, "n=0", ERR_USAGE, "./mine.lua: n=0 is less than 1");
	assert_fails(spec, "word=c", ERR_USAGE, "./mine.lua: word=c is not one of a, b");
	assert_fails(spec, "yes=1", ERR_USAGE, "./mine.lua: yes=1 is not one of false, true");
}

static void tables_refused(void **state)
{
	static const char *const cases[][2] = {
		{ "return 1", "a topology returns a table: return { about = ..., build = "
			      "function(net, p) ... end }" },
		{ "return { about = '', build = print, parms = {} }",
		  "unknown key parms (did you mean params?); a topology has about, params, order, "
		  "reach and build" },
		{ "return { build = print }",
		  "about is missing: a line that says what the topology is" },
		{ "return { about = '' }", "build is missing: function(net, p) ... end" },
		{ "return { about = '', build = print, params = { n = 2 } }",
		  "parameter n: write n = { DEFAULT, \"what it is\", min =, max =, choices = }, "
		  "DEFAULT a whole number, a string, true or false" },
		{ "return { about = '', build = print, reach = 'some' }",
		  "reach is \"all\", \"none\" or function(p, from, to, family), which says whether "
		  "node `from` gets an answer of `to`" },
		{ "return { about = '', build = print, params = { n = { 2, '', min = 3 } } }",
		  "parameter n: its default 2 is not within its min and max" },
		{ "return { about = '', build = print, params = { n = { 'a', '', min = 3 } } }",
		  "parameter n: min is a whole number, of a parameter that is one" },
		{ "return { about = '', build = print, params = { n = { 'a', '', choices = { 'b' } "
		  "} } }",
		  "parameter n: its default \"a\" is not among its choices" },
		{ "return { about = '', build = print, params = { ['a b'] = { 2, '' } } }",
		  "params: a parameter's name is made of letters, digits and _" },
		{ "return { about = '', build = print, params = { n = { 2, '' } }, order = { 'm' } "
		  "}",
		  "order names each of the 1 parameters once" },
	};

	(void)state;
	for (size_t i = 0; i < LEN(cases); i++) {
		struct buf text = { 0 };

		buf_printf(&text, "./mine.lua: %s", cases[i][1]);
		assert_fails(script(cases[i][0], strlen(cases[i][0])), NULL, ERR_FAILED,
			     buf_text(&text));
		buf_free(&text);
	}
}

static void errors_have_a_line(void **state)
{
	static const char *const cases[][2] = {
		{ "\n\nerror('no')", ":5: no" },
		{ "local x = = 1", ":3: unexpected symbol near '='" },
		{ "net:host('h1', { delay = '10ms' })",
		  ":3: net:host: no option \"delay\"; it takes ip, ip6, via, via6" },
		{ "net:switch('s1', { stb = true })",
		  ":3: net:switch: no option \"stb\" (did you mean stp?); it takes stp, "
		  "mcast_snooping, stp_state, ageing_time, forward_delay, hello_time, max_age, "
		  "priority, group_fwd_mask, vlan_filtering, vlan_protocol, vlan_default_pvid, "
		  "mcast_router, mcast_querier, mcast_query_use_ifaddr, mcast_igmp_version, "
		  "mcast_mld_version, nf_call_iptables, nf_call_ip6tables, nf_call_arptables" },
		{ "net:switch('s1', { stp = 1 })",
		  ":3: net:switch: stp is true or false, not a number" },
		{ "net:host('h1', { 'ip' })",
		  ":3: net:host: an option without a name; write { ip = ... }" },
		{ "net:host('h1', 'ip')",
		  ":3: net:host: options are a table such as { ip = ... }, not a string" },
		{ "net:host('h1', { ip = 10 })", ":3: net:host: ip is a string, not a number" },
		{ "net:host('h1', { ip = '10.0.0.1' })",
		  ":3: net:host: ip = \"10.0.0.1\" has no prefix length: write it as 10.0.0.1/8" },
		{ "net:host('h1', { ip = 'fd00::1/64' })",
		  ":3: net:host: ip = \"fd00::1/64\": write an IPv6 address as ip6" },
		{ "net:host('h1', { ip6 = 'none' })",
		  ":3: net:host: ip = \"none\" leaves out both, IPv4 and IPv6" },
		{ "net:host('h1', { via = '10.0.0.254/8' })",
		  ":3: net:host: via = \"10.0.0.254/8\": a gateway is one address, without a "
		  "length" },
		{ "net:host('h1', { via = 'fd00::1' })",
		  ":3: net:host: via = \"fd00::1\": write an IPv6 gateway as via6" },
		{ "net:router('r1', { via6 = 'r2' })",
		  ":3: net:router: via6: r2: not an IPv4 or IPv6 address" },
		{ "net:host(1)", ":3: net:host: the name is a string, not a number" },
		{ "net.host('h1')", ":3: write net:host(...), with a colon" },
		{ "net:hots('h1')",
		  ":3: no function net:hots (did you mean host?); net has host, "
		  "switch, router, link, lan, for what nodes hold file, private, exec, daemon, and "
		  "piece by piece namespace, veth, "
		  "bridge, device, set, address, route, sysctl" },
		{ "local h = net:host('h1')\nnet:link(h, nil)",
		  ":4: net:link: the second end is a node or its name, not nil" },
		{ "local h = net:host('h1')\nreturn h.ip",
		  ":4: node h1 has no field \"ip\"; it has name" },
		{ "net:lan('s1')", ":3: net:lan: write { ip = \"10.1.0.0/24\", router = ..., "
				   "hosts = ... }" },
		{ "net:lan('s1', { hosts = 2 })",
		  ":3: net:lan: ip or ip6 is missing: the subnet, as ip = \"10.1.0.0/24\"" },
		{ "net:lan('s1', { ip = '10.1.0.0/24', hosts = 254 })",
		  ":3: net:lan: hosts = 254 is not a whole number within 0 and 253" },
		{ "net:lan('s1', { ip = '10.1.0.0/24', router = 'r1' })",
		  ":3: net:lan: no node r1" },
		{ "net:lan('s1', { ip = '10.1.0.0/30', hosts = 3 })",
		  ":3: net:lan: 10.1.0.0/30 has no address number 3: it has room for 2" },
		{ "net:link(net:host('h1'), net:switch('s1'), { mtu = '1500' })",
		  ":3: net:link: mtu is a number of bytes such as 1500, not a string" },
		{ "net:link(net:host('h1'), net:switch('s1'), { mtu = 12 })",
		  ":3: net:link: mtu = 12 is not a whole number within 68 and 65535" },
		{ "net:link(net:host('h1'), net:switch('s1'), { b = { ip = '10.0.0.1/8' } })",
		  ":3: link h1-s1: s1 is a switch: its ports take no address" },
		{ "net:link(net:host('h1'), net:host('h2'), { ip = '10.0.0.1/8' })",
		  ":3: net:link: both ends take an address: write ip = \"10.0.0.1/8,...\", h1's "
		  "first" },
		{ "net:link(net:host('h1'), net:switch('s1'), { ip = '10.1.0.1/8', a = { ip = "
		  "'10.2.0.2/8' } })",
		  ":3: net:link: the address of h1 is given twice" },
		{ "setmetatable({}, { __gc = print })", ":3: no finalizers (__gc) in a topology" },
		{ "error({})", ":3: error with a table instead of a message" },
		{ "error()", ":3: error with a nil instead of a message" },
		{ "error(setmetatable({}, { __tostring = function() return 'said' end }))",
		  ":3: said" },
		{ "error('placeless', 0)", ": placeless" },
		{ "load('x =')()", ":3: attempt to call a nil value" },
		{ "assert(load('x =', 'chunk'))",
		  ":3: [string \"chunk\"]:1: unexpected symbol near <eof>" },
		{ "string.rep('x', 1 << 30)", ":3: the script needs more than 64 MB" },
		{ "local t = {} while true do t[#t + 1] = ('x'):rep(1000) .. #t end",
		  ":3: the script needs more than 64 MB" },
	};

	(void)state;
	for (size_t i = 0; i < LEN(cases); i++) {
		struct buf text = { 0 };

		buf_printf(&text, "./mine.lua%s", cases[i][1]);
		assert_fails(build(cases[i][0]), NULL, ERR_FAILED, buf_text(&text));
		buf_free(&text);
	}
}

static void pieces_have_errors_with_a_line(void **state)
{
#define NS "net:namespace('n') "
#define AB NS "net:veth({ node = 'n', interface = 'a' }, { node = 'root', interface = 'b' })\n"
	static const char *const cases[][2] = {
		{ "net:namespace('a/b')",
		  ":3: net:namespace: namespace name a/b: no / is allowed, nor . or .. alone" },
		{ NS "net:namespace('n')", ":3: net:namespace: there is a node n already" },
		{ "net:veth({ node = 'n' })", ":3: net:veth: interface = is missing" },
		{ NS "net:veth({ node = 'n', interface = 'a' }, nil)",
		  ":3: net:veth: write { node = ..., interface = ... } for each end" },
		{ NS "net:veth({ node = 'm', interface = 'a' }, { node = 'n', interface = 'b' })",
		  ":3: net:veth: no node m" },
		{ NS "net:veth({ node = 'n', interface = 'a' }, { node = 'n', interface = 'a' })",
		  ":3: net:veth: both ends are called a" },
		{ NS "net:veth({ node = 'n', interface = 'a b' }, { node = '', interface = 'a' })",
		  ":3: net:veth: interface name a b: no blank and no colon is allowed" },
		{ NS "net:veth({ node = 'n', interface = 'a', mac = '01:00:00:00:00:01' }, nil)",
		  ":3: net:veth: mac = \"01:00:00:00:00:01\" is a group's: its first byte is odd" },
		{ NS "net:veth({ node = 'n', interface = 'a', mac = 'x' }, nil)",
		  ":3: net:veth: mac = \"x\" is no MAC such as 02:00:00:00:00:01" },
		{ AB "net:bridge('n', 'a')", ":4: net:bridge: n has an interface a already" },
		{ "net:bridge('root', 'br0', { ageing_time = 'long' })",
		  ":3: net:bridge: ageing_time long: a whole number up to 4294967295 is wanted" },
		{ "net:device('root', 'd', { kind = 'dumy' })",
		  ":3: net:device: no kind \"dumy\" (did you mean dummy?); there are bridge, "
		  "dummy, "
		  "ifb, vlan, vxlan, macvlan, ipvlan, vrf, bond, and net:veth" },
		{ "net:device('root', 'd')",
		  ":3: net:device: kind is missing: write { kind = \"dummy\" }" },
		{ "net:device('root', 'd', { kind = 'vlan', id = 5 })",
		  ":3: net:device: a vlan stands on another interface: which?" },
		{ "net:device('root', 'd', { kind = 'vlan', id = 5, on = 'eth7' })",
		  ":3: net:device: the lab's root has no interface eth7" },
		{ AB "net:device('n', 'd', { kind = 'macvlan', mode = 'brigde', on = 'a' })",
		  ":4: net:device: mode brigde: it is one of private, vepa, bridge, passthru, "
		  "source" },
		{ AB "net:set('n', 'a')", ":4: net:set: what is to be set? write { up = true }" },
		{ AB "net:set('n', 'b', { up = true })", ":4: net:set: n has no interface b" },
		{ AB "net:set('n', 'a', { master = 'br0' })",
		  ":4: net:set: n has no interface br0" },
		{ AB "net:set('n', 'a', { up = 1 })",
		  ":4: net:set: up is true or false, not a number" },
		{ AB "net:set('n', 'a', { addrgenmode = 'random' })",
		  ":4: net:set: addrgenmode = \"random\": only \"none\" is there" },
		{ AB "net:address('n', 'a', '10.0.0.1/24 bcast +')",
		  ":4: net:address: address: what is \"bcast\"? it takes peer, brd, scope, label, "
		  "metric, nodad, noprefixroute, home, mngtmpaddr and autojoin" },
		{ AB "net:address('n', 'a', 'ten')",
		  ":4: net:address: address: ten: not an IPv4 or IPv6 address" },
		{ AB "net:address('n', 'a', '10.0.0.1 peer fd00::1')",
		  ":4: net:address: address: IPv4 and IPv6 do not go together" },
		{ NS "net:route('n', '')",
		  ":3: net:route: route: write it as `ip route add` takes it: "
		  "\"default via 10.0.0.254\"" },
		{ NS "net:route('n', 'default by 10.0.0.1')",
		  ":3: net:route: route: what is \"by\"? it takes via, dev, src, metric, table, "
		  "mtu, "
		  "proto, scope, onlink and nexthop" },
		{ NS "net:route('n', 'default via')",
		  ":3: net:route: via: via: its value is missing" },
		{ NS "net:route('n', 'fd00::/64 via 10.0.0.1')",
		  ":3: net:route: route: IPv4 and IPv6 do not go together" },
		{ NS "net:sysctl('n', 'kernel.hostname', 'x')",
		  ":3: net:sysctl: sysctl kernel.hostname: those of a namespace are called net.*, "
		  "as "
		  "net.ipv4.ip_forward" },
		{ NS "net:sysctl('n', 'net.ipv4.ip_forward', true)",
		  ":3: net:sysctl: the value is a string, not a boolean" },
	};

	(void)state;
	for (size_t i = 0; i < LEN(cases); i++) {
		struct buf text = { 0 };

		buf_printf(&text, "./mine.lua%s", cases[i][1]);
		assert_fails(build(cases[i][0]), NULL, ERR_FAILED, buf_text(&text));
		buf_free(&text);
	}
#undef NS
#undef AB
}

/* What BODY comes to, in `ip` lines. */
static void assert_explains(const char *body, const char *lines)
{
	struct plan plan = { 0 };
	struct buf out = { 0 };
	struct draft d;
	struct err err = ERR_INIT;

	draft_init(&d, NULL, NULL);
	if (topology_build(build(body), NULL, 0, &d, NULL, &err) != 0 ||
	    draft_plan(&d, &plan, &err) != 0)
		fail_msg("%s", err.text);
	plan_explain(&plan, &out);
	assert_string_equal(buf_text(&out), lines);
	buf_free(&out);
	plan_free(&plan);
	draft_free(&d);
}

static void pieces_are_what_ip_does(void **state)
{
	(void)state;
	assert_explains(
		"local n = net:namespace('a b')\n"
		"net:bridge('root', 'br0', { stp_state = 1, ageing_time = 0 })\n"
		"net:veth({ node = 'root', interface = 'up', mac = '02:00:00:00:00:01' },\n"
		"  { node = n, interface = 'eth0', mac = '02:00:00:00:00:02' }, { mtu = 1400 })\n"
		"net:device(n, 'mv', { kind = 'macvlan', on = 'up', on_node = 'root', mode = "
		"'vepa' })\n"
		"net:device('', 'v5', { kind = 'vlan', on = 'eth0', on_node = n, id = 5 })\n"
		"net:device('root', 'vx', { kind = 'vxlan', id = 9, ['local'] = '10.0.0.1', "
		"nolearning = true, dstport = 4789 })\n"
		"net:set('root', 'up', { up = true, master = 'br0', addrgenmode = 'none' })\n"
		"net:address(n, 'eth0', '10.0.0.1 peer 10.0.0.2/30 scope link')\n"
		"net:route(n, 'blackhole 10.9.0.0/16')\n"
		"net:sysctl('root', 'net.ipv4.ip_forward', 1)\n",
		"ip netns add 'a b'\n"
		"ip link add name br0 type bridge stp_state 1 ageing_time 0\n"
		"ip link add name eth0 netns 'a b' address 02:00:00:00:00:02 mtu 1400 "
		"numtxqueues 1 numrxqueues 1 type veth peer name up address "
		"02:00:00:00:00:01 mtu 1400 numtxqueues 1 numrxqueues 1\n"
		"ip link add link up name mv netns 'a b' type macvlan mode vepa\n"
		"ip -n 'a b' link add link eth0 name v5 netns $$ type vlan id 5\n"
		"ip link add name vx type vxlan id 9 local 10.0.0.1 dstport 4789 nolearning\n"
		"ip link set dev up addrgenmode none\n"
		"ip link set dev up master br0 up\n"
		"ip -n 'a b' address add 10.0.0.1/32 dev eth0 peer 10.0.0.2/30 scope link\n"
		"ip -n 'a b' route add blackhole 10.9.0.0/16\n"
		"sysctl -qw net.ipv4.ip_forward=1\n");
}

/* Errors whose wording is the draft's or Lua's own: the place is what matters. */
static void errors_of_others_have_a_line(void **state)
{
	static const char *const cases[][2] = {
		{ "net:host('h1')\nnet:host('h1')", "./mine.lua:4: " },
		{ "net:host('h 1')", "./mine.lua:3: " },
		{ "net:link('h1', 's1')", "./mine.lua:3: " },
		{ "local h = net:host('h1')\n\nnet:link(h, h)", "./mine.lua:5: " },
		{ "net:host('h1', { ip = '10.0.0.300/8' })", "./mine.lua:3: net:host: ip: " },
		{ "local s = net:switch('s1')\nfor i = 1, 1024 do\nnet:link(net:host('h' .. i), s) "
		  "end",
		  "./mine.lua:5: " },
		{ "local function f() return 1 + f() end f()",
		  "./mine.lua:3: calls too deep inside one another" },
		{ "local co = coroutine.wrap(function() net:host('h1', 1) end)\nco()",
		  "./mine.lua:4: ./mine.lua:3: net:host: options" },
		{ "while true do print(('x'):rep(1 << 19)) end",
		  "./mine.lua:3: more than 1 MB printed" },
		{ "local i = 0\nwhile true do i = i + 1 net:host('h' .. i) end",
		  "./mine.lua:4: net:host: more than" },
		{ "local x = p.dept + 1",
		  "./mine.lua:3: attempt to perform arithmetic on a nil value" },
		{ "local s = string.gsub('x', 'x', function() net:link() end)",
		  "./mine.lua:3: net:link: the first" },
	};

	(void)state;
	for (size_t i = 0; i < LEN(cases); i++) {
		struct err err = ERR_INIT;
		struct draft d;

		draft_init(&d, NULL, NULL);
		assert_int_equal(topology_build(build(cases[i][0]), NULL, 0, &d, NULL, &err), -1);
		if (strncmp(err.text, cases[i][1], strlen(cases[i][1])) != 0)
			fail_msg("%s\n%s", cases[i][0], err.text);
		draft_free(&d);
	}
}

static void callers_are_a_hint(void **state)
{
	const char *spec =
		build("local function f(x) error(x) end\nlocal function g() f('deep') end\ng()");
	struct err err = ERR_INIT;
	struct draft d;

	(void)state;
	draft_init(&d, NULL, NULL);
	assert_int_equal(topology_build(spec, NULL, 0, &d, NULL, &err), -1);
	assert_string_equal(err.text, "./mine.lua:3: deep");
	assert_string_equal(err.hint, "called from ./mine.lua:4, ./mine.lua:5");
	draft_free(&d);
}

static void nothing_beyond_the_sandbox(void **state)
{
	static const char body[] =
		"assert(not io and not debug and not require and not package)\n"
		"assert(not dofile and not loadfile and not string.dump)\n"
		"assert(os.time and not os.execute and not os.exit and not os.remove and not "
		"os.getenv)\n"
		"assert(load('return 1')() == 1 and load('return x', 'c', 'b', { x = 2 })() == 2)\n"
		"local f, why = load('\\27Lua')\n"
		"assert(not f and why:find('binary'), why)\n"
		"assert(getmetatable(net) == false)\n"
		"assert(getmetatable(net:host('h9')) == false)\n"
		"warn('careful')\n";
	struct buf printed = { 0 };
	struct err err = ERR_INIT;
	struct draft d;

	(void)state;
	draft_init(&d, NULL, NULL);
	if (topology_build(build(body), NULL, 0, &d, &printed, &err) != 0)
		fail_msg("%s", err.text);
	assert_string_equal(buf_text(&printed), "warning: careful\n");
	buf_free(&printed);
	draft_free(&d);
	assert_fails(
		script("\033Lua\x54", 5), NULL, ERR_USAGE,
		"./mine.lua: compiled Lua (bytecode) is not run: give the text it was made from");
}

static void addresses_and_ends(void **state)
{
	static const char body[] =
		"net:link(net:host('h1', { ip = '10.9.0.1/16', ip6 = 'fd01::1/64' }), "
		"net:switch('s1'),\n"
		"  { a = { interface = 'up' }, mtu = 1400.0 })\n"
		"net:link(net:router('r1'), net:router('r2'), { ip = '10.1.0.1/30,10.1.0.2/30' })\n"
		"net:link('r1', 's1', { ip = '10.2.0.1/24', ip6 = 'fd02::1/64' })\n"
		"net:link('r2', 's1', { ip = 'none' })\n"
		"net:link('r1', 'r2', { ip = { '10.3.0.1/30', '10.3.0.2/30' } })\n";
	struct draft d;
	struct err err = ERR_INIT;
	char text[PREFIX_TEXT];

	(void)state;
	draft_init(&d, NULL, NULL);
	if (topology_build(build(body), NULL, 0, &d, NULL, &err) != 0)
		fail_msg("%s", err.text);
	assert_string_equal(prefix_format(text, &draft_find_node(&d, "h1", NULL)->address[0]),
			    "10.9.0.1/16");
	assert_string_equal(prefix_format(text, &draft_find_node(&d, "h1", NULL)->address[1]),
			    "fd01::1/64");
	assert_string_equal(d.links[0].a->name, "up");
	assert_int_equal(d.links[0].mtu, 1400);
	assert_string_equal(prefix_format(text, &d.links[1].a->addresses[0]), "10.1.0.1/30");
	assert_string_equal(prefix_format(text, &d.links[1].b->addresses[0]), "10.1.0.2/30");
	assert_string_equal(prefix_format(text, &d.links[2].a->addresses[0]), "10.2.0.1/24");
	assert_string_equal(prefix_format(text, &d.links[4].b->addresses[0]), "10.3.0.2/30");
	draft_free(&d);
}

/* Not even a script that catches every error holds ^C up. */
static void interrupt_ends_any_loop(void **state)
{
	static const char *const bodies[] = {
		"while true do end",
		"while true do pcall(function() while true do end end) end",
		"local f = coroutine.wrap(function() while true do pcall(error) end end)\nwhile "
		"true do pcall(f) end",
		"while true do xpcall(error, function() while true do end end) end",
		"local t = setmetatable({}, { __close = function() while true do end end })\n"
		"local x <close> = t\nwhile true do end",
	};

	(void)state;
	interrupt_install();
	for (size_t i = 0; i < LEN(bodies); i++) {
		struct err err = ERR_INIT;
		struct draft d;

		draft_init(&d, NULL, NULL);
		raise(SIGINT);
		assert_int_equal(topology_build(build(bodies[i]), NULL, 0, &d, NULL, &err), -1);
		assert_non_null(strstr(err.text, "interrupted"));
		assert_int_equal(err.class, ERR_FAILED);
		interrupt_clear();
		draft_free(&d);
	}
}

/* Two builds in one state: what is left of the first is of no use to the second. */
static void handles_end_with_their_build(void **state)
{
	static const char text[] = "local old, last\n"
				   "return { about = 'two', build = function(net)\n"
				   "  if not old then last, old = net, net:host('h1') return end\n"
				   "  net:host('h1')\n"
				   "  print(old, select(2, pcall(net.link, net, old, 'h1')))\n"
				   "  print(select(2, pcall(function() return old.name end)))\n"
				   "  last:host('h2')\n"
				   "end }\n";
	struct err err = ERR_INIT;
	struct topology t = { 0 };
	struct state *s = state_new("two.lua", STATE_MEMORY, sandbox_open, &err);
	struct draft d;

	(void)state;
	assert_int_equal(definition_load(s, text, strlen(text), &t, &err), 0);
	draft_init(&d, NULL, NULL);
	assert_int_equal(definition_build(s, &t, NULL, &d, &err), 0);
	draft_free(&d);
	draft_init(&d, NULL, NULL);
	assert_int_equal(definition_build(s, &t, NULL, &d, &err), -1);
	assert_string_equal(
		err.text, "two.lua:7: net:host: the build is over; nothing can be added any more");
	assert_string_equal(buf_text(&s->printed),
			    "h1\tnode h1 is of a build that is over\n"
			    "two.lua:6: node h1 is of a build that is over\n");
	draft_free(&d);
	state_free(s);
	topology_free(&t);
}

/* With any limit on memory, from too little for an empty state to enough, a build works or says why
 * not. */
static void memory_may_end_anywhere(void **state)
{
	static const char *const values[] = { "2", "3" };
	const char *source = topology_source("tree");
	bool built = false;
	size_t failed = 0;

	(void)state;
	for (size_t limit = 0; !built; limit += 64) {
		struct err err = ERR_INIT;
		struct topology t = { 0 };
		struct state *s = state_new("tree.lua", limit, sandbox_open, &err);
		struct draft d;

		draft_init(&d, NULL, NULL);
		built = s && definition_load(s, source, strlen(source), &t, &err) == 0 &&
			definition_build(s, &t, values, &d, &err) == 0;
		if (!built) {
			assert_non_null(strstr(err.text, ": the script needs more than"));
			failed++;
		}
		draft_free(&d);
		state_free(s);
		topology_free(&t);
	}
	assert_true(failed > 100);
}

/* A realloc of which the call number `fails` fails, and with `fails_on` all after it. */
static size_t calls, fails;
static bool fails_on;

static void *failing_realloc(void *block, size_t size)
{
	calls++;
	return calls == fails || (fails_on && calls > fails) ? NULL : realloc(block, size);
}

/* `load tree` with that realloc: it fails with words, or makes the whole tree. True: it made it. */
static bool build_with_failure(size_t n, bool on)
{
	static const char *const params[] = { "depth=2", "fanout=2" };
	struct err err = ERR_INIT;
	struct draft d;
	bool built;

	calls = 0;
	fails = n;
	fails_on = on;
	draft_init(&d, NULL, NULL);
	built = topology_build("tree", params, LEN(params), &d, NULL, &err) == 0;
	if (built)
		assert_int_equal(d.n_links, 6);
	else if (!strstr(err.text, ": the script needs more than 64 MB"))
		fail_msg("allocation %zu: %s", n, err.text);
	draft_free(&d);
	return built;
}

/* Lua collects garbage and tries again, so a single failure may do no harm; one that lasts ends the
 * build, each time. ASan sees that nothing leaks. */
static void every_allocation_may_fail(void **state)
{
	size_t total;

	(void)state;
	state_realloc = failing_realloc;
	assert_true(build_with_failure(SIZE_MAX, true));
	total = calls;
	for (size_t n = 1; n <= total; n++) {
		assert_false(build_with_failure(n, true));
		build_with_failure(n, false);
	}
	state_realloc = realloc;
	assert_in_range(total, 300, 100000);
}

static int enter_directory(void **state)
{
	static char path[] = "/tmp/nslab-topology-XXXXXX";

	*state = mkdtemp(path);
	return *state ? chdir(path) : -1;
}

static int leave_directory(void **state)
{
	unlink("mine.lua");
	rmdir("dir.lua");
	return chdir("/") == 0 ? rmdir(*state) : -1;
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
		cmocka_unit_test(parameters_refused),
		cmocka_unit_test(kinds_of_parameters),
		cmocka_unit_test(tables_refused),
		cmocka_unit_test(errors_have_a_line),
		cmocka_unit_test(errors_of_others_have_a_line),
		cmocka_unit_test(pieces_have_errors_with_a_line),
		cmocka_unit_test(pieces_are_what_ip_does),
		cmocka_unit_test(callers_are_a_hint),
		cmocka_unit_test(nothing_beyond_the_sandbox),
		cmocka_unit_test(addresses_and_ends),
		cmocka_unit_test(interrupt_ends_any_loop),
		cmocka_unit_test(handles_end_with_their_build),
		cmocka_unit_test(memory_may_end_anywhere),
		cmocka_unit_test(every_allocation_may_fail),
	};

	return cmocka_run_group_tests(tests, enter_directory, leave_directory);
}
