#include "lua/live/live.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <lauxlib.h>
#include <lualib.h>

#include "base/mem.h"
#include "base/name.h"
#include "lua/file.h"
#include "lua/json.h"
#include "lua/live/inside.h"

#define LIVE_ROOM ((size_t)64 << 10) /* bytes */

struct live *live_of(lua_State *L)
{
	return state_of(L)->live;
}

struct session *live_session(lua_State *L)
{
	return live_of(L)->session;
}

struct graph *live_graph(lua_State *L)
{
	struct graph *g = live_session(L)->graph;
	struct err err = ERR_INIT;

	if (graph_refresh(g, &err) != 0)
		state_raise(L, &err);
	return g;
}

void live_apply(lua_State *L, struct plan *plan)
{
	struct err err = ERR_INIT;
	int rc = session_apply(live_session(L), plan, &err);

	plan_free(plan);
	if (rc != 0)
		state_raise(L, &err);
}

lua_State *live_enter(lua_State *L)
{
	struct state *s = state_of(L);
	lua_State *before = s->L;

	s->L = L;
	return before;
}

void live_leave(lua_State *L, lua_State *before)
{
	state_of(L)->L = before;
}

/* ---- the world ---- */

static void live_open(lua_State *L)
{
	luaL_openlibs(L);
	live_open_output(L);
	live_open_guard(L);
	json_open_library(L);
	live_open_command(L);
	live_open_lab(L);
	live_open_node(L);
	live_open_interface(L);
	live_open_link(L);
	live_open_daemon(L);
	live_open_program(L);
	live_open_parallel(L);
	live_open_events(L);
	/* What a script does not read is left for the programs it runs. */
	setvbuf(stdin, NULL, _IONBF, 0);
}

struct live *live_get(struct session *s, struct err *err)
{
	struct live *live = s->live;

	if (live) {
		if (live->depth == 0)
			state_rearm(live->state);
		return live;
	}
	live = mem_alloc(sizeof(*live));
	live->session = s;
	live->waits.wake = WAIT_FOREVER;
	live->state = state_new("lua", s->lua_memory, live_open, err);
	if (!live->state) {
		free(live);
		return NULL;
	}
	live->state->live = live;
	s->live = live;
	return live;
}

void live_close(struct session *s)
{
	if (!s->live)
		return;
	state_free(s->live->state);
	waits_close(&s->live->waits);
	free(s->live);
	s->live = NULL;
}

/* ---- running ---- */

struct chunk {
	const char *name; /* as Lua has it: "=lua", "@dir/mine.lua" */
	const char *text;
	size_t len;
	bool expression;
	const char *const *args; /* NULL: none */
};

/* As in lua(1): the words in `arg`, the script's own name at 0, and as `...`. */
static int live_push_args(lua_State *L, const struct chunk *c)
{
	int n = 0;

	lua_newtable(L);
	lua_pushstring(L, c->name + 1);
	lua_rawseti(L, -2, 0);
	while (c->args[n]) {
		lua_pushstring(L, c->args[n]);
		lua_rawseti(L, -2, ++n);
	}
	lua_setglobal(L, "arg");
	luaL_checkstack(L, n, "too many arguments");
	for (int i = 0; i < n; i++)
		lua_pushstring(L, c->args[i]);
	return n;
}

/* `require` finds what lies beside the script at PATH before anything else. */
static void live_add_path(lua_State *L, const char *path)
{
	const char *slash = strrchr(path, '/');

	lua_getglobal(L, LUA_LOADLIBNAME);
	if (!lua_istable(L, -1) || lua_getfield(L, -1, "path") != LUA_TSTRING)
		return;
	lua_pushlstring(L, slash ? path : ".", slash ? (size_t)(slash - path) : 1);
	lua_pushfstring(L, "%s/?.lua;%s/?/init.lua;", lua_tostring(L, -1), lua_tostring(L, -1));
	if (strncmp(lua_tostring(L, -3), lua_tostring(L, -1), lua_rawlen(L, -1)) == 0)
		return;
	lua_pushvalue(L, -3);
	lua_concat(L, 2);
	lua_setfield(L, -4, "path");
}

static int live_load(lua_State *L, const struct chunk *c)
{
	if (!c->expression)
		return luaL_loadbufferx(L, c->text, c->len, c->name, "t");
	lua_pushliteral(L, "return ");
	lua_pushlstring(L, c->text, c->len);
	lua_concat(L, 2);
	return luaL_loadbufferx(L, lua_tostring(L, -1), lua_rawlen(L, -1), c->name, "t");
}

static int live_do_chunk(lua_State *L)
{
	const struct chunk *c = lua_touserdata(L, 1);
	int n = 0, top;

	if (c->args)
		live_add_path(L, c->name + 1);
	lua_settop(L, 0);
	if (live_load(L, c) != LUA_OK)
		return lua_error(L);
	top = lua_gettop(L);
	if (c->args)
		n = live_push_args(L, c);
	lua_call(L, n, c->expression ? LUA_MULTRET : 0);
	if (c->expression)
		live_show(L, lua_gettop(L) - top + 1);
	return 0;
}

/* A variable that is not there may be a node that is not: "(global 'h3')". */
static void live_suggest_node(const struct session *s, struct err *err)
{
	static const char mark[] = " a nil value (global '";
	char *at = strstr(err->text, mark), *name = at ? at + strlen(mark) : NULL;
	struct nearest near = { .word = name };
	struct err with = *err;

	if (!name || !name[strcspn(name, "'")])
		return;
	name[strcspn(name, "'")] = '\0';
	for (size_t i = 0; i < s->graph->n_nodes; i++)
		nearest_offer(&near, s->graph->nodes[i]->name);
	nearest_suggest(&near, &with);
	*err = with;
}

int live_call(struct session *s, const char *name, lua_CFunction f, void *arg, struct err *err)
{
	struct live *live = live_get(s, err);
	struct state *state;
	const char *script;
	int rc;

	if (!live)
		return -1;
	state = live->state;
	script = state->script;
	state->script = name;
	/* Where all of it is taken, `lua x = nil` still finds room. */
	state->limit =
		s->lua_memory > state->used + LIVE_ROOM ? s->lua_memory : state->used + LIVE_ROOM;
	live->depth++;
	rc = state_call(state, f, arg, err);
	live->depth--;
	state->script = script;
	if (state->leaving) {
		/* Of the innermost script alone: who ran it has its status. */
		state->leaving = false;
		rc = 0;
		s->status = live->status;
	}
	if (rc != 0 && err)
		live_suggest_node(s, err);
	if (rc != 0 && err && err->code == ENOMEM)
		err_hint(err, "`set lua.memory %zuM` allows twice as much", state->limit >> 19);
	return rc;
}

static int live_run(struct session *s, const struct chunk *c, struct err *err)
{
	return live_call(s, c->name + 1, live_do_chunk, (void *)c, err);
}

int live_print(struct session *s, const char *text, struct err *err)
{
	const struct chunk c = {
		.name = "==", .text = text, .len = strlen(text), .expression = true
	};

	return live_run(s, &c, err);
}

int live_run_file(struct session *s, const char *path, const char *const *args, struct err *err)
{
	static const char *const none[] = { NULL };
	struct chunk c = { .args = args ? args : none };
	unsigned long started = s->live ? s->live->waits.started : 0;
	struct file f;
	char *name;
	int rc;

	if (file_open_script(&f, path, s->lua_memory, err) != 0)
		return -1;
	c.name = name = mem_printf("@%s", path);
	c.text = f.text;
	c.len = f.len;
	rc = live_run(s, &c, err);
	/* What the script has started and not waited for. */
	if (s->live)
		wait_end_children(s->live->state->L, started);
	free(name);
	file_close(&f);
	return rc;
}

/* ---- is it whole? ---- */

static int live_try(lua_State *L)
{
	const struct chunk *c = lua_touserdata(L, 1);

	if (live_load(L, c) == LUA_OK)
		return 0;
	return lua_error(L);
}

/* Does it compile? */
static bool live_is_whole(struct live *live, const char *text, bool expression, struct err *err)
{
	const struct chunk c = {
		.name = "=lua", .text = text, .len = strlen(text), .expression = expression
	};

	return state_call(live->state, live_try, (void *)&c, err) == 0;
}

bool live_is_open(struct session *s, const char *text, bool expression)
{
	struct live *live = live_get(s, NULL);
	struct err err = ERR_INIT;
	size_t len = strlen(text), end = strlen("<eof>");

	/* Of Lua as of a command: `lua x` alone is no beginning of something longer. */
	if (!live || live_is_whole(live, text, expression, &err) ||
	    (!expression && live_is_whole(live, text, true, NULL)))
		return false;
	/* A string in quotes ends with its line. */
	if (strstr(err.text, "unfinished string") && text[len - 1] != '\\')
		return false;
	len = strlen(err.text);
	return len > end && strncmp(err.text + len - end, "<eof>", end) == 0;
}

int live_run_text(struct session *s, const char *text, struct err *err)
{
	const struct chunk c = { .name = "=lua", .text = text, .len = strlen(text) };
	int rc = live_run(s, &c, err);

	if (rc != 0 && err && !err->hint[0] && s->live &&
	    !live_is_whole(s->live, text, false, NULL) && live_is_whole(s->live, text, true, NULL))
		err_hint(err, "`= %s` prints the value", text);
	return rc;
}
