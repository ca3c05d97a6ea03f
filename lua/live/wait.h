/*
 * Waiting without threads. A function of a script that has to wait looks whether it can go on and,
 * when it cannot, calls wait_more:
 *
 *	static int thing_go_on(lua_State *L, int status, lua_KContext context)
 *	{
 *		struct wait *w = (struct wait *)context;
 *
 *		while (!there(L, w) && !wait_late(w))
 *			if (wait_more(L, w))
 *				return lua_yieldk(L, 0, context, thing_go_on);
 *		return ...;
 *	}
 *
 * In the main thread, or in a coroutine of the script's own, wait_more sleeps until something has
 * happened: a program has printed or ended, the kernel has told of a change, time is up. In a
 * coroutine of parallel() it says that the function is to yield, and parallel(), which waits in the
 * same way, sleeps for all of them.
 */
#ifndef NSLAB_LUA_LIVE_WAIT_H
#define NSLAB_LUA_LIVE_WAIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <lua.h>

#define WAIT_FOREVER INT64_MAX

struct child;

/* What the waiting of a session has in common. */
struct waits {
	struct child **children; /* that run */
	size_t n_children, cap_children;
	unsigned long started; /* so far */
	struct pollfd *fds;
	size_t cap_fds;
	unsigned long news; /* counts what a function that waits may want to look at */
	bool yields;	    /* it does so to wait */
	int64_t wake;	    /* the first deadline of the coroutines that have yielded */
	lua_State *current; /* the coroutine that parallel() has resumed; NULL: none */
};

/* One function that waits. */
struct wait {
	int64_t deadline; /* ns of the monotonic clock, or WAIT_FOREVER */
	unsigned long seen;
	bool yielded;
	size_t mark; /* the function's own */
};

/* The deadline that the seconds at INDEX mean, none: WAIT_FOREVER. CALL is the function as people
 * write it. May raise. */
int64_t wait_deadline(lua_State *L, int index, const char *call);
/* In memory that lives as long as the wait: a userdata on the stack. */
void wait_init(lua_State *L, struct wait *w, int64_t deadline);
/* Push one. */
struct wait *wait_push(lua_State *L, int64_t deadline);
bool wait_late(const struct wait *w);
/* True: yield. False: look again. May raise, when ^C was typed. */
bool wait_more(lua_State *L, struct wait *w);
/* What a function returns whose time was up: nil. */
int wait_in_vain(lua_State *L);
/* Do others go on while this one waits: is it in a coroutine of parallel()? */
bool wait_shares(lua_State *L);
/* Take what is there already, without waiting. */
void wait_catch_up(lua_State *L);
/* Has anything happened since W slept last? For a look that costs. */
unsigned long wait_news(lua_State *L);

/* From now on C is read and written while anybody waits. The userdata at INDEX, which it is in, is
 * kept until C has ended where KEEP says so. */
void wait_add_child(lua_State *L, int index, struct child *c, bool keep);
void wait_remove_child(lua_State *L, struct child *c);
/* End those that were started after the first STARTED. Does not raise. */
void wait_end_children(lua_State *L, unsigned long started);

void waits_close(struct waits *ws);

#endif
