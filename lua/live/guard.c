/* Nothing that a script does holds up ^C, and its end is its own and not the shell's. */
#include "lua/live/inside.h"

#include <lauxlib.h>
#include <lualib.h>

#include "lua/options.h"

/***
 * End the script, with a status: a number, or true and false for 0 and 1. No pcall holds it up.
 * The shell that it was run from goes on.
 * @function os.exit
 * @param status? integer|boolean  0 to 255; 0 when not given
 */
static int guard_exit(lua_State *L)
{
	struct live *live = live_of(L);
	lua_Integer status;

	if (lua_isnoneornil(L, 1)) {
		live->status = 0;
	} else if (lua_isboolean(L, 1)) {
		live->status = lua_toboolean(L, 1) ? 0 : ERR_FAILED;
	} else {
		status = luaL_checkinteger(L, 1);
		if (status < 0 || status > 255)
			return luaL_error(L, "os.exit: %I is not within 0 and 255",
					  (LUAI_UACINT)status);
		live->status = (int)status;
	}
	return state_leave(L);
}

/***
 * Not there: the hook is what ^C stops a script by. An error.
 * @function debug.sethook
 * @example
 * assert(not pcall(debug.sethook))
 */
static int guard_sethook(lua_State *L)
{
	return luaL_error(L, "debug.sethook: the hook is what ^C stops a script by; a script "
			     "cannot have it");
}

/* __gc(object), the script's own as the upvalue. Lua runs finalizers with hooks off, where ^C could
 * not stop one; in a thread of its own they are on. */
static int guard_finalize(lua_State *L)
{
	lua_State *thread = lua_newthread(L);
	int results;

	lua_pushvalue(L, lua_upvalueindex(1));
	lua_pushvalue(L, 1);
	lua_xmove(L, thread, 2);
	if (lua_resume(thread, L, 1, &results) == LUA_OK)
		return 0;
	if (lua_status(thread) == LUA_YIELD)
		return luaL_error(L, "a finalizer (__gc) cannot yield");
	lua_xmove(thread, L, 1);
	return lua_error(L);
}

/* Put guard_finalize before the __gc of the metatable at INDEX. */
static void guard_wrap_finalizer(lua_State *L, int index)
{
	lua_pushliteral(L, "__gc");
	lua_pushvalue(L, -1);
	if (lua_rawget(L, index) != LUA_TFUNCTION || lua_tocfunction(L, -1) == guard_finalize) {
		lua_pop(L, 2);
		return;
	}
	lua_pushcclosure(L, guard_finalize, 1);
	lua_rawset(L, index);
}

/***
 * As Lua's own. ^C stops finalizers (`__gc`), too.
 * @function setmetatable
 * @param table table
 * @param metatable table?
 * @return table
 */
static int guard_setmetatable(lua_State *L)
{
	int type = lua_type(L, 2);

	luaL_checktype(L, 1, LUA_TTABLE);
	luaL_argexpected(L, type == LUA_TNIL || type == LUA_TTABLE, 2, "nil or table");
	if (luaL_getmetafield(L, 1, "__metatable") != LUA_TNIL)
		return luaL_error(L, "cannot change a protected metatable");
	if (type == LUA_TTABLE)
		guard_wrap_finalizer(L, 2);
	lua_settop(L, 2);
	lua_setmetatable(L, 1);
	return 1;
}

/***
 * As Lua's own, but not for userdata: an object that passes for one of another class would be read
 * as what it is not.
 * @function debug.setmetatable
 * @param value any
 * @param metatable table?
 * @return any
 * @example
 * assert(not pcall(debug.setmetatable, h1, {}))
 */
static int guard_debug_setmetatable(lua_State *L)
{
	int type = lua_type(L, 2);

	luaL_argexpected(L, type == LUA_TNIL || type == LUA_TTABLE, 2, "nil or table");
	if (lua_isuserdata(L, 1))
		return luaL_error(L, "debug.setmetatable: that of %s stays what it is",
				  options_type(L, 1));
	if (type == LUA_TTABLE)
		guard_wrap_finalizer(L, 2);
	lua_settop(L, 2);
	lua_setmetatable(L, 1);
	return 1;
}

void live_open_guard(lua_State *L)
{
	lua_getglobal(L, LUA_OSLIBNAME);
	lua_pushcfunction(L, guard_exit);
	lua_setfield(L, -2, "exit");
	lua_getglobal(L, LUA_DBLIBNAME);
	lua_pushcfunction(L, guard_sethook);
	lua_setfield(L, -2, "sethook");
	lua_pushcfunction(L, guard_debug_setmetatable);
	lua_setfield(L, -2, "setmetatable");
	lua_pop(L, 2);
	lua_register(L, "setmetatable", guard_setmetatable);
}
