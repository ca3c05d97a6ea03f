/* `object.NAME`: a method, a field, or an error that says which there are (nil would only say
 * "attempt to call a nil value"). */
#include "lua/live/inside.h"

#include <string.h>

#include "base/name.h"

static const char class_key; /* in a metatable: its class */

static bool is_meta(const luaL_Reg *m)
{
	return strncmp(m->name, "__", 2) == 0;
}

static const luaL_Reg *find_method(const struct class *class, const char *name)
{
	for (size_t i = 0; class->methods[i]; i++)
		for (const luaL_Reg *m = class->methods[i]; m->name; m++)
			if (!is_meta(m) && strcmp(m->name, name) == 0)
				return m;
	return NULL;
}

static const struct class_field *find_field(const struct class *class, const char *name)
{
	for (size_t i = 0; class->fields[i]; i++)
		for (const struct class_field *f = class->fields[i]; f->name; f++)
			if (strcmp(f->name, name) == 0)
				return f;
	return NULL;
}

static const char *article(const char *noun)
{
	return strchr("aeiou", noun[0]) ? "an" : "a";
}

/* What the error says there is: NAME, as it is written. */
struct known {
	struct nearest near;
	luaL_Buffer list;
	bool more;
};

static void known_add(struct known *k, const char *name, const char *written)
{
	nearest_offer(&k->near, name);
	luaL_addstring(&k->list, k->more ? ", " : "");
	luaL_addstring(&k->list, name);
	luaL_addstring(&k->list, written);
	k->more = true;
}

/* What else it may have been meant: a node of the lab, an interface of the node. The names stay on
 * the stack. */
static void offer_others(lua_State *L, const struct class *class, struct nearest *near)
{
	int names;

	if (!class->others)
		return;
	lua_pushcfunction(L, class->others);
	lua_pushvalue(L, 1);
	lua_call(L, 1, 1);
	names = lua_gettop(L);
	for (lua_Integer i = 1; lua_rawgeti(L, names, i) == LUA_TSTRING; i++) {
		nearest_offer(near, lua_tostring(L, -1));
		lua_pop(L, 1); /* the list keeps it */
	}
}

static int refuse_name(lua_State *L, const struct class *class, const char *name)
{
	struct known known = { .near = { .word = name } };
	struct err err = ERR_INIT;

	int list;

	luaL_buffinit(L, &known.list);
	for (size_t i = 0; class->fields[i]; i++)
		for (const struct class_field *f = class->fields[i]; f->name; f++)
			known_add(&known, f->name, "");
	for (size_t i = 0; class->methods[i]; i++)
		for (const luaL_Reg *m = class->methods[i]; m->name; m++)
			if (!is_meta(m))
				known_add(&known, m->name, "()");
	luaL_pushresult(&known.list);
	list = lua_gettop(L);
	offer_others(L, class, &known.near);
	err_set(&err, "%s %s has no \"%s\"", article(class->noun), class->noun, name);
	nearest_suggest(&known.near, &err);
	return luaL_error(L, "%s; it has %s", err.text, lua_tostring(L, list));
}

static int class_call(lua_State *L)
{
	const struct class *class = lua_touserdata(L, lua_upvalueindex(1));
	const luaL_Reg *method = lua_touserdata(L, lua_upvalueindex(2));

	if (!luaL_testudata(L, 1, class->type))
		return luaL_error(L, "write %s:%s(...), with a colon", class->noun, method->name);
	return method->func(L);
}

/* NAME of object.NAME, at 2: a string, whatever stood there. */
static const char *class_name(lua_State *L)
{
	size_t len;
	const char *name;

	luaL_checkany(L, 2);
	name = luaL_tolstring(L, 2, &len);
	if (strlen(name) != len)
		luaL_error(L, "a name with a zero byte");
	lua_replace(L, 2);
	return name;
}

static int class_index(lua_State *L)
{
	const struct class *class = lua_touserdata(L, lua_upvalueindex(1));
	const char *name = class_name(L);
	const luaL_Reg *method = find_method(class, name);
	const struct class_field *field = find_field(class, name);

	if (method) {
		lua_pushvalue(L, lua_upvalueindex(1));
		lua_pushlightuserdata(L, (void *)method);
		lua_pushcclosure(L, class_call, 2);
		return 1;
	}
	luaL_checkudata(L, 1, class->type);
	if (field)
		return field->get(L);
	if (class->other && class->other(L))
		return 1;
	return refuse_name(L, class, name);
}

static int class_newindex(lua_State *L)
{
	const struct class *class = lua_touserdata(L, lua_upvalueindex(1));
	const char *name = class_name(L);
	const struct class_field *field = find_field(class, name);

	luaL_checkudata(L, 1, class->type);
	lua_settop(L, 3);
	if (!field && !find_method(class, name) && !(class->other && class->other(L)))
		return refuse_name(L, class, name);
	if (!field || !field->set)
		return luaL_error(L, "the %s of %s %s can only be read", name, article(class->noun),
				  class->noun);
	return field->set(L);
}

void class_register(lua_State *L, const struct class *class)
{
	luaL_newmetatable(L, class->type);
	for (size_t i = 0; class->methods[i]; i++)
		for (const luaL_Reg *m = class->methods[i]; m->name; m++) {
			if (!is_meta(m))
				continue;
			lua_pushcfunction(L, m->func);
			lua_setfield(L, -2, m->name);
		}
	lua_pushlightuserdata(L, (void *)class);
	lua_pushcclosure(L, class_index, 1);
	lua_setfield(L, -2, "__index");
	lua_pushlightuserdata(L, (void *)class);
	lua_pushcclosure(L, class_newindex, 1);
	lua_setfield(L, -2, "__newindex");
	lua_pushboolean(L, 0);
	lua_setfield(L, -2, "__metatable");
	lua_pushlightuserdata(L, (void *)class);
	lua_rawsetp(L, -2, &class_key);
	lua_pop(L, 1);
}

const struct class *class_of(lua_State *L, int index)
{
	const struct class *class = NULL;

	if (lua_type(L, index) != LUA_TUSERDATA || !lua_getmetatable(L, index))
		return NULL;
	if (lua_rawgetp(L, -1, &class_key) == LUA_TLIGHTUSERDATA)
		class = lua_touserdata(L, -1);
	lua_pop(L, 2);
	return class;
}
