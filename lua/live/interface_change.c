/* What a script sets on an interface: each an operation, at once; several in one `set` all or none.
 */
#include "lua/live/inside.h"

#include <stdio.h>
#include <string.h>

#include "lua/options.h"
#include "plan/draft.h"

/* The value at INDEX, as a master: a name, an interface, or false or nil for none. */
static const char *take_master(lua_State *L, int index, const char *call)
{
	const struct graph_port *p = live_find_interface(L, index);

	if (p)
		return p->name;
	if (lua_isnil(L, index) || (lua_isboolean(L, index) && !lua_toboolean(L, index)))
		return "";
	if (lua_type(L, index) != LUA_TSTRING)
		luaL_error(L, "%s: master is an interface of the node, its name, or nil", call);
	return lua_tostring(L, index);
}

/* The value at INDEX for field NAME; what it points to lives as long as the value. */
static void take_setting(lua_State *L, int index, const char *call, const char *name,
			 struct draft_settings *s)
{
	if (strcmp(name, "up") == 0) {
		if (!lua_isboolean(L, index))
			luaL_error(L, "%s: up is true or false, not %s", call,
				   options_type(L, index));
		s->set |= lua_toboolean(L, index) ? SET_UP : SET_DOWN;
	} else if (strcmp(name, "mtu") == 0) {
		s->mtu = options_take_mtu(L, index, call);
		s->set |= SET_MTU;
	} else if (strcmp(name, "mac") == 0) {
		options_parse_mac(L, call, options_text(L, index, call, "mac"), s->mac);
		s->set |= SET_MAC;
	} else if (strcmp(name, "name") == 0) {
		s->name = options_text(L, index, call, "name");
		s->set |= SET_NAME;
	} else {
		s->master = take_master(L, index, call);
		s->set |= SET_MASTER;
	}
}

static void apply_settings(lua_State *L, const struct graph_port *p, const struct draft_settings *s,
			   const char *call)
{
	struct plan plan = { 0 };
	struct err err = ERR_INIT;

	if (draft_change_interface(p, s, &plan, &err) != 0) {
		plan_free(&plan);
		err_wrap(&err, "%s", call);
		state_raise(L, &err);
	}
	live_apply(L, &plan);
}

int live_set_interface(lua_State *L)
{
	const struct graph_port *p = live_check_interface(L, 1, NULL);
	struct draft_settings s = { 0 };

	take_setting(L, 3, p->shown, lua_tostring(L, 2), &s);
	apply_settings(L, p, &s, p->shown);
	return 0;
}

/***
 * Set several things in one go: all of them, or, where one fails, none.
 * @function Interface:set
 * @param settings { up?: boolean, mtu?: integer, mac?: string, master?: Interface|string|false,
 * name?: string }
 * @example
 * h1.eth0:set { mtu = 1400, mac = "02:00:00:00:aa:01" }
 * assert(h1.eth0.mtu == 1400 and h1.eth0.mac == "02:00:00:00:aa:01")
 */
static int interface_set(lua_State *L)
{
	static const char *const known[] = { "up", "mtu", "mac", "master", "name", NULL };
	const struct graph_port *p = live_check_interface(L, 1, "interface:set");
	struct draft_settings s = { 0 };

	lua_settop(L, 2);
	if (!options_check(L, 2, "interface:set", known))
		return luaL_error(L, "interface:set: what is to be set? write { mtu = 1400 }");
	for (size_t i = 0; known[i]; i++)
		if (options_push(L, 2, known[i]) != LUA_TNIL)
			take_setting(L, lua_gettop(L), "interface:set", known[i], &s);
	apply_settings(L, p, &s, "interface:set");
	return 0;
}

/***
 * One more address.
 * @function Interface:add_address
 * @param address string  as `ip address add` takes it: "10.0.0.1/24"
 * @example
 * h1.eth0:add_address("192.168.7.1/24")
 * assert(#h1.eth0.addresses == 3)
 */
static int interface_add_address(lua_State *L)
{
	const char *call = "interface:add_address";
	const struct graph_port *p = live_check_interface(L, 1, call);
	const char *address = options_text(L, 2, call, "the address");
	struct draft *d = live_draft(L);
	struct err err = ERR_INIT;

	if (draft_add_address(d, p->node->name, p->name, address, &err) != 0) {
		err_wrap(&err, "%s", call);
		return state_raise(L, &err);
	}
	live_draft_apply(L, d);
	return 0;
}

/***
 * Take an address away.
 * @function Interface:del_address
 * @param address string  "10.0.0.1/8", or without its length
 * @example
 * h1.eth0:del_address(h1.ip)
 * assert(not h1.ip)
 */
static int interface_del_address(lua_State *L)
{
	const char *call = "interface:del_address";
	const struct graph_port *p = live_check_interface(L, 1, call);
	const char *address = options_text(L, 2, call, "the address");
	struct plan plan = { 0 };
	struct err err = ERR_INIT;

	if (draft_del_address(p, address, &plan, &err) != 0) {
		plan_free(&plan);
		err_wrap(&err, "%s", call);
		return state_raise(L, &err);
	}
	live_apply(L, &plan);
	return 0;
}

/***
 * Delete it; of a veth pair both ends go.
 * @function Interface:del
 * @example
 * local bridge = h1:add_interface("br0", { kind = "bridge" })
 * bridge:del()
 * assert(not bridge.exists)
 */
static int interface_del(lua_State *L)
{
	const struct graph_port *p = live_check_interface(L, 1, "interface:del");
	struct plan plan = { 0 };
	struct err err = ERR_INIT;

	if (draft_del_interface(p, &plan, &err) != 0) {
		err_wrap(&err, "interface:del");
		return state_raise(L, &err);
	}
	live_apply(L, &plan);
	return 0;
}

const luaL_Reg interface_change_methods[] = {
	{ "set", interface_set },
	{ "add_address", interface_add_address },
	{ "del_address", interface_del_address },
	{ "del", interface_del },
	{ NULL, NULL },
};
