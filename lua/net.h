/*
 * `net`, the object a build function draws with: net:host, net:switch, net:router, net:link. Each
 * adds to the draft of the state and touches nothing else; what cannot be is a Lua error at the
 * script's line.
 */
#ifndef NSLAB_LUA_NET_H
#define NSLAB_LUA_NET_H

#include <lua.h>

#include "lua/state.h"
#include "plan/draft.h"

/* A build begins and ends: between the two, `net` and the nodes it returns are alive. NOTES: errors
 * of what is drawn, once it is made, name the line that asks for it. */
void net_begin(struct state *s, struct draft *d, bool notes);
void net_end(struct state *s);
/* Push the `net` of the build that runs. May raise. */
void net_push(lua_State *L);

/* What the functions of `net` do, each for a draft of the caller's: the same arguments, from 2 on.
 * Errors begin with CALL ("lab:link"). May raise. */

void net_put_node(lua_State *L, struct draft *d, enum graph_kind kind, const char *call);
void net_put_link(lua_State *L, struct draft *d, const char *call);
void net_put_device(lua_State *L, struct draft *d, const char *call);
void net_put_address(lua_State *L, struct draft *d, const char *call);
void net_put_route(lua_State *L, struct draft *d, const char *call);
void net_put_sysctl(lua_State *L, struct draft *d, const char *call);
void net_put_file(lua_State *L, struct draft *d, const char *call);
void net_put_private(lua_State *L, struct draft *d, const char *call);
/* False: it is left out; pushes why. */
bool net_put_daemon(lua_State *L, struct draft *d, const char *call);

#endif
