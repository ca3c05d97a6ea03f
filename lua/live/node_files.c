/* What a script puts into a node besides interfaces: files, directories, daemons. */
#include "lua/live/inside.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "kernel/namespace.h"
#include "kernel/process.h"
#include "lua/net.h"
#include "lua/options.h"

/* `net` has its place before the arguments that it takes. */
static struct draft *open_draft(lua_State *L, const char *call)
{
	live_check_node(L, 1, call);
	lua_pushnil(L);
	lua_insert(L, 1);
	lua_settop(L, 4);
	return live_draft(L);
}

/* ---- files ---- */

static int fail(lua_State *L, const char *path, int code)
{
	lua_pushnil(L);
	lua_pushfstring(L, "%s: %s", path, strerror(code));
	return 2;
}

static int read_file(lua_State *L, const char *call)
{
	const struct graph_node *n = live_check_node(L, 1, call);
	const char *path = options_text(L, 2, call, "the path");
	struct program p = PROGRAM_INIT;
	struct err err = ERR_INIT;
	int *fd = live_descriptor(L);
	luaL_Buffer text;
	ssize_t got;

	if (lab_place_program(live_session(L)->lab, n->name, &p, &err) < 0)
		return state_raise(L, &err);
	*fd = namespace_open_file(p.net, p.mnt, p.uts, path);
	if (*fd < 0)
		return fail(L, path, errno);
	luaL_buffinit(L, &text);
	while ((got = read(*fd, luaL_prepbuffer(&text), LUAL_BUFFERSIZE)) > 0)
		luaL_addsize(&text, (size_t)got);
	if (got < 0)
		return fail(L, path, errno);
	luaL_pushresult(&text);
	close(*fd);
	*fd = -1;
	return 1;
}

/***
 * Read a file as the node's programs see it, or give the node one of its own. Below /etc it is then
 * in /etc/netns/NODE, as `ip netns` has it; elsewhere it must be in a directory of the node's own.
 * @function Node:file
 * @param path string  "/etc/resolv.conf"
 * @param text? string  what it is to hold; without it, the file is read
 * @return string?  what it holds; nil when it cannot be read
 * @return string?  why not
 * @example
 * h1:file("/etc/resolv.conf", "nameserver 10.0.0.53\n")
 * assert(h1:file("/etc/resolv.conf") == "nameserver 10.0.0.53\n")
 * assert(h2:file("/etc/resolv.conf") ~= h1:file("/etc/resolv.conf"))
 * assert(h1:file("/sys/class/net/h1-eth0/mtu") == "1500\n")
 * print(h1:file("/no/such"))  --> nil  /no/such: No such file or directory
 */
static int node_file(lua_State *L)
{
	struct draft *d;

	if (lua_isnoneornil(L, 3))
		return read_file(L, "node:file");
	d = open_draft(L, "node:file");
	net_put_file(L, d, "node:file");
	live_draft_apply(L, d);
	return 0;
}

/***
 * Give the node a directory of its own, empty at first, which its programs see instead of the
 * lab's: those that start from now on.
 * @function Node:private
 * @param dir string  "/run", "/tmp", "/var/lib/misc"
 * @example
 * h1:private("/tmp")
 * h1:run("echo of h1 > /tmp/nslab-example")
 * assert(h1:file("/tmp/nslab-example") == "of h1\n" and not h2:file("/tmp/nslab-example"))
 */
static int node_private(lua_State *L)
{
	struct draft *d = open_draft(L, "node:private");

	net_put_private(L, d, "node:private");
	live_draft_apply(L, d);
	return 0;
}

/***
 * Run a program in the node, in the background, until the node ends: it has no terminal and no
 * input, and prints into a log. The script may end before it. One that fails at once, or does not
 * get ready, is an error.
 * @function Node:daemon
 * @param command string|string[]  it stays in the foreground: "dnsmasq -k", "bird -f"
 * @param options? { name?: string, optional?: boolean, ready?: integer|string }  as of `net:daemon`
 * @return Daemon?  nil where it is optional and not installed
 * @return string?  why not
 * @example
 * local d = h1:daemon("echo it serves; exec sleep 1000", { name = "sleeper", ready = "serves" })
 * assert(d.running and d.log == "it serves\n")
 * d:stop()
 * assert(not d.running and d.status == 128 + 15)
 */
static int node_daemon(lua_State *L)
{
	struct draft *d = open_draft(L, "node:daemon");
	size_t before = d->contents.n;

	if (!net_put_daemon(L, d, "node:daemon")) {
		lua_pushnil(L);
		lua_insert(L, -2);
		return 2;
	}
	lua_pushstring(L, d->contents.ops[before].key);
	live_draft_apply(L, d);
	return live_push_daemon(L, live_check_node(L, 2, "node:daemon"), lua_tostring(L, -1));
}

const luaL_Reg node_files_methods[] = {
	{ "file", node_file },
	{ "private", node_private },
	{ "daemon", node_daemon },
	{ NULL, NULL },
};
