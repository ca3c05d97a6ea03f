/* Waiting for a condition: whatever a script can find out, the first of some programs, a port. */
#include "lua/live/inside.h"

#include <string.h>

#include "base/clock.h"
#include "lab/listen.h"
#include "lua/live/program.h"
#include "lua/options.h"

#define MS INT64_C(1000000)

/* ---- lab:wait_until ---- */

/* What the kernel does not tell of, such as counters, is looked at so often. */
#define UNTIL_SLOW (250 * MS)

enum { UNTIL_FUNCTION = 2, UNTIL_SECONDS };

struct until {
	struct wait wait;
	int64_t end;
	bool calls;	      /* its value is on the top of the stack */
	int64_t begun, ended; /* the last call */
	unsigned long news;   /* at its end: what it has done itself is no reason for another */
};

/* Is it to be called again? If not, the wait's deadline is when that may change. Called for news it
 * gets no more than half of the time: it may run programs, whose ends are news for others. */
static bool until_due(lua_State *L, struct until *u)
{
	int64_t now = clock_ns(), next = u->ended + UNTIL_SLOW;

	if (wait_news(L) != u->news && u->ended + (u->ended - u->begun) < next)
		next = u->ended + (u->ended - u->begun);
	u->wait.deadline = next < u->end ? next : u->end;
	return now >= next;
}

static int until_go_on(lua_State *L, int status, lua_KContext context)
{
	struct until *u = (struct until *)context;

	(void)status;
	for (;;) {
		if (u->calls) {
			u->calls = false;
			if (lua_toboolean(L, -1))
				return 1;
			lua_pop(L, 1);
			u->ended = clock_ns();
			u->news = wait_news(L);
		}
		while (u->ended && !until_due(L, u)) {
			if (clock_ns() >= u->end)
				return wait_in_vain(L);
			if (wait_more(L, &u->wait))
				return lua_yieldk(L, 0, context, until_go_on);
		}
		if (u->ended && clock_ns() >= u->end)
			return wait_in_vain(L);
		u->calls = true;
		u->begun = clock_ns();
		lua_pushvalue(L, UNTIL_FUNCTION);
		lua_callk(L, 0, 1, context, until_go_on);
	}
}

/***
 * Wait until the function's value is neither nil nor false, which is then returned. It is called at
 * once, and again when the kernel has told of a change in the lab, a program has printed or ended,
 * or another function of `parallel` has done something; for what nobody tells of, such as counters,
 * four times a second. An error in it is an error here.
 * @function Lab:wait_until
 * @param condition fun(): any
 * @param seconds? number  how long at most
 * @return any  nil when the time was up
 * @example
 * local p = h1:spawn("sleep 0.1; ip link set h1-eth0 down; sleep 60")
 * assert(lab:wait_until(function() return not h1.eth0.up end, 5))
 * assert(lab:wait_until(function() return false end, 0.1) == nil)
 */
static int lab_wait_until(lua_State *L)
{
	struct until *u;
	int64_t end;

	lua_settop(L, UNTIL_SECONDS);
	if (!lua_isfunction(L, UNTIL_FUNCTION))
		return luaL_error(L, "lab:wait_until: what to wait for is a function, not %s",
				  options_type(L, UNTIL_FUNCTION));
	end = wait_deadline(L, UNTIL_SECONDS, "lab:wait_until");
	u = lua_newuserdatauv(L, sizeof(*u), 0);
	*u = (struct until){ .end = end };
	wait_init(L, &u->wait, end);
	return until_go_on(L, LUA_OK, (lua_KContext)u);
}

/* ---- lab:wait_any ---- */

/* The programs are the arguments from 2 to w->mark. */
static int any_go_on(lua_State *L, int status, lua_KContext context)
{
	struct wait *w = (struct wait *)context;

	(void)status;
	for (;;) {
		for (int i = 2; i <= (int)w->mark; i++) {
			const struct child *c = lua_touserdata(L, i);

			if (child_running(c) && !stream_size(&c->streams[CHILD_OUT]) &&
			    !stream_size(&c->streams[CHILD_ERR]))
				continue;
			lua_pushvalue(L, i);
			return 1;
		}
		if (wait_late(w))
			return wait_in_vain(L);
		if (wait_more(L, w))
			return lua_yieldk(L, 0, context, any_go_on);
	}
}

/***
 * Wait until one of the programs has ended or has printed something that is not read yet: that one,
 * the first of them in the order given. One that has ended comes again until it is left out.
 * @function Lab:wait_any
 * @param ... Program|number  the programs and, behind them, how many seconds at most
 * @return Program?  nil when the time was up
 * @example
 * local slow, quick = h1:spawn("sleep 60"), h2:spawn("echo quick; sleep 60")
 * assert(lab:wait_any(slow, quick, 5) == quick)
 * assert(quick:read() == "quick\n")
 * assert(lab:wait_any(slow, quick, 0.1) == nil)
 */
static int lab_wait_any(lua_State *L)
{
	int n = lua_gettop(L), limit = n > 1 && lua_type(L, n) == LUA_TNUMBER ? n : 0;
	struct wait *w;

	if (limit)
		n--;
	if (n < 2)
		return luaL_error(L, "lab:wait_any: which programs?");
	for (int i = 2; i <= n; i++)
		program_check(L, i);
	w = wait_push(L, limit ? wait_deadline(L, limit, "lab:wait_any") : WAIT_FOREVER);
	w->mark = (size_t)n;
	return any_go_on(L, LUA_OK, (lua_KContext)w);
}

/* ---- node:wait_port ---- */

/* Nothing tells of a socket that listens, so it is looked for: soon, then ever more slowly. */
#define PORT_FIRST MS
#define PORT_LAST  (100 * MS)

struct port_wait {
	struct wait wait;
	int64_t end, pause;
	const struct child *server; /* whose end is that of the waiting; NULL: none */
	uint16_t port;
	char node[256];
};

/* "tcp", "udp", or NULL. */
static const char *port_protocol(lua_State *L, const struct port_wait *p)
{
	struct err err = ERR_INIT;
	bool tcp, udp;

	live_check_node(L, 1, "node:wait_port");
	if (listen_look(live_session(L)->lab, p->node, p->port, &tcp, &udp, &err) < 0) {
		err_wrap(&err, "node:wait_port");
		state_raise(L, &err);
	}
	return tcp ? "tcp" : udp ? "udp" : NULL;
}

static int port_go_on(lua_State *L, int status, lua_KContext context)
{
	struct port_wait *p = (struct port_wait *)context;
	const char *protocol;

	(void)status;
	for (;;) {
		bool over = clock_ns() >= p->end || (p->server && !child_running(p->server));

		if (over || wait_late(&p->wait)) {
			protocol = port_protocol(L, p);
			if (protocol || over) {
				lua_pushstring(L, protocol);
				return 1;
			}
			p->pause = p->pause * 2 < PORT_LAST ? p->pause * 2 : PORT_LAST;
			p->wait.deadline = clock_ns() + p->pause;
			if (p->wait.deadline > p->end)
				p->wait.deadline = p->end;
		}
		if (wait_more(L, &p->wait))
			return lua_yieldk(L, 0, context, port_go_on);
	}
}

/***
 * Wait until a program in the node listens on a port, TCP or UDP. The kernel tells nobody of that,
 * so it is looked for, ten times a second and, at first, more often.
 * @function Node:wait_port
 * @param port integer
 * @param seconds? number  how long at most
 * @param server? Program  the program that is to listen: its end is the end of the waiting
 * @return "tcp"|"udp"|nil  nil when the time was up, or the server has ended
 * @example
 * -- needs iperf3
 * local server <close> = h2:spawn("iperf3 -s")
 * assert(h2:wait_port(5201, 10, server) == "tcp")
 * assert(h1:wait_port(5201, 0) == nil)
 */
static int node_wait_port(lua_State *L)
{
	const struct graph_node *n = live_check_node(L, 1, "node:wait_port");
	struct port_wait *p;
	int64_t end;
	int whole;
	lua_Integer port = lua_tointegerx(L, 2, &whole);

	if (!whole || port < 1 || port > 65535)
		return luaL_error(L, "node:wait_port: a port is a number from 1 to 65535, not %s",
				  lua_isnoneornil(L, 2) ? "nil" : luaL_tolstring(L, 2, NULL));
	if (strlen(n->name) >= sizeof(p->node))
		return luaL_error(L, "node:wait_port: the node's name is too long");
	end = wait_deadline(L, 3, "node:wait_port");
	lua_settop(L, 4);
	p = lua_newuserdatauv(L, sizeof(*p), 0);
	*p = (struct port_wait){ .end = end, .pause = PORT_FIRST, .port = (uint16_t)port };
	p->server = lua_isnil(L, 4) ? NULL : program_check(L, 4);
	strcpy(p->node, n->name);
	wait_init(L, &p->wait, 0);
	return port_go_on(L, LUA_OK, (lua_KContext)p);
}

const luaL_Reg until_lab_methods[] = {
	{ "wait_until", lab_wait_until },
	{ "wait_any", lab_wait_any },
	{ NULL, NULL },
};
const luaL_Reg until_node_methods[] = {
	{ "wait_port", node_wait_port },
	{ NULL, NULL },
};
