#include "lua/json.h"

#include <math.h>

#include <lauxlib.h>

#include "base/json_read.h"
#include "lua/options.h"

/***
 * @class json  JSON (RFC 8259)
 */

#define NULL_KEY "json.null"

/* ---- decode ---- */

/***
 * What JSON's null becomes, and becomes null: `nil` could stand in no table. It prints as null.
 * @field json.null userdata
 */
static int null_tostring(lua_State *L)
{
	lua_pushliteral(L, "null");
	return 1;
}

void json_push_null(lua_State *L)
{
	if (lua_getfield(L, LUA_REGISTRYINDEX, NULL_KEY) == LUA_TUSERDATA)
		return;
	lua_pop(L, 1);
	lua_newuserdatauv(L, 0, 0);
	lua_createtable(L, 0, 2);
	lua_pushcfunction(L, null_tostring);
	lua_setfield(L, -2, "__tostring");
	lua_pushboolean(L, 0);
	lua_setfield(L, -2, "__metatable");
	lua_setmetatable(L, -2);
	lua_pushvalue(L, -1);
	lua_setfield(L, LUA_REGISTRYINDEX, NULL_KEY);
}

/* Mark the table at the top as a list. */
static void mark_array(lua_State *L)
{
	if (luaL_newmetatable(L, JSON_ARRAY_TYPE)) {
		lua_pushboolean(L, 0);
		lua_setfield(L, -2, "__metatable");
	}
	lua_setmetatable(L, -2);
}

struct decode {
	struct json_reader reader;
	struct json_token token;
	const char *call;
};

static void decode_next(lua_State *L, struct decode *d)
{
	struct err err = ERR_INIT;

	if (json_next(&d->reader, &d->token, &err) != 0)
		luaL_error(L, "%s%s", d->call, err.text);
}

static void decode_string(lua_State *L, const struct json_token *t)
{
	luaL_Buffer b;
	char *out = luaL_buffinitsize(L, &b, t->len);

	luaL_pushresultsize(&b, json_unescape(out, t));
}

/* Whole numbers that a Lua integer can hold stay such. */
static void decode_number(lua_State *L, const struct decode *d)
{
	const struct json_token *t = &d->token;

	lua_pushlstring(L, t->text, t->len);
	if (!lua_stringtonumber(L, lua_tostring(L, -1)) || isinf(lua_tonumber(L, -1)))
		luaL_error(L, "%sa number out of range: %s", d->call, lua_tostring(L, -2));
	lua_remove(L, -2);
}

/* Push the value that begins with the decoder's token. */
static void decode_value(lua_State *L, struct decode *d)
{
	luaL_checkstack(L, 6, "JSON too deep");
	switch (d->token.type) {
	case JSON_OBJECT:
		lua_newtable(L);
		for (decode_next(L, d); d->token.type == JSON_KEY; decode_next(L, d)) {
			decode_string(L, &d->token);
			decode_next(L, d);
			decode_value(L, d);
			lua_rawset(L, -3);
		}
		break;
	case JSON_ARRAY:
		lua_newtable(L);
		mark_array(L);
		decode_next(L, d);
		for (lua_Integer i = 1; d->token.type != JSON_ARRAY_END; i++) {
			decode_value(L, d);
			lua_rawseti(L, -2, i);
			decode_next(L, d);
		}
		break;
	case JSON_STRING:
		decode_string(L, &d->token);
		break;
	case JSON_NUMBER:
		decode_number(L, d);
		break;
	case JSON_TRUE:
	case JSON_FALSE:
		lua_pushboolean(L, d->token.type == JSON_TRUE);
		break;
	default:
		json_push_null(L);
		break;
	}
}

void json_push(lua_State *L, const char *text, size_t len, const char *call)
{
	struct decode d = { .call = call };

	json_reader_init(&d.reader, text, len);
	decode_next(L, &d);
	decode_value(L, &d);
	decode_next(L, &d);
}

/***
 * Read a JSON document. Whole numbers become integers where they fit, null becomes `json.null`.
 * @function json.decode
 * @param text string
 * @return any  an object as a table, an array as a sequence that stays one also when it is empty
 * @example
 * local t = json.decode('{"name": "h1", "ports": [1, 2.5], "peer": null}')
 * assert(t.name == "h1" and math.type(t.ports[1]) == "integer" and t.peer == json.null)
 */
static int decode(lua_State *L)
{
	size_t len;
	const char *text;

	lua_settop(L, 1);
	if (lua_type(L, 1) != LUA_TSTRING)
		return luaL_error(L, "json.decode: the text is a string, not %s",
				  options_type(L, 1));
	text = lua_tolstring(L, 1, &len);
	json_push(L, text, len, "json.decode: ");
	return 1;
}

/***
 * Make a table an array for `json.encode`, also when it is empty.
 * @function json.array
 * @param table table
 * @return table  the same
 * @example
 * local lost = json.array {}
 * assert(json.encode { lost = lost } == '{"lost":[]}')
 */
static int array(lua_State *L)
{
	lua_settop(L, 1);
	if (!lua_istable(L, 1))
		return luaL_error(L, "json.array: it takes a table, not %s", options_type(L, 1));
	mark_array(L);
	return 1;
}

void json_open_library(lua_State *L)
{
	static const luaL_Reg functions[] = {
		{ "decode", decode }, { "encode", json_encode }, { "array", array }, { NULL, NULL }
	};

	luaL_newlib(L, functions);
	json_push_null(L);
	lua_setfield(L, -2, "null");
	lua_setglobal(L, "json");
}
