/* Names of nodes and interfaces, their order, and the nearest of several. */
#include "base/name.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#define LEN(a) (sizeof(a) / sizeof((a)[0]))

typedef int name_check(const char *name, struct err *err);

static void check_all(name_check *check, const char *const (*cases)[2], size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct err err = ERR_INIT;

		if (!cases[i][1]) {
			if (check(cases[i][0], &err) < 0)
				fail_msg("%s", err.text);
			continue;
		}
		assert_int_equal(check(cases[i][0], &err), -1);
		assert_string_equal(err.text, cases[i][1]);
		assert_int_equal(err.class, ERR_USAGE);
	}
}

static void node_names(void **state)
{
	static const char *const cases[][2] = {
		{ "h1", NULL },
		{ "edge-1.west_2", NULL },
		{ "7b", NULL },
		{ "a234567890123456789012345678901", NULL },
		{ "", "an empty node name" },
		{ "a2345678901234567890123456789012",
		  "node name a2345678901234567890123456789012: longer than 31 characters" },
		{ "h 1", "node name h 1: only letters, digits, _ . and - are allowed" },
		{ "a/b", "node name a/b: only letters, digits, _ . and - are allowed" },
		{ "caf\xc3\xa9",
		  "node name caf\xc3\xa9: only letters, digits, _ . and - are allowed" },
		{ "h\x1b[2J", "node name h?[2J: only letters, digits, _ . and - are allowed" },
		{ "-x", "node name -x: the first character must be a letter or digit" },
		{ ".", "node name .: the first character must be a letter or digit" },
		{ "..", "node name ..: the first character must be a letter or digit" },
		{ "12", "node name 12: needs a letter, as in h12" },
	};

	(void)state;
	check_all(name_check_node, cases, LEN(cases));
}

static void interface_names(void **state)
{
	static const char *const cases[][2] = {
		{ "h1-eth0", NULL },
		{ "a23456789012345", NULL },
		{ "vlan.10", NULL },
		{ "a234567890123456",
		  "interface name a234567890123456: longer than 15 characters" },
		{ "lo", "interface name lo: the kernel uses it for something else" },
		{ "all", "interface name all: the kernel uses it for something else" },
		{ "default", "interface name default: the kernel uses it for something else" },
		{ "a:b", "interface name a:b: only letters, digits, _ . and - are allowed" },
	};

	(void)state;
	check_all(name_check_interface, cases, LEN(cases));
}

static void interfaces_are_named_as_in_mininet(void **state)
{
	char out[NAME_MAX_INTERFACE + 1];

	(void)state;
	name_interface(out, "h1", 0);
	assert_string_equal(out, "h1-eth0");
	name_interface(out, "tenletters", 1);
	assert_string_equal(out, "tenletters-eth1");
	name_interface(out, "tenletters", 10);
	assert_string_equal(out, "eth10");
	name_interface(out, "a-rather-long-name", 4294967295u);
	assert_string_equal(out, "eth4294967295");
}

static void natural_order(void **state)
{
	static const char *const order[] = {
		"",
		"2",
		"10",
		"h",
		"h01",
		"h1",
		"h1-eth2",
		"h1-eth10",
		"h2",
		"h10",
		"h10a2",
		"h10a10",
		"h99999999999999999999998",
		"h99999999999999999999999",
		"hx",
		"s1",
	};

	(void)state;
	for (size_t i = 0; i < LEN(order); i++) {
		for (size_t j = 0; j < LEN(order); j++) {
			int got = name_compare(order[i], order[j]);

			if ((got > 0) - (got < 0) != (i > j) - (i < j))
				fail_msg("%s and %s: %d", order[i], order[j], got);
		}
	}
}

static void nearest_names(void **state)
{
	static const char *const candidates[] = {
		"nodes", "net", "links", "link", "pingall", "pingpair", "source", "h1", "h2", "s1",
	};
	static const char *const cases[][2] = {
		{ "s9", "s1" },
		{ "ndoes", "nodes" },
		{ "noeds", "nodes" },
		{ "nods", "nodes" },
		{ "NODES", "nodes" },
		{ "linsk", "links" },
		{ "pin", "pingall" },
		{ "sou", "source" },
		{ "pingal", "pingall" },
		{ "pngal", "pingall" },
		{ "pongpiar", "pingpair" },
		{ "ping", "link" },
		{ "xyz", NULL },
		{ "x", NULL },
		{ "h", NULL },
		{ "h1", "h2" },
		{ "", NULL },
		{ "something", NULL },
		{ "an-extremely-long-word-that-is-longer-than-any-name-of-a-command-would-be",
		  NULL },
	};

	(void)state;
	for (size_t i = 0; i < LEN(cases); i++) {
		struct nearest n = { .word = cases[i][0] };

		for (size_t j = 0; j < LEN(candidates); j++)
			nearest_offer(&n, candidates[j]);
		if (!cases[i][1]) {
			if (n.best)
				fail_msg("%s: %s", n.word, n.best);
		} else {
			assert_non_null(n.best);
			assert_string_equal(n.best, cases[i][1]);
		}
	}
}

static void suggests_the_nearest(void **state)
{
	struct nearest n = { .word = "s9" };
	struct err err = ERR_INIT;

	(void)state;
	err_usage(&err, "no node s9");
	assert_int_equal(nearest_suggest(&n, &err), -1);
	assert_string_equal(err.text, "no node s9");
	nearest_offer(&n, "s1");
	assert_int_equal(nearest_suggest(&n, &err), -1);
	assert_string_equal(err.text, "no node s9 (did you mean s1?)");
	assert_int_equal(err.class, ERR_USAGE);
	memset(err.text, 'x', sizeof(err.text) - 8);
	err.text[sizeof(err.text) - 8] = '\0';
	nearest_suggest(&n, &err);
	assert_int_equal(strlen(err.text), sizeof(err.text) - 8);
}

static void assert_shown(const char *name, const char *wanted)
{
	struct buf out = { 0 };

	name_show(&out, name);
	assert_string_equal(buf_text(&out), wanted);
	buf_free(&out);
}

static void foreign_names_are_shown_quoted(void **state)
{
	char name[256];

	(void)state;
	assert_shown("h1-eth0", "h1-eth0");
	assert_shown("", "''");
	assert_shown("a b", "'a b'");
	assert_shown("it's", "'it'\\''s'");
	assert_shown("-x", "'-x'");
	assert_shown("gr\xc3\xbcn", "'gr\xc3\xbcn'");
	/* What steers a terminal, and what is no character: C1 as UTF-8, a lone byte, a cut one. */
	assert_shown("e\033[31m", "'e?[31m'");
	assert_shown("\xc2\x9b"
		     "1m",
		     "'??1m'");
	assert_shown("\xff\xc3", "'?"
				 "?'");
	memset(name, 'l', 255);
	name[255] = '\0';
	assert_shown(name, "llllllllllllllllllllllllllllllllllllllllllllllll...");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(node_names),
		cmocka_unit_test(interface_names),
		cmocka_unit_test(interfaces_are_named_as_in_mininet),
		cmocka_unit_test(natural_order),
		cmocka_unit_test(nearest_names),
		cmocka_unit_test(suggests_the_nearest),
		cmocka_unit_test(foreign_names_are_shown_quoted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
