#include "lua/live/program.h"

#include <signal.h>
#include <string.h>

#include "base/clock.h"
#include "lua/live/inside.h"
#include "lua/options.h"

#define PROGRAM_TYPE "Program"
#define RESULT_TYPE  "Result"
/* From TERM to KILL in p:stop(). */
#define GRACE_NS INT64_C(2000000000)

/* ---- the object: a child, its node and its command ---- */

struct child *program_push(lua_State *L, int node, int command)
{
	struct child *c = lua_newuserdatauv(L, sizeof(*c), 2);
	luaL_Buffer b;

	*c = CHILD_INIT;
	luaL_setmetatable(L, PROGRAM_TYPE);
	lua_pushvalue(L, node);
	lua_setiuservalue(L, -2, 1);
	if (lua_istable(L, command)) {
		luaL_buffinit(L, &b);
		for (lua_Unsigned i = 1; i <= lua_rawlen(L, command); i++) {
			luaL_addstring(&b, i > 1 ? " " : "");
			lua_rawgeti(L, command, (lua_Integer)i);
			luaL_addvalue(&b);
		}
		luaL_pushresult(&b);
	} else {
		lua_pushvalue(L, command);
	}
	lua_setiuservalue(L, -2, 2);
	return c;
}

const char *program_command(lua_State *L, int index)
{
	lua_getiuservalue(L, index, 2);
	return lua_tostring(L, -1);
}

struct child *program_check(lua_State *L, int index)
{
	return luaL_checkudata(L, index, PROGRAM_TYPE);
}

int program_check_signal(lua_State *L, int index, const char *call, int usual)
{
	struct err err = ERR_INIT;
	int signal;

	if (lua_isnoneornil(L, index))
		return usual;
	if (lua_type(L, index) != LUA_TNUMBER && lua_type(L, index) != LUA_TSTRING)
		luaL_error(L, "%s: a signal is a name such as \"INT\" or a number, not %s", call,
			   options_type(L, index));
	signal = signal_parse(lua_tostring(L, index), &err);
	if (signal < 0) {
		err_wrap(&err, "%s", call);
		state_raise(L, &err);
	}
	return signal;
}

/* ---- results ---- */

/* "KILL", or a number where there is no name. */
static void push_signal(lua_State *L, const struct process_status *s)
{
	const char *name = s->state == PROCESS_KILLED ? sigabbrev_np(s->value) : NULL;

	if (s->state != PROCESS_KILLED)
		lua_pushnil(L);
	else if (name)
		lua_pushstring(L, name);
	else
		lua_pushinteger(L, s->value);
}

void program_push_unread(lua_State *L, struct stream *s)
{
	lua_pushlstring(L, stream_text(s), stream_size(s));
	stream_skip(s, stream_size(s));
}

/***
 * @class Result  how a program has ended, and what it printed
 * @field Result.status integer  its exit status; 128 + the signal's number when one has killed it
 * @field Result.ok boolean  whether the status is 0
 * @field Result.out string  what it printed to stdout and nobody has read
 * @field Result.err string  the same of stderr
 * @field Result.signal string|integer|nil  what has killed it: "KILL"
 * @field Result.timed_out boolean?  true when its time was up
 */
void program_push_result(lua_State *L, struct child *c, bool timed_out)
{
	int code = process_exit_code(&c->status);

	lua_createtable(L, 0, 6);
	lua_pushinteger(L, code);
	lua_setfield(L, -2, "status");
	lua_pushboolean(L, code == 0);
	lua_setfield(L, -2, "ok");
	program_push_unread(L, &c->streams[CHILD_OUT]);
	lua_setfield(L, -2, "out");
	program_push_unread(L, &c->streams[CHILD_ERR]);
	lua_setfield(L, -2, "err");
	push_signal(L, &c->status);
	lua_setfield(L, -2, "signal");
	if (timed_out) {
		lua_pushboolean(L, 1);
		lua_setfield(L, -2, "timed_out");
	}
	luaL_setmetatable(L, RESULT_TYPE);
}

/* A field that is not there: nil where it may be missing, else a slip of the keyboard. */
static int result_index(lua_State *L)
{
	const char *name = luaL_tolstring(L, 2, NULL);

	if (strcmp(name, "signal") == 0 || strcmp(name, "timed_out") == 0)
		return 0;
	return luaL_error(
		L, "a result has no \"%s\"; it has status, ok, out, err, signal, timed_out", name);
}

/* All it printed, for print(), which ends the line. */
static int result_tostring(lua_State *L)
{
	const char *text;
	size_t len;

	lua_getfield(L, 1, "out");
	lua_getfield(L, 1, "err");
	lua_concat(L, 2);
	text = lua_tolstring(L, -1, &len);
	lua_pushlstring(L, text, len && text[len - 1] == '\n' ? len - 1 : len);
	return 1;
}

/* ---- ending ---- */

/***
 * Send a signal to the program and to all it has started that is still of its process group.
 * @function Program:kill
 * @param signal? string|integer  "INT", "SIGINT" or 2; TERM unless said otherwise
 * @return boolean  false when it has ended already
 * @example
 * local p = h1:spawn("sleep 60")
 * assert(p:kill("KILL"))
 * assert(p:wait(5).status == 128 + 9)
 * assert(not p:kill())
 */
static int program_kill(lua_State *L)
{
	struct child *c = program_check(L, 1);
	int signal = program_check_signal(L, 2, "p:kill", SIGTERM);

	wait_catch_up(L);
	lua_pushboolean(L, child_running(c));
	child_signal(c, signal);
	return 1;
}

void program_check_read(lua_State *L, int index, const char *call)
{
	const struct child *c = lua_touserdata(L, index);

	/* Another function of parallel() may read. */
	if (!child_running(c) || !child_full(c) || wait_shares(L))
		return;
	luaL_error(L,
		   "%s: %s has printed %d MB and waits for somebody to read: p:lines(), p:read(), "
		   "or let it write to a file",
		   call, program_command(L, index), (int)(c->keep >> 20));
}

static int wait_go_on(lua_State *L, int status, lua_KContext context)
{
	struct wait *w = (struct wait *)context;
	struct child *c = lua_touserdata(L, 1);

	(void)status;
	while (child_running(c)) {
		if (wait_late(w))
			return wait_in_vain(L);
		program_check_read(L, 1, "p:wait");
		if (wait_more(L, w))
			return lua_yieldk(L, 0, context, wait_go_on);
	}
	program_push_result(L, c, false);
	return 1;
}

/***
 * Wait until the program has ended.
 * @function Program:wait
 * @param seconds? number  how long at most
 * @return Result?  nil when it still runs then
 * @example
 * local p = h1:spawn("sleep 60")
 * assert(p:wait(0.1) == nil and p.running)
 */
static int program_wait(lua_State *L)
{
	program_check(L, 1);
	return wait_go_on(L, LUA_OK, (lua_KContext)wait_push(L, wait_deadline(L, 2, "p:wait")));
}

static int stop_go_on(lua_State *L, int status, lua_KContext context)
{
	struct wait *w = (struct wait *)context;
	struct child *c = lua_touserdata(L, 1);

	(void)status;
	while (child_running(c)) {
		/* What it still prints must not keep it from ending. */
		if (wait_late(w) || child_full(c)) {
			child_signal(c, SIGKILL);
			w->deadline = WAIT_FOREVER;
		}
		if (wait_more(L, w))
			return lua_yieldk(L, 0, context, stop_go_on);
	}
	program_push_result(L, c, false);
	return 1;
}

/***
 * End the program and all of its process group: TERM and, for one that has not ended two seconds
 * later, KILL.
 * @function Program:stop
 * @return Result
 * @example
 * assert(h1:spawn("sleep 60"):stop().signal == "TERM")
 */
static int program_stop(lua_State *L)
{
	struct child *c = program_check(L, 1);

	wait_catch_up(L);
	child_signal(c, SIGTERM);
	c->doomed = true;
	return stop_go_on(L, LUA_OK, (lua_KContext)wait_push(L, clock_ns() + GRACE_NS));
}

/* Also of one whose beginning has failed. */
static int program_close(lua_State *L)
{
	struct child *c = program_check(L, 1);

	wait_remove_child(L, c);
	child_end(c);
	return 0;
}

/* ---- what it is ---- */

/***
 * @class Program  a program that was started by `spawn`
 * @field Program.pid integer  its process id
 */
static int get_pid(lua_State *L)
{
	lua_pushinteger(L, program_check(L, 1)->pid);
	return 1;
}

/***
 * @field Program.running boolean
 */
static int get_running(lua_State *L)
{
	wait_catch_up(L);
	lua_pushboolean(L, child_running(program_check(L, 1)));
	return 1;
}

/***
 * @field Program.status integer?  as of its Result; nil while it runs
 */
static int get_status(lua_State *L)
{
	struct child *c = program_check(L, 1);

	wait_catch_up(L);
	if (child_running(c))
		return 0;
	lua_pushinteger(L, process_exit_code(&c->status));
	return 1;
}

/***
 * @field Program.signal string|integer|nil  what has killed it: "TERM"
 */
static int get_signal(lua_State *L)
{
	struct child *c = program_check(L, 1);

	wait_catch_up(L);
	push_signal(L, &c->status);
	return 1;
}

/***
 * @field Program.node Node  where it was started
 */
static int get_node(lua_State *L)
{
	lua_getiuservalue(L, 1, 1);
	return 1;
}

/***
 * @field Program.command string  what was to run
 */
static int get_command(lua_State *L)
{
	lua_getiuservalue(L, 1, 2);
	return 1;
}

static int program_tostring(lua_State *L)
{
	struct child *c = program_check(L, 1);
	const char *command = program_command(L, 1);

	lua_getiuservalue(L, 1, 1);
	luaL_tolstring(L, -1, NULL);
	if (child_running(c))
		lua_pushfstring(L, "%s %s (running, pid %d)", lua_tostring(L, -1), command,
				(int)c->pid);
	else
		lua_pushfstring(L, "%s %s (ended, status %d)", lua_tostring(L, -1), command,
				process_exit_code(&c->status));
	return 1;
}

static const luaL_Reg program_methods[] = {
	{ "kill", program_kill },
	{ "stop", program_stop },
	{ "wait", program_wait },
	{ "__tostring", program_tostring },
	{ "__close", program_close },
	{ "__gc", program_close },
	{ NULL, NULL },
};
static const struct class_field program_fields[] = {
	{ "pid", get_pid, NULL },
	{ "running", get_running, NULL },
	{ "status", get_status, NULL },
	{ "signal", get_signal, NULL },
	{ "node", get_node, NULL },
	{ "command", get_command, NULL },
	{ 0 },
};
static const struct class program_class = {
	.type = PROGRAM_TYPE,
	.noun = "program",
	.methods = (const luaL_Reg *const[]){ program_methods, program_io_methods, NULL },
	.fields = (const struct class_field *const[]){ program_fields, NULL },
};
static const luaL_Reg result_methods[] = {
	{ "__index", result_index },
	{ "__tostring", result_tostring },
	{ NULL, NULL },
};

void live_open_program(lua_State *L)
{
	class_register(L, &program_class);
	luaL_newmetatable(L, RESULT_TYPE);
	luaL_setfuncs(L, result_methods, 0);
	lua_pop(L, 1);
	program_open_io(L);
}
