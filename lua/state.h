/*
 * A Lua state: it has a limit on memory, ^C stops it, and all that runs in it runs protected: a
 * script's error comes back as a `struct err`. What a script finds in it is the caller's choice:
 * little for a topology (sandbox.h), everything for a script over the live lab (live/live.h).
 */
#ifndef NSLAB_LUA_STATE_H
#define NSLAB_LUA_STATE_H

#include <stdbool.h>
#include <stddef.h>

#include <lua.h>

#include "base/buf.h"
#include "base/err.h"

#define STATE_MEMORY                                                                               \
	((size_t)64 << 20) /* bytes a script may use, unless the caller says otherwise */

struct draft;
struct live;

struct state {
	lua_State *main;
	lua_State *L;	     /* the thread that runs: what C starts goes on from there */
	const char *script;  /* the file's name as people write it; the caller's */
	size_t used, limit;  /* bytes */
	bool interrupted;    /* ^C was seen: nothing but the way out runs any more */
	bool leaving;	     /* the same, as the script wants it: os.exit */
	bool placed;	     /* the last error's message begins with a line that was running */
	char place[80];	     /* else that line, "mine.lua:3", where it is wanted */
	char refused[80];    /* the line that ran when memory was refused last */
	bool in_warning;     /* the next piece of a warning continues the last */
	struct buf printed;  /* what print() and warn() said */
	struct err raised;   /* the last error of ours that became a Lua error: keeps its hint */
	char callers[256];   /* of the last error: where the failing function was called from */
	const char *noted;   /* a coroutine's message, to be compared: `callers` is of its error */
	struct live *live;   /* of a live lab (lua/live/); NULL: a topology's state */
	struct draft *draft; /* what `net` fills; NULL: no build is running */
	bool notes;	     /* which line of the script calls `net`: it is the author's */
	/* Of a live lab: the name of the node whose handle is at INDEX; NULL: there is none. */
	const char *(*node_name)(lua_State *L, int index, const char *call);
	unsigned builds; /* so far: a handle of an earlier one is stale */
};

/* Where the memory of a state comes from: realloc. A test puts one in its place that fails. */
extern void *(*state_realloc)(void *block, size_t size);

/* LIMIT in bytes. OPEN fills the globals, protected: sandbox_open or that of a live lab. NULL with
 * err when not even that fits. */
struct state *state_new(const char *script, size_t limit, void (*open)(lua_State *L),
			struct err *err);
void state_free(struct state *s);
struct state *state_of(lua_State *L);

/* Run F with ARG as its one light userdata, protected, on the thread s->L. -1 with err "FILE:LINE:
 * message". */
int state_call(struct state *s, lua_CFunction f, void *arg, struct err *err);

/* For a state that is used again and again: a ^C or an os.exit of the last time is forgotten. */
void state_rearm(struct state *s);

/* The error on the top of coroutine CO, which has failed, is going to be raised outside of it: keep
 * the way to it. */
void state_note_error(lua_State *co);

/* End what runs: each further instruction raises, whatever the script catches, until `leaving` is
 * taken back. Does not return. */
int state_leave(lua_State *L);

/* Raise what ^C means, at the line of the script that called the running C function; no pcall of
 * the script holds it up. */
int state_interrupt(lua_State *L);

/* Raise ERR as a Lua error at the line of the script that called the running C function, unless it
 * names one that led here itself. */
int state_raise(lua_State *L, const struct err *err);

#endif
