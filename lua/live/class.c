/* `object.NAME`: a method, a field, or an error that says which there are (nil would only say
 * "attempt to call a nil value"). */
#include "lua/live/inside.h"

#include <string.h>

#include "base/name.h"

/* Both find what NAME is and offer what it is not. */
static const luaL_Reg *find_method(const struct class *class, const char *name,
				   struct nearest *near)
{
	for (const luaL_Reg *m = class->methods; m && m->name; m++) {
		if (strncmp(m->name, "__", 2) == 0)
			continue;
		if (strcmp(m->name, name) == 0)
			return m;
		nearest_offer(near, m->name);
	}
	return NULL;
}

static const struct class_field *find_field(const struct class *class, const char *name,
					    struct nearest *near)
{
	for (const struct class_field *f = class->fields; f && f->name; f++) {
		if (strcmp(f->name, name) == 0)
			return f;
		nearest_offer(near, f->name);
	}
	return NULL;
}

static int refuse_name(lua_State *L, const struct class *class, const char *name,
		       const struct nearest *near)
{
	struct err err = ERR_INIT;
	luaL_Buffer list;
	bool first = true;

	err_set(&err, "a %s has no \"%s\"", class->noun, name);
	nearest_suggest(near, &err);
	luaL_buffinit(L, &list);
	for (const struct class_field *f = class->fields; f && f->name; f++, first = false) {
		luaL_addstring(&list, first ? "" : ", ");
		luaL_addstring(&list, f->name);
	}
	for (const luaL_Reg *m = class->methods; m && m->name; m++) {
		if (strncmp(m->name, "__", 2) == 0)
			continue;
		luaL_addstring(&list, first ? "" : ", ");
		luaL_addstring(&list, m->name);
		luaL_addstring(&list, "()");
		first = false;
	}
	luaL_pushresult(&list);
	return luaL_error(L, "%s; it has %s", err.text, lua_tostring(L, -1));
}

static int class_index(lua_State *L)
{
	const struct class *class = lua_touserdata(L, lua_upvalueindex(1));
	const char *name = luaL_tolstring(L, 2, NULL);
	struct nearest near = { .word = name };
	const luaL_Reg *method = find_method(class, name, &near);
	const struct class_field *field = method ? NULL : find_field(class, name, &near);

	if (method) {
		lua_pushcfunction(L, method->func);
		return 1;
	}
	luaL_checkudata(L, 1, class->type);
	if (field)
		return field->get(L);
	if (class->other && class->other(L))
		return 1;
	return refuse_name(L, class, name, &near);
}

static int class_newindex(lua_State *L)
{
	const struct class *class = lua_touserdata(L, lua_upvalueindex(1));
	const char *name = luaL_tolstring(L, 2, NULL);
	struct nearest near = { .word = name };
	const struct class_field *field = find_field(class, name, &near);

	luaL_checkudata(L, 1, class->type);
	lua_settop(L, 3);
	if (!field)
		return refuse_name(L, class, name, &near);
	if (!field->set)
		return luaL_error(L, "the %s of a %s can only be read", name, class->noun);
	return field->set(L);
}

void class_register(lua_State *L, const struct class *class)
{
	luaL_newmetatable(L, class->type);
	for (const luaL_Reg *m = class->methods; m && m->name; m++) {
		if (strncmp(m->name, "__", 2) != 0)
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
	lua_pop(L, 1);
}
