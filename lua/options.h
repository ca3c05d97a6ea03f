/*
 * The option tables of `net`, read field by field, each with an error a student can act on. CALL is
 * the function as people write it ("net:host"). All of these may raise, at the script's line.
 */
#ifndef NSLAB_LUA_OPTIONS_H
#define NSLAB_LUA_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include <lua.h>

#include "base/address.h"

struct options_address {
	bool none;	       /* ip = "none" */
	struct prefix ip, ip6; /* family 0: not given */
};

/* What stands at INDEX, for an error that is raised then: "nil", "a number", "a Node"; it is
 * pushed. */
const char *options_type(lua_State *L, int index);
/* Is there a table at INDEX? Then all its keys are among KNOWN (NULL-terminated), or this raises.
 */
bool options_check(lua_State *L, int index, const char *call, const char *const *known);
/* Push field NAME of the table at INDEX, without metamethods; its type. */
int options_push(lua_State *L, int index, const char *name);
/* The string at INDEX, for option NAME: nothing is converted, and a zero byte is refused. */
const char *options_text(lua_State *L, int index, const char *call, const char *name);
/* The address TEXT of option NAME ("ip" or "ip6"), or "none" for "ip". */
void options_parse_address(lua_State *L, const char *call, const char *name, const char *text,
			   struct options_address *out);
/* The same of a MAC, of an interface and not of a group. */
void options_parse_mac(lua_State *L, const char *call, const char *text, uint8_t mac[6]);
/* The number of bytes at INDEX. */
uint32_t options_take_mtu(lua_State *L, int index, const char *call);

/* Fields of the table at INDEX; what is not given leaves false, 0, NULL. The text lives as long as
 * the table. */
void options_addresses(lua_State *L, int index, const char *call, struct options_address *out);
/* The address in field NAME, "via" or "via6". */
const char *options_gateway(lua_State *L, int index, const char *call, const char *name);
bool options_bool(lua_State *L, int index, const char *call, const char *name);
unsigned options_count(lua_State *L, int index, const char *call, const char *name, unsigned max);
uint32_t options_mtu(lua_State *L, int index, const char *call);
const char *options_string(lua_State *L, int index, const char *call, const char *name);
/* The command at INDEX, a line or a table of words, as a line; pushes that, or nothing. */
const char *options_command(lua_State *L, int index, const char *call);

#endif
