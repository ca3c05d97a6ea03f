/* Errors, tables and JSON: what people and programs read. */
#include "base/json_write.h"
#include "base/out.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <math.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/err.h"
#include "base/interrupt.h"
#include "base/wrap.h"

static void errors_gather_context(void **state)
{
	struct err err = ERR_INIT;

	(void)state;
	assert_int_equal(err_errno(&err, EEXIST, "create %s", "veth"), -1);
	err_hint(&err, "try %s", "reset");
	assert_int_equal(err_wrap(&err, "link h1-s%d", 1), -1);
	assert_string_equal(err.text, "link h1-s1: create veth: File exists");
	assert_string_equal(err.hint, "try reset");
	assert_int_equal(err.code, EEXIST);
	assert_int_equal(err.class, ERR_FAILED);

	err_usage(&err, "no node %s", "s9");
	assert_string_equal(err.hint, "");
	assert_int_equal(err.code, 0);
	err_wrap(&err, "link");
	assert_string_equal(err.text, "link: no node s9");
	assert_int_equal(err.class, ERR_USAGE);

	err_set(&err, "(%s)", err.text);
	assert_string_equal(err.text, "(link: no node s9)");
	assert_int_equal(err.class, ERR_FAILED);
	assert_int_equal(err_wrap(NULL, "x"), -1);
	assert_int_equal(err_set(NULL, "x"), -1);
}

static void errors_end_with_a_whole_character(void **state)
{
	char text[600];
	struct err err = ERR_INIT;

	(void)state;
	for (size_t i = 0; i + 3 < sizeof(text); i += 3)
		memcpy(text + i, "\xe2\x82\xac", 4);
	for (int shift = 0; shift < 3; shift++) {
		err_set(&err, "%.*s%s", shift, "ab", text);
		assert_int_equal((strlen(err.text) - (size_t)(shift < 2 ? shift : 2)) % 3, 0);
		err_wrap(&err, "x");
		assert_int_equal((strlen(err.text) - 3 - (size_t)(shift < 2 ? shift : 2)) % 3, 0);
		assert_true(strlen(err.text) > sizeof(err.text) - 4);
	}
	memset(text, 0x80, sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	err_set(&err, "%s", text);
	assert_true(strlen(err.text) < sizeof(err.text));
}

static void errors_do_not_steer_the_terminal(void **state)
{
	struct err err = ERR_INIT;

	(void)state;
	err_set(&err, "no node \x1b[2J\x7f\r, line\n\ttwo");
	assert_string_equal(err.text, "no node ?[2J??, line\n\ttwo");
}

static void tables_are_aligned(void **state)
{
	static const char *const head[] = { "name", "kind", "note" };
	struct out o = { .fd = -1 };
	struct table t;

	(void)state;
	table_init(&t, 3, head);
	table_cell(&t, "h%d", 1);
	table_cell(&t, "host");
	table_cell(&t, "a long remark");
	table_cell(&t, "caf\xc3\xa9");
	table_cell(&t, "router");
	table_cell(&t, " ");
	table_cell(&t, "\xe7\xbd\x91\xe7\xbb\x9c-1");
	table_cell(&t, "x");
	table_cell(&t, "%s", "");
	table_cell(&t, "\xff\x1b");
	table_cell(&t, "%s", "");
	table_cell(&t, "end");
	table_print(&t, &o);
	assert_string_equal(buf_text(&o.buf), "name    kind    note\n"
					      "h1      host    a long remark\n"
					      "caf\xc3\xa9    router   \n"
					      "\xe7\xbd\x91\xe7\xbb\x9c-1  x\n"
					      "\xff?              end\n");
	assert_null(t.cells);
	out_free(&o);
}

static void tables_may_be_empty_or_ragged(void **state)
{
	struct out o = { .fd = -1 };
	struct table t;

	(void)state;
	table_init(&t, 2, NULL);
	table_print(&t, &o);
	assert_string_equal(buf_text(&o.buf), "");
	table_init(&t, 2, NULL);
	table_cell(&t, "a");
	table_cell(&t, "b");
	table_cell(&t, "c");
	table_print(&t, &o);
	assert_string_equal(buf_text(&o.buf), "a  b\nc\n");
	out_free(&o);
}

static void lines_break_at_words(void **state)
{
	struct buf b = { 0 };

	(void)state;
	wrap_put(&b, "one  two caf\xc3\xa9 four", 0, 2, 11);
	assert_string_equal(buf_text(&b), "one two\n  caf\xc3\xa9 four");
	buf_clear(&b);
	wrap_put(&b, "ab averyverylongword c", 5, 2, 10);
	assert_string_equal(buf_text(&b), "ab\n  averyverylongword\n  c");
	buf_clear(&b);
	wrap_put(&b, "as  it is", 0, 2, 9);
	wrap_put(&b, ", as  it is", 9, 2, 0);
	assert_string_equal(buf_text(&b), "as  it is, as  it is");
	buf_clear(&b);
	wrap_put(&b, "a\n\tparagraph", 0, 0, 78);
	assert_string_equal(buf_text(&b), "a paragraph");
	buf_clear(&b);
	wrap_lines(&b, "  a\nbb cc\n", 4, 1, 7);
	assert_string_equal(buf_text(&b), "  a\nbb cc\n");
	buf_clear(&b);
	wrap_lines(&b, "in\n\tmine.lua:3 there", 0, 4, 20);
	assert_string_equal(buf_text(&b), "in\n\tmine.lua:3\n    there\n");
	buf_clear(&b);
	wrap_lines(&b, "", 4, 1, 7);
	assert_string_equal(buf_text(&b), "\n");
	buf_free(&b);
	assert_int_equal(wrap_widest("a caf\xc3\xa9\nbcd"), 4);
}

/* On a terminal of COLUMNS: a table of two rows. */
static void print_narrow(unsigned short columns, struct out *o)
{
	const struct winsize size = { .ws_row = 24, .ws_col = columns };
	int master = posix_openpt(O_RDWR | O_NOCTTY);
	struct table t;

	assert_true(master >= 0 && !grantpt(master) && !unlockpt(master));
	*o = (struct out){ .fd = open(ptsname(master), O_RDWR | O_NOCTTY) };
	assert_int_equal(ioctl(o->fd, TIOCSWINSZ, &size), 0);
	table_init(&t, 3, NULL);
	table_cell(&t, "h1-eth0");
	table_cell(&t, "up");
	table_cell(&t, "10.0.0.1/8 fe80::42d:dbff:feef:98d8/64");
	table_cell(&t, "lo");
	table_cell(&t, "up");
	table_cell(&t, "::1/128");
	table_print(&t, o);
	close(o->fd);
	close(master);
}

static void tables_fit_the_terminal(void **state)
{
	static const struct {
		unsigned short columns;
		const char *text;
	} cases[] = {
		{ 60, "h1-eth0  up  10.0.0.1/8 fe80::42d:dbff:feef:98d8/64\n"
		      "lo       up  ::1/128\n" },
		/* aligned below, */
		{ 40, "h1-eth0  up  10.0.0.1/8\n"
		      "             fe80::42d:dbff:feef:98d8/64\n"
		      "lo       up  ::1/128\n" },
		/* a word that is too wide there, */
		{ 32, "h1-eth0  up\n    10.0.0.1/8\n    fe80::42d:dbff:feef:98d8/64\n"
		      "lo       up  ::1/128\n" },
		/* and a row that is. */
		{ 10, "h1-eth0\n    up\n    10.0.0.1/8\n    fe80::42d:dbff:feef:98d8/64\n"
		      "lo\n    up\n    ::1/128\n" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct out o;

		print_narrow(cases[i].columns, &o);
		assert_string_equal(buf_text(&o.buf), cases[i].text);
		out_free(&o);
	}
}

static void json_is_valid(void **state)
{
	struct buf b = { 0 };
	struct json j = { .buf = &b };

	(void)state;
	json_open(&j, '{');
	json_key(&j, "name");
	json_string(&j, "h\"1\"\\");
	json_key(&j, "ports");
	json_open(&j, '[');
	json_number(&j, INT64_MIN);
	json_bool(&j, true);
	json_string(&j, NULL);
	json_open(&j, '{');
	json_close(&j, '}');
	json_open(&j, '[');
	json_close(&j, ']');
	json_close(&j, ']');
	json_key(&j, "up");
	json_bool(&j, false);
	json_close(&j, '}');
	assert_string_equal(buf_text(&b),
			    "{\"name\":\"h\\\"1\\\"\\\\\",\"ports\":[-9223372036854775808,"
			    "true,null,{},[]],\"up\":false}");
	buf_free(&b);
}

static void json_strings_are_utf8(void **state)
{
	static const char *const cases[][2] = {
		{ "a\tb\n\r\b\f", "\"a\\tb\\n\\r\\b\\f\"" },
		{ "\x01\x1f\x7f", "\"\\u0001\\u001f\\u007f\"" },
		{ "caf\xc3\xa9 \xf0\x9f\x90\xa7", "\"caf\xc3\xa9 \xf0\x9f\x90\xa7\"" },
		{ "\xff", "\"\xef\xbf\xbd\"" },
		{ "\xc3", "\"\xef\xbf\xbd\"" },
		{ "\xc3x", "\"\xef\xbf\xbdx\"" },
		{ "\xc0\xaf", "\"\xef\xbf\xbd\xef\xbf\xbd\"" },
		{ "\xe0\x80\xaf", "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"" },
		{ "\xed\xa0\x80", "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"" },
		{ "\xf4\x90\x80\x80", "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"" },
		{ "\xf0\x9f\x90", "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buf b = { 0 };
		struct json j = { .buf = &b };

		json_string(&j, cases[i][0]);
		assert_string_equal(buf_text(&b), cases[i][1]);
		buf_free(&b);
	}
}

static void json_numbers_are_short_and_exact(void **state)
{
	static const struct {
		double d;
		const char *text;
	} cases[] = {
		{ 0.1, "0.1" },
		{ 1.5, "1.5" },
		{ -3, "-3" },
		{ 1e300, "1e+300" },
		{ INFINITY, "null" },
		{ NAN, "null" },
		{ 0.1 + 0.2, "0.30000000000000004" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buf b = { 0 };
		struct json j = { .buf = &b };

		json_real(&j, cases[i].d);
		assert_string_equal(buf_text(&b), cases[i].text);
		buf_free(&b);
	}
}

static void flush_keeps_writes_or_drops(void **state)
{
	struct out captured = { .fd = -1 }, o = { 0 };
	char text[32] = "";
	int fds[2];

	(void)state;
	out_printf(&captured, "%d nodes", 3);
	out_flush(&captured);
	assert_string_equal(buf_text(&captured.buf), "3 nodes");
	out_free(&captured);

	assert_int_equal(pipe(fds), 0);
	o.fd = fds[1];
	out_puts(&o, "3 nodes\n");
	out_flush(&o);
	assert_int_equal(o.buf.len, 0);
	assert_int_equal(read(fds[0], text, sizeof(text)), 8);
	assert_string_equal(text, "3 nodes\n");

	close(fds[0]);
	signal(SIGPIPE, SIG_IGN);
	out_puts(&o, "nobody reads this");
	out_flush(&o);
	assert_int_equal(o.buf.len, 0);
	close(fds[1]);
	out_free(&o);
}

static void *read_all(void *arg)
{
	char text[4096];
	size_t total = 0;
	ssize_t n;

	while ((n = read(*(int *)arg, text, sizeof(text))) > 0)
		total += (size_t)n;
	return (void *)total;
}

static void flush_waits_for_a_slow_reader(void **state)
{
	struct out o = { 0 };
	pthread_t reader;
	void *total;
	int fds[2];

	(void)state;
	assert_int_equal(pipe(fds), 0);
	assert_int_equal(fcntl(fds[1], F_SETFL, O_NONBLOCK), 0);
	o.fd = fds[1];
	for (int i = 0; i < 100000; i++)
		out_puts(&o, "0123456789");
	assert_int_equal(pthread_create(&reader, NULL, read_all, &fds[0]), 0);
	out_flush(&o);
	close(fds[1]);
	pthread_join(reader, &total);
	assert_int_equal((size_t)total, 1000000);
	close(fds[0]);
	out_free(&o);
}

static void interrupts_are_noted(void **state)
{
	(void)state;
	interrupt_install();
	assert_false(interrupt_pending());
	raise(SIGINT);
	assert_true(interrupt_pending());
	interrupt_clear();
	assert_false(interrupt_pending());
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(errors_gather_context),
		cmocka_unit_test(errors_end_with_a_whole_character),
		cmocka_unit_test(errors_do_not_steer_the_terminal),
		cmocka_unit_test(tables_are_aligned),
		cmocka_unit_test(tables_may_be_empty_or_ragged),
		cmocka_unit_test(lines_break_at_words),
		cmocka_unit_test(tables_fit_the_terminal),
		cmocka_unit_test(json_is_valid),
		cmocka_unit_test(json_strings_are_utf8),
		cmocka_unit_test(json_numbers_are_short_and_exact),
		cmocka_unit_test(flush_keeps_writes_or_drops),
		cmocka_unit_test(flush_waits_for_a_slow_reader),
		cmocka_unit_test(interrupts_are_noted),
	};

	setlocale(LC_CTYPE, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
