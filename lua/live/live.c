#include "lua/live/live.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <lauxlib.h>
#include <lualib.h>

#include "base/interrupt.h"
#include "base/mem.h"
#include "lua/json.h"
#include "lua/live/inside.h"

#define LIVE_MEMORY ((size_t)256 << 20) /* bytes that the scripts of a session may use */

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

/* ---- the globals ---- */

/***
 * Print values to where the shell's commands print, at once.
 * @function print
 * @param ... any
 * @example
 * print("hello", h1)
 */
static int live_do_print(lua_State *L)
{
	struct out *out = &live_session(L)->out;
	int n = lua_gettop(L);

	for (int i = 1; i <= n; i++) {
		size_t len;
		const char *text = luaL_tolstring(L, i, &len);

		if (i > 1)
			buf_putc(&out->buf, '\t');
		buf_add(&out->buf, text, len);
		lua_pop(L, 1);
	}
	buf_putc(&out->buf, '\n');
	out_flush(out);
	return 0;
}

/***
 * End the script, with a status. The shell it was run from goes on.
 * @function os.exit
 * @param status? integer|boolean  0 when not given; true and false are 0 and 1
 */
static int live_exit(lua_State *L)
{
	struct live *live = live_of(L);

	if (lua_isboolean(L, 1) || lua_isnoneornil(L, 1))
		live->status = lua_isnoneornil(L, 1) || lua_toboolean(L, 1) ? 0 : 1;
	else
		live->status = (int)(luaL_checkinteger(L, 1) & 0xff);
	live->leaving = true;
	return luaL_error(L, "exit");
}

static void live_open_globals(lua_State *L)
{
	luaL_openlibs(L);
	lua_register(L, "print", live_do_print);
	lua_getglobal(L, LUA_OSLIBNAME);
	lua_pushcfunction(L, live_exit);
	lua_setfield(L, -2, "exit");
	lua_pop(L, 1);
}

static void live_open(lua_State *L)
{
	live_open_globals(L);
	json_open_library(L);
	live_open_command(L);
	live_open_lab(L);
	live_open_node(L);
}

static struct live *live_get(struct session *s, struct err *err)
{
	struct live *live;

	if (s->live)
		return s->live;
	live = mem_alloc(sizeof(*live));
	live->session = s;
	live->state = state_new("lua", LIVE_MEMORY, live_open, err);
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
	free(s->live);
	s->live = NULL;
}

/* ---- running ---- */

struct chunk {
	const char *name; /* as errors call it; a file's begins with @ */
	const char *text; /* NULL: of the file NAME + 1 */
	bool expression;
	const char *const *args; /* NULL: none */
};

/* As in lua(1): the words in `arg`, the script's own name at 0. */
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

static int live_load(lua_State *L, const struct chunk *c)
{
	if (!c->text)
		return luaL_loadfilex(L, c->name + 1, "t");
	if (!c->expression)
		return luaL_loadbufferx(L, c->text, strlen(c->text), c->name, "t");
	lua_pushfstring(L, "return %s", c->text);
	return luaL_loadbufferx(L, lua_tostring(L, -1), lua_rawlen(L, -1), c->name, "t");
}

static int live_do_chunk(lua_State *L)
{
	const struct chunk *c = lua_touserdata(L, 1);
	int n = 0, top;

	lua_settop(L, 0);
	if (live_load(L, c) != LUA_OK)
		return lua_error(L);
	top = lua_gettop(L);
	if (c->args)
		n = live_push_args(L, c);
	lua_call(L, n, c->expression ? LUA_MULTRET : 0);
	if (c->expression && lua_gettop(L) >= top) {
		lua_pushcfunction(L, live_do_print);
		lua_insert(L, top);
		lua_call(L, lua_gettop(L) - top, 0);
	}
	return 0;
}

int live_call(struct session *s, const char *name, lua_CFunction f, void *arg, struct err *err)
{
	struct live *live = live_get(s, err);
	const char *script;
	int rc;

	if (!live)
		return -1;
	script = live->state->script;
	live->state->script = name;
	if (live->depth++ == 0)
		state_rearm(live->state);
	rc = state_call(live->state, f, arg, err);
	live->depth--;
	live->state->script = script;
	if (live->leaving) {
		rc = 0;
		s->status = live->status;
		live->leaving = live->depth > 0;
	}
	return rc;
}

static int live_run(struct session *s, const struct chunk *c, struct err *err)
{
	return live_call(s, c->name + 1, live_do_chunk, (void *)c, err);
}

int live_run_text(struct session *s, const char *name, const char *text, struct err *err)
{
	char *full = mem_printf("=%s", name);
	int rc = live_run(s, &(struct chunk){ .name = full, .text = text }, err);

	free(full);
	return rc;
}

int live_print(struct session *s, const char *text, struct err *err)
{
	return live_run(s, &(struct chunk){ .name = "==", .text = text, .expression = true }, err);
}

int live_run_file(struct session *s, const char *path, const char *const *args, struct err *err)
{
	static const char *const none[] = { NULL };
	char *name = mem_printf("@%s", path);
	int rc = live_run(s, &(struct chunk){ .name = name, .args = args ? args : none }, err);

	free(name);
	return rc;
}

static int live_try(lua_State *L)
{
	const struct chunk *c = lua_touserdata(L, 1);

	if (live_load(L, c) == LUA_OK)
		return 0;
	return lua_error(L);
}

bool live_is_open(struct session *s, const char *text, bool expression)
{
	const struct chunk c = { .name = "=lua", .text = text, .expression = expression };
	struct live *live = live_get(s, NULL);
	struct err err = ERR_INIT;
	size_t len;

	if (!live || state_call(live->state, live_try, (void *)&c, &err) == 0)
		return false;
	len = strlen(err.text);
	return len > 5 && strcmp(err.text + len - 5, "<eof>") == 0;
}
