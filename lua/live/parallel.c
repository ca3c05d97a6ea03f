/* parallel(): several functions of a script at once, without threads. */
#include "lua/live/inside.h"

#include "lua/options.h"

#define GROUP_TYPE "Parallel"

/* The coroutines of one call; the table of them is its user value. */
struct group {
	struct wait wait;
	int index; /* of its userdata on the caller's stack */
	int n, running;
	bool ended[];
};

static lua_State *thread_at(lua_State *L, int index, int i)
{
	lua_State *co;

	lua_getiuservalue(L, index, 1);
	lua_rawgeti(L, -1, i + 1);
	co = lua_tothread(L, -1);
	lua_pop(L, 2);
	return co;
}

/* End coroutine CO wherever it waits: what it has to close is closed, its programs killed. What
 * goes wrong in that is less than why it is done. */
static void end_thread(lua_State *L, lua_State *co)
{
#if LUA_VERSION_RELEASE_NUM >= 50406
	lua_closethread(co, L);
#else
	(void)L;
	lua_resetthread(co);
#endif
	lua_settop(co, 0);
}

static void end_all(lua_State *L, int index, struct group *g)
{
	for (int i = 0; i < g->n; i++) {
		lua_State *co = g->ended[i] ? NULL : thread_at(L, index, i);

		g->ended[i] = true;
		if (co)
			end_thread(L, co);
	}
}

/* However parallel() ends. */
static int group_close(lua_State *L)
{
	end_all(L, 1, lua_touserdata(L, 1));
	return 0;
}

/* Let coroutine I go on until it waits again. Its error ends the others and is raised here. */
static void step(lua_State *L, struct group *g, int i)
{
	struct waits *ws = &live_of(L)->waits;
	lua_State *co = thread_at(L, g->index, i), *outer = ws->current;
	int results, status;

	/* coroutine.close() has emptied it. */
	if (lua_status(co) == LUA_OK && lua_gettop(co) == 0)
		luaL_error(L, "parallel: function %d was closed while it waited", i + 1);
	ws->current = co;
	ws->yields = false;
	status = lua_resume(co, L, 0, &results);
	ws->current = outer;
	if (status == LUA_YIELD) {
		/* The script's own coroutine.yield() only lets the others go first. */
		if (!ws->yields)
			ws->wake = 0;
		lua_pop(co, results);
		return;
	}
	ws->news++;
	g->ended[i] = true;
	if (status == LUA_OK) {
		g->running--;
		lua_settop(co, lua_gettop(co) - results + 1);
		return;
	}
	state_note_error(co);
	lua_xmove(co, L, 1);
	end_thread(L, co);
	end_all(L, g->index, g);
	lua_error(L);
}

static int parallel_go_on(lua_State *L, int status, lua_KContext context)
{
	struct group *g = (struct group *)context;

	(void)status;
	for (;;) {
		for (int i = 0; i < g->n; i++)
			if (!g->ended[i])
				step(L, g, i);
		if (!g->running)
			break;
		if (wait_more(L, &g->wait))
			return lua_yieldk(L, 0, context, parallel_go_on);
	}
	luaL_checkstack(L, g->n, "too many functions");
	for (int i = 0; i < g->n; i++)
		lua_xmove(thread_at(L, g->index, i), L, 1);
	return g->n;
}

/***
 * Run functions at once, each until it has to wait for something (a program, `sleep`, events): then
 * the others go on. It returns when all have returned, with the first result of each. An error in
 * one ends the others where they wait, with the programs that they run, and is then an error here.
 * What waits and lets others go on: `run`, `wait`, `stop`, `expect`, `lines` and `write` of
 * programs, `sleep`, `wait_port`, `wait_until`, `wait_any`, events, and `parallel` itself. All else
 * takes its time alone: `lab:cmd` and whatever is a whole command (`pingall`, `pingpair`, `load`,
 * `save`, `reset`), what changes the lab (`lab:build`), `node:daemon` and `daemon:stop`, Lua's own
 * library (`io.read`, `os.execute`), and each function where it waits inside of something that Lua
 * itself has called (a comparison of `table.sort`, a coroutine of the script's own).
 * @function parallel
 * @param ... function
 * @return any ...
 * @example
 * local a, b = parallel(
 *   function() return h1:run("ping -c1 h2").ok end,
 *   function() return h2:run("ping -c1 h1").ok end)
 * assert(a and b)
 * local ok, why = pcall(parallel,
 *   function() h1:run("sleep 60") end,
 *   function() error("enough") end)
 * assert(not ok and why:find("enough"))
 */
static int parallel(lua_State *L)
{
	int n = lua_gettop(L);
	struct group *g;

	for (int i = 1; i <= n; i++)
		if (!lua_isfunction(L, i))
			return luaL_error(L, "parallel: its arguments are functions, not %s%s",
					  options_type(L, i),
					  i == 1 ? "; write parallel(function() ... end, ...)"
						 : "");
	g = lua_newuserdatauv(L, sizeof(*g) + (size_t)n, 1);
	*g = (struct group){ .index = n + 1, .n = 0, .running = n };
	lua_createtable(L, n, 0);
	for (int i = 0; i < n; i++) {
		lua_State *co = lua_newthread(L);

		lua_pushvalue(L, i + 1);
		lua_xmove(L, co, 1);
		lua_rawseti(L, -2, i + 1);
		g->ended[i] = false;
	}
	lua_setiuservalue(L, g->index, 1);
	g->n = n;
	luaL_setmetatable(L, GROUP_TYPE);
	lua_toclose(L, g->index);
	wait_init(L, &g->wait, WAIT_FOREVER);
	return parallel_go_on(L, LUA_OK, (lua_KContext)g);
}

static int sleep_go_on(lua_State *L, int status, lua_KContext context)
{
	struct wait *w = (struct wait *)context;

	(void)status;
	while (!wait_late(w))
		if (wait_more(L, w))
			return lua_yieldk(L, 0, context, sleep_go_on);
	return 0;
}

/***
 * Do nothing for some time. To wait for something, better wait for it: `lab:wait_until`,
 * `p:expect`, `node:wait_port`.
 * @function sleep
 * @param seconds number
 * @example
 * parallel(function() sleep(0.1) end, function() sleep(0.1) end)   -- takes 0.1 s
 */
static int live_sleep(lua_State *L)
{
	luaL_checknumber(L, 1);
	return sleep_go_on(L, LUA_OK, (lua_KContext)wait_push(L, wait_deadline(L, 1, "sleep")));
}

void live_open_parallel(lua_State *L)
{
	luaL_newmetatable(L, GROUP_TYPE);
	lua_pushcfunction(L, group_close);
	lua_setfield(L, -2, "__close");
	lua_pop(L, 1);
	lua_register(L, "parallel", parallel);
	lua_register(L, "sleep", live_sleep);
}
