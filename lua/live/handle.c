/* Handles, and other things that hang on the state so that nothing leaks when something raises. */
#include "lua/live/inside.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "plan/draft.h"

#define BOX_TYPE	"nslab.box"
#define DESCRIPTOR_TYPE "nslab.descriptor"
#define DRAFT_TYPE	"nslab.draft"

/* ---- handles ---- */

/* Push the table of all handles whose metatable is at the top, by what they say. It keeps none
 * alive. */
static void push_handles(lua_State *L)
{
	if (luaL_getsubtable(L, -1, "handles"))
		return;
	lua_createtable(L, 0, 1);
	lua_pushliteral(L, "v");
	lua_setfield(L, -2, "__mode");
	lua_setmetatable(L, -2);
}

int live_push_handle(lua_State *L, const char *type, const struct live_handle *h, const char *text)
{
	luaL_getmetatable(L, type);
	push_handles(L);
	lua_pushlstring(L, (const char *)h, sizeof(*h));
	lua_pushvalue(L, -1);
	if (lua_rawget(L, -3) != LUA_TUSERDATA) {
		lua_pop(L, 1);
		memcpy(lua_newuserdatauv(L, sizeof(*h), 1), h, sizeof(*h));
		lua_pushvalue(L, -4);
		lua_setmetatable(L, -2);
		lua_pushvalue(L, -2);
		lua_pushvalue(L, -2);
		lua_rawset(L, -5);
	}
	/* Somebody may have renamed it. */
	lua_pushstring(L, text);
	lua_setiuservalue(L, -2, 1);
	lua_replace(L, -4);
	lua_pop(L, 2);
	return 1;
}

int live_handle_tostring(lua_State *L)
{
	luaL_checktype(L, 1, LUA_TUSERDATA);
	lua_getiuservalue(L, 1, 1);
	return 1;
}

int live_raise_gone(lua_State *L, int index, const char *call, const char *noun)
{
	lua_getiuservalue(L, index, 1);
	return luaL_error(L, "%s%s%s %s is gone: it was deleted", call ? call : "",
			  call ? ": " : "", noun, lua_tostring(L, -1));
}

/* ---- values ---- */

void live_set_string(lua_State *L, const char *key, const char *value)
{
	lua_pushstring(L, value);
	lua_setfield(L, -2, key);
}

void live_set_integer(lua_State *L, const char *key, lua_Integer value)
{
	lua_pushinteger(L, value);
	lua_setfield(L, -2, key);
}

void live_set_bool(lua_State *L, const char *key, bool value)
{
	lua_pushboolean(L, value);
	lua_setfield(L, -2, key);
}

void live_append_string(lua_State *L, const char *value)
{
	lua_pushstring(L, value);
	lua_rawseti(L, -2, (lua_Integer)lua_rawlen(L, -2) + 1);
}

/* ---- what must be freed ---- */

static int box_free(lua_State *L)
{
	void **box = lua_touserdata(L, 1);

	free(*box);
	*box = NULL;
	return 0;
}

void **live_box(lua_State *L)
{
	void **box = lua_newuserdatauv(L, sizeof(*box), 0);

	*box = NULL;
	if (luaL_newmetatable(L, BOX_TYPE)) {
		lua_pushcfunction(L, box_free);
		lua_setfield(L, -2, "__gc");
	}
	lua_setmetatable(L, -2);
	return box;
}

static int descriptor_close(lua_State *L)
{
	int *fd = lua_touserdata(L, 1);

	if (*fd >= 0)
		close(*fd);
	*fd = -1;
	return 0;
}

int *live_descriptor(lua_State *L)
{
	int *fd = lua_newuserdatauv(L, sizeof(*fd), 0);

	*fd = -1;
	if (luaL_newmetatable(L, DESCRIPTOR_TYPE)) {
		lua_pushcfunction(L, descriptor_close);
		lua_setfield(L, -2, "__gc");
	}
	lua_setmetatable(L, -2);
	return fd;
}

/* ---- drafts ---- */

struct open_draft {
	struct draft draft; /* first: a draft is its open_draft */
	bool open;
};

static void draft_close(struct open_draft *d)
{
	if (d->open)
		draft_free(&d->draft);
	d->open = false;
}

static int draft_collect(lua_State *L)
{
	draft_close(lua_touserdata(L, 1));
	return 0;
}

struct draft *live_draft(lua_State *L)
{
	struct open_draft *d = lua_newuserdatauv(L, sizeof(*d), 0);

	d->open = false;
	if (luaL_newmetatable(L, DRAFT_TYPE)) {
		lua_pushcfunction(L, draft_collect);
		lua_setfield(L, -2, "__gc");
	}
	lua_setmetatable(L, -2);
	draft_init(&d->draft, live_graph(L), command_is_reserved);
	d->open = true;
	return &d->draft;
}

/* The plan needs nothing of its draft. */
void live_draft_apply(lua_State *L, struct draft *d)
{
	struct plan plan = { 0 };
	struct err err = ERR_INIT;
	int failed = draft_plan(d, &plan, &err);

	draft_close((struct open_draft *)d);
	if (failed) {
		plan_free(&plan);
		state_raise(L, &err);
	}
	live_apply(L, &plan);
}
