/* json.encode: a Lua value as text, by the writer of base/json_write.h. */
#include "base/json_write.h"
#include "lua/json.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <lauxlib.h>

#include "base/json_read.h"
#include "lua/options.h"

#define WRITER_TYPE "json.writer"
#define TEXT_MAX    ((size_t)64 << 20) /* bytes */

/* The way to the value being written: the table it is in, and where. */
struct frame {
	const struct frame *up;
	const void *table;
	const char *key; /* NULL: element INDEX */
	lua_Integer index;
	unsigned depth;
};

static void path_format(struct buf *out, const struct frame *f)
{
	if (!f->up) {
		buf_puts(out, "the value");
		return;
	}
	path_format(out, f->up);
	if (f->key)
		buf_printf(out, ".%.64s", f->key);
	else
		buf_printf(out, "[%lld]", (long long)f->index);
}

/* "json.encode: the value.hosts[2].run: WHAT". The text is gone before Lua jumps. */
static void encode_refuse(lua_State *L, const struct frame *f, const char *what)
{
	struct err err = ERR_INIT;
	struct buf path = { 0 };

	path_format(&path, f);
	err_set(&err, "json.encode: %.120s%s: %s", buf_text(&path), path.len > 120 ? "..." : "",
		what);
	buf_free(&path);
	luaL_error(L, "%s", err.text);
}

static int text_free(lua_State *L)
{
	struct json *j = lua_touserdata(L, 1);

	buf_free(j->buf);
	return 0;
}

/* How many elements the list at INDEX has; -1: it is an object. */
static lua_Integer encode_length(lua_State *L, int index, const struct frame *f)
{
	lua_Integer n = (lua_Integer)lua_rawlen(L, index), numbers = 0, names = 0;
	bool marked = lua_getmetatable(L, index);

	if (marked) {
		luaL_getmetatable(L, JSON_ARRAY_TYPE);
		marked = lua_rawequal(L, -1, -2);
		lua_pop(L, 2);
	}
	for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1)) {
		lua_Integer key = lua_isinteger(L, -2) ? lua_tointeger(L, -2) : 0;

		if (key >= 1 && key <= n)
			numbers++;
		else if (lua_type(L, -2) == LUA_TSTRING)
			names++;
		else
			encode_refuse(L, f,
				      lua_type(L, -2) == LUA_TNUMBER
					      ? "a list counts 1, 2, 3 without a gap (json.null "
						"fills one); other keys are strings"
					      : "a key is a string, or a list's 1, 2, 3");
	}
	if (numbers && names)
		encode_refuse(L, f, "a table is a list or has names, not both");
	if (names)
		return -1;
	if (numbers != n)
		encode_refuse(L, f, "a list counts 1, 2, 3 without a gap (json.null fills one)");
	return n > 0 || marked ? n : -1;
}

struct key {
	const char *text;
	size_t len;
};

static int compare_keys(const void *a, const void *b)
{
	const struct key *x = a, *y = b;
	int order = memcmp(x->text, y->text, x->len < y->len ? x->len : y->len);

	return order ? order : (x->len > y->len) - (x->len < y->len);
}

/* Push a userdata with the keys of the object at INDEX, sorted: one lab, one text. */
static const struct key *encode_keys(lua_State *L, int index, size_t *n)
{
	struct key *keys;
	size_t i = 0;

	*n = 0;
	for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1))
		++*n;
	keys = lua_newuserdatauv(L, (*n + 1) * sizeof(*keys), 0);
	for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1), i++)
		keys[i].text = lua_tolstring(L, -2, &keys[i].len);
	qsort(keys, *n, sizeof(*keys), compare_keys);
	return keys;
}

static void encode_value(lua_State *L, struct json *j, const struct frame *f);

static void encode_list(lua_State *L, struct json *j, const struct frame *f, lua_Integer n)
{
	struct frame inner = { .up = f, .depth = f->depth + 1 };
	int table = lua_gettop(L);

	json_open(j, '[');
	for (inner.index = 1; inner.index <= n; inner.index++) {
		lua_rawgeti(L, table, inner.index);
		encode_value(L, j, &inner);
	}
	json_close(j, ']');
}

static void encode_object(lua_State *L, struct json *j, const struct frame *f)
{
	struct frame inner = { .up = f, .depth = f->depth + 1 };
	int table = lua_gettop(L);
	size_t n;
	const struct key *keys = encode_keys(L, table, &n);

	json_open(j, '{');
	for (size_t i = 0; i < n; i++) {
		inner.key = keys[i].text;
		json_key_of(j, keys[i].text, keys[i].len);
		lua_pushlstring(L, keys[i].text, keys[i].len);
		lua_rawget(L, table);
		encode_value(L, j, &inner);
	}
	json_close(j, '}');
	lua_pop(L, 1);
}

static void encode_table(lua_State *L, struct json *j, const struct frame *f)
{
	struct frame here = *f;
	lua_Integer n;

	here.table = lua_topointer(L, -1);
	for (const struct frame *up = f->up; up; up = up->up)
		if (up->table == here.table)
			encode_refuse(L, f, "a table within itself");
	if (f->depth == JSON_DEPTH_MAX)
		encode_refuse(L, f, "too many tables inside one another");
	n = encode_length(L, lua_gettop(L), f);
	if (n < 0)
		encode_object(L, j, &here);
	else
		encode_list(L, j, &here, n);
}

static void encode_number(lua_State *L, struct json *j, const struct frame *f)
{
	lua_Number d = lua_tonumber(L, -1);

	if (lua_isinteger(L, -1))
		json_number(j, lua_tointeger(L, -1));
	else if (isfinite(d))
		json_real(j, d);
	else
		encode_refuse(L, f, "JSON has no infinity and no NaN");
}

/* json.null, or what has no place in JSON: an object of ours by its class. */
static void encode_other(lua_State *L, struct json *j, const struct frame *f)
{
	char what[64];

	json_push_null(L);
	if (lua_rawequal(L, -1, -2)) {
		json_string(j, NULL);
		lua_pop(L, 1);
		return;
	}
	lua_pop(L, 1);
	if (lua_isnil(L, -1))
		encode_refuse(L, f, "nil is no value of JSON; json.null is");
	if (luaL_getmetafield(L, -1, "__name") != LUA_TSTRING)
		lua_pushstring(L, luaL_typename(L, -1));
	snprintf(what, sizeof(what), "JSON has no %s", lua_tostring(L, -1));
	encode_refuse(L, f, what);
}

/* Write the value at the top and pop it. */
static void encode_value(lua_State *L, struct json *j, const struct frame *f)
{
	size_t len;
	const char *text;

	luaL_checkstack(L, 8, "tables too deep");
	if (j->buf->len > TEXT_MAX)
		encode_refuse(L, f, "more than 64 MB of text");
	switch (lua_type(L, -1)) {
	case LUA_TTABLE:
		encode_table(L, j, f);
		break;
	case LUA_TSTRING:
		text = lua_tolstring(L, -1, &len);
		json_string_of(j, text, len);
		break;
	case LUA_TNUMBER:
		encode_number(L, j, f);
		break;
	case LUA_TBOOLEAN:
		json_bool(j, lua_toboolean(L, -1));
		break;
	default:
		encode_other(L, j, f);
		break;
	}
	lua_pop(L, 1);
}

/* Push the writer; its text goes with it. */
static struct json *push_writer(lua_State *L)
{
	struct writer {
		struct json json;
		struct buf buf;
	} *w = lua_newuserdatauv(L, sizeof(*w), 0);

	*w = (struct writer){ .json.buf = &w->buf };
	if (luaL_newmetatable(L, WRITER_TYPE)) {
		lua_pushcfunction(L, text_free);
		lua_setfield(L, -2, "__gc");
	}
	lua_setmetatable(L, -2);
	return &w->json;
}

/***
 * Write a value as JSON. The keys of an object are sorted; bytes that are no UTF-8 become U+FFFD.
 * An empty table is an object, unless it was an array when it was decoded, or `json.array` made it
 * one.
 * @function json.encode
 * @param value any  strings, numbers, booleans, json.null, and tables of these
 * @param options? { pretty?: boolean }  pretty: a line for each value
 * @return string
 * @example
 * assert(json.encode { b = { 1, 2.5 }, a = json.null } == '{"a":null,"b":[1,2.5]}')
 * assert(json.encode { {}, json.array {} } == "[{},[]]")
 */
int json_encode(lua_State *L)
{
	static const char *const known[] = { "pretty", NULL };
	struct frame top = { 0 };
	struct json *j;

	lua_settop(L, 2);
	j = push_writer(L);
	j->pretty = options_check(L, 2, "json.encode", known) &&
		    options_bool(L, 2, "json.encode", "pretty");
	lua_pushvalue(L, 1);
	encode_value(L, j, &top);
	lua_pushlstring(L, buf_text(j->buf), j->buf->len);
	return 1;
}
