/* Argument grammars: every row of the table, lines that fit and lines that do not, with the words
 * people read. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include <stdio.h>

#include "command/command.h"
#include "command/grammar.h"

static struct args parsed;

/* Parse the words of LINE after one for the command's name. */
static int parse(const char *grammar, const char *line, struct err *err)
{
	static struct command c;

	c = (struct command){ .name = "cmd", .args = grammar };
	*err = ERR_INIT;
	return args_parse(&parsed, &c, line, 1, NULL, err);
}

static void every_row_compiles_and_is_complete(void **state)
{
	struct grammar g;
	struct err err = ERR_INIT;

	(void)state;
	for (size_t i = 0; command_table[i]; i++) {
		const struct command *c = command_table[i];

		if (grammar_compile(c->args, &g, &err))
			fail_msg("%s: %s", c->name, err.text);
		if (!c->example == !c->no_example)
			fail_msg("%s: an example, or the reason why there is none", c->name);
		if (!c->run || !c->summary || c->summary[strlen(c->summary) - 1] == '.')
			fail_msg("%s: no function, or no summary without a full stop", c->name);
		if (i && c->family < command_table[i - 1]->family)
			fail_msg("%s: stands after a later family", c->name);
		for (size_t k = 0; k < i; k++)
			if (!strcmp(c->name, command_table[k]->name))
				fail_msg("%s: twice", c->name);
	}
}

static void every_example_parses(void **state)
{
	(void)state;
	for (size_t i = 0; command_table[i]; i++) {
		const struct command *c = command_table[i];
		struct words w;
		struct err err = ERR_INIT;
		struct args a;
		size_t used;

		if (!c->example)
			continue;
		assert_int_equal(words_split(c->example, &w, &err), 0);
		assert_ptr_equal(command_find(&w, &used), c);
		if (args_parse(&a, c, c->example, used, NULL, &err))
			fail_msg("%s: %s", c->example, err.text);
		args_free(&a);
		words_free(&w);
	}
}

static void wrong_grammars_are_refused(void **state)
{
	static const char *const wrong[] = {
		"<nosuch>",
		"<node",
		"[<node>",
		"ip=<addresses>",
		"--json",
		"[--json|x]",
		"<line> <node>",
		"<node>... <end>",
		"[<node>] <end>",
		"<line>|on",
		"[ip=<line>]",
		"a|b|c|d|e|f|g|h|i",
		"<a-label-that-is-much-too-long-for-its-place>",
	};
	struct grammar g;

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		struct err err = ERR_INIT;

		if (!grammar_compile(wrong[i], &g, &err) || !err.text[0])
			fail_msg("%s was taken", wrong[i]);
	}
}

static void good_lines_fill_their_places(void **state)
{
	struct err err;

	(void)state;
	assert_int_equal(parse("<end> <end> [ip=<addresses>] [mtu=<number>]",
			       "cmd h1:eth5 mtu=1400 s1 ip=10.0.0.1/8,none", &err),
			 0);
	assert_string_equal(args_at(&parsed, "end", 0)->text, "h1:eth5");
	assert_string_equal(args_at(&parsed, "end", 0)->interface, "eth5");
	assert_null(args_at(&parsed, "end", 1)->interface);
	assert_null(args_at(&parsed, "end", 2));
	assert_string_equal(args_text(&parsed, "ip"), "10.0.0.1/8,none");
	assert_int_equal(args_at(&parsed, "mtu", 0)->number, 1400);
	args_free(&parsed);

	assert_int_equal(parse("[timeout=<time>] [<node>...] [-4|-6] [--json]",
			       "cmd h1 -6 h2 timeout=5ms h3", &err),
			 0);
	assert_int_equal(args_count(&parsed, "node"), 3);
	assert_string_equal(args_at(&parsed, "node", 2)->text, "h3");
	assert_true(args_has(&parsed, "-6"));
	assert_false(args_has(&parsed, "--json"));
	assert_int_equal(args_at(&parsed, "timeout", 0)->time_ns, 5000000);
	args_free(&parsed);

	assert_int_equal(parse("[<signal>] <job>...", "cmd %1 2", &err), 0);
	assert_null(args_text(&parsed, "signal"));
	assert_int_equal(args_count(&parsed, "job"), 2);
	args_free(&parsed);
	assert_int_equal(parse("[<signal>] <job>...", "cmd -INT %1", &err), 0);
	assert_string_equal(args_text(&parsed, "signal"), "-INT");
	args_free(&parsed);

	/* Parameters are words of the topology, an option of that name is ours. */
	assert_int_equal(parse("<topology> [<param>...] [--replace]",
			       "cmd --replace tree depth=2 fanout=3", &err),
			 0);
	assert_string_equal(args_text(&parsed, "topology"), "tree");
	assert_int_equal(args_count(&parsed, "param"), 2);
	args_free(&parsed);
}

static void yes_and_no_have_many_names(void **state)
{
	static const char *const words[][2] = {
		{ "on", "on" },	  { "yes", "on" }, { "true", "on" },   { "1", "on" },
		{ "off", "off" }, { "no", "off" }, { "false", "off" }, { "0", "off" },
	};
	struct err err;
	char line[32];

	(void)state;
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		snprintf(line, sizeof(line), "cmd stp=%s", words[i][0]);
		assert_int_equal(parse("[stp=on|off]", line, &err), 0);
		assert_string_equal(args_text(&parsed, "stp"), words[i][1]);
		args_free(&parsed);
	}
}

static void the_rest_of_a_line_stays_raw(void **state)
{
	struct err err;

	(void)state;
	assert_int_equal(parse("on|off|<line>", "cmd h1 echo 'a  b' --json x=1 | cat", &err), 0);
	assert_string_equal(args_text(&parsed, "line"), "h1 echo 'a  b' --json x=1 | cat");
	args_free(&parsed);
	assert_int_equal(parse("on|off|<line>", "cmd on  # comment", &err), 0);
	assert_string_equal(args_text(&parsed, "line"), "on");
	args_free(&parsed);
	assert_int_equal(parse("<program>", "cmd -x", &err), 0);
	assert_string_equal(args_text(&parsed, "program"), "-x");
	args_free(&parsed);
	assert_int_equal(parse("<program>", "cmd 'a b'", &err), 0);
	assert_string_equal(args_text(&parsed, "program"), "'a b'");
	args_free(&parsed);
}

static void quoted_words_are_no_options(void **state)
{
	struct err err;

	(void)state;
	assert_int_equal(parse("<word>... [--json]", "cmd '--json' \"a=b\" ''", &err), -1);
	assert_string_equal(err.text, "cmd: <word> is empty");
	assert_int_equal(parse("<file> [<word:argument>...]", "cmd x.lua a=1 -x --json", &err), 0);
	assert_int_equal(args_count(&parsed, "argument"), 3);
	assert_string_equal(args_text(&parsed, "argument"), "a=1");
	args_free(&parsed);
	assert_int_equal(parse("<word>... [ip=<word>] [--json]", "cmd a=1 --json -x ip=2", &err),
			 0);
	assert_int_equal(args_count(&parsed, "word"), 2);
	assert_string_equal(args_text(&parsed, "ip"), "2");
	assert_true(args_has(&parsed, "--json"));
	args_free(&parsed);
	assert_int_equal(parse("<word>... [--json]", "cmd '--json' \"a=b\"", &err), 0);
	assert_int_equal(args_count(&parsed, "word"), 2);
	assert_false(args_has(&parsed, "--json"));
	args_free(&parsed);
}

static void bad_lines_say_what_is_wrong(void **state)
{
	static const struct {
		const char *grammar, *line, *text;
	} bad[] = {
		{ "", "cmd x", "cmd: unexpected \"x\"" },
		{ "<node>", "cmd", "cmd: <node> is missing" },
		{ "<node>", "cmd h1 h2", "cmd: unexpected \"h2\"" },
		{ "<end> <end> up|down", "cmd h1", "cmd h1: <end> is missing" },
		{ "<end> <end> up|down", "cmd h1 s1", "cmd h1-s1: up|down is missing" },
		{ "<end> <end> up|down", "cmd h1 s1 dwn",
		  "cmd h1-s1: expected up or down, not \"dwn\" (did you mean down?)" },
		{ "<end> <end>", "cmd h1: s1",
		  "cmd h1:-s1: \"h1:\" is neither NODE nor NODE:INTERFACE" },
		{ "<end> [ip=<addresses>]", "cmd h1 pi=x",
		  "cmd h1: unknown option pi= (did you mean ip?)" },
		{ "<end> [ip=<addresses>]", "cmd h1 ip=none ip=none",
		  "cmd h1: ip= was given twice" },
		{ "<end> [ip=<addresses>]", "cmd h1 ip=10.0.0.300/8",
		  "cmd h1: ip: 10.0.0.300/8: not an IPv4 or IPv6 address" },
		{ "<end> [ip=<addresses>]", "cmd h1 ip=10.0.0.1/8,",
		  "cmd h1: ip: '': not an IPv4 or IPv6 address" },
		{ "[stp=on|off]", "cmd stp=onn",
		  "cmd: stp: expected on or off, not \"onn\" (did you mean on?)" },
		{ "[mode=on|auto]", "cmd mode=yes", "cmd: mode: expected on or auto, not \"yes\"" },
		{ "[--json]", "cmd --jsno", "cmd: unknown flag --jsno (did you mean --json?)" },
		{ "[--json]", "cmd --json=x", "cmd: unknown flag --json=x (did you mean --json?)" },
		{ "[-4|-6]", "cmd -4 -6", "cmd: -4 and -6 exclude each other" },
		{ "[<number>]", "cmd -1", "cmd: unknown flag -1" },
		{ "[<number>]", "cmd ten", "cmd: ten: not a whole number" },
		{ "[t=<time>]", "cmd t=5",
		  "cmd: t: 5: a time needs a unit: us, ms or s (5ms, 5s)" },
		{ "<rate> [<word>]", "cmd h1", "cmd: h1: not a rate (500kbit, 10mbit, 1.5gbit)" },
		{ "<topology> [<param>...]", "cmd tree depth", "cmd: \"depth\" is no NAME=VALUE" },
		{ "<topology> [<param>...]", "cmd tree =2", "cmd: \"=2\" is no NAME=VALUE" },
		{ "<name>...", "cmd ok a/b",
		  "cmd: node name a/b: only letters, digits, _ . and - are allowed" },
		{ "[<signal>] <job>...", "cmd -INT", "cmd: <job> is missing" },
		{ "on|off|<line>", "cmd", "cmd: on|off|<line> is missing" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct err err;

		if (!parse(bad[i].grammar, bad[i].line, &err))
			fail_msg("%s: %s was taken", bad[i].grammar, bad[i].line);
		assert_string_equal(err.text, bad[i].text);
		assert_int_equal(err.class, ERR_FAILED);
	}
}

static void usage_stands_in_the_hint(void **state)
{
	struct err err;

	(void)state;
	parse("<node>", "cmd", &err);
	assert_string_equal(err.hint, "usage: cmd <node>");
	parse("", "cmd x", &err);
	assert_string_equal(err.hint, "usage: cmd");
}

static void names_of_commands_are_reserved(void **state)
{
	static const char *const reserved[] = { "add", "link", "sh", "sudo", "all", "root" };

	(void)state;
	for (size_t i = 0; i < sizeof(reserved) / sizeof(*reserved); i++)
		assert_true(command_is_reserved(reserved[i]));
	assert_false(command_is_reserved("h1"));
	assert_false(command_is_reserved("add host"));
	assert_false(command_is_reserved("ad"));
}

static void rows_are_added_replaced_and_removed(void **state)
{
	static const struct command one = { .name = "mine", .family = FAMILY_OWN };
	static const struct command other = { .name = "mine", .family = FAMILY_OWN };
	static const struct command longer = { .name = "add lan", .family = FAMILY_OWN };
	struct words w = { 0 };
	size_t used;

	(void)state;
	assert_int_equal(words_split("mine lan", &w, NULL), 0);
	assert_null(command_find(&w, &used));
	assert_int_equal(command_add(&one, NULL), 0);
	assert_int_equal(command_add(&longer, NULL), 0);
	assert_ptr_equal(command_find(&w, &used), &one);
	assert_true(command_is_reserved("mine"));
	assert_int_equal(command_add(&other, NULL), 0);
	assert_ptr_equal(command_find(&w, &used), &other);
	command_remove(&one);
	assert_ptr_equal(command_find(&w, &used), &other);
	command_remove(&other);
	assert_null(command_find(&w, &used));
	assert_false(command_is_reserved("mine"));
	words_free(&w);

	assert_int_equal(words_split("add lan", &w, NULL), 0);
	assert_ptr_equal(command_find(&w, &used), &longer);
	command_remove(&longer);
	command_remove(&longer);
	assert_null(command_find(&w, &used));
	words_free(&w);
}

static void names_that_mean_something_are_not_added(void **state)
{
	static const char *const names[] = { "links", "add",   "add host", "sudo", "lua me", "=",
					     "",      "a b c", " a",	   "a ",   "a  b",   "1a" };

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (!command_add(&(struct command){ .name = names[i] }, NULL))
			fail_msg("\"%s\" was added", names[i]);
}

static void the_longest_name_wins(void **state)
{
	struct words w;
	size_t used;

	(void)state;
	assert_int_equal(words_split("del link a b", &w, NULL), 0);
	assert_string_equal(command_find(&w, &used)->name, "del link");
	assert_int_equal(used, 2);
	words_free(&w);
	assert_int_equal(words_split("del linka", &w, NULL), 0);
	assert_string_equal(command_find(&w, &used)->name, "del");
	assert_int_equal(used, 1);
	words_free(&w);
	assert_int_equal(words_split("add", &w, NULL), 0);
	assert_null(command_find(&w, &used));
	words_free(&w);
}

static void the_reference_names_every_command(void **state)
{
	struct out out = { .fd = -1 };

	(void)state;
	command_write_reference(&out);
	for (size_t i = 0; command_table[i]; i++) {
		char head[64];

		snprintf(head, sizeof(head), "\n### %s\n", command_table[i]->name);
		assert_non_null(strstr(buf_text(&out.buf), head));
	}
	out_free(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_row_compiles_and_is_complete),
		cmocka_unit_test(every_example_parses),
		cmocka_unit_test(wrong_grammars_are_refused),
		cmocka_unit_test(good_lines_fill_their_places),
		cmocka_unit_test(yes_and_no_have_many_names),
		cmocka_unit_test(the_rest_of_a_line_stays_raw),
		cmocka_unit_test(quoted_words_are_no_options),
		cmocka_unit_test(bad_lines_say_what_is_wrong),
		cmocka_unit_test(usage_stands_in_the_hint),
		cmocka_unit_test(names_of_commands_are_reserved),
		cmocka_unit_test(rows_are_added_replaced_and_removed),
		cmocka_unit_test(names_that_mean_something_are_not_added),
		cmocka_unit_test(the_longest_name_wins),
		cmocka_unit_test(the_reference_names_every_command),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
