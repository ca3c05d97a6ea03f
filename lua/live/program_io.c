/* What a script reads of its program, and writes to it. */
#include "lua/live/program.h"

#include <string.h>

#include <lualib.h>

#include "lua/live/inside.h"

/* ---- reading ---- */

static struct stream *check_stream(lua_State *L, int index, const char *call)
{
	static const char *const names[] = { "out", "err", NULL };
	struct child *c = program_check(L, 1);
	const char *name = luaL_optstring(L, index, "out");

	for (int i = 0; names[i]; i++)
		if (strcmp(name, names[i]) == 0)
			return &c->streams[i];
	luaL_error(L, "%s: a program has \"out\" and \"err\", no \"%s\"", call, name);
	return NULL;
}

/***
 * What the program has printed since it was read last, without waiting: "" when there is nothing
 * now, nil when nothing will come.
 * @function Program:read
 * @param stream? "out"|"err"  stdout unless said otherwise
 * @return string?
 * @example
 * local p = h1:spawn("echo hello; echo oops >&2")
 * p:wait(5)
 * assert(p:read() == nil)   -- wait() has handed it on
 */
static int program_read(lua_State *L)
{
	struct stream *s = check_stream(L, 2, "p:read");

	wait_catch_up(L);
	if (s->fd < 0 && stream_size(s) == 0)
		lua_pushnil(L);
	else
		program_push_unread(L, s);
	return 1;
}

/* What an iterator keeps. */
enum { LINES_PROGRAM = 1, LINES_STREAM };

/* Push the next line; at the end the last one, which may lack its newline. */
static bool push_line(lua_State *L, struct child *c, struct stream *s)
{
	const char *text = stream_text(s);
	size_t size = stream_size(s);
	const char *end = memchr(text, '\n', size);

	if (!end && s->fd >= 0 && size >= c->keep)
		luaL_error(L,
			   "p:lines: %s has printed a line of more than %d MB: p:read() reads it "
			   "in pieces",
			   program_command(L, lua_upvalueindex(LINES_PROGRAM)),
			   (int)(c->keep >> 20));
	if (!end && (size == 0 || s->fd >= 0))
		return false;
	lua_pushlstring(L, text, end ? (size_t)(end - text) : size);
	stream_skip(s, end ? (size_t)(end - text) + 1 : size);
	return true;
}

static int lines_go_on(lua_State *L, int status, lua_KContext context)
{
	struct child *c = lua_touserdata(L, lua_upvalueindex(LINES_PROGRAM));
	struct stream *s = &c->streams[lua_tointeger(L, lua_upvalueindex(LINES_STREAM))];

	(void)status;
	while (!push_line(L, c, s)) {
		if (s->fd < 0)
			return 0;
		/* Of the other stream. */
		program_check_read(L, lua_upvalueindex(LINES_PROGRAM), "p:lines");
		if (wait_more(L, (struct wait *)context))
			return lua_yieldk(L, 0, context, lines_go_on);
	}
	return 1;
}

static int lines_next(lua_State *L)
{
	struct child *c = lua_touserdata(L, lua_upvalueindex(LINES_PROGRAM));
	struct stream *s = &c->streams[lua_tointeger(L, lua_upvalueindex(LINES_STREAM))];

	/* Mostly there is one. */
	if (push_line(L, c, s))
		return 1;
	return lines_go_on(L, LUA_OK, (lua_KContext)wait_push(L, WAIT_FOREVER));
}

/***
 * Iterate over the lines the program prints, without their newlines, as they come; it ends when the
 * program has ended. A line of more than 8 MB is an error.
 * @function Program:lines
 * @param stream? "out"|"err"  stdout unless said otherwise
 * @return fun(): string?
 * @example
 * local n = 0
 * for line in h1:spawn("seq 3"):lines() do n = n + tonumber(line) end
 * assert(n == 6)
 */
static int program_lines(lua_State *L)
{
	struct child *c = program_check(L, 1);
	struct stream *s = check_stream(L, 2, "p:lines");

	lua_pushvalue(L, 1);
	lua_pushinteger(L, s - c->streams);
	lua_pushcclosure(L, lines_next, 2);
	return 1;
}

/* ---- expecting ---- */

enum { EXPECT_PROGRAM = 1, EXPECT_PATTERN, EXPECT_SECONDS, EXPECT_PLAIN, EXPECT_WAIT };

/* string.find(unread, pattern, 1, plain) of stream I; what it matched is read then. The number of
 * values on the stack: the captures, or all of it where the pattern has none. */
static int expect_in(lua_State *L, struct stream *s)
{
	int top = lua_gettop(L), n, status;
	size_t end;

	lua_getfield(L, LUA_REGISTRYINDEX, "string.find");
	lua_pushlstring(L, stream_text(s), stream_size(s));
	lua_pushvalue(L, EXPECT_PATTERN);
	lua_pushinteger(L, 1);
	lua_pushvalue(L, EXPECT_PLAIN);
	/* Its errors are about the pattern, and know no line of the script. */
	status = lua_pcall(L, 4, LUA_MULTRET, 0);
	if (status == LUA_ERRRUN)
		return luaL_error(L, "p:expect: %s", lua_tostring(L, -1));
	if (status != LUA_OK)
		return lua_error(L);
	n = lua_gettop(L) - top;
	if (lua_isnil(L, top + 1)) {
		lua_settop(L, top);
		return 0;
	}
	end = (size_t)lua_tointeger(L, top + 2);
	if (n == 2) {
		size_t start = (size_t)lua_tointeger(L, top + 1);

		lua_pushlstring(L, stream_text(s) + start - 1, end - start + 1);
		n++;
	}
	stream_skip(s, end);
	return n - 2;
}

static int expect_go_on(lua_State *L, int status, lua_KContext context)
{
	struct wait *w = (struct wait *)context;
	struct child *c = lua_touserdata(L, EXPECT_PROGRAM);

	(void)status;
	for (;;) {
		size_t size = stream_size(&c->streams[0]) + stream_size(&c->streams[1]);
		int n = 0;

		for (int i = 0; i < CHILD_STREAMS && !n && size != w->mark; i++)
			n = expect_in(L, &c->streams[i]);
		if (n)
			return n;
		w->mark = size;
		if (!child_running(c) || child_full(c) || wait_late(w))
			break;
		if (wait_more(L, w))
			return lua_yieldk(L, 0, context, expect_go_on);
	}
	lua_pushnil(L);
	for (int i = 0; i < CHILD_STREAMS; i++)
		lua_pushlstring(L, stream_text(&c->streams[i]), stream_size(&c->streams[i]));
	lua_concat(L, 2);
	return 2;
}

/***
 * Wait until the program prints what the pattern matches, on stdout or else on stderr, and read up
 * to the end of it. The captures, or the whole match where there are none; nil and what it has
 * printed so far when it has ended, or the time is up, or more than 8 MB have come.
 * @function Program:expect
 * @param pattern string  of Lua; a pattern matches within one of the two
 * @param seconds? number  how long at most
 * @param plain? boolean  it is a text, no pattern
 * @return string? ...
 * @example
 * local p = h1:spawn("echo port 5201; echo ready >&2; cat")
 * assert(p:expect("ready", 5) == "ready")
 * assert(p:expect("port (%d+)", 5) == "5201")
 * local found, seen = p:expect("never", 0.1)
 * assert(found == nil and seen == "\n\n")
 */
static int program_expect(lua_State *L)
{
	struct wait *w;

	program_check(L, EXPECT_PROGRAM);
	luaL_checkstring(L, EXPECT_PATTERN);
	lua_settop(L, EXPECT_PLAIN);
	w = wait_push(L, wait_deadline(L, EXPECT_SECONDS, "p:expect"));
	w->mark = SIZE_MAX;
	return expect_go_on(L, LUA_OK, (lua_KContext)w);
}

/* ---- writing ---- */

static int write_go_on(lua_State *L, int status, lua_KContext context)
{
	struct child *c = lua_touserdata(L, 1);

	(void)status;
	while (c->in >= 0 && c->written < c->input.len) {
		program_check_read(L, 1, "p:write");
		if (wait_more(L, (struct wait *)context))
			return lua_yieldk(L, 0, context, write_go_on);
	}
	if (c->in >= 0) {
		lua_pushboolean(L, 1);
		return 1;
	}
	lua_pushnil(L);
	lua_pushliteral(L, "it reads no more");
	return 2;
}

/***
 * Write to the program's standard input; returns when all is in its pipe.
 * @function Program:write
 * @param text string
 * @return boolean?  nil and the reason when it reads no more
 * @example
 * local p = h1:spawn("head -n1")
 * assert(p:write("one\n"))
 * p:wait(5)
 * local ok, why = p:write("two\n")
 * assert(not ok and why == "it reads no more")
 */
static int program_write(lua_State *L)
{
	struct child *c = program_check(L, 1);
	size_t len;
	const char *text = luaL_checklstring(L, 2, &len);
	struct wait *w = wait_push(L, WAIT_FOREVER);

	wait_catch_up(L);
	if (c->in >= 0 && !c->input_ends)
		buf_add(&c->input, text, len);
	return write_go_on(L, LUA_OK, (lua_KContext)w);
}

/***
 * End the program's standard input.
 * @function Program:close_input
 * @example
 * local p = h1:spawn("wc -c")
 * p:write("12345")
 * p:close_input()
 * assert(p:wait(5).out == "5\n")
 */
static int program_close_input(lua_State *L)
{
	child_end_input(program_check(L, 1));
	return 0;
}

const luaL_Reg program_io_methods[] = {
	{ "expect", program_expect },
	{ "lines", program_lines },
	{ "read", program_read },
	{ "write", program_write },
	{ "close_input", program_close_input },
	{ NULL, NULL },
};

void program_open_io(lua_State *L)
{
	/* The script may change what it calls string.find. */
	lua_getglobal(L, LUA_STRLIBNAME);
	lua_getfield(L, -1, "find");
	lua_setfield(L, LUA_REGISTRYINDEX, "string.find");
	lua_pop(L, 1);
}
