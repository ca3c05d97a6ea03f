/* The world of scripts over a lab, as far as it needs none: errors, what goes on, names for Tab,
 * and memory that ends anywhere. */
#include "lua/live/live.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/interrupt.h"
#include "base/mem.h"
#include "command/command.h"
#include "lua/state.h"

static struct lab lab = { .name = "test" };
static struct graph graph;

static void open_session(struct session *s)
{
	*s = (struct session){
		.lab = &lab, .graph = &graph, .lua_memory = LIVE_MEMORY, .out = { .fd = -1 }
	};
}

static void close_session(struct session *s)
{
	live_close(s);
	out_free(&s->out);
}

/* ---- what chunks say ---- */

static void assert_shows(struct session *s, const char *expression, const char *text)
{
	struct err err = ERR_INIT;

	buf_clear(&s->out.buf);
	if (live_print(s, expression, &err) != 0)
		fail_msg("%s: %s", expression, err.text);
	assert_string_equal(buf_text(&s->out.buf), text);
}

static void values_are_shown(void **state)
{
	struct session s;

	(void)state;
	open_session(&s);
	assert_shows(&s, "1, 'a', nil, true", "1\ta\tnil\ttrue\n");
	assert_shows(&s, "", "");
	assert_shows(&s, "'a\\n'", "a\n");
	assert_shows(&s, "{}", "{}\n");
	assert_shows(&s, "{ 1, 'a\"\\n\\1', nil, { 1, {} }, {}, { x = 1 } }",
		     "{ 1, \"a\\\"\\n\\001\", nil, { 1, {} }, {}, {...} }\n");
	assert_shows(&s, "{ b = 1, a10 = 1, a9 = 1, ['1'] = 2, [7] = 3, [true] = print }",
		     "{ [7] = 3, [\"1\"] = 2, a9 = 1, a10 = 1, b = 1, [true] = function }\n");
	assert_shows(&s, "{ ('x'):rep(50), ('y'):rep(50) }",
		     "{\n  \"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\",\n"
		     "  \"yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy\"\n}\n");
	assert_shows(&s, "setmetatable({ 1 }, { __tostring = function() return 'me' end })",
		     "me\n");
	assert_shows(&s, "{ setmetatable({ 1 }, { __tostring = function() return 'me' end }) }",
		     "{ me }\n");
	close_session(&s);
}

static void assert_fails(struct session *s, const char *text, const char *message, const char *hint)
{
	struct err err = ERR_INIT;

	if (live_run_text(s, text, &err) == 0)
		fail_msg("%s: no error", text);
	assert_string_equal(err.text, message);
	assert_string_equal(err.hint, hint);
}

static void errors_have_their_line_and_the_way_there(void **state)
{
	struct session s;

	(void)state;
	open_session(&s);
	assert_fails(&s, "\nerror('no')", "lua:2: no", "");
	assert_fails(&s, "local function f() error('no') end\nlocal function g() f() end\ng() f()",
		     "lua:1: no", "called from lua:2, lua:3");
	assert_fails(&s, "error({})", "lua:1: error with a table instead of a message", "");
	assert_fails(&s, "error('bare', 0)", "lua: bare", "");
	assert_fails(&s, "x", "lua:1: syntax error near <eof>", "`= x` prints the value");
	assert_fails(&s, "local f f = coroutine.wrap(function() error('in') end) f()", "lua:1: in",
		     "");
	assert_fails(&s, "local s = ('x'):rep(1 << 30)", "lua:1: the script needs more than 256 MB",
		     "`set lua.memory 512M` allows twice as much");
	assert_fails(&s, "load('error(\"x\")', '=other')()", "other:1: x", "called from lua:1");
	close_session(&s);
}

static void an_exit_is_no_error(void **state)
{
	struct session s;

	(void)state;
	open_session(&s);
	assert_fails(&s, "os.exit(256)", "lua:1: os.exit: 256 is not within 0 and 255", "");
	assert_int_equal(live_run_text(&s, "pcall(os.exit, 255) print('never')", NULL), 0);
	assert_int_equal(s.status, 255);
	assert_int_equal(
		live_run_text(&s, "xpcall(os.exit, function() print('never') end, false)", NULL),
		0);
	assert_int_equal(s.status, 1);
	assert_int_equal(live_run_text(&s,
				       "local function f() while true do pcall(os.exit) end end\n"
				       "coroutine.resume(coroutine.create(f)) print('never')",
				       NULL),
			 0);
	assert_int_equal(s.status, 0);
	assert_string_equal(buf_text(&s.out.buf), "");
	assert_shows(&s, "1", "1\n");
	close_session(&s);
}

static void an_interrupt_is_forgotten_by_the_next_run(void **state)
{
	struct session s;
	struct err err = ERR_INIT;

	(void)state;
	open_session(&s);
	interrupt_install();
	assert_int_equal(live_run_text(&s,
				       "co = coroutine.create(function() while true do "
				       "coroutine.yield(1) end end)",
				       NULL),
			 0);
	raise(SIGINT);
	assert_int_equal(live_run_text(&s, "while true do coroutine.resume(co) end", &err), -1);
	assert_string_equal(err.text, "lua:1: interrupted");
	interrupt_clear();
	assert_true(live_is_open(&s, "do", false));
	assert_shows(&s, "1", "1\n");
	close_session(&s);
}

/* ---- what goes on ---- */

static void unfinished_chunks_are_told_from_wrong_ones(void **state)
{
	static const char *const open[] = {
		"for i = 1, 2 do",  "do",	   "x = {", "f(",
		"x = [[",	    "x = [==[ ]]", "--[[",  "local x =",
		"if x then\n  y()", "x = 'a\\",
	};
	static const char *const whole[] = {
		"x = 1", "do end", "x", "x +* 1", "x = 'a", "end", "x = [[ ]]", "-- do", "f()", "",
	};
	struct session s;

	(void)state;
	open_session(&s);
	for (size_t i = 0; i < sizeof(open) / sizeof(*open); i++)
		if (!live_is_open(&s, open[i], false))
			fail_msg("%s: not open", open[i]);
	for (size_t i = 0; i < sizeof(whole) / sizeof(*whole); i++)
		if (live_is_open(&s, whole[i], false))
			fail_msg("%s: open", whole[i]);
	assert_true(live_is_open(&s, "{ 1,", true));
	assert_false(live_is_open(&s, "1 +* 2", true));
	close_session(&s);
}

/* ---- Tab ---- */

struct names {
	const char *begin;
	struct buf found;
};

static void add_name(void *data, const char *name, const char *kind)
{
	struct names *n = data;

	if (strncmp(name, n->begin, strlen(n->begin)) == 0)
		buf_printf(&n->found, "%s%s %s", n->found.len ? ", " : "", name, kind);
}

static void assert_completes(struct session *s, const char *text, const char *found)
{
	struct names n = { .begin = live_name(text) };

	live_complete(s, text, add_name, &n);
	assert_string_equal(buf_text(&n.found), found);
	buf_free(&n.found);
}

static void names_are_found_without_running_anything(void **state)
{
	struct session s;

	(void)state;
	open_session(&s);
	assert_int_equal(
		live_run_text(&s,
			      "conf = setmetatable({ verbose = { level = 1 }, ['a b'] = 2 },"
			      "  { __index = function() ran = true end }) text = 'x'",
			      NULL),
		0);
	assert_completes(&s, "print(con", "conf table");
	assert_completes(&s, "whil", "while a word of Lua");
	assert_completes(&s, "conf.", "verbose table");
	assert_completes(&s, "conf.verbose.l", "level number");
	assert_completes(&s, "conf.nothing.", "");
	assert_completes(&s, "text:upp", "upper( function");
	assert_completes(&s, "string.rep", "rep( function");
	assert_completes(&s, "lab:nam", "");
	assert_completes(&s, "lab:node", "node( method, nodes( method");
	assert_completes(&s, "f().", "");
	assert_completes(&s, "t[1].x", "");
	assert_completes(&s, "print('con", "");
	assert_completes(&s, "x = [[ ' ]] con", "conf table");
	assert_completes(&s, "-- con", "");
	assert_completes(&s, "--[[ ' ]] con", "conf table");
	assert_completes(&s, "1.", "");
	assert_shows(&s, "rawget(_G, 'ran')", "nil\n");
	close_session(&s);
}

/* ---- memory ---- */

/* A realloc of which the call number `fails` fails, and with `fails_on` all after it. */
static size_t calls, fails;
static bool fails_on;

static void *failing_realloc(void *block, size_t size)
{
	calls++;
	return calls == fails || (fails_on && calls > fails) ? NULL : realloc(block, size);
}

static const char script[] =
	"local t = {} for i = 1, 20 do t[i] = ('x'):rep(i) .. lab.name end\n"
	"local co = coroutine.wrap(function(...) for _, v in ipairs(t) do coroutine.yield(v) end "
	"end)\n"
	"local object <close> = setmetatable({}, { __gc = print, __close = function() co() end })\n"
	"table.sort(t, function(a, b) return #a > #b end)\n"
	"print(co(), table.concat(t, ' '), string.format('%q', t[1]), t[3]:gsub('x', { x = 'y' "
	"}))\n"
	"return 1\n";

/* True: it ran to its end. */
static bool run_with_failure(size_t n, bool on)
{
	struct err err = ERR_INIT;
	struct session s;
	bool ran;

	calls = 0;
	fails = n;
	fails_on = on;
	open_session(&s);
	ran = live_run_text(&s, script, &err) == 0 &&
	      live_print(&s, "{ 1, { 2 }, a = 3 }", &err) == 0;
	if (!ran && !strstr(err.text, "the script needs more than 256 MB"))
		fail_msg("allocation %zu: %s", n, err.text);
	close_session(&s);
	return ran;
}

static void every_allocation_may_fail(void **state)
{
	/* Finalizers that fail say so. */
	int error = dup(STDERR_FILENO), nowhere = open("/dev/null", O_WRONLY);
	size_t total;

	(void)state;
	dup2(nowhere, STDERR_FILENO);
	state_realloc = failing_realloc;
	assert_true(run_with_failure(SIZE_MAX, true));
	total = calls;
	for (size_t n = 1; n <= total; n++) {
		run_with_failure(n, true);
		run_with_failure(n, false);
	}
	state_realloc = realloc;
	dup2(error, STDERR_FILENO);
	close(error);
	close(nowhere);
	assert_in_range(total, 500, 100000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_are_shown),
		cmocka_unit_test(errors_have_their_line_and_the_way_there),
		cmocka_unit_test(an_exit_is_no_error),
		cmocka_unit_test(an_interrupt_is_forgotten_by_the_next_run),
		cmocka_unit_test(unfinished_chunks_are_told_from_wrong_ones),
		cmocka_unit_test(names_are_found_without_running_anything),
		cmocka_unit_test(every_allocation_may_fail),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
