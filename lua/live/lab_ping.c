/* Pings from scripts. */
#include "lua/live/inside.h"

#include "lua/options.h"

static void add_timeout(lua_State *L, const char *call, int options)
{
	lua_Number seconds;

	if (options_push(L, options, "timeout") == LUA_TNIL) {
		lua_pop(L, 1);
		return;
	}
	seconds = lua_tonumber(L, -1);
	if (lua_type(L, -1) != LUA_TNUMBER || !(seconds >= 0.001 && seconds <= 3600))
		luaL_error(L, "%s: timeout is a number of seconds within 0.001 and 3600", call);
	lua_pop(L, 1);
	lua_pushfstring(L, "%s timeout=%Ims", lua_tostring(L, -1),
			(LUAI_UACINT)(seconds * 1000 + 0.5));
	lua_replace(L, -2);
}

static void add_count(lua_State *L, const char *call, int options)
{
	lua_Integer count;

	if (options_push(L, options, "count") != LUA_TNIL) {
		if (lua_type(L, -1) != LUA_TNUMBER || !lua_isinteger(L, -1))
			luaL_error(L, "%s: count is a whole number", call);
		count = lua_tointeger(L, -1);
		lua_pushfstring(L, "%s count=%I", lua_tostring(L, -2), (LUAI_UACINT)count);
		lua_replace(L, -3);
	}
	lua_pop(L, 1);
}

static void add_family(lua_State *L, const char *call, int options)
{
	lua_Integer family = 0;

	if (options_push(L, options, "family") != LUA_TNIL) {
		family = lua_tointeger(L, -1);
		if (family != 4 && family != 6)
			luaL_error(L, "%s: family is 4 or 6", call);
	}
	lua_pop(L, 1);
	if (!family)
		return;
	lua_pushfstring(L, "%s -%d", lua_tostring(L, -1), (int)family);
	lua_replace(L, -2);
}

/* What the line of pings at the top answers, with one field more. OPTIONS: where its table is. */
static int ping(lua_State *L, const char *call, int options)
{
	static const char *const known[] = { "timeout", "count", "family", NULL };
	lua_Integer lost;

	if (options_check(L, options, call, known)) {
		add_timeout(L, call, options);
		add_count(L, call, options);
		add_family(L, call, options);
	}
	lua_pushfstring(L, "%s --json", lua_tostring(L, -1));
	live_push_answer(L, lua_tostring(L, -1));
	lua_getfield(L, -1, "sent");
	lua_getfield(L, -2, "received");
	lost = lua_tointeger(L, -2) - lua_tointeger(L, -1);
	lua_pop(L, 2);
	live_set_integer(L, "lost", lost);
	return 1;
}

static void add_node(lua_State *L, int index, const char *call)
{
	const struct graph_node *n = live_check_node(L, index, call);

	live_line_add(L, *n->name ? n->name : "root");
}

/***
 * Ping from every host and router to every other.
 * @function Lab:pingall
 * @param nodes? (Node|string)[]  only among these
 * @param options? { timeout?: number, count?: integer, family?: 4|6 }  seconds that each may take;
 * how many to each; IPv4, unless there are IPv6 addresses alone
 * @return { sent: integer, received: integer, lost: integer, skipped: string[], pairs: { from:
 * string, to: string, answered: boolean, received: integer, min_ms?: number, avg_ms?: number,
 * max_ms?: number, error?: string }[] }  sent, received and lost count pairs
 * @example
 * assert(lab:pingall().lost == 0)
 * local r = lab:pingall({ h1, "h2" }, { timeout = 2, family = 6 })
 * assert(r.sent == 2 and r.pairs[1].from == "h1" and r.pairs[1].answered)
 * r = lab:pingall({ h1, h2 }, { count = 3 })
 * assert(r.pairs[1].received == 3 and r.pairs[1].avg_ms <= r.pairs[1].max_ms)
 */
static int lab_pingall(lua_State *L)
{
	const char *call = "lab:pingall";
	int options = 3;

	lua_settop(L, 3);
	/* lab:pingall { timeout = 2 } */
	if (lua_istable(L, 2) && lua_isnil(L, 3) && lua_rawlen(L, 2) == 0) {
		options = 2;
	} else if (!lua_isnil(L, 2) && !lua_istable(L, 2)) {
		return luaL_error(L, "%s: the nodes are a list such as { h1, h2 }, not %s", call,
				  options_type(L, 2));
	}
	live_line_begin(L, "pingall");
	for (lua_Integer i = 1;
	     options == 3 && lua_istable(L, 2) && i <= (lua_Integer)lua_rawlen(L, 2); i++) {
		lua_rawgeti(L, 2, i);
		lua_insert(L, -2);
		add_node(L, lua_gettop(L) - 1, call);
		lua_remove(L, -2);
	}
	return ping(L, call, options);
}

/***
 * Ping between two nodes, in both directions.
 * @function Lab:pingpair
 * @param a Node|string
 * @param b Node|string
 * @param options? { timeout?: number, count?: integer, family?: 4|6 }
 * @return table  as of `pingall`
 * @example
 * h2.eth0.link:down()
 * assert(lab:pingpair(h1, h2, { timeout = 0.2 }).lost == 2)
 */
static int lab_pingpair(lua_State *L)
{
	lua_settop(L, 4);
	live_line_begin(L, "pingpair");
	add_node(L, 2, "lab:pingpair");
	add_node(L, 3, "lab:pingpair");
	return ping(L, "lab:pingpair", 4);
}

const luaL_Reg lab_ping_methods[] = {
	{ "pingall", lab_pingall },
	{ "pingpair", lab_pingpair },
	{ NULL, NULL },
};
