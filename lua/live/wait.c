#include "lua/live/wait.h"

#include <errno.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/interrupt.h"
#include "base/mem.h"
#include "lua/live/child.h"
#include "lua/live/inside.h"
#include "lua/options.h"

#define NS_PER_S  INT64_C(1000000000)
#define GRAPH_FDS 2

static struct waits *waits_of(lua_State *L)
{
	return &live_of(L)->waits;
}

int64_t wait_deadline(lua_State *L, int index, const char *call)
{
	lua_Number seconds;

	if (lua_isnoneornil(L, index))
		return WAIT_FOREVER;
	if (lua_type(L, index) != LUA_TNUMBER)
		luaL_error(L, "%s: how long is a number of seconds, not %s", call,
			   options_type(L, index));
	seconds = lua_tonumber(L, index);
	if (!(seconds >= 0))
		luaL_error(L, "%s: how long is a number of seconds from 0 on, not %s", call,
			   luaL_tolstring(L, index, NULL));
	/* A hundred years. */
	if (seconds > 3e9)
		return WAIT_FOREVER;
	return clock_ns() + (int64_t)(seconds * NS_PER_S);
}

unsigned long wait_news(lua_State *L)
{
	return waits_of(L)->news + live_session(L)->graph->news;
}

void wait_init(lua_State *L, struct wait *w, int64_t deadline)
{
	*w = (struct wait){ .deadline = deadline, .seen = wait_news(L) };
}

struct wait *wait_push(lua_State *L, int64_t deadline)
{
	struct wait *w = lua_newuserdatauv(L, sizeof(*w), 0);

	wait_init(L, w, deadline);
	return w;
}

int wait_in_vain(lua_State *L)
{
	lua_pushnil(L);
	return 1;
}

bool wait_late(const struct wait *w)
{
	return w->deadline != WAIT_FOREVER && clock_ns() >= w->deadline;
}

/* ---- programs ---- */

void wait_add_child(lua_State *L, int index, struct child *c, bool keep)
{
	struct waits *ws = waits_of(L);

	if (!child_running(c))
		return;
	if (keep) {
		lua_pushvalue(L, index);
		lua_rawsetp(L, LUA_REGISTRYINDEX, c);
	}
	ws->children =
		mem_grow(ws->children, ws->n_children, &ws->cap_children, sizeof(struct child *));
	ws->children[ws->n_children++] = c;
	c->number = ++ws->started;
}

void wait_remove_child(lua_State *L, struct child *c)
{
	struct waits *ws = waits_of(L);

	for (size_t i = 0; i < ws->n_children; i++) {
		if (ws->children[i] != c)
			continue;
		ws->children[i] = ws->children[--ws->n_children];
		lua_pushnil(L);
		lua_rawsetp(L, LUA_REGISTRYINDEX, c);
		return;
	}
}

void wait_end_children(lua_State *L, unsigned long started)
{
	struct waits *ws = waits_of(L);

	for (size_t i = ws->n_children; i-- > 0;) {
		struct child *c = ws->children[i];

		if (c->number <= started)
			continue;
		child_end(c);
		wait_remove_child(L, c);
	}
}

/* ---- sleeping ---- */

static size_t fill_fds(lua_State *L, struct waits *ws)
{
	size_t n = GRAPH_FDS + ws->n_children * CHILD_FDS;
	int graph[GRAPH_FDS];

	if (n > ws->cap_fds) {
		ws->cap_fds = n * 2;
		ws->fds = mem_resize(ws->fds, ws->cap_fds, sizeof(*ws->fds));
	}
	graph_fds(live_session(L)->graph, graph);
	for (size_t i = 0; i < GRAPH_FDS; i++)
		ws->fds[i] = (struct pollfd){ .fd = graph[i], .events = POLLIN };
	for (size_t i = 0; i < ws->n_children; i++)
		child_fds(ws->children[i], ws->fds + GRAPH_FDS + i * CHILD_FDS);
	return n;
}

/* Backwards, since the last one takes the place of one that has ended. */
static void attend_children(lua_State *L, struct waits *ws)
{
	for (size_t i = ws->n_children; i-- > 0;) {
		struct child *c = ws->children[i];

		ws->news += child_attend(c, ws->fds + GRAPH_FDS + i * CHILD_FDS);
		if (!child_running(c))
			wait_remove_child(L, c);
	}
}

/* A ^C between the look at it and the sleep must end the sleep, too. */
static void sleep_until(struct waits *ws, size_t n, int64_t until)
{
	int64_t left = until == WAIT_FOREVER ? 0 : until - clock_ns();
	struct timespec limit = { 0 };
	sigset_t mine, before;

	if (left > 0)
		limit = (struct timespec){ left / NS_PER_S, left % NS_PER_S };
	sigemptyset(&mine);
	sigaddset(&mine, SIGINT);
	sigprocmask(SIG_BLOCK, &mine, &before);
	sigdelset(&before, SIGINT);
	if (interrupt_pending() ||
	    ppoll(ws->fds, n, until == WAIT_FOREVER ? NULL : &limit, &before) < 0)
		for (size_t i = 0; i < n; i++)
			ws->fds[i].revents = 0;
	sigprocmask(SIG_SETMASK, &before, NULL);
}

static void wait_sleep(lua_State *L, int64_t until)
{
	struct waits *ws = waits_of(L);
	struct graph *g = live_session(L)->graph;
	int again = graph_timeout(g);
	size_t n = fill_fds(L, ws);
	struct err err = ERR_INIT;

	if (again >= 0 && until > clock_ns() + again * INT64_C(1000000))
		until = clock_ns() + again * INT64_C(1000000);
	sleep_until(ws, n, until);
	attend_children(L, ws);
	if (interrupt_pending())
		state_interrupt(L);
	if ((again >= 0 || ws->fds[0].revents || ws->fds[1].revents) && graph_refresh(g, &err) < 0)
		state_raise(L, &err);
}

void wait_catch_up(lua_State *L)
{
	wait_sleep(L, 0);
}

bool wait_shares(lua_State *L)
{
	return L == waits_of(L)->current && lua_isyieldable(L);
}

bool wait_more(lua_State *L, struct wait *w)
{
	struct waits *ws = waits_of(L);

	if (wait_shares(L)) {
		/* Whoever waits from now on did something before: others may want to look. */
		ws->news += !w->yielded;
		w->yielded = true;
		ws->yields = true;
		if (w->deadline < ws->wake)
			ws->wake = w->deadline;
		return true;
	}
	if (wait_news(L) == w->seen)
		wait_sleep(L, w->deadline < ws->wake ? w->deadline : ws->wake);
	/* Inside of parallel() the others have not seen what this one has slept through. */
	ws->news += ws->current != NULL;
	ws->wake = WAIT_FOREVER;
	w->seen = wait_news(L);
	return false;
}

void waits_close(struct waits *ws)
{
	free(ws->children);
	free(ws->fds);
}
