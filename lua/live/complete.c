/* Tab in Lua: the names that may stand at the end of a chunk. It is looked up by hand, so that
 * nothing of the script's runs: no metamethod, no function. */
#include "lua/live/live.h"

#include <ctype.h>
#include <string.h>

#include <lauxlib.h>

#include "lua/live/inside.h"

#define CHAIN_MAX 16 /* a.b.c: names before the one that is typed */

static bool is_name(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

const char *live_name(const char *text)
{
	const char *end = text + strlen(text);

	while (end > text && is_name(end[-1]))
		end--;
	return end;
}

/* Behind a long bracket that opens at P, `[[` or `[==[`: behind its end, or NULL when it has none.
 * P when none opens. */
static const char *skip_long(const char *p)
{
	size_t level = strspn(p + 1, "=");
	const char *end = p + 2 + level;

	if (p[0] != '[' || p[1 + level] != '[')
		return p;
	while ((end = strchr(end, ']'))) {
		if (strspn(end + 1, "=") == level && end[1 + level] == ']')
			return end + 2 + level;
		end++;
	}
	return NULL;
}

/* What TEXT ends within: " or ' or [ for a string, - for a comment; 0: none of them. */
static char open_at_end(const char *p)
{
	const char *next;

	while (*p) {
		char quote = *p;

		if (quote == '"' || quote == '\'') {
			for (p++; *p && *p != quote; p++)
				if (*p == '\\' && p[1])
					p++;
			if (!*p++)
				return quote;
		} else if (strncmp(p, "--", 2) == 0) {
			next = skip_long(p + 2);
			if (next == p + 2)
				next = strchr(p, '\n');
			if (!next)
				return '-';
			p = next;
		} else {
			next = skip_long(p);
			if (!next)
				return '[';
			p = next > p ? next : p + 1;
		}
	}
	return 0;
}

struct search {
	const char *text;
	void (*offer)(void *data, const char *name, const char *kind);
	void *data;
};

/* NAME, whose value is at the stack's top. */
static void offer_value(lua_State *L, const struct search *s, const char *name, bool method)
{
	const char *kind = class_of(L, -1) ? class_of(L, -1)->noun : luaL_typename(L, -1);
	bool call = lua_type(L, -1) == LUA_TFUNCTION;

	if (method && !call)
		return;
	s->offer(s->data, call ? lua_pushfstring(L, "%s(", name) : name, kind);
	if (call)
		lua_pop(L, 1);
}

/* The names among the keys of the table at the stack's top. */
static void offer_table(lua_State *L, const struct search *s, bool method)
{
	lua_pushnil(L);
	while (lua_next(L, -2)) {
		const char *name = lua_type(L, -2) == LUA_TSTRING ? lua_tostring(L, -2) : "";

		if (*name && !isdigit((unsigned char)*name) &&
		    !name[strspn(
			    name,
			    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_")])
			offer_value(L, s, name, method);
		lua_pop(L, 1);
	}
}

static void offer_object(lua_State *L, const struct search *s, const struct class *class,
			 bool method)
{
	for (size_t i = 0; class->methods[i]; i++)
		for (const luaL_Reg *m = class->methods[i]; m->name; m++) {
			if (strncmp(m->name, "__", 2) == 0)
				continue;
			s->offer(s->data, lua_pushfstring(L, "%s(", m->name), "method");
			lua_pop(L, 1);
		}
	for (size_t i = 0; !method && class->fields[i]; i++)
		for (const struct class_field *f = class->fields[i]; f->name; f++)
			s->offer(s->data, f->name, "field");
	if (method || !class->others)
		return;
	lua_pushcfunction(L, class->others);
	lua_pushvalue(L, -2);
	lua_call(L, 1, 1);
	for (lua_Integer i = 1; lua_rawgeti(L, -1, i) == LUA_TSTRING; i++) {
		s->offer(s->data, lua_tostring(L, -1), "");
		lua_pop(L, 1);
	}
}

static void offer_nodes(lua_State *L, const struct search *s)
{
	const struct graph *g = live_session(L)->graph;

	for (size_t i = 0; i < g->n_nodes; i++) {
		const struct graph_node *n = g->nodes[i];

		if (*n->name)
			s->offer(s->data, n->name, graph_kind_name(graph_node_kind(n)));
	}
}

static void offer_globals(lua_State *L, const struct search *s)
{
	static const char *const words[] = { "and",   "break",	"do",	  "else",     "elseif",
					     "end",   "false",	"for",	  "function", "goto",
					     "if",    "in",	"local",  "nil",      "not",
					     "or",    "repeat", "return", "then",     "true",
					     "until", "while" };

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		s->offer(s->data, words[i], "a word of Lua");
	offer_nodes(L, s);
	lua_pushglobaltable(L);
	offer_table(L, s, false);
}

/* Replace an object and the name of a member at the stack's top by the member. False: there is none
 * that can be known. */
static bool step(lua_State *L)
{
	if (class_of(L, -2))
		lua_gettable(L, -2); /* functions of ours */
	else if (lua_istable(L, -2))
		lua_rawget(L, -2);
	else
		return false;
	lua_remove(L, -2);
	return !lua_isnil(L, -1);
}

/* Replace the name at the stack's top by the global's value. */
static bool step_global(lua_State *L)
{
	const char *name = lua_tostring(L, -1);
	const struct graph_node *n;

	lua_pushglobaltable(L);
	lua_pushvalue(L, -2);
	if (lua_rawget(L, -2) != LUA_TNIL)
		return true;
	n = graph_node_find(live_session(L)->graph, name);
	return n && *n->name && live_push_node(L, n);
}

/* Push what stands before the dot or colon at END, a chain of names such as h1.eth0. */
static bool push_object(lua_State *L, const char *text, const char *end)
{
	const char *names[CHAIN_MAX];
	size_t lens[CHAIN_MAX], n = 0;
	const char *name;

	for (;;) {
		for (name = end; name > text && is_name(name[-1]);)
			name--;
		if (name == end || isdigit((unsigned char)*name) || n == CHAIN_MAX)
			return false;
		names[n] = name;
		lens[n++] = (size_t)(end - name);
		if (name == text || name[-1] != '.')
			break;
		end = name - 1;
	}
	/* f().x, t[1].x, "x":x, ... */
	if (name > text && strchr(":)]}\"'", name[-1]))
		return false;
	for (size_t i = n; i-- > 0;) {
		lua_pushlstring(L, names[i], lens[i]);
		if (i + 1 == n ? !step_global(L) : !step(L))
			return false;
	}
	return true;
}

static int complete(lua_State *L)
{
	const struct search *s = lua_touserdata(L, 1);
	const char *name = live_name(s->text), *end = name;
	char open = open_at_end(s->text);
	const struct class *class;
	bool method;

	if (open && open != '-')
		offer_nodes(L, s);
	if (open || isdigit((unsigned char)*name))
		return 0;
	if (name == s->text || !strchr(".:", name[-1])) {
		offer_globals(L, s);
		return 0;
	}
	method = name[-1] == ':';
	end--;
	if (!push_object(L, s->text, end))
		return 0;
	class = class_of(L, -1);
	if (class) {
		offer_object(L, s, class, method);
		return 0;
	}
	if (lua_istable(L, -1))
		offer_table(L, s, method);
	if (luaL_getmetafield(L, -1, "__index") == LUA_TTABLE)
		offer_table(L, s, method);
	return 0;
}

void live_complete(struct session *s, const char *text,
		   void (*offer)(void *data, const char *name, const char *kind), void *data)
{
	struct search search = { text, offer, data };
	struct live *live = live_get(s, NULL);

	/* What cannot be known is not offered. */
	if (live)
		state_call(live->state, complete, &search, NULL);
}
