#include "lua/sandbox.h"

#include <string.h>

#include <lauxlib.h>
#include <lualib.h>

#include "lua/state.h"

#define SANDBOX_PRINT_MAX ((size_t)1 << 20) /* bytes that print() and warn() may collect */

/***
 * Print values, for whoever runs the topology.
 * @function print
 * @param ... any
 * @example
 * print("three hosts", 3)
 */

/* Standard output belongs to the shell, so the text is kept for whoever runs the script. */
static int sandbox_print(lua_State *L)
{
	struct state *s = state_of(L);
	int n = lua_gettop(L);

	for (int i = 1; i <= n; i++) {
		size_t len;
		const char *text = luaL_tolstring(L, i, &len);

		if (len > SANDBOX_PRINT_MAX || s->printed.len > SANDBOX_PRINT_MAX - len)
			return luaL_error(L, "more than 1 MB printed");
		if (i > 1)
			buf_putc(&s->printed, '\t');
		buf_add(&s->printed, text, len);
		lua_pop(L, 1);
	}
	buf_putc(&s->printed, '\n');
	return 0;
}

/* warn(...), in pieces. Must not raise. Control messages ("@on") have no meaning here: warnings are
 * always on. */
static void sandbox_warn(void *data, const char *message, int to_be_continued)
{
	struct state *s = data;
	size_t len = strlen(message);

	if (!s->in_warning && !to_be_continued && message[0] == '@')
		return;
	if (s->printed.len < SANDBOX_PRINT_MAX && len < SANDBOX_PRINT_MAX) {
		if (!s->in_warning)
			buf_puts(&s->printed, "warning: ");
		buf_add(&s->printed, message, len);
		if (!to_be_continued)
			buf_putc(&s->printed, '\n');
	}
	s->in_warning = to_be_continued;
}

/***
 * As Lua's own, but for text only.
 * @function load
 * @param chunk string|fun(): string?
 * @param name? string
 * @param mode? string
 * @param environment? table
 * @return function?
 * @return string?  why there is none
 * @example
 * assert(load("return 1 + 1")() == 2)
 * assert(not load(string.char(27) .. "Lua"))
 */

/* The virtual machine does not check bytecode. The first upvalue is Lua's own load. */
static int sandbox_load(lua_State *L)
{
	if (lua_gettop(L) < 3)
		lua_settop(L, 3);
	lua_pushliteral(L, "t");
	lua_replace(L, 3);
	lua_pushvalue(L, lua_upvalueindex(1));
	lua_insert(L, 1);
	lua_call(L, lua_gettop(L) - 1, LUA_MULTRET);
	return lua_gettop(L);
}

/***
 * As Lua's own, but without finalizers.
 * @function setmetatable
 * @param table table
 * @param metatable table?
 * @return table
 * @example
 * assert(not pcall(setmetatable, {}, { __gc = print }))
 */

/* Lua runs finalizers with hooks off, where ^C could not stop them. The first upvalue is Lua's own.
 */
static int sandbox_setmetatable(lua_State *L)
{
	if (lua_istable(L, 2)) {
		lua_pushliteral(L, "__gc");
		if (lua_rawget(L, 2) != LUA_TNIL)
			return luaL_error(L, "no finalizers (__gc) in a topology");
		lua_pop(L, 1);
	}
	lua_pushvalue(L, lua_upvalueindex(1));
	lua_insert(L, 1);
	lua_call(L, lua_gettop(L) - 1, 1);
	return 1;
}

/* Put F in the place of global NAME, which becomes its upvalue. */
static void sandbox_wrap(lua_State *L, const char *name, lua_CFunction f)
{
	lua_getglobal(L, name);
	lua_pushcclosure(L, f, 1);
	lua_setglobal(L, name);
}

/* The library opened by OPEN as global NAME, with the functions KEEP names (NULL-terminated) and no
 * others. */
static void sandbox_open_part(lua_State *L, const char *name, lua_CFunction open,
			      const char *const *keep)
{
	lua_pushcfunction(L, open);
	lua_pushstring(L, name);
	lua_call(L, 1, 1);
	lua_newtable(L);
	for (; *keep; keep++) {
		lua_getfield(L, -2, *keep);
		lua_setfield(L, -2, *keep);
	}
	lua_setglobal(L, name);
	lua_pop(L, 1);
}

void sandbox_open(lua_State *L)
{
	static const luaL_Reg whole[] = {
		{ LUA_GNAME, luaopen_base },	   { LUA_STRLIBNAME, luaopen_string },
		{ LUA_TABLIBNAME, luaopen_table }, { LUA_MATHLIBNAME, luaopen_math },
		{ LUA_UTF8LIBNAME, luaopen_utf8 }, { LUA_COLIBNAME, luaopen_coroutine },
	};
	static const char *const gone[] = { "dofile", "loadfile" };
	static const char *const os_keep[] = { "time", "clock", "date", NULL };

	for (size_t i = 0; i < sizeof(whole) / sizeof(whole[0]); i++) {
		luaL_requiref(L, whole[i].name, whole[i].func, 1);
		lua_pop(L, 1);
	}
	sandbox_open_part(L, LUA_OSLIBNAME, luaopen_os, os_keep);
	for (size_t i = 0; i < sizeof(gone) / sizeof(gone[0]); i++) {
		lua_pushnil(L);
		lua_setglobal(L, gone[i]);
	}
	lua_getglobal(L, LUA_STRLIBNAME);
	lua_pushnil(L);
	lua_setfield(L, -2, "dump");
	lua_pop(L, 1);
	sandbox_wrap(L, "load", sandbox_load);
	sandbox_wrap(L, "setmetatable", sandbox_setmetatable);
	lua_register(L, "print", sandbox_print);
	lua_setwarnf(L, sandbox_warn, state_of(L));

	/* A script that rolls dice gives the same lab each time, unless it seeds them itself. */
	lua_getglobal(L, LUA_MATHLIBNAME);
	lua_getfield(L, -1, "randomseed");
	lua_pushinteger(L, 1);
	lua_call(L, 1, 0);
	lua_pop(L, 1);
}
