#include "lua/options.h"

#include <stdio.h>
#include <string.h>

#include <lauxlib.h>

#include "base/err.h"
#include "base/name.h"

#define OPTIONS_MTU_MIN 68 /* the least IPv4 can work with */
#define OPTIONS_MTU_MAX 65535

static int options_unknown(lua_State *L, const char *call, const char *key,
			   const char *const *known)
{
	struct nearest near = { .word = key };
	struct err err = ERR_INIT;
	luaL_Buffer list;

	for (const char *const *k = known; *k; k++)
		nearest_offer(&near, *k);
	err_set(&err, "%s: no option \"%s\"", call, key);
	nearest_suggest(&near, &err);
	luaL_buffinit(L, &list);
	for (const char *const *k = known; *k; k++) {
		luaL_addstring(&list, k == known ? "" : ", ");
		luaL_addstring(&list, *k);
	}
	luaL_pushresult(&list);
	return luaL_error(L, "%s; it takes %s", err.text, lua_tostring(L, -1));
}

const char *options_type(lua_State *L, int index)
{
	const char *name = luaL_typename(L, index);

	if (lua_isnoneornil(L, index))
		return lua_pushliteral(L, "nil");
	if (luaL_getmetafield(L, index, "__name") == LUA_TSTRING)
		name = lua_tostring(L, -1);
	return lua_pushfstring(L, "%s %s", strchr("AEIOU", *name) ? "an" : "a", name);
}

bool options_check(lua_State *L, int index, const char *call, const char *const *known)
{
	if (lua_isnoneornil(L, index))
		return false;
	if (!lua_istable(L, index))
		luaL_error(L, "%s: options are a table such as { %s = ... }, not %s", call,
			   known[0], options_type(L, index));
	lua_pushnil(L);
	while (lua_next(L, index)) {
		const char *const *k = known;

		if (lua_type(L, -2) != LUA_TSTRING)
			luaL_error(L, "%s: an option without a name; write { %s = ... }", call,
				   known[0]);
		while (*k && strcmp(*k, lua_tostring(L, -2)) != 0)
			k++;
		if (!*k)
			options_unknown(L, call, lua_tostring(L, -2), known);
		lua_pop(L, 1);
	}
	return true;
}

int options_push(lua_State *L, int index, const char *name)
{
	lua_pushstring(L, name);
	return lua_rawget(L, index);
}

const char *options_text(lua_State *L, int index, const char *call, const char *name)
{
	size_t len;
	const char *text;

	if (lua_type(L, index) != LUA_TSTRING)
		luaL_error(L, "%s: %s is a string, not %s", call, name, options_type(L, index));
	text = lua_tolstring(L, index, &len);
	if (strlen(text) != len)
		luaL_error(L, "%s: %s holds a zero byte", call, name);
	return text;
}

void options_parse_address(lua_State *L, const char *call, const char *name, const char *text,
			   struct options_address *out)
{
	bool six = strcmp(name, "ip6") == 0;
	struct prefix p;
	struct err err = ERR_INIT;

	if (strcmp(text, "none") == 0) {
		if (six)
			luaL_error(L, "%s: ip = \"none\" leaves out both, IPv4 and IPv6", call);
		out->none = true;
		return;
	}
	if (prefix_parse(&p, text, &err) != 0)
		luaL_error(L, "%s: %s: %s", call, name, err.text);
	if (p.family != (six ? AF_INET6 : AF_INET))
		luaL_error(L, "%s: %s = \"%s\": write an %s address as %s", call, name, text,
			   six ? "IPv4" : "IPv6", six ? "ip" : "ip6");
	if (!strchr(text, '/'))
		luaL_error(L, "%s: %s = \"%s\" has no prefix length: write it as %s/%d", call, name,
			   text, text, six ? 64 : 8);
	*(six ? &out->ip6 : &out->ip) = p;
}

void options_addresses(lua_State *L, int index, const char *call, struct options_address *out)
{
	static const char *const fields[] = { "ip", "ip6" };

	*out = (struct options_address){ 0 };
	for (size_t i = 0; i < 2; i++) {
		const char *text = options_string(L, index, call, fields[i]);

		if (text)
			options_parse_address(L, call, fields[i], text, out);
	}
}

const char *options_gateway(lua_State *L, int index, const char *call, const char *name)
{
	const char *text = options_string(L, index, call, name);
	int family = strcmp(name, "via6") == 0 ? AF_INET6 : AF_INET;
	struct prefix p;
	struct err err = ERR_INIT;

	if (!text)
		return NULL;
	if (prefix_parse(&p, text, &err) != 0)
		luaL_error(L, "%s: %s: %s", call, name, err.text);
	if (p.family != family)
		luaL_error(L, "%s: %s = \"%s\": write an %s gateway as %s", call, name, text,
			   family == AF_INET6 ? "IPv4" : "IPv6",
			   family == AF_INET6 ? "via" : "via6");
	if (strchr(text, '/'))
		luaL_error(L, "%s: %s = \"%s\": a gateway is one address, without a length", call,
			   name, text);
	return text;
}

bool options_bool(lua_State *L, int index, const char *call, const char *name)
{
	int type = options_push(L, index, name);
	bool value = lua_toboolean(L, -1);

	if (type != LUA_TNIL && type != LUA_TBOOLEAN)
		luaL_error(L, "%s: %s is true or false, not %s", call, name, options_type(L, -1));
	lua_pop(L, 1);
	return value;
}

uint32_t options_take_mtu(lua_State *L, int index, const char *call)
{
	lua_Integer mtu;
	int whole;

	if (lua_type(L, index) != LUA_TNUMBER)
		luaL_error(L, "%s: mtu is a number of bytes such as 1500, not %s", call,
			   options_type(L, index));
	mtu = lua_tointegerx(L, index, &whole);
	if (!whole || mtu < OPTIONS_MTU_MIN || mtu > OPTIONS_MTU_MAX)
		luaL_error(L, "%s: mtu = %s is not a whole number within %d and %d", call,
			   luaL_tolstring(L, index, NULL), OPTIONS_MTU_MIN, OPTIONS_MTU_MAX);
	return (uint32_t)mtu;
}

unsigned options_count(lua_State *L, int index, const char *call, const char *name, unsigned max)
{
	int type = options_push(L, index, name), whole;
	lua_Integer count = lua_tointegerx(L, -1, &whole);

	if (type != LUA_TNIL && (type != LUA_TNUMBER || !whole || count < 0 || count > max))
		luaL_error(L, "%s: %s = %s is not a whole number within 0 and %d", call, name,
			   luaL_tolstring(L, -1, NULL), (int)max);
	lua_pop(L, 1);
	return (unsigned)count;
}

uint32_t options_mtu(lua_State *L, int index, const char *call)
{
	int type = options_push(L, index, "mtu");
	uint32_t mtu = type == LUA_TNIL ? 0 : options_take_mtu(L, -1, call);

	lua_pop(L, 1);
	return mtu;
}

void options_parse_mac(lua_State *L, const char *call, const char *text, uint8_t mac[6])
{
	unsigned b[6];
	char more;

	if (strlen(text) != MAC_TEXT - 1 || sscanf(text, "%2x:%2x:%2x:%2x:%2x:%2x%c", &b[0], &b[1],
						   &b[2], &b[3], &b[4], &b[5], &more) != 6)
		luaL_error(L, "%s: mac = \"%s\" is no MAC such as 02:00:00:00:00:01", call, text);
	if (b[0] & 1)
		luaL_error(L, "%s: mac = \"%s\" is a group's: its first byte is odd", call, text);
	for (int i = 0; i < 6; i++)
		mac[i] = (uint8_t)b[i];
}

const char *options_string(lua_State *L, int index, const char *call, const char *name)
{
	int type = options_push(L, index, name);
	const char *text = type == LUA_TNIL ? NULL : options_text(L, -1, call, name);

	lua_pop(L, 1);
	return text;
}

/* Push the word at INDEX as sh reads it back. */
static void push_quoted(lua_State *L, int index)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				    "0123456789_@%+:,./-";
	const char *word = lua_tostring(L, index);

	if (*word && !word[strspn(word, plain)])
		lua_pushvalue(L, index);
	else
		lua_pushfstring(L, "'%s'", luaL_gsub(L, word, "'", "'\\''"));
}

const char *options_command(lua_State *L, int index, const char *call)
{
	lua_Integer n;
	int line;

	if (!lua_istable(L, index)) {
		if (lua_type(L, index) != LUA_TSTRING)
			luaL_error(L, "%s: the command is a line or a table of words, not %s", call,
				   options_type(L, index));
		return options_text(L, index, call, "the command");
	}
	n = (lua_Integer)lua_rawlen(L, index);
	lua_pushliteral(L, "");
	line = lua_gettop(L);
	for (lua_Integer i = 1; i <= n; i++) {
		if (lua_rawgeti(L, index, i) == LUA_TNUMBER)
			lua_tostring(L, -1);
		options_text(L, -1, call, "each word of the command");
		push_quoted(L, lua_gettop(L));
		lua_pushfstring(L, "%s%s%s", lua_tostring(L, line), i > 1 ? " " : "",
				lua_tostring(L, -1));
		lua_replace(L, line);
		lua_settop(L, line);
	}
	return lua_tostring(L, line);
}
