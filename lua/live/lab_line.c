/* What a script does by lines of the shell. */
#include "lua/live/inside.h"

#include "lua/options.h"
#include "lua/topology.h"
#include "plan/draft.h"

/***
 * Run a line of the shell, whatever it is: a command, or a program.
 * @function Lab:cmd
 * @param line string
 * @return string  what it printed; as in `$(...)` of sh, what a program prints to its standard
 * error goes where it always goes
 * @return integer  its status. A program that fails or a ping that is lost is a status; a line that
 * is wrong is an error
 * @example
 * local list, status = lab:cmd("links")
 * assert(list:find("h1%-eth0") and status == 0)
 * assert(lab:cmd("h1 echo $h2") == h2.ip .. "\n")
 */
static int lab_cmd(lua_State *L)
{
	lua_pushinteger(L, live_line(L, options_text(L, 2, "lab:cmd", "the line"), true));
	return 2;
}

/***
 * The lab as `map` draws it.
 * @function Lab:map
 * @return string
 * @example
 * assert(lab:map():find("h1"))
 */
static int lab_map(lua_State *L)
{
	live_line(L, "map", true);
	return 1;
}

/***
 * A listing as a Lua table, in the form of its `--json` (`help COMMAND` describes it).
 * @function Lab:json
 * @param command? string  "links", "routes h1", "show s1"; without one the whole lab: { nodes = {
 * ... }, links = { ... } }
 * @return table  null is `json.null`
 * @example
 * assert(lab:json().nodes[1].interfaces[1].peer.node == "s1")
 * assert(lab:json("links")[1].state == "up")
 */
static int lab_json(lua_State *L)
{
	const char *command =
		lua_isnoneornil(L, 2) ? "map" : options_text(L, 2, "lab:json", "the command");

	lua_pushfstring(L, "%s --json", command);
	live_push_answer(L, lua_tostring(L, -1));
	return 1;
}

/* ---- whole labs ---- */

/***
 * Delete everything: the lab is empty again.
 * @function Lab:reset
 * @example
 * lab:reset()
 * assert(#lab:nodes() == 0)
 */
static int lab_reset(lua_State *L)
{
	live_line(L, "reset", false);
	return 0;
}

/* NAME=VALUE for each parameter in the table at 3. */
static void add_params(lua_State *L)
{
	int line = lua_gettop(L);

	lua_pushnil(L);
	while (lua_next(L, 3)) {
		if (lua_type(L, -2) != LUA_TSTRING)
			luaL_error(L, "lab:load: a parameter without a name; write { depth = 2 }");
		if (lua_type(L, -1) == LUA_TFUNCTION || lua_istable(L, -1))
			luaL_error(L, "lab:load: %s is a %s", lua_tostring(L, -2),
				   luaL_typename(L, -1));
		luaL_tolstring(L, -1, NULL);
		lua_pushfstring(L, "%s=%s", lua_tostring(L, -3), lua_tostring(L, -1));
		lua_pushvalue(L, line);
		live_line_add(L, lua_tostring(L, -2));
		lua_replace(L, line);
		lua_settop(L, line + 1);
	}
}

/* Nothing may be there that was not said to go; a topology that there is not is the first to be
 * told of. */
static void check_room(lua_State *L, const char *topology)
{
	const struct graph *g = live_graph(L);
	struct err err = ERR_INIT;
	struct topology t;

	if (draft_is_clear(g))
		return;
	if (topology_describe(topology, &t, &err) == 0) {
		topology_free(&t);
		err_set(&err, "the lab is not empty");
		err_hint(&err, "lab:reset() first, or lab:load(\"%s\", {}, { replace = true })",
			 topology);
	}
	err_wrap(&err, "lab:load");
	state_raise(L, &err);
}

/***
 * Build a topology: a built-in one, or a Lua file.
 * @function Lab:load
 * @param topology string  "tree", "./mine.lua"
 * @param params? table  { depth = 2 }
 * @param options? { replace?: boolean }  what is there goes; without it the lab must be empty
 * @example
 * lab:load("single", { hosts = 4 }, { replace = true })
 * assert(#lab:hosts() == 4)
 */
static int lab_load(lua_State *L)
{
	static const char *const known[] = { "replace", NULL };
	const char *topology = options_text(L, 2, "lab:load", "the topology");

	lua_settop(L, 4);
	live_line_begin(L, "load");
	live_line_add(L, topology);
	if (lua_istable(L, 3))
		add_params(L);
	else if (!lua_isnil(L, 3))
		return luaL_error(L,
				  "lab:load: parameters are a table such as { depth = 2 }, "
				  "not %s",
				  options_type(L, 3));
	if (options_check(L, 4, "lab:load", known) && options_bool(L, 4, "lab:load", "replace"))
		lua_pushfstring(L, "%s --replace", lua_tostring(L, -1));
	else
		check_room(L, topology);
	live_line(L, lua_tostring(L, -1), false);
	return 0;
}

/***
 * Write the lab as a topology that builds it again.
 * @function Lab:save
 * @param file string  a path that ends in .lua
 * @example
 * local file = os.tmpname() .. ".lua"
 * lab:save(file)
 * lab:load(file, nil, { replace = true })
 * os.remove(file)
 * assert(#lab:nodes() == 3)
 */
static int lab_save(lua_State *L)
{
	const char *file = options_text(L, 2, "lab:save", "the file");

	live_line_begin(L, "save");
	live_line_add(L, file);
	live_line(L, lua_tostring(L, -1), false);
	return 0;
}

const luaL_Reg lab_line_methods[] = {
	{ "cmd", lab_cmd },   { "map", lab_map },   { "json", lab_json }, { "reset", lab_reset },
	{ "load", lab_load }, { "save", lab_save }, { NULL, NULL },
};
