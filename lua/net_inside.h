/* Inside the lua room: what net.c, net_link.c, net_lan.c, net_parts.c and net_contents.c share. */
#ifndef NSLAB_LUA_NET_INSIDE_H
#define NSLAB_LUA_NET_INSIDE_H

#include <stdbool.h>

#include <lauxlib.h>

#include "plan/draft.h"

/* The draft of the `net` at 1. METHOD is the function's name. */
struct draft *net_check(lua_State *L, const char *method);
/* The name at INDEX: a node's, or text. WHICH names the argument. */
const char *net_name(lua_State *L, int index, const char *call, const char *which);
/* Push a node's handle. */
int net_push_node(lua_State *L, const char *name);

/* ---- options of a device, in the words of `ip` (plan/phrase.h) ---- */

/* The table at INDEX, where there is one, holds nothing but the options of KIND and OWN
 * (NULL-terminated). */
bool net_check_options(lua_State *L, int index, const char *call, const char *kind,
		       const char *const *own);
/* Push the options of KIND in the table at INDEX as one string. */
const char *net_options(lua_State *L, int index, const char *call, const char *kind);

int net_link(lua_State *L);
int net_lan(lua_State *L);
/* net:namespace, net:veth, ...: piece by piece. NULL-terminated. */
extern const luaL_Reg net_parts[];
/* net:exec, net:file: what nodes hold besides interfaces. NULL-terminated. */
extern const luaL_Reg net_contents[];

#endif
