/* What `= EXPR` prints: a table or an object of the lab with what is in it, one level deep. */
#include "lua/live/inside.h"

#include <stdlib.h>
#include <string.h>

#include <lauxlib.h>

#include "base/name.h"

#define SHOW_COLUMNS 78
#define SHOW_MAX     1000 /* entries of a table */
#define SHOW_INLINE  8	  /* entries of a list inside a table */

/* Append to the buffer B, which is at the stack's top, the string at INDEX in quotes. */
static void show_quoted(lua_State *L, int index, luaL_Buffer *b)
{
	size_t len;
	const char *text = lua_tolstring(L, index, &len);

	luaL_addchar(b, '"');
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)text[i];

		if (c == '"' || c == '\\') {
			luaL_addchar(b, '\\');
			luaL_addchar(b, (char)c);
		} else if (c == '\n' || c == '\t') {
			luaL_addstring(b, c == '\n' ? "\\n" : "\\t");
		} else if (c < ' ' || c == 0x7f) {
			char code[5] = { '\\', (char)('0' + c / 100), (char)('0' + c / 10 % 10),
					 (char)('0' + c % 10) };

			luaL_addstring(b, code);
		} else {
			luaL_addchar(b, (char)c);
		}
	}
	luaL_addchar(b, '"');
}

static bool show_has_tostring(lua_State *L, int index)
{
	bool has = luaL_getmetafield(L, index, "__tostring") != LUA_TNIL;

	if (has)
		lua_pop(L, 1);
	return has;
}

/* Push what a single value is called: an object of the lab by its class, where nothing better is
 * known. */
static void show_push_text(lua_State *L, int index)
{
	const struct class *class = class_of(L, index);

	if (class && !show_has_tostring(L, index))
		lua_pushstring(L, class->noun);
	else
		luaL_tolstring(L, index, NULL);
}

/* Push the value at INDEX as it stands inside a table. A table there is a list that can be said in
 * a few words, or dots. */
static void show_push_inner(lua_State *L, int index, bool deeper)
{
	luaL_Buffer b;
	lua_Unsigned n;

	index = lua_absindex(L, index);
	if (lua_type(L, index) == LUA_TSTRING) {
		luaL_buffinit(L, &b);
		show_quoted(L, index, &b);
		luaL_pushresult(&b);
		return;
	}
	if (lua_type(L, index) == LUA_TFUNCTION) {
		lua_pushliteral(L, "function");
		return;
	}
	if (lua_type(L, index) != LUA_TTABLE || show_has_tostring(L, index)) {
		show_push_text(L, index);
		return;
	}
	n = lua_rawlen(L, index);
	if (n == 0 || n > SHOW_INLINE || !deeper) {
		int top = lua_gettop(L);
		bool empty;

		lua_pushnil(L);
		empty = !lua_next(L, index);
		lua_settop(L, top);
		lua_pushstring(L, empty ? "{}" : "{...}");
		return;
	}
	lua_pushliteral(L, "{ ");
	for (lua_Unsigned i = 1; i <= n; i++) {
		lua_pushstring(L, i > 1 ? ", " : "");
		lua_rawgeti(L, index, (lua_Integer)i);
		show_push_inner(L, -1, false);
		lua_remove(L, -2);
		lua_concat(L, 3);
	}
	lua_pushliteral(L, " }");
	lua_concat(L, 2);
}

/* ---- keys in order: those that are no element of the list ---- */

struct show_key {
	const char *text; /* NULL: a number */
	lua_Number number;
	lua_Integer index; /* in the table of keys */
};

static int show_compare(const void *a, const void *b)
{
	const struct show_key *x = a, *y = b;

	if (!x->text || !y->text)
		return x->text	 ? 1
		       : y->text ? -1
				 : (x->number > y->number) - (x->number < y->number);
	return name_compare(x->text, y->text);
}

/* Push a list of the keys of the table at INDEX that are not within 1 and N, and their order in a
 * userdata. */
static size_t show_push_keys(lua_State *L, int index, lua_Integer n)
{
	struct show_key *order;
	lua_Integer count = 0;
	size_t len = 0;

	lua_newtable(L);
	lua_pushnil(L);
	while (lua_next(L, index)) {
		lua_pop(L, 1);
		if (lua_isinteger(L, -1) && lua_tointeger(L, -1) >= 1 && lua_tointeger(L, -1) <= n)
			continue;
		lua_pushvalue(L, -1);
		lua_rawseti(L, -3, ++count);
	}
	order = lua_newuserdatauv(L, (size_t)count * sizeof(*order) + 1, 1);
	lua_newtable(L); /* keeps the texts */
	for (lua_Integer i = 1; i <= count; i++) {
		order[len] = (struct show_key){ .index = i };
		if (lua_rawgeti(L, -3, i) == LUA_TNUMBER) {
			order[len].number = lua_tonumber(L, -1);
		} else {
			order[len].text = luaL_tolstring(L, -1, NULL);
			lua_rawseti(L, -3, i);
		}
		lua_pop(L, 1);
		len++;
	}
	lua_setiuservalue(L, -2, 1);
	qsort(order, len, sizeof(*order), show_compare);
	return len;
}

/* Push "key = " for the key at the stack's top, which goes. */
static void show_push_key(lua_State *L)
{
	const char *text = lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : NULL;
	bool plain = text && *text && !strchr("0123456789", *text);

	for (const char *p = text; plain && *p; p++)
		plain = *p == '_' || (*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') ||
			(*p >= '0' && *p <= '9');
	if (!plain) {
		show_push_inner(L, -1, false);
		lua_pushfstring(L, "[%s]", lua_tostring(L, -1));
		lua_replace(L, -3);
		lua_pop(L, 1);
	}
	lua_pushliteral(L, " = ");
	lua_concat(L, 2);
}

/* ---- entries: a list of texts at the stack's top ---- */

static void show_add_entry(lua_State *L, int entries, lua_Integer *n)
{
	lua_rawseti(L, entries, ++*n);
}

static lua_Integer show_table_entries(lua_State *L, int index)
{
	lua_Integer length = (lua_Integer)lua_rawlen(L, index), n = 0;
	const struct show_key *order;
	int entries;
	size_t keys;

	lua_newtable(L);
	entries = lua_gettop(L);
	for (lua_Integer i = 1; i <= length && n < SHOW_MAX; i++) {
		lua_rawgeti(L, index, i);
		show_push_inner(L, -1, true);
		show_add_entry(L, entries, &n);
		lua_pop(L, 1);
	}
	keys = show_push_keys(L, index, length);
	order = lua_touserdata(L, -1);
	for (size_t i = 0; i < keys && n < SHOW_MAX; i++) {
		lua_rawgeti(L, entries + 1, order[i].index);
		lua_pushvalue(L, -1);
		lua_rawget(L, index);
		lua_insert(L, -2);
		show_push_key(L);
		show_push_inner(L, -2, true);
		lua_concat(L, 2);
		show_add_entry(L, entries, &n);
		lua_pop(L, 1);
	}
	if (length + (lua_Integer)keys > n) {
		lua_pushfstring(L, "... and %d more", (int)(length + (lua_Integer)keys - n));
		show_add_entry(L, entries, &n);
	}
	lua_settop(L, entries);
	return n;
}

static int show_get(lua_State *L)
{
	const struct class_field *f = lua_touserdata(L, 2);

	lua_settop(L, 1);
	return f->get(L);
}

/* A field that this object has not is left out. */
static void show_add_field(lua_State *L, int index, const struct class_field *f, lua_Integer *n)
{
	int entries = lua_gettop(L);

	lua_pushcfunction(L, show_get);
	lua_pushvalue(L, index);
	lua_pushlightuserdata(L, (void *)f);
	if (lua_pcall(L, 2, 1, 0) == LUA_OK && !lua_isnil(L, -1)) {
		lua_pushfstring(L, "%s = ", f->name);
		show_push_inner(L, -2, true);
		lua_concat(L, 2);
		show_add_entry(L, entries, n);
	}
	lua_settop(L, entries);
}

static lua_Integer show_object_entries(lua_State *L, int index, const struct class *class)
{
	lua_Integer n = 0;

	lua_newtable(L);
	for (size_t i = 0; class->fields[i]; i++)
		for (const struct class_field *f = class->fields[i]; f->name; f++)
			show_add_field(L, index, f, &n);
	return n;
}

/* Print the N texts of the list at the stack's top in braces: on one line, or, when that is too
 * long, each on its own; of a mere LIST as many on a line as there is room for. */
static void show_print_entries(lua_State *L, lua_Integer n, bool list)
{
	struct buf *b = &live_session(L)->out.buf;
	size_t total = strlen("{ }"), column = 0;
	bool wide;

	for (lua_Integer i = 1; i <= n; i++) {
		lua_rawgeti(L, -1, i);
		total += lua_rawlen(L, -1) + 2;
		lua_pop(L, 1);
	}
	wide = total > SHOW_COLUMNS;
	buf_puts(b, n == 0 ? "{" : wide ? "{\n" : "{ ");
	for (lua_Integer i = 1; i <= n; i++) {
		size_t len;

		lua_rawgeti(L, -1, i);
		len = lua_rawlen(L, -1) + 2;
		if (wide && column && (!list || column + len > SHOW_COLUMNS)) {
			buf_puts(b, "\n");
			column = 0;
		}
		if (wide)
			buf_puts(b, column ? " " : "  ");
		buf_add(b, lua_tostring(L, -1), lua_rawlen(L, -1));
		buf_puts(b, i < n ? (wide ? "," : ", ") : "");
		column += len;
		lua_pop(L, 1);
	}
	buf_puts(b, n == 0 ? "}" : wide ? "\n}" : " }");
}

/* Print the value at INDEX. */
static void show_value(lua_State *L, int index)
{
	struct buf *b = &live_session(L)->out.buf;
	const struct class *class = class_of(L, index);
	lua_Integer n;
	bool list = false;
	int entries;

	if (class) {
		n = show_object_entries(L, index, class);
		entries = lua_gettop(L);
		show_push_text(L, index);
		buf_printf(b, "%s%s", lua_tostring(L, -1), n ? " " : "");
		lua_settop(L, entries);
		if (n)
			show_print_entries(L, n, false);
	} else if (lua_istable(L, index) && !show_has_tostring(L, index)) {
		n = show_table_entries(L, index);
		list = (lua_Unsigned)n == lua_rawlen(L, index);
		show_print_entries(L, n, list);
	} else {
		size_t len;
		const char *text = luaL_tolstring(L, index, &len);

		/* Many a string is what a program printed, with its last newline. */
		buf_add(b, text, len && text[len - 1] == '\n' ? len - 1 : len);
	}
}

void live_show(lua_State *L, int n)
{
	struct buf *b = &live_session(L)->out.buf;
	int first = lua_gettop(L) - n + 1;
	bool large = false;

	for (int i = first; i < first + n; i++)
		large |= lua_istable(L, i) || lua_isuserdata(L, i);
	for (int i = first; i < first + n; i++) {
		int top = lua_gettop(L);

		luaL_checkstack(L, 10, NULL);
		show_value(L, i);
		buf_putc(b, large || i + 1 == first + n ? '\n' : '\t');
		lua_settop(L, top);
	}
	lua_settop(L, first - 1);
	live_flush(L);
}
