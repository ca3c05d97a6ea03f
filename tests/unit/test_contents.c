/* What is put into nodes, without a kernel: which paths and lines are taken, in what order they
 * come, and the lines that explain them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "lab/node_files.h"
#include "lab/node_program.h"
#include "plan/draft.h"

static void begin(struct draft *d)
{
	struct err err = ERR_INIT;

	draft_init(d, NULL, NULL);
	assert_non_null(draft_add_namespace(d, "n1", &err));
}

/* The last LINES lines of the plan. */
static void assert_explained(struct draft *d, const char *lines)
{
	struct err err = ERR_INIT;
	struct plan plan = { 0 };
	struct buf text = { 0 };
	const char *from;

	assert_int_equal(draft_plan(d, &plan, &err), 0);
	plan_explain(&plan, &text);
	from = buf_text(&text) + (text.len > strlen(lines) ? text.len - strlen(lines) : 0);
	assert_string_equal(from, lines);
	plan_free(&plan);
	buf_free(&text);
}

static void plain_paths_alone_are_taken(void **state)
{
	static const char *const good[] = { "/etc/hosts", "/a", "/etc/..x/y.", "/a b/\"" };
	static const char *const bad[] = { "",	   "etc",     "/",	 "/etc/", "/etc//x",
					   "/./x", "/etc/..", "/a/../b", "/a/.",  "/a\nb" };
	struct err err = ERR_INIT;

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		assert_int_equal(node_path_check(good[i], &err), 0);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(node_path_check(bad[i], &err), -1);
	assert_true(node_path_is_within("/etc/x", "/etc"));
	assert_false(node_path_is_within("/etcx/y", "/etc"));
	assert_false(node_path_is_within("/etc", "/etc"));
}

static void some_lines_are_for_sh(void **state)
{
	(void)state;
	assert_false(node_program_needs_shell("ip route add 'a;b' via 10.0.0.1"));
	assert_true(node_program_needs_shell("a && b"));
	assert_true(node_program_needs_shell("iperf3 -s &"));
	assert_true(node_program_needs_shell("A=1 b"));
	assert_true(node_program_needs_shell("a\nb"));
}

static void what_cannot_be_is_refused(void **state)
{
	struct err err = ERR_INIT;
	struct draft d;

	(void)state;
	begin(&d);
	assert_int_equal(draft_add_exec(&d, "n2", "true", &err), -1);
	assert_int_equal(draft_add_exec(&d, "n1", "  # nothing", &err), -1);
	assert_int_equal(draft_add_exec(&d, "n1", "echo '", &err), -1);
	assert_int_equal(draft_add_file(&d, "n1", "/usr/lib/x", "", &err), -1);
	assert_int_equal(draft_add_file(&d, "root", "/etc/x", "", &err), -1);
	assert_int_equal(draft_add_private(&d, "root", "/run", &err), -1);
	assert_int_equal(draft_add_private(&d, "n1", "/run/nslab/x", &err), -1);
	assert_int_equal(draft_add_private(&d, "n1", "/etc", &err), -1);
	assert_int_equal(draft_add_private(&d, "n1", "run", &err), -1);
	assert_int_equal(d.contents.n, 0);
	draft_free(&d);
}

/* After the network, in the order of their calls. */
static void they_come_last(void **state)
{
	struct err err = ERR_INIT;
	struct draft d;

	(void)state;
	begin(&d);
	assert_int_equal(draft_add_exec(&d, "n1", "true", &err), 0);
	assert_int_equal(draft_add_file(&d, "n1", "/etc/a/b", "it's\n", &err), 0);
	assert_int_equal(draft_add_exec(&d, "root", "true | false", &err), 0);
	assert_int_equal(draft_add_route(&d, "n1", "blackhole 10.0.0.0/8", &err), 0);
	assert_explained(&d, "ip -n n1 route add blackhole 10.0.0.0/8\n"
			     "ip netns exec n1 true\n"
			     "mkdir -p /etc/a\n"
			     "mkdir -p /etc/netns/n1/a\n"
			     "printf %s 'it'\\''s\n' >/etc/netns/n1/a/b\n"
			     "sh -c 'true | false'\n");
	draft_free(&d);
}

static void elsewhere_files_need_a_directory(void **state)
{
	struct err err = ERR_INIT;
	struct draft d;

	(void)state;
	begin(&d);
	assert_non_null(draft_add_namespace(&d, "n2", &err));
	assert_int_equal(draft_add_private(&d, "n1", "/tmp", &err), 0);
	assert_int_equal(draft_add_file(&d, "n2", "/tmp/x", "", &err), -1);
	assert_int_equal(draft_add_file(&d, "n1", "/tmpx", "", &err), -1);
	assert_int_equal(draft_add_file(&d, "n1", "/tmp", "", &err), -1);
	assert_int_equal(draft_add_file(&d, "n1", "/tmp/x", "1", &err), 0);
	assert_explained(&d, "mkdir -p /run/nslab/nodes/n1/private/tmp\n"
			     "chown --reference=/tmp /run/nslab/nodes/n1/private/tmp && "
			     "chmod --reference=/tmp /run/nslab/nodes/n1/private/tmp || :\n"
			     "echo /tmp >>/run/nslab/nodes/n1/mounts\n"
			     "mkdir -p /run/nslab/nodes/n1/private/tmp\n"
			     "printf %s 1 >/run/nslab/nodes/n1/private/tmp/x\n");
	draft_free(&d);
}

static void assert_output(const char *output, const char *shown)
{
	struct buf text = { 0 };

	node_program_add_output(&text, output);
	assert_string_equal(buf_text(&text), shown);
	buf_free(&text);
}

static void the_end_of_an_output_is_told(void **state)
{
	char long_line[1000];

	(void)state;
	assert_output("", "");
	assert_output(" \n\n", "");
	assert_output("one\n", ": one");
	assert_output("\none\n\n", ": one");
	assert_output("1\n2\n3\n4\n5\n6\n", ":\n3\n4\n5\n6");
	memset(long_line, 'x', sizeof(long_line) - 1);
	long_line[sizeof(long_line) - 1] = '\0';
	assert_output(long_line, memcpy(long_line + sizeof(long_line) - 303, ": ", 2));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plain_paths_alone_are_taken),
		cmocka_unit_test(some_lines_are_for_sh),
		cmocka_unit_test(what_cannot_be_is_refused),
		cmocka_unit_test(they_come_last),
		cmocka_unit_test(elsewhere_files_need_a_directory),
		cmocka_unit_test(the_end_of_an_output_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
