/* What a script does by lines of the shell: one dispatcher serves both. */
#include "lua/live/inside.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kernel/scratch.h"
#include "lua/json.h"
#include "lua/options.h"
#include "lua/topology.h"
#include "plan/draft.h"

/* ---- running one ---- */

/* The status of the line that runs the script is the script's own affair. */
static int run_line(lua_State *L, const char *line, struct err *err)
{
	struct session *s = live_session(L);
	lua_State *before = live_enter(L);
	bool quit = s->quit;
	int status = s->status, previous = s->previous, rc = session_run(s, line, err);
	int answer = s->status;

	live_leave(L, before);
	if (!rc && s->quit && !s->detached && !quit) {
		s->quit = false;
		rc = err_set(err,
			     "lab:cmd: a script cannot end its shell: os.exit(N) ends the script");
	}
	/* ^C went to the program alone: it is meant for the script, too. */
	if (!rc && answer == 128 + SIGINT)
		raise(SIGINT);
	s->status = status;
	s->previous = previous;
	return rc ? -1 : answer;
}

/* Commands print to the session's output, programs to descriptor 1: both are FILE until the line
 * has ended. */
static int run_captured(lua_State *L, const char *line, int file, struct err *err)
{
	struct session *s = live_session(L);
	struct out out = s->out;
	int kept, answer;

	out_flush(&out);
	kept = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
	if (kept < 0 || dup2(file, STDOUT_FILENO) < 0) {
		answer = err_errno(err, errno, "no descriptor for the output");
	} else {
		s->out = (struct out){ .fd = STDOUT_FILENO };
		answer = run_line(L, line, err);
		out_flush(&s->out);
		out_free(&s->out);
		s->out = out;
		dup2(kept, STDOUT_FILENO);
	}
	if (kept >= 0)
		close(kept);
	return answer;
}

/* A userdata that holds a file in memory, which takes as much as Lua does: of one that is full, Lua
 * says so. */
static int *push_file(lua_State *L)
{
	int *file = live_descriptor(L);
	struct err err = ERR_INIT;

	*file = scratch_open(live_session(L)->lua_memory, &err);
	if (*file < 0)
		state_raise(L, &err);
	return file;
}

static void push_contents(lua_State *L, int *file)
{
	struct stat st;
	luaL_Buffer b;
	ssize_t n;
	char *to;

	if (fstat(*file, &st) != 0)
		st.st_size = 0;
	to = luaL_buffinitsize(L, &b, (size_t)st.st_size);
	n = pread(*file, to, (size_t)st.st_size, 0);
	luaL_pushresultsize(&b, n < 0 ? 0 : (size_t)n);
	close(*file);
	*file = -1;
}

int live_line(lua_State *L, const char *line, bool captured)
{
	struct err err = ERR_INIT;
	int *file, answer;

	if (!captured) {
		answer = run_line(L, line, &err);
	} else {
		file = push_file(L);
		answer = run_captured(L, line, *file, &err);
		if (answer >= 0)
			push_contents(L, file);
	}
	if (answer < 0)
		state_raise(L, &err);
	return answer;
}

/* ---- writing one ---- */

static void begin_line(lua_State *L, const char *command)
{
	lua_pushstring(L, command);
}

/* One more word to the line at the top, quoted for whoever reads it. */
static void add_word(lua_State *L, const char *word)
{
	luaL_gsub(L, word, "'", "'\\''");
	lua_pushfstring(L, "%s '%s'", lua_tostring(L, -2), lua_tostring(L, -1));
	lua_replace(L, -3);
	lua_pop(L, 1);
}

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

/* Push what LINE answers as JSON. */
static void push_answer(lua_State *L, const char *line)
{
	size_t len;
	const char *text;

	live_line(L, line, true);
	text = lua_tolstring(L, -1, &len);
	json_push(L, text, len, "lab:json: ");
	lua_replace(L, -2);
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
	push_answer(L, lua_tostring(L, -1));
	return 1;
}

/* ---- pings ---- */

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
	push_answer(L, lua_tostring(L, -1));
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

	add_word(L, *n->name ? n->name : "root");
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
	begin_line(L, "pingall");
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
	begin_line(L, "pingpair");
	add_node(L, 2, "lab:pingpair");
	add_node(L, 3, "lab:pingpair");
	return ping(L, "lab:pingpair", 4);
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
		add_word(L, lua_tostring(L, -2));
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
	begin_line(L, "load");
	add_word(L, topology);
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

	begin_line(L, "save");
	add_word(L, file);
	live_line(L, lua_tostring(L, -1), false);
	return 0;
}

const luaL_Reg lab_line_methods[] = {
	{ "cmd", lab_cmd },	    { "map", lab_map },		  { "json", lab_json },
	{ "pingall", lab_pingall }, { "pingpair", lab_pingpair }, { "reset", lab_reset },
	{ "load", lab_load },	    { "save", lab_save },	  { NULL, NULL },
};
