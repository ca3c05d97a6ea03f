/* What a script finds in its state: Lua's own libraries, less whatever reaches beyond them. */
#ifndef NSLAB_LUA_SANDBOX_H
#define NSLAB_LUA_SANDBOX_H

#include <lua.h>

/* Fill the globals of a state made by state_new(). May raise. */
void sandbox_open(lua_State *L);

#endif
