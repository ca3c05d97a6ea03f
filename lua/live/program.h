/* A program of a script, as Lua holds it: the class Program. */
#ifndef NSLAB_LUA_LIVE_PROGRAM_H
#define NSLAB_LUA_LIVE_PROGRAM_H

#include <lauxlib.h>
#include <lua.h>

#include "lua/live/child.h"

/* Push one that does not run yet, of the node at NODE; its command, at COMMAND, is a line or a
 * table of words. */
struct child *program_push(lua_State *L, int node, int command);
/* What errors call the one at INDEX: its command. Left on the stack. */
const char *program_command(lua_State *L, int index);
/* Push the Result of C, which has ended: what it printed and nobody has read, and how it ended. */
void program_push_result(lua_State *L, struct child *c, bool timed_out);
/* The signal at INDEX, a name or a number; none: USUAL. May raise. */
int program_check_signal(lua_State *L, int index, const char *call, int usual);

struct child *program_check(lua_State *L, int index);
/* Raise where the program at INDEX waits for somebody to read, and nobody can: CALL would wait for
 * ever. */
void program_check_read(lua_State *L, int index, const char *call);
/* Push what nobody has read of S yet, which is read then. */
void program_push_unread(lua_State *L, struct stream *s);

/* The methods that read and write. */
extern const luaL_Reg program_io_methods[];
void program_open_io(lua_State *L);

#endif
