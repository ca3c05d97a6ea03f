/* lab:events: what changes in the lab, for a script. */
#include "lua/live/inside.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/mem.h"
#include "command/change.h"

#define EVENTS_TYPE "Events"
/* What is kept for a script that does not ask. */
#define EVENTS_MAX 10000

/* A change, as it was when it happened. */
struct event {
	struct event *next;
	double time;
	const char *kind;
	char *node;
	unsigned order; /* of the node */
	char interface[IFNAMSIZ];
	char *value, *text; /* value: NULL: none */
	bool is_address;
};

/***
 * @class Event  a change of the lab
 * @field Event.kind string  "down", "address added", ...: as in the lines of `events`
 * @field Event.node Node  where; one that has been deleted has its name left: tostring(e.node)
 * @field Event.interface string?
 * @field Event.value string?  what there is to say besides: the address, the route, the new name
 * @field Event.address string?  of one that was added or deleted: "10.0.0.1/8"
 * @field Event.text string  the line that `events` prints, without the time
 * @field Event.time number  seconds since 1970
 */
/* One iterator. */
struct listener {
	struct graph_observer observer;
	struct graph *graph; /* NULL: it listens no more */
	int64_t deadline;
	struct event *first, **end;
	size_t n, lost;
};

static void event_free(struct event *e)
{
	free(e->node);
	free(e->value);
	free(e->text);
	free(e);
}

/* ---- hearing ---- */

static void hear(const struct graph_change *c, void *data)
{
	struct listener *l = data;
	struct buf value = { 0 }, line = { 0 };
	struct timespec now;
	const char *text;
	struct event *e;

	if (l->n == EVENTS_MAX) {
		l->lost++;
		return;
	}
	clock_gettime(CLOCK_REALTIME, &now);
	change_put_value(&value, c);
	change_put_line(&line, c);
	text = buf_text(&value) + strspn(buf_text(&value), ", ");
	e = mem_alloc(sizeof(*e));
	*e = (struct event){
		.time = (double)now.tv_sec + (double)now.tv_nsec / 1e9,
		.kind = change_word(c),
		.node = mem_strdup(c->node->name),
		.order = c->node->order,
		.value = *text ? mem_strdup(text) : NULL,
		.text = mem_strdup(buf_text(&line)),
		.is_address = c->address != NULL,
	};
	if (c->port)
		memcpy(e->interface, c->port->name, sizeof(e->interface));
	buf_free(&value);
	buf_free(&line);
	*l->end = e;
	l->end = &e->next;
	l->n++;
}

static void stop_listening(struct listener *l)
{
	if (l->graph)
		graph_unobserve(l->graph, &l->observer);
	l->graph = NULL;
	while (l->first) {
		struct event *e = l->first;

		l->first = e->next;
		event_free(e);
	}
}

static int events_close(lua_State *L)
{
	stop_listening(luaL_checkudata(L, 1, EVENTS_TYPE));
	return 0;
}

/* ---- telling ---- */

static void set_text(lua_State *L, const char *name, const char *text)
{
	lua_pushstring(L, text);
	lua_setfield(L, -2, name);
}

static void push_event(lua_State *L, const struct event *e)
{
	const struct graph_node node = { .name = e->node, .order = e->order };

	lua_createtable(L, 0, 7);
	lua_pushnumber(L, e->time);
	lua_setfield(L, -2, "time");
	live_push_node(L, &node);
	lua_setfield(L, -2, "node");
	set_text(L, "kind", e->kind);
	set_text(L, "text", e->text);
	if (*e->interface)
		set_text(L, "interface", e->interface);
	if (e->value)
		set_text(L, "value", e->value);
	if (e->is_address)
		set_text(L, "address", e->value);
}

static void push_lost(lua_State *L, size_t lost)
{
	lua_createtable(L, 0, 2);
	set_text(L, "kind", "lost");
	lua_pushfstring(L, "%d changes were lost: nobody asked for them in time", (int)lost);
	lua_setfield(L, -2, "text");
}

static int next_go_on(lua_State *L, int status, lua_KContext context)
{
	struct listener *l = lua_touserdata(L, lua_upvalueindex(1));
	struct wait *w = (struct wait *)context;
	struct event *e;

	(void)status;
	while (!l->first && l->graph) {
		if (l->lost) {
			push_lost(L, l->lost);
			l->lost = 0;
			return 1;
		}
		if (wait_late(w))
			stop_listening(l);
		else if (wait_more(L, w))
			return lua_yieldk(L, 0, context, next_go_on);
	}
	e = l->first;
	if (!e)
		return 0;
	push_event(L, e);
	l->first = e->next;
	if (!l->first)
		l->end = &l->first;
	l->n--;
	event_free(e);
	return 1;
}

static int events_next(lua_State *L)
{
	const struct listener *l = lua_touserdata(L, lua_upvalueindex(1));

	return next_go_on(L, LUA_OK, (lua_KContext)wait_push(L, l->deadline));
}

/***
 * Iterate over what changes in the lab, as it happens and whoever does it: `e.kind` and the other
 * words are those of the command `events`. It waits for the kernel to tell. Each iterator is told
 * of all that happens from its making on, 10000 changes at most while nobody asks it (then comes
 * one of the kind "lost").
 * @function Lab:events
 * @param seconds? number  when it ends; never unless said otherwise
 * @return fun(): Event
 * @example
 * parallel(
 *   function() sleep(0.1) h1:run("ip link set h1-eth0 down") end,
 *   function()
 *     for e in lab:events(5) do
 *       if e.kind == "down" then
 *         assert(e.node.name == "h1" and e.interface == "h1-eth0" and e.text == "h1  h1-eth0 down")
 *         break
 *       end
 *     end
 *   end)
 */
static int lab_events(lua_State *L)
{
	struct graph *g = live_graph(L);
	int64_t deadline = wait_deadline(L, 2, "lab:events");
	struct listener *l = lua_newuserdatauv(L, sizeof(*l), 0);
	struct err err = ERR_INIT;

	*l = (struct listener){ .deadline = deadline };
	l->end = &l->first;
	l->observer = (struct graph_observer){ .tell = hear, .data = l };
	luaL_setmetatable(L, EVENTS_TYPE);
	if (graph_observe(g, &l->observer, &err) < 0)
		state_raise(L, &err);
	l->graph = g;
	/* For the `for` loop: the function, nothing, nothing, and what it closes at its end. */
	lua_pushvalue(L, -1);
	lua_pushcclosure(L, events_next, 1);
	lua_insert(L, -2);
	lua_pushnil(L);
	lua_pushnil(L);
	lua_rotate(L, -3, 2);
	return 4;
}

const luaL_Reg events_lab_methods[] = {
	{ "events", lab_events },
	{ NULL, NULL },
};

void live_open_events(lua_State *L)
{
	luaL_newmetatable(L, EVENTS_TYPE);
	lua_pushcfunction(L, events_close);
	lua_pushvalue(L, -1);
	lua_setfield(L, -3, "__close");
	lua_setfield(L, -2, "__gc");
	lua_pop(L, 1);
}
