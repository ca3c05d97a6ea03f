/*
 * What nodes hold besides interfaces: net:file, net:private, net:exec, net:daemon. All of it is
 * done once the network stands, in the order of the file.
 */
#include "lua/net_inside.h"

#include <string.h>

#include "lua/net.h"
#include "lua/options.h"

/* A build that never ends should be an error before it is a full machine. */
#define CONTENTS_MAX 65536

static struct draft *contents_check(lua_State *L, const char *call)
{
	struct draft *d = net_check(L, call + strlen("net:"));

	if (d->contents.n >= CONTENTS_MAX)
		luaL_error(L, "%s: more than %d of these calls", call, CONTENTS_MAX);
	return d;
}

/* Raise what a draft says, with the function's name before it. */
static int contents_raise(lua_State *L, const char *call, struct err *err)
{
	err_wrap(err, "%s", call);
	return state_raise(L, err);
}

/***
 * Run a program in a node when the lab is built: after all interfaces, addresses and routes are
 * there, in the order of the file. Another status than 0 is the end of the build, and everything is
 * undone.
 * @function net:exec
 * @param node string|BuildNode  a node, or "root"
 * @param command string|string[]  a line (with shell characters: /bin/sh -c), or its words
 * @example
 * local h1 = net:host("h1")
 * net:exec(h1, "ip link set lo mtu 9000")
 * net:exec(h1, { "sh", "-c", "test $(cat /sys/class/net/lo/mtu) = 9000" })
 */
static int contents_exec(lua_State *L)
{
	struct draft *d = contents_check(L, "net:exec");
	const char *place = net_name(L, 2, "net:exec", "the node");
	const char *line = options_command(L, 3, "net:exec");
	struct err err = ERR_INIT;

	if (draft_add_exec(d, place, line, &err) < 0)
		return contents_raise(L, "net:exec", &err);
	return 0;
}

void net_put_file(lua_State *L, struct draft *d, const char *call)
{
	const char *node = net_name(L, 2, call, "the node");
	const char *path = options_text(L, 3, call, "the path");
	const char *text = options_text(L, 4, call, "the text");
	struct err err = ERR_INIT;

	if (draft_add_file(d, node, path, text, &err) < 0)
		contents_raise(L, call, &err);
}

/***
 * Give a node a file of its own. Below /etc as `ip netns` has it: it is kept in /etc/netns/NODE,
 * and the node's programs see it in /etc. A node with a file in a directory of /etc, say
 * /etc/frr/frr.conf, sees only its own files in that directory.
 * @function net:file
 * @param node string|BuildNode
 * @param path string  "/etc/resolv.conf"
 * @param text string  what it holds
 * @example
 * net:host("h1")
 * net:file("h1", "/etc/resolv.conf", "nameserver 10.0.0.53\n")
 * net:exec("h1", "grep -q 10.0.0.53 /etc/resolv.conf")
 */
static int contents_file(lua_State *L)
{
	net_put_file(L, contents_check(L, "net:file"), "net:file");
	return 0;
}

void net_put_private(lua_State *L, struct draft *d, const char *call)
{
	const char *node = net_name(L, 2, call, "the node");
	const char *dir = options_text(L, 3, call, "the directory");
	struct err err = ERR_INIT;

	if (draft_add_private(d, node, dir, &err) < 0)
		contents_raise(L, call, &err);
}

/***
 * Give a node a directory of its own, empty at first, which its programs see instead of the lab's:
 * daemons that keep a socket or a pid file in /run do not get into each other's way. It goes with
 * the node.
 * @function net:private
 * @param node string|BuildNode
 * @param dir string  "/run", "/tmp", "/var/lib/misc"
 * @example
 * net:host("h1")
 * net:private("h1", "/tmp")
 * net:file("h1", "/tmp/mine/too", "1\n")
 * net:exec("h1", "test $(ls /tmp) = mine")
 */
static int contents_private(lua_State *L)
{
	net_put_private(L, contents_check(L, "net:private"), "net:private");
	return 0;
}

/* Option ready: a port or what is printed. */
static void contents_ready(lua_State *L, int index, const char *call, struct draft_daemon *daemon)
{
	int type = options_push(L, index, "ready"), whole = 1;
	lua_Integer port = type == LUA_TNUMBER ? lua_tointegerx(L, -1, &whole) : 1;

	if (type != LUA_TNIL && type != LUA_TNUMBER && type != LUA_TSTRING)
		luaL_error(L, "%s: ready is a port or what it prints, not %s", call,
			   options_type(L, -1));
	if (!whole || port < 1 || port > 65535)
		luaL_error(L, "%s: ready = %s is no port within 1 and 65535", call,
			   luaL_tolstring(L, -1, NULL));
	if (type == LUA_TNUMBER)
		daemon->port = (unsigned)port;
	else if (type != LUA_TNIL)
		daemon->text = options_text(L, -1, call, "ready");
	lua_pop(L, 1);
}

bool net_put_daemon(lua_State *L, struct draft *d, const char *call)
{
	static const char *const known[] = { "name", "optional", "ready", NULL };
	const char *node = net_name(L, 2, call, "the node");
	struct draft_daemon daemon = { 0 };
	struct err err = ERR_INIT;
	int left_out;

	if (options_check(L, 4, call, known)) {
		daemon.name = options_string(L, 4, call, "name");
		daemon.optional = options_bool(L, 4, call, "optional");
		contents_ready(L, 4, call, &daemon);
	}
	daemon.line = options_command(L, 3, call);
	left_out = draft_add_daemon(d, node, &daemon, &err);
	if (left_out < 0)
		contents_raise(L, call, &err);
	if (left_out)
		lua_pushstring(L, err.text);
	return !left_out;
}

/***
 * Run a program in a node, in the background, until the node ends: it is started when the lab is
 * built, has no terminal and no input, and prints into a log, /run/nslab/log/NODE-NAME.log. One
 * that fails at once, or does not get ready, is the end of the build, and everything is undone.
 * @function net:daemon
 * @param node string|BuildNode
 * @param command string|string[]  it stays in the foreground: "dnsmasq -k", "bird -f"
 * @param options? { name?: string, optional?: boolean, ready?: integer|string }  its name in the
 * node (the program's); where the program is not installed, it is left out; wait until something
 * listens on that port or it has printed that text
 * @return boolean  false: it is left out
 * @example
 * net:host("h1")
 * net:daemon("h1", "echo ready; sleep 1000", { name = "sleeper", ready = "ready" })
 * assert(not net:daemon("h1", "no-such-program", { optional = true }))
 */
static int contents_daemon(lua_State *L)
{
	bool there = net_put_daemon(L, contents_check(L, "net:daemon"), "net:daemon");

	if (!there)
		buf_printf(&state_of(L)->printed, "%s\n", lua_tostring(L, -1));
	lua_pushboolean(L, there);
	return 1;
}

const luaL_Reg net_contents[] = {
	{ "daemon", contents_daemon },
	{ "exec", contents_exec },
	{ "private", contents_private },
	{ "file", contents_file },
	{ NULL, NULL },
};
