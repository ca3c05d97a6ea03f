/* Tab and `?` in a lab made by hand: what may stand where. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "command/command.h"
#include "graph/store.h"

static struct graph graph;
static struct session session;
static char directory[] = "/tmp/nslab-complete-XXXXXX";

static void add_port(struct graph_node *n, int index, const char *name, const char *kind)
{
	struct graph_port *p = store_port(n, index);

	snprintf(p->name, sizeof(p->name), "%s", name);
	snprintf(p->kind, sizeof(p->kind), "%s", kind);
}

static void make_file(const char *name, mode_t mode)
{
	FILE *f = fopen(name, "w");

	assert_non_null(f);
	fclose(f);
	chmod(name, mode);
}

/* h1, h2, h10 and s1, in a directory with a few files and one program of its own. */
static int set_up(void **state)
{
	struct graph_node *h1, *s1;

	(void)state;
	graph.root = store_add_node(&graph, "", -1);
	h1 = store_add_node(&graph, "h1", 0);
	store_add_node(&graph, "h2", 1);
	store_add_node(&graph, "h10", 2);
	s1 = store_add_node(&graph, "s1", 3);
	add_port(h1, 1, "lo", "");
	add_port(h1, 2, "h1-eth0", "veth");
	add_port(h1, 3, "uplink", "veth");
	add_port(s1, 2, "s1", "bridge");
	session = (struct session){ .graph = &graph, .out = { .fd = -1 } };

	if (!mkdtemp(directory) || chdir(directory) || mkdir("bin", 0755) || mkdir("labs", 0755))
		return -1;
	make_file("bin/nxprog", 0755);
	make_file("bin/nxdata", 0644);
	make_file("mine.lua", 0644);
	make_file("notes.txt", 0644);
	make_file("a file", 0644);
	make_file(".hidden", 0644);
	make_file("labs/two.lua", 0644);
	setenv("PATH", "/nonexistent:bin", 1);
	return 0;
}

static int tear_down(void **state)
{
	char command[64];

	(void)state;
	while (graph.n_nodes)
		store_remove_node(&graph, graph.nodes[0]);
	store_remove_node(&graph, graph.root);
	free(graph.nodes);
	free(graph.by_nsid);
	map_free(&graph.by_name);
	setenv("PATH", "/usr/bin:/bin", 1);
	snprintf(command, sizeof(command), "rm -rf %s", directory);
	return system(command);
}

/* Candidates at the end of LINE, joined by blanks. */
static const char *complete(const char *line)
{
	static char text[4096];
	struct completion c;

	text[0] = '\0';
	command_complete(&session, line, strlen(line), &c);
	for (size_t i = 0; i < c.n; i++)
		snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s%s", i ? " " : "",
			 c.v[i]);
	completion_free(&c);
	return text;
}

static bool has(const char *line, const char *word)
{
	char list[4200], wanted[64];

	snprintf(list, sizeof(list), " %s ", complete(line));
	snprintf(wanted, sizeof(wanted), " %s ", word);
	return strstr(list, wanted);
}

static void the_first_word(void **state)
{
	(void)state;
	assert_string_equal(complete("pingp"), "pingpair pingpairfull");
	assert_string_equal(complete("h"), "h1 h2 h10 help history");
	assert_string_equal(complete("nx"), "nxprog");
	assert_true(has("", "add"));
	assert_true(has("", "h1"));
	assert_false(has("", "nxprog"));
	assert_string_equal(complete("nosuch"), "");
}

static void a_second_word(void **state)
{
	(void)state;
	assert_string_equal(complete("add "), "host link router switch");
	assert_string_equal(complete("add h"), "host");
	assert_string_equal(complete("del l"), "link");
	assert_string_equal(complete("del "), "h1 h2 h10 link s1");
	assert_string_equal(complete("add host "), "");
}

static void nodes_and_interfaces(void **state)
{
	(void)state;
	assert_string_equal(complete("show h"), "h1 h2 h10");
	assert_string_equal(complete("show "), "h1 h2 h10 s1");
	assert_string_equal(complete("show h1 "), "");
	assert_string_equal(complete("link h1 s"), "s1");
	assert_string_equal(complete("add link h1:"), "h1:eth0 h1:uplink");
	assert_string_equal(complete("add link h1:e"), "h1:eth0");
	assert_string_equal(complete("add link h1:h"), "h1:h1-eth0");
	assert_string_equal(complete("add link h9:"), "");
	assert_string_equal(complete("link h1 s1 "), "down up");
	assert_string_equal(complete("link h1 s1 d"), "down");
}

static void an_own_command(void **state)
{
	static const struct command own = {
		.name = "add lan",
		.family = FAMILY_OWN,
		.args = "<switch> <host>... [way=up|down]",
		.summary = "make a LAN",
	};

	(void)state;
	assert_int_equal(command_add(&own, NULL), 0);
	assert_string_equal(complete("add l"), "lan link");
	assert_string_equal(complete("add lan "), "s1");
	assert_string_equal(complete("add lan s1 "), "h1 h2 h10");
	assert_string_equal(complete("add lan s1 h2 way=u"), "way=up");
	assert_string_equal(complete("help add l"), "lan link");
	command_remove(&own);
	assert_string_equal(complete("add l"), "link");
}

static void options_and_flags(void **state)
{
	(void)state;
	assert_string_equal(complete("nodes --j"), "--json");
	assert_string_equal(complete("nodes --json --"), "");
	assert_string_equal(complete("pingall -"), "--json -4 -6");
	assert_string_equal(complete("pingall -4 -"), "--json");
	assert_string_equal(complete("pingall ti"), "timeout=");
	assert_string_equal(complete("pingall timeout=1s t"), "");
	assert_string_equal(complete("add link h1 s1 i"), "ip6= ip=");
	assert_string_equal(complete("add switch s9 stp="), "stp=false stp=true");
	assert_string_equal(complete("add switch s9 stp=f"), "stp=false");
}

static void lines_within_lines(void **state)
{
	(void)state;
	assert_string_equal(complete("time pinga"), "pingall pingallfull");
	assert_string_equal(complete("time show h1"), "h1 h10");
	assert_string_equal(complete("explain o"), "off on");
	assert_string_equal(complete("explain add r"), "router");
	assert_string_equal(complete("time time explain add r"), "router");
	assert_string_equal(complete("sh nx"), "nxprog");
	assert_string_equal(complete("sh nxprog no"), "notes.txt");
}

static void programs_and_their_words(void **state)
{
	(void)state;
	assert_string_equal(complete("h1 nx"), "nxprog");
	assert_string_equal(complete("h1 "), "");
	assert_string_equal(complete("h1 bin/nx"), "bin/nxdata bin/nxprog");
	assert_string_equal(complete("h1 ping h"), "h1 h1-eth0 h2 h10");
	assert_string_equal(complete("h1 cat no"), "notes.txt");
	assert_string_equal(complete("h1 cat la"), "labs/");
	assert_string_equal(complete("h1 cat labs/"), "labs/two.lua");
	assert_string_equal(complete("h1 cat ."), "../ .hidden");
	assert_string_equal(complete("h1 cat \"a f"), "a file");
	assert_string_equal(complete("sudo nx"), "nxprog");
	assert_string_equal(complete("! nx"), "nxprog");
	assert_string_equal(complete("nxprog no"), "notes.txt");
	assert_string_equal(complete("nodes | nx"), "nxprog");
	assert_string_equal(complete("nodes | nxprog no"), "notes.txt");
	assert_string_equal(complete("nodes --json x "), "");
}

static void topologies_and_parameters(void **state)
{
	(void)state;
	assert_string_equal(complete("load tre"), "tree");
	assert_string_equal(complete("load mi"), "mine.lua minimal");
	assert_string_equal(complete("load l"), "labs/ lan2 leafspine linear");
	assert_string_equal(complete("load tree d"), "depth=");
	assert_string_equal(complete("load tree depth=2 f"), "fanout=");
	assert_string_equal(complete("load nosuch d"), "");
	assert_string_equal(complete("topologies si"), "single");
	assert_string_equal(complete("source n"), "notes.txt");
	assert_string_equal(complete("help add l"), "link");
	assert_string_equal(complete("kill -IN"), "-INT");
}

static void the_word_begins_where_it_does(void **state)
{
	struct completion c;

	(void)state;
	command_complete(&session, "show h1 x", 6, &c);
	assert_int_equal(c.start, 5);
	assert_int_equal(c.n, 3);
	completion_free(&c);
	command_complete(&session, "h1 cat \"a f", 11, &c);
	assert_int_equal(c.start, 7);
	assert_true(c.files);
	completion_free(&c);
	command_complete(&session, "", 0, &c);
	assert_int_equal(c.start, 0);
	completion_free(&c);
}

static bool helps(const char *line, const char *part)
{
	struct out out = { .fd = -1 };
	bool found;

	command_help_at(&session, line, strlen(line), &out);
	found = strstr(buf_text(&out.buf), part);
	if (!found)
		print_message("%s?\n%s", line, buf_text(&out.buf));
	out_free(&out);
	return found;
}

static void question_marks(void **state)
{
	(void)state;
	assert_true(helps("", "add host"));
	assert_true(helps("", "NODE PROGRAM"));
	assert_true(helps("", "  look          nodes, net, links, "));
	assert_true(helps("pin", "pingall"));
	assert_true(helps("h1", "host"));
	assert_true(helps("add ", "router"));
	assert_true(helps("show ", "<node>"));
	assert_true(helps("show h1 ", "Enter"));
	assert_true(helps("link h1 s1 ", "down"));
	assert_true(helps("add link h1 s1 ", "mtu=<number>"));
	assert_true(helps("add switch s9 stp=", "stp=true|false"));
	assert_true(helps("add link h1 s1 ", "  ip=<addresses>    10.0.0.1/24,"));
	assert_true(helps("add link h1 s1 ", "fd01::1/64,fd01::2/64"));
	assert_true(helps("load tree ", "levels of switches"));
	assert_true(helps("load ", "single"));
	assert_true(helps("nodes --", "as JSON"));
	assert_true(helps("nodes x", "  nothing that this command knows fits here\n"));
	assert_true(helps("nosuch ", "  nothing is known that fits here\n"));
	assert_true(helps("h1 ", "PROGRAM"));
	assert_true(helps("explain ", "off"));
	assert_true(helps("time ", "pingall"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_word),
		cmocka_unit_test(a_second_word),
		cmocka_unit_test(nodes_and_interfaces),
		cmocka_unit_test(an_own_command),
		cmocka_unit_test(options_and_flags),
		cmocka_unit_test(lines_within_lines),
		cmocka_unit_test(programs_and_their_words),
		cmocka_unit_test(topologies_and_parameters),
		cmocka_unit_test(the_word_begins_where_it_does),
		cmocka_unit_test(question_marks),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
