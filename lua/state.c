#include "lua/state.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <lauxlib.h>

#include "base/interrupt.h"
#include "base/mem.h"

#define STATE_HOOK_EVERY   1000	 /* VM instructions between two looks for ^C */
#define STATE_DEPTH_MAX	   10000 /* calls inside one another */
#define STATE_TRACE_LEVELS 64	 /* of the call stack, looked at for the script's own lines */
#define STATE_TRACE_LINES  4	 /* of them, told */

void *(*state_realloc)(void *block, size_t size) = realloc;

/* The script's line that runs, "FILE:LINE", or nothing. Nothing is allocated here. */
static void state_note_place(lua_State *L, char *place, size_t size)
{
	lua_Debug ar;

	place[0] = '\0';
	for (int level = 0; lua_getstack(L, level, &ar); level++) {
		lua_getinfo(L, "Sl", &ar);
		if (ar.currentline <= 0)
			continue;
		snprintf(place, size, "%s:%d", ar.short_src, ar.currentline);
		return;
	}
}

/* What Lua asks of an allocator: OLD is a size only when there is a block; shrinking does not fail.
 */
static void *state_alloc(void *data, void *block, size_t old, size_t size)
{
	struct state *s = data;
	void *p;

	if (!block)
		old = 0;
	if (size == 0) {
		free(block);
		s->used -= old;
		return NULL;
	}
	if (size <= old)
		p = realloc(block, size);
	else if (s->used > s->limit || size - old > s->limit - s->used)
		p = NULL;
	else
		p = state_realloc(block, size);
	if (p)
		s->used += size - old;
	else if (s->L) /* Lua's own error names no line */
		state_note_place(s->L, s->refused, sizeof(s->refused));
	return p;
}

/* Raise MESSAGE at the instruction the hook stopped. */
static void state_stop(lua_State *L, lua_Debug *ar, const char *message)
{
	lua_getinfo(L, "Sl", ar);
	lua_pushfstring(L, "%s:%d: %s", ar->short_src, ar->currentline, message);
	lua_error(L);
}

static void state_hook(lua_State *L, lua_Debug *ar);

/* Hooks belong to threads: that of the main one, to which a coroutine's error comes back, too. */
static void state_hook_each(lua_State *L)
{
	lua_sethook(L, state_hook, LUA_MASKCOUNT, 1);
	lua_sethook(state_of(L)->main, state_hook, LUA_MASKCOUNT, 1);
}

/* Of the script that runs: from the signal's handler, as lua(1) does it. A function of Lua's
 * library that waits (io.read) comes back, and nothing more follows. */
static struct state *volatile state_running;

static void state_on_interrupt(void)
{
	struct state *s = state_running;

	if (s)
		lua_sethook(s->main, state_hook, LUA_MASKCOUNT, 1);
}

/* Runs every so many instructions. After the first ^C every single one raises, so that no pcall of
 * the script can hold it up. Calls too deep are told here, while their line is known: left alone,
 * they would use up the memory first. */
static void state_hook(lua_State *L, lua_Debug *ar)
{
	struct state *s = state_of(L);
	lua_Debug deep;

	s->interrupted |= interrupt_pending();
	if (s->interrupted || s->leaving) {
		state_hook_each(L);
		state_stop(L, ar, s->leaving ? "exit" : "interrupted");
	}
	/* A coroutine that outlived the last ^C. */
	if (lua_gethookcount(L) == 1)
		lua_sethook(L, state_hook, LUA_MASKCOUNT, STATE_HOOK_EVERY);
	if (lua_getstack(L, STATE_DEPTH_MAX, &deep))
		state_stop(L, ar,
			   "calls too deep inside one another: is there an end to the recursion?");
}

/* Note the script's lines on the way to the failing one, from LEVEL on, innermost first; repeated
 * ones (recursion) once. MORE: behind those of a coroutine, whose error has become one of L. */
static void state_note_callers(struct state *s, lua_State *L, int level, bool more)
{
	lua_Debug ar;
	const char *source = NULL;
	int told = more ? 0 : -1, last = -1;
	size_t len = more ? strlen(s->callers) : 0;

	s->callers[len] = '\0';
	for (; level < STATE_TRACE_LEVELS && lua_getstack(L, level, &ar); level++) {
		lua_getinfo(L, "Sl", &ar);
		if (ar.currentline <= 0 || (ar.currentline == last && ar.source == source))
			continue;
		last = ar.currentline;
		source = ar.source;
		if (++told == 0)
			continue; /* the message names this one */
		if (told > STATE_TRACE_LINES)
			break;
		len += (size_t)snprintf(s->callers + len, sizeof(s->callers) - len, "%s%s:%d",
					len ? ", " : "called from ", ar.short_src, ar.currentline);
		if (len >= sizeof(s->callers))
			break;
	}
}

/* Does MESSAGE begin with a line of a function that runs: "mine.lua:40:"? */
static bool state_names_place(lua_State *L, const char *message)
{
	lua_Debug ar;

	for (int level = 1; message && level < STATE_TRACE_LEVELS && lua_getstack(L, level, &ar);
	     level++) {
		size_t len;

		lua_getinfo(L, "S", &ar);
		len = strlen(ar.short_src);
		if (strncmp(message, ar.short_src, len) == 0 && message[len] == ':')
			return true;
	}
	return false;
}

/* The message handler: runs where the error is, with the stack still standing. */
static int state_on_error(lua_State *L)
{
	struct state *s = state_of(L);
	bool plain = lua_type(L, 1) == LUA_TSTRING;
	/* A number becomes text here, where a lack of memory is still caught. */
	const char *message = lua_tostring(L, 1);
	bool more = message && message == s->noted;

	state_note_callers(s, L, 1, more);
	s->placed = (more && s->placed) || state_names_place(L, message);
	s->noted = NULL;
	/* error("text", 0) wants no line. */
	if (!plain || strcmp(message, "C stack overflow") == 0)
		state_note_place(L, s->place, sizeof(s->place));
	if (message)
		return 1;
	if (luaL_callmeta(L, 1, "__tostring") && lua_type(L, -1) == LUA_TSTRING)
		return 1;
	lua_pushfstring(L, "error with a %s instead of a message", luaL_typename(L, 1));
	return 1;
}

/* The handler of an xpcall; the upvalue is the script's. An error that a hook raises calls it with
 * hooks off, where nothing could stop it any more. */
static int state_handle(lua_State *L)
{
	const struct state *s = state_of(L);

	if (s->interrupted || s->leaving)
		return 1;
	lua_pushvalue(L, lua_upvalueindex(1));
	lua_insert(L, 1);
	lua_call(L, lua_gettop(L) - 1, 1);
	return 1;
}

/* After the call, also when it was a coroutine's and has yielded: true and its results, or false
 * and what the handler says. */
static int state_after_xpcall(lua_State *L, int status, lua_KContext context)
{
	(void)context;
	if (status == LUA_OK || status == LUA_YIELD)
		return lua_gettop(L) - 2;
	lua_pushboolean(L, 0);
	lua_pushvalue(L, -2);
	return 2;
}

/* f, handler, arguments...: as Lua's own has it, but for the handler. */
static int state_xpcall(lua_State *L)
{
	int n = lua_gettop(L);

	luaL_checktype(L, 2, LUA_TFUNCTION);
	lua_pushvalue(L, 2);
	lua_pushcclosure(L, state_handle, 1);
	lua_replace(L, 2);
	lua_pushboolean(L, 1);
	lua_pushvalue(L, 1);
	lua_rotate(L, 3, 2);
	return state_after_xpcall(L, lua_pcallk(L, n - 2, LUA_MULTRET, 2, 0, state_after_xpcall),
				  0);
}

/***
 * As Lua's own; where nobody can wait (in `build`, in a command's function, outside of a coroutine)
 * it is an error that names its line.
 * @function coroutine.yield
 * @param ... any
 * @return any ...
 * @example
 * assert(coroutine.wrap(function() coroutine.yield(5) end)() == 5)
 * assert(not pcall(coroutine.yield))
 */
static int state_yield(lua_State *L)
{
	if (lua_isyieldable(L))
		return lua_yield(L, lua_gettop(L));
	return luaL_error(L, state_of(L)->draft
				     ? "coroutine.yield: build cannot wait, nor be left in between"
				     : "coroutine.yield: there is no coroutine to leave here, or "
				       "something between that cannot wait");
}

void state_note_error(lua_State *co)
{
	struct state *s = state_of(co);
	const char *message = lua_type(co, -1) == LUA_TSTRING ? lua_tostring(co, -1) : NULL;
	bool more = message && message == s->noted;

	state_note_callers(s, co, 0, more);
	s->placed = (more && s->placed) || state_names_place(co, message);
	s->noted = message;
}

static int state_open(lua_State *L)
{
	void (**open)(lua_State *) = lua_touserdata(L, 1);

	(*open)(L);
	lua_pushcclosure(L, state_xpcall, 0);
	lua_setglobal(L, "xpcall");
	lua_getglobal(L, "coroutine");
	lua_pushcfunction(L, state_yield);
	lua_setfield(L, -2, "yield");
	lua_pop(L, 1);
	lua_sethook(L, state_hook, LUA_MASKCOUNT, STATE_HOOK_EVERY);
	return 0;
}

struct state *state_of(lua_State *L)
{
	return *(struct state **)lua_getextraspace(L);
}

static int state_memory_err(const struct state *s, struct err *err)
{
	bool small = s->limit < (size_t)1 << 20;

	err_set(err, "%s: the script needs more than %zu %s",
		s->refused[0] ? s->refused : s->script, s->limit >> (small ? 10 : 20),
		small ? "kB" : "MB");
	if (err)
		err->code = ENOMEM;
	return -1;
}

struct state *state_new(const char *script, size_t limit, void (*open)(lua_State *L),
			struct err *err)
{
	struct state *s = mem_alloc(sizeof(*s));

	s->script = script;
	s->limit = limit;
	s->L = s->main = lua_newstate(state_alloc, s);
	if (!s->L) {
		state_memory_err(s, err);
		state_free(s);
		return NULL;
	}
	*(struct state **)lua_getextraspace(s->L) = s;
	if (state_call(s, state_open, &open, err) != 0) {
		state_free(s);
		return NULL;
	}
	return s;
}

void state_free(struct state *s)
{
	if (!s)
		return;
	if (s->main)
		lua_close(s->main);
	buf_free(&s->printed);
	free(s);
}

/* Does the message start with a place? Lua shortens a long file name from the left:
 * "...labs/mine.lua:40:". */
static bool state_has_place(const struct state *s, const char *message)
{
	size_t len = strlen(s->script);

	return strncmp(message, "...", 3) == 0 ||
	       (strncmp(message, s->script, len) == 0 && message[len] == ':');
}

/* Each coroutine.wrap on the way puts its place before it, the same one in a recursion. */
static const char *state_skip_repeated(const char *message)
{
	const char *blank = strstr(message, ": ");
	size_t len = blank ? (size_t)(blank - message) + 2 : 0;

	while (len && strncmp(message, message + len, len) == 0)
		message += len;
	return message;
}

static int state_failed(struct state *s, int status, struct err *err)
{
	const char *message = lua_type(s->L, -1) == LUA_TSTRING ? lua_tostring(s->L, -1) : NULL;

	if (s->interrupted && (!message || !strstr(message, "interrupted")))
		message = "interrupted";
	if (status == LUA_ERRMEM && !s->interrupted)
		return state_memory_err(s, err);
	message = message ? state_skip_repeated(message) : "error without a message";
	if (s->placed || state_has_place(s, message))
		err_set(err, "%s", message);
	else
		err_set(err, "%s: %s", s->place[0] ? s->place : s->script, message);
	if (s->interrupted) {
		if (err)
			err->code = EINTR;
	} else if (s->raised.hint[0] && strstr(message, s->raised.text)) {
		err_hint(err, "%s", s->raised.hint);
	} else if (s->callers[0]) {
		err_hint(err, "%s", s->callers);
	}
	return -1;
}

int state_call(struct state *s, lua_CFunction f, void *arg, struct err *err)
{
	struct state *outer = state_running;
	lua_State *L = s->L;
	int status, top = lua_gettop(L);

	s->callers[0] = '\0';
	s->refused[0] = '\0';
	s->placed = false;
	s->place[0] = '\0';
	s->raised = ERR_INIT;
	if (!lua_checkstack(L, 4))
		return state_memory_err(s, err);
	/* None of these three pushes allocates, so none can raise outside the protected call. */
	lua_pushcfunction(L, state_on_error);
	lua_pushcfunction(L, f);
	lua_pushlightuserdata(L, arg);
	state_running = s;
	interrupt_notify(state_on_interrupt);
	status = lua_pcall(L, 1, 0, -3);
	state_running = outer;
	s->L = L;
	if (status != LUA_OK || s->interrupted)
		status = state_failed(s, status, err);
	lua_settop(L, top);
	return status;
}

void state_rearm(struct state *s)
{
	s->interrupted = s->leaving = false;
	lua_sethook(s->main, state_hook, LUA_MASKCOUNT, STATE_HOOK_EVERY);
}

int state_leave(lua_State *L)
{
	state_of(L)->leaving = true;
	state_hook_each(L);
	return luaL_error(L, "exit");
}

int state_raise(lua_State *L, const struct err *err)
{
	state_of(L)->raised = *err;
	lua_pushstring(L, err->text);
	return state_names_place(L, err->text) ? lua_error(L) : luaL_error(L, "%s", err->text);
}

int state_interrupt(lua_State *L)
{
	state_of(L)->interrupted = true;
	state_hook_each(L);
	return luaL_error(L, "interrupted");
}
