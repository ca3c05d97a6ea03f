/* JSON in Lua: the library `json`, and documents as Lua values for whoever reads files. */
#ifndef NSLAB_LUA_JSON_H
#define NSLAB_LUA_JSON_H

#include <stddef.h>

#include <lua.h>

/* Set the global `json`: decode, encode, array, null. May raise. */
void json_open_library(lua_State *L);
/* Push the document TEXT (a NUL behind its LEN bytes) as json.decode would. Raises "line 3, column
 * 7: ..." with CALL ("json.decode: ") before it. */
void json_push(lua_State *L, const char *text, size_t len, const char *call);

/* Between json.c and json_encode.c. */
#define JSON_ARRAY_TYPE "json.array" /* the metatable of what is a list also when it is empty */
void json_push_null(lua_State *L);
int json_encode(lua_State *L);

#endif
