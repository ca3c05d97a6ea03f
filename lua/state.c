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
	if (size > old && size - old > s->limit - s->used)
		return NULL;
	p = realloc(block, size);
	if (p)
		s->used += size - old;
	return p;
}

/* Raise MESSAGE at the instruction the hook stopped. */
static void state_stop(lua_State *L, lua_Debug *ar, const char *message)
{
	lua_getinfo(L, "Sl", ar);
	lua_pushfstring(L, "%s:%d: %s", ar->short_src, ar->currentline, message);
	lua_error(L);
}

/* Runs every so many instructions. After the first ^C every single one raises, so that no pcall of
 * the script can hold it up. Calls too deep are told here, while their line is known: left alone,
 * they would use up the memory first. */
static void state_hook(lua_State *L, lua_Debug *ar)
{
	lua_Debug deep;

	if (interrupt_pending()) {
		state_of(L)->interrupted = true;
		lua_sethook(L, state_hook, LUA_MASKCOUNT, 1);
		state_stop(L, ar, "interrupted");
	}
	if (lua_getstack(L, STATE_DEPTH_MAX, &deep))
		state_stop(L, ar,
			   "calls too deep inside one another: is there an end to the recursion?");
}

/* Note the script's lines on the way to the failing one, innermost first; repeated ones (recursion)
 * once. */
static void state_note_callers(struct state *s, lua_State *L)
{
	lua_Debug ar;
	int told = -1, last = -1;
	size_t len = 0;

	s->callers[0] = '\0';
	for (int level = 1; level < STATE_TRACE_LEVELS && lua_getstack(L, level, &ar); level++) {
		lua_getinfo(L, "Sl", &ar);
		if (ar.currentline <= 0 || ar.currentline == last)
			continue;
		last = ar.currentline;
		if (++told == 0)
			continue; /* the message names this one */
		if (told > STATE_TRACE_LINES)
			break;
		len += (size_t)snprintf(s->callers + len, sizeof(s->callers) - len, "%s%s:%d",
					told > 1 ? ", " : "called from ", ar.short_src,
					ar.currentline);
		if (len >= sizeof(s->callers))
			break;
	}
}

/* The message handler: runs where the error is, with the stack still standing. */
static int state_on_error(lua_State *L)
{
	state_note_callers(state_of(L), L);
	if (lua_tostring(
		    L, 1)) /* a number becomes text here, where a lack of memory is still caught */
		return 1;
	if (luaL_callmeta(L, 1, "__tostring") && lua_type(L, -1) == LUA_TSTRING)
		return 1;
	lua_pushfstring(L, "error with a %s instead of a message", luaL_typename(L, 1));
	return 1;
}

static int state_open(lua_State *L)
{
	void (**open)(lua_State *) = lua_touserdata(L, 1);

	(*open)(L);
	lua_sethook(L, state_hook, LUA_MASKCOUNT, STATE_HOOK_EVERY);
	return 0;
}

struct state *state_of(lua_State *L)
{
	return *(struct state **)lua_getextraspace(L);
}

static int state_memory_err(const struct state *s, struct err *err)
{
	if (s->limit < (size_t)1 << 20)
		return err_set(err, "%s: the script needs more than %zu kB", s->script,
			       s->limit >> 10);
	return err_set(err, "%s: the script needs more than %zu MB", s->script, s->limit >> 20);
}

struct state *state_new(const char *script, size_t limit, void (*open)(lua_State *L),
			struct err *err)
{
	struct state *s = mem_alloc(sizeof(*s));

	s->script = script;
	s->limit = limit;
	s->L = lua_newstate(state_alloc, s);
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
	if (s->L)
		lua_close(s->L);
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

static int state_failed(struct state *s, int status, struct err *err)
{
	const char *message = lua_type(s->L, -1) == LUA_TSTRING ? lua_tostring(s->L, -1) : NULL;

	if (s->interrupted && (!message || !strstr(message, "interrupted")))
		message = "interrupted";
	if (status == LUA_ERRMEM && !s->interrupted)
		return state_memory_err(s, err);
	if (!message)
		message = "error without a message";
	if (state_has_place(s, message))
		err_set(err, "%s", message);
	else
		err_set(err, "%s: %s", s->script, message);
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
	int status, top = lua_gettop(s->L);

	s->callers[0] = '\0';
	s->raised = ERR_INIT;
	/* None of these three pushes allocates, so none can raise outside the protected call. */
	lua_pushcfunction(s->L, state_on_error);
	lua_pushcfunction(s->L, f);
	lua_pushlightuserdata(s->L, arg);
	status = lua_pcall(s->L, 1, 0, -3);
	if (status != LUA_OK || s->interrupted)
		status = state_failed(s, status, err);
	lua_settop(s->L, top);
	return status;
}

void state_rearm(struct state *s)
{
	s->interrupted = false;
	lua_sethook(s->L, state_hook, LUA_MASKCOUNT, STATE_HOOK_EVERY);
}

int state_raise(lua_State *L, const struct err *err)
{
	state_of(L)->raised = *err;
	return luaL_error(L, "%s", err->text);
}
