/* A cable between two interfaces, as a script holds it. */
#include "lua/live/inside.h"

#include <stdio.h>

#include "plan/draft.h"

#define LINK_TYPE "Link"

/* Which end is called a may change (a switch's is b), so a handle has them by age. */
int live_push_link(lua_State *L, struct graph_port *p, struct graph_port *peer)
{
	const struct graph_link l = graph_link_of(p, peer);
	const bool swap = p->node->order > peer->node->order ||
			  (p->node == peer->node && p->order > peer->order);
	const struct graph_port *first = swap ? peer : p, *second = swap ? p : peer;
	const struct live_handle h = { .node = { first->node->order, second->node->order },
				       .port = { first->order, second->order } };
	char text[160];

	snprintf(text, sizeof(text), "%s - %s", l.a->shown, l.b->shown);
	return live_push_handle(L, LINK_TYPE, &h, text);
}

/* Both ends as they are now; false: it is gone. */
static bool find_link(lua_State *L, int index, struct graph_link *l)
{
	const struct live_handle *h = luaL_checkudata(L, index, LINK_TYPE);
	const struct graph *g = live_graph(L);

	struct graph_port *first = live_port_of(g, h, 0), *second = live_port_of(g, h, 1);

	if (!first || !second || graph_port_peer(g, first) != second)
		return false;
	*l = graph_link_of(first, second);
	return true;
}

static struct graph_link check_link(lua_State *L, const char *call)
{
	struct graph_link l;

	if (!find_link(L, 1, &l))
		live_raise_gone(L, 1, call, "link");
	return l;
}

/***
 * @class Link  a cable: `h1.eth0.link`, and what `lab:link` returns
 * @field Link.a Interface  one end; of a link to a switch the other's
 */
static int link_a(lua_State *L)
{
	return live_push_interface(L, check_link(L, NULL).a);
}

/***
 * @field Link.b Interface  the other end
 */
static int link_b(lua_State *L)
{
	return live_push_interface(L, check_link(L, NULL).b);
}

/***
 * @field Link.exists boolean  false once it is deleted
 */
static int link_exists(lua_State *L)
{
	struct graph_link l;

	lua_pushboolean(L, find_link(L, 1, &l));
	return 1;
}

/***
 * @field Link.state string  that of the worse end: "up", "down" (cut), "no carrier", "blocked", ...
 * @example
 * assert(h1.eth0.link.state == "up")
 */
static int link_state(lua_State *L)
{
	const struct graph_link l = check_link(L, NULL);
	enum graph_state a = graph_port_state(l.a), b = graph_port_state(l.b);

	lua_pushstring(L, graph_state_name(a < b ? a : b));
	return 1;
}

static int switch_link(lua_State *L, bool up, const char *call)
{
	const struct graph_link l = check_link(L, call);
	struct plan plan = { 0 };

	draft_link_state(&l, 1, up, &plan);
	live_apply(L, &plan);
	return 0;
}

/***
 * Cut the cable: no carrier. Addresses and routes are back after `up`.
 * @function Link:down
 * @example
 * local cable = h1.eth0.link
 * cable:down()
 * assert(cable.state == "down")
 * cable:up()
 * assert(lab:pingpair(h1, h2).lost == 0)
 */
static int link_down(lua_State *L)
{
	return switch_link(L, false, "link:down");
}

/***
 * Mend the cable.
 * @function Link:up
 */
static int link_up(lua_State *L)
{
	return switch_link(L, true, "link:up");
}

/***
 * Delete the link, and the interfaces at both ends.
 * @function Link:del
 * @example
 * h1.eth0.link:del()
 * assert(#h1.interfaces == 1)
 */
static int link_del(lua_State *L)
{
	const struct graph_link l = check_link(L, "link:del");
	struct plan plan = { 0 };

	draft_del_links(&l, 1, &plan);
	live_apply(L, &plan);
	return 0;
}

static const luaL_Reg link_methods[] = {
	{ "__tostring", live_handle_tostring },
	{ "down", link_down },
	{ "up", link_up },
	{ "del", link_del },
	{ NULL, NULL },
};
static const struct class_field link_fields[] = {
	{ "a", link_a, NULL },
	{ "b", link_b, NULL },
	{ "exists", link_exists, NULL },
	{ "state", link_state, NULL },
	{ 0 },
};
static const struct class link_class = {
	.type = LINK_TYPE,
	.noun = "link",
	.methods = (const luaL_Reg *const[]){ link_methods, NULL },
	.fields = (const struct class_field *const[]){ link_fields, NULL },
};

void live_open_link(lua_State *L)
{
	class_register(L, &link_class);
}
