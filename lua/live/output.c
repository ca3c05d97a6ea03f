/* What a script prints goes where the session's commands print, at once and in order: print,
 * io.write and io.stdout; warn to standard error. */
#include "lua/live/inside.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include <lauxlib.h>
#include <lualib.h>

#include "base/interrupt.h"

#define STATUS_PIPE (128 + SIGPIPE) /* as sh calls a program that lost its reader */

void live_flush(lua_State *L)
{
	struct live *live = live_of(L);
	struct out *out = &live->session->out;
	int code;

	out_flush(out);
	code = out->error;
	out->error = 0;
	if (out->closed) {
		live->status = STATUS_PIPE;
		state_leave(L);
	}
	if (code)
		luaL_error(L, "standard output: %s", strerror(code));
}

/***
 * Print values to where the shell's commands print, at once.
 * @function print
 * @param ... any
 * @example
 * print("hello", h1)
 */
static int output_print(lua_State *L)
{
	struct buf *b = &live_session(L)->out.buf;
	int n = lua_gettop(L);

	for (int i = 1; i <= n; i++) {
		size_t len;
		const char *text = luaL_tolstring(L, i, &len);

		if (i > 1)
			buf_putc(b, '\t');
		buf_add(b, text, len);
		lua_pop(L, 1);
	}
	buf_putc(b, '\n');
	live_flush(L);
	return 0;
}

/* The values from FIRST on, as io.write has them: strings and numbers. */
static void output_write(lua_State *L, int first)
{
	struct buf *b = &live_session(L)->out.buf;
	int n = lua_gettop(L);

	for (int i = first; i <= n; i++)
		luaL_checkstring(L, i);
	for (int i = first; i <= n; i++) {
		size_t len;
		const char *text = lua_tolstring(L, i, &len);

		buf_add(b, text, len);
	}
	live_flush(L);
}

/* Call the function at upvalue 1 with all there is. */
static int output_pass_on(lua_State *L)
{
	lua_pushvalue(L, lua_upvalueindex(1));
	lua_insert(L, 1);
	lua_call(L, lua_gettop(L) - 1, LUA_MULTRET);
	return lua_gettop(L);
}

/* file:write(...); the upvalues: Lua's own, and io.stdout. */
static int output_file_write(lua_State *L)
{
	if (!lua_rawequal(L, 1, lua_upvalueindex(2)))
		return output_pass_on(L);
	output_write(L, 2);
	lua_settop(L, 1);
	return 1;
}

/* io.write(...); the upvalues: Lua's own, io.stdout, io.output. */
static int output_io_write(lua_State *L)
{
	lua_pushvalue(L, lua_upvalueindex(3));
	lua_call(L, 0, 1);
	if (!lua_rawequal(L, -1, lua_upvalueindex(2))) {
		lua_pop(L, 1);
		return output_pass_on(L);
	}
	lua_pop(L, 1);
	output_write(L, 1);
	lua_pushvalue(L, lua_upvalueindex(2));
	return 1;
}

/* warn(...), in pieces; "@on" and "@off" as in lua(1), but on from the beginning. Must not raise.
 */
static void output_warn(void *data, const char *message, int to_be_continued)
{
	const struct state *state = data;
	struct live *live = state->live;
	struct out out = { .fd = STDERR_FILENO };
	bool begins;

	if (!live) /* a world that could not be made is taken down */
		return;
	begins = !live->in_warning;
	live->in_warning = to_be_continued;
	if (begins && !to_be_continued && message[0] == '@') {
		live->no_warnings = strcmp(message, "@off") == 0;
		return;
	}
	/* Finalizers that ^C or os.exit has ended are what was asked for. */
	if (live->no_warnings || state->interrupted || state->leaving)
		return;
	out_printf(&out, "%s%s%s", begins ? "warning: " : "", message, to_be_continued ? "" : "\n");
	out_flush(&out);
	out_free(&out);
}

/* os.execute and io.popen, which the upvalue is. Programs get SIGPIPE as any shell hands it on; and
 * ^C, which Lua's own waits for a program without, is for the script as well. */
static int output_run(lua_State *L)
{
	int n, failed;

	if (interrupt_pending())
		return state_interrupt(L);
	lua_pushvalue(L, lua_upvalueindex(1));
	lua_insert(L, 1);
	signal(SIGPIPE, SIG_DFL);
	failed = lua_pcall(L, lua_gettop(L) - 1, LUA_MULTRET, 0);
	signal(SIGPIPE, SIG_IGN);
	if (failed)
		return luaL_error(L, "%s", lua_tostring(L, -1));
	n = lua_gettop(L);
	if (n >= 3 && lua_tointeger(L, 3) == SIGINT && lua_type(L, 2) == LUA_TSTRING &&
	    strcmp(lua_tostring(L, 2), "signal") == 0)
		raise(SIGINT);
	return n;
}

static void output_wrap(lua_State *L, const char *name, lua_CFunction f)
{
	lua_getfield(L, -1, name);
	lua_pushcclosure(L, f, 1);
	lua_setfield(L, -2, name);
}

void live_open_output(lua_State *L)
{
	lua_setwarnf(L, output_warn, state_of(L));
	lua_register(L, "print", output_print);

	lua_getglobal(L, LUA_IOLIBNAME);
	output_wrap(L, "popen", output_run);
	lua_getfield(L, -1, "write");
	lua_getfield(L, -2, "stdout");
	lua_getfield(L, -3, "output");
	lua_pushcclosure(L, output_io_write, 3);
	lua_setfield(L, -2, "write");

	luaL_getmetatable(L, LUA_FILEHANDLE);
	lua_getfield(L, -1, "__index");
	lua_getfield(L, -1, "write");
	lua_getfield(L, -4, "stdout");
	lua_pushcclosure(L, output_file_write, 2);
	lua_setfield(L, -2, "write");
	lua_pop(L, 3);

	lua_getglobal(L, LUA_OSLIBNAME);
	output_wrap(L, "execute", output_run);
	lua_pop(L, 1);
}
