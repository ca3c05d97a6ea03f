#include "lua/definition.h"

#include <ctype.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include <lauxlib.h>

#include "base/mem.h"
#include "base/name.h"
#include "lua/net.h"

/* Where the checked table waits in the registry for its build. */
#define DEFINITION_KEY "nslab.definition"

/* ---- reading, all inside a protected call; what is allocated hangs on the caller's struct
 * topology at once ---- */

static void definition_check_keys(lua_State *L, int index)
{
	static const char *const known[] = { "about", "params", "order", "reach", "build" };
	const size_t n_known = sizeof(known) / sizeof(known[0]);

	lua_pushnil(L);
	while (lua_next(L, index)) {
		const char *key = lua_type(L, -2) == LUA_TSTRING ? lua_tostring(L, -2) : "[...]";
		struct nearest near = { .word = key };
		struct err err = ERR_INIT;
		size_t i = 0;

		while (i < n_known && strcmp(known[i], key) != 0)
			nearest_offer(&near, known[i++]);
		if (i == n_known) {
			err_set(&err, "unknown key %s", key);
			nearest_suggest(&near, &err);
			luaL_error(L, "%s; a topology has about, params, order, reach and build",
				   err.text);
		}
		lua_pop(L, 1);
	}
}

/* A name that NAME=VALUE and p.NAME can hold. */
static bool definition_is_word(const char *name)
{
	size_t len =
		strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");

	return len > 0 && name[len] == '\0' && !isdigit((unsigned char)name[0]);
}

static lua_Integer definition_bound(lua_State *L, int index, const struct topology_param *p,
				    const char *field, lua_Integer otherwise)
{
	lua_Integer bound;
	int whole;

	if (lua_getfield(L, index, field) == LUA_TNIL) {
		lua_pop(L, 1);
		return otherwise;
	}
	bound = lua_tointegerx(L, -1, &whole);
	if (!p->number || lua_type(L, -1) != LUA_TNUMBER || !whole)
		luaL_error(L, "parameter %s: %s is a whole number, of a parameter that is one",
			   p->name, field);
	lua_pop(L, 1);
	return bound;
}

static void definition_add_choice(struct topology_param *p, size_t *n, const char *choice)
{
	p->choices = mem_resize(p->choices, *n + 2, sizeof(*p->choices));
	p->choices[(*n)++] = mem_strdup(choice);
	p->choices[*n] = NULL;
}

static void definition_read_choices(lua_State *L, int index, struct topology_param *p)
{
	size_t n = 0;
	bool has_default = false;

	if (lua_getfield(L, index, "choices") == LUA_TNIL) {
		lua_pop(L, 1);
		return;
	}
	if (p->number || p->choices || !lua_istable(L, -1))
		luaL_error(L,
			   "parameter %s: choices is a list of strings, of a parameter that is one",
			   p->name);
	for (lua_Integer i = 1; lua_rawgeti(L, -1, i) != LUA_TNIL; i++) {
		if (lua_type(L, -1) != LUA_TSTRING)
			luaL_error(L, "parameter %s: choices holds a %s, not a string", p->name,
				   luaL_typename(L, -1));
		definition_add_choice(p, &n, lua_tostring(L, -1));
		has_default = has_default || strcmp(p->choices[n - 1], p->value) == 0;
		lua_pop(L, 1);
	}
	if (!has_default)
		luaL_error(L, "parameter %s: its default \"%s\" is not among its choices", p->name,
			   p->value);
	lua_pop(L, 2);
}

/* WHY is "" or what is wrong, ending in "; ". */
static int definition_refuse_form(lua_State *L, const struct topology_param *p, const char *why)
{
	return luaL_error(
		L,
		"parameter %s: %swrite %s = { DEFAULT, \"what it is\", min =, max =, choices = }, "
		"DEFAULT a whole number, a string, true or false",
		p->name, why, p->name);
}

/* The default, at the top of the stack, decides what kind of parameter it is. */
static void definition_read_default(lua_State *L, struct topology_param *p)
{
	size_t n = 0;

	if (lua_type(L, -1) == LUA_TSTRING) {
		p->value = mem_strdup(lua_tostring(L, -1));
	} else if (lua_type(L, -1) == LUA_TBOOLEAN) {
		p->truth = true;
		p->value = mem_strdup(lua_toboolean(L, -1) ? "true" : "false");
		definition_add_choice(p, &n, "false");
		definition_add_choice(p, &n, "true");
	} else {
		int whole;
		lua_Integer value = lua_tointegerx(L, -1, &whole);

		if (!whole)
			definition_refuse_form(L, p, "");
		p->number = true;
		p->value = mem_printf("%lld", (long long)value);
	}
}

/* The key at INDEX is one of a parameter's. */
static void definition_check_param_key(lua_State *L, int index, const struct topology_param *p)
{
	static const char *const known[] = { "min", "max", "choices" };
	struct nearest near = { .word = luaL_tolstring(L, index, NULL) };
	struct err err = ERR_INIT;

	if (lua_isinteger(L, index) && lua_tointeger(L, index) >= 1 && lua_tointeger(L, index) <= 2)
		return;
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (lua_type(L, index) == LUA_TSTRING && strcmp(near.word, known[i]) == 0)
			return;
		nearest_offer(&near, known[i]);
	}
	err_set(&err, "unknown key %s", near.word);
	nearest_suggest(&near, &err);
	definition_refuse_form(L, p, lua_pushfstring(L, "%s; ", err.text));
}

/* One entry of params, at the top of the stack. */
static void definition_read_param(lua_State *L, struct topology_param *p)
{
	const int index = lua_gettop(L);

	if (!lua_istable(L, index))
		definition_refuse_form(L, p, "");
	lua_pushnil(L);
	while (lua_next(L, index)) {
		definition_check_param_key(L, index + 1, p);
		lua_settop(L, index + 1);
	}
	lua_rawgeti(L, index, 1);
	definition_read_default(L, p);
	if (lua_rawgeti(L, index, 2) != LUA_TSTRING)
		definition_refuse_form(L, p, "");
	p->about = mem_strdup(lua_tostring(L, -1));
	lua_pop(L, 2);
	p->min = definition_bound(L, index, p, "min", LONG_MIN);
	p->max = definition_bound(L, index, p, "max", LONG_MAX);
	if (p->number && (atol(p->value) < p->min || atol(p->value) > p->max))
		luaL_error(L, "parameter %s: its default %s is not within its min and max", p->name,
			   p->value);
	definition_read_choices(L, index, p);
}

static int definition_compare_params(const void *a, const void *b)
{
	return strcmp(((const struct topology_param *)a)->name,
		      ((const struct topology_param *)b)->name);
}

/* Put the params into the order of the list at the top of the stack: every one, once. */
static void definition_order_params(lua_State *L, struct topology *t)
{
	if (!lua_istable(L, -1))
		luaL_error(L, "order is a list of the parameters' names");
	for (size_t i = 0; i < t->n_params; i++) {
		struct topology_param swap = t->params[i];
		size_t found = i;

		lua_rawgeti(L, -1, (lua_Integer)i + 1);
		if (lua_type(L, -1) == LUA_TSTRING)
			while (found < t->n_params &&
			       strcmp(t->params[found].name, lua_tostring(L, -1)) != 0)
				found++;
		if (lua_type(L, -1) != LUA_TSTRING || found == t->n_params)
			luaL_error(L, "order names each of the %d parameters once",
				   (int)t->n_params);
		t->params[i] = t->params[found];
		t->params[found] = swap;
		lua_pop(L, 1);
	}
	if (lua_rawlen(L, -1) != t->n_params)
		luaL_error(L, "order names each of the %d parameters once", (int)t->n_params);
}

static void definition_read_params(lua_State *L, int index, struct topology *t)
{
	size_t cap = 0;

	if (lua_getfield(L, index, "params") == LUA_TNIL)
		lua_newtable(L);
	else if (!lua_istable(L, -1))
		luaL_error(L, "params is a table, { NAME = { DEFAULT, \"what it is\" } }");
	for (lua_pushnil(L); lua_next(L, -2); lua_pop(L, 1)) {
		struct topology_param *p;

		if (lua_type(L, -2) != LUA_TSTRING || !definition_is_word(lua_tostring(L, -2)))
			luaL_error(L,
				   "params: a parameter's name is made of letters, digits and _");
		t->params = mem_grow(t->params, t->n_params, &cap, sizeof(*t->params));
		p = &t->params[t->n_params++];
		*p = (struct topology_param){ .name = mem_strdup(lua_tostring(L, -2)) };
		definition_read_param(L, p);
	}
	if (t->n_params)
		qsort(t->params, t->n_params, sizeof(*t->params), definition_compare_params);
	if (lua_getfield(L, index, "order") != LUA_TNIL)
		definition_order_params(L, t);
	lua_settop(L, index);
}

/* Which hosts answer which: nothing that a build needs, so a function is not called here. */
static void definition_read_reach(lua_State *L, int index, struct topology *t)
{
	static const char *const words[] = { "all", "none" };

	if (lua_getfield(L, index, "reach") == LUA_TNIL)
		t->reach = "all";
	else if (lua_isfunction(L, -1))
		t->reach = "some";
	for (size_t i = 0; i < 2 && lua_type(L, -1) == LUA_TSTRING; i++)
		if (strcmp(lua_tostring(L, -1), words[i]) == 0)
			t->reach = words[i];
	if (!t->reach)
		luaL_error(L, "reach is \"all\", \"none\" or function(p, from, to, family), which "
			      "says whether node `from` gets an answer of `to`");
	lua_pop(L, 1);
}

struct definition_text {
	const char *text;
	size_t len;
	struct topology *topology;
};

static int definition_open(lua_State *L)
{
	const struct definition_text *d = lua_touserdata(L, 1);

	lua_pushfstring(L, "@%s", state_of(L)->script);
	if (luaL_loadbufferx(L, d->text, d->len, lua_tostring(L, -1), "t") != LUA_OK)
		return lua_error(L);
	lua_call(L, 0, 1);
	if (!lua_istable(L, -1))
		return luaL_error(L, "a topology returns a table: return { about = ..., build = "
				     "function(net, p) ... end }");
	lua_replace(L, 1);
	lua_settop(L, 1);
	definition_check_keys(L, 1);
	if (lua_getfield(L, 1, "about") != LUA_TSTRING)
		return luaL_error(L, "about is missing: a line that says what the topology is");
	d->topology->about = mem_strdup(lua_tostring(L, -1));
	if (lua_getfield(L, 1, "build") != LUA_TFUNCTION)
		return luaL_error(L, "build is missing: function(net, p) ... end");
	lua_settop(L, 1);
	definition_read_reach(L, 1, d->topology);
	definition_read_params(L, 1, d->topology);
	lua_setfield(L, LUA_REGISTRYINDEX, DEFINITION_KEY);
	return 0;
}

int definition_load(struct state *s, const char *text, size_t len, struct topology *t,
		    struct err *err)
{
	struct definition_text d = { .text = text, .len = len, .topology = t };

	return state_call(s, definition_open, &d, err);
}

/* ---- building ---- */

struct definition_values {
	const struct topology *topology;
	const char *const *values;
};

/* Push VALUE as what its default in the file is. */
static void definition_push_value(lua_State *L, const struct topology_param *p, const char *value)
{
	int type;

	lua_getfield(L, 1, "params");
	lua_getfield(L, -1, p->name);
	type = lua_rawgeti(L, -1, 1);
	lua_pop(L, 3);
	if (type == LUA_TBOOLEAN)
		lua_pushboolean(L, strcmp(value, "true") == 0);
	else if (p->number)
		lua_pushinteger(L, atol(value));
	else
		lua_pushstring(L, value);
}

/* p.NAME of no parameter. */
static int definition_no_param(lua_State *L)
{
	const struct topology *t = lua_touserdata(L, lua_upvalueindex(1));
	struct nearest near = { .word = luaL_tolstring(L, 2, NULL) };
	struct err err = ERR_INIT;
	luaL_Buffer list;

	luaL_buffinit(L, &list);
	for (size_t i = 0; i < t->n_params; i++) {
		nearest_offer(&near, t->params[i].name);
		luaL_addstring(&list, i ? ", " : "");
		luaL_addstring(&list, t->params[i].name);
	}
	luaL_pushresult(&list);
	err_set(&err, "no parameter \"%s\"", near.word);
	nearest_suggest(&near, &err);
	return luaL_error(L, "%s; there %s %s", err.text, t->n_params == 1 ? "is" : "are",
			  t->n_params ? lua_tostring(L, -1) : "none");
}

/* The values, at the top of the stack, tell a slip of the keyboard from a parameter. */
static void definition_guard_values(lua_State *L, const struct topology *t)
{
	lua_createtable(L, 0, 2);
	lua_pushlightuserdata(L, (void *)t);
	lua_pushcclosure(L, definition_no_param, 1);
	lua_setfield(L, -2, "__index");
	lua_pushboolean(L, 0);
	lua_setfield(L, -2, "__metatable");
	lua_setmetatable(L, -2);
}

static int definition_run(lua_State *L)
{
	const struct definition_values *v = lua_touserdata(L, 1);

	lua_getfield(L, LUA_REGISTRYINDEX, DEFINITION_KEY);
	lua_replace(L, 1);
	lua_getfield(L, 1, "build");
	net_push(L);
	lua_newtable(L);
	for (size_t i = 0; i < v->topology->n_params; i++) {
		const struct topology_param *p = &v->topology->params[i];

		definition_push_value(L, p, v->values[i]);
		lua_setfield(L, -2, p->name);
	}
	definition_guard_values(L, v->topology);
	lua_call(L, 2, 0);
	return 0;
}

int definition_build(struct state *s, const struct topology *t, const char *const *values,
		     struct draft *d, struct err *err)
{
	struct definition_values v = { .topology = t, .values = values };
	int result;

	net_begin(s, d, !topology_source(t->name));
	result = state_call(s, definition_run, &v, err);
	net_end(s);
	return result;
}
