/* node:run and node:spawn: a command of a script becomes a program in a node. */
#include "lua/live/inside.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "command/program.h"
#include "lua/live/program.h"
#include "lua/options.h"

/* Bytes of each stream. Of run(): a program that prints more is meant for spawn(), or a file. */
#define RUN_KEEP   ((size_t)32 << 20)
#define SPAWN_KEEP ((size_t)8 << 20)
/* What the collector is told that one weighs, in kB. */
#define SPAWN_WEIGHT 256
/* From TERM to KILL when time is up. */
#define GRACE_NS INT64_C(1000000000)

/* The stack of run and spawn. */
enum { ARG_NODE = 1, ARG_COMMAND, ARG_OPTIONS, ARG_ENV, ARG_INPUT, ARG_CHILD };

/* What a script asks for. The texts are those of the script's strings. */
struct request {
	const char *call; /* "node:run" */
	char node[256];	  /* "" the root */
	const char *line; /* NULL: the words of the table */
	bool check;
};

/* ---- reading what is asked for ---- */

/* A string, or a number as Lua writes it; replaced by the string. */
static const char *check_word(lua_State *L, int index, const char *call)
{
	size_t len;
	const char *word;

	if (lua_type(L, index) != LUA_TSTRING && lua_type(L, index) != LUA_TNUMBER)
		luaL_error(L, "%s: a word of the command is a %s, not a string", call,
			   luaL_typename(L, index));
	word = lua_tolstring(L, index, &len);
	if (strlen(word) != len)
		luaL_error(L, "%s: the command holds a zero byte", call);
	return word;
}

/* The words of a table may be numbers: they become strings that the script's table need not hold,
 * so a table of ours takes the command's place. */
static void check_command(lua_State *L, struct request *r)
{
	lua_Unsigned n;

	if (lua_type(L, ARG_COMMAND) == LUA_TSTRING) {
		r->line = check_word(L, ARG_COMMAND, r->call);
		return;
	}
	if (lua_type(L, ARG_COMMAND) != LUA_TTABLE)
		luaL_error(L, "%s: what to run is a line or a table of words, not %s", r->call,
			   options_type(L, ARG_COMMAND));
	n = lua_rawlen(L, ARG_COMMAND);
	if (n == 0)
		luaL_error(L, "%s: there is no word in the table: what is to run?", r->call);
	lua_createtable(L, (int)n, 0);
	for (lua_Unsigned i = 1; i <= n; i++) {
		lua_rawgeti(L, ARG_COMMAND, (lua_Integer)i);
		check_word(L, -1, r->call);
		lua_rawseti(L, -2, (lua_Integer)i);
	}
	lua_replace(L, ARG_COMMAND);
}

/* env = { NAME = "value" } */
static void check_env(lua_State *L, const char *call)
{
	int type = lua_type(L, ARG_ENV);

	if (type != LUA_TNIL && type != LUA_TTABLE)
		luaL_error(L, "%s: env is a table such as { LANG = \"C\" }, not %s", call,
			   options_type(L, ARG_ENV));
	lua_pushnil(L);
	while (type == LUA_TTABLE && lua_next(L, ARG_ENV)) {
		const char *name;

		if (lua_type(L, -2) != LUA_TSTRING || lua_type(L, -1) != LUA_TSTRING)
			luaL_error(L, "%s: env is names with strings, such as { LANG = \"C\" }",
				   call);
		name = lua_tostring(L, -2);
		if (!*name || strchr(name, '='))
			luaL_error(L, "%s: env: \"%s\" is no name of a variable", call, name);
		lua_pop(L, 1);
	}
	lua_settop(L, ARG_ENV);
}

/* The deadline that the options give. The lab itself stands for its root. */
static int64_t check_request(lua_State *L, const char *call, bool root, struct request *r)
{
	static const char *const known[] = { "timeout", "input", "env", "check", NULL };
	static const char *const known_spawn[] = { "input", "env", NULL };
	bool spawn = strstr(call, "spawn") != NULL;
	const struct graph_node *n;
	int64_t deadline = WAIT_FOREVER;

	*r = (struct request){ .call = call };
	lua_settop(L, ARG_OPTIONS);
	if (root) {
		live_push_node(L, live_session(L)->graph->root);
		lua_replace(L, ARG_NODE);
	}
	n = live_check_node(L, ARG_NODE, call);
	if (strlen(n->name) >= sizeof(r->node))
		luaL_error(L, "%s: the node's name is too long", call);
	strcpy(r->node, n->name);
	check_command(L, r);
	if (!options_check(L, ARG_OPTIONS, call, spawn ? known_spawn : known)) {
		lua_settop(L, ARG_INPUT);
		return WAIT_FOREVER;
	}
	options_push(L, ARG_OPTIONS, "env");
	check_env(L, call);
	if (options_push(L, ARG_OPTIONS, "input") != LUA_TNIL && lua_type(L, -1) != LUA_TSTRING)
		luaL_error(L, "%s: input is a string, not %s", call, options_type(L, -1));
	if (!spawn) {
		r->check = options_bool(L, ARG_OPTIONS, call, "check");
		options_push(L, ARG_OPTIONS, "timeout");
		deadline = wait_deadline(L, -1, call);
	}
	lua_settop(L, ARG_INPUT);
	return deadline;
}

/* ---- starting it: from here to the end no Lua error may be raised ---- */

static void take_words(lua_State *L, struct program_line *l)
{
	size_t n = lua_rawlen(L, ARG_COMMAND);

	*l = (struct program_line){ .argv = mem_alloc((n + 1) * sizeof(*l->argv)) };
	for (size_t i = 0; i < n; i++) {
		lua_rawgeti(L, ARG_COMMAND, (lua_Integer)i + 1);
		l->argv[i] = (char *)lua_tostring(L, -1);
		lua_pop(L, 1);
	}
}

static void take_env(lua_State *L, struct program_line *l)
{
	if (!lua_istable(L, ARG_ENV))
		return;
	if (!l->envp)
		env_init(&l->env);
	lua_pushnil(L);
	while (lua_next(L, ARG_ENV)) {
		env_replace(&l->env, mem_printf("%s=%s", lua_tostring(L, -2), lua_tostring(L, -1)));
		lua_pop(L, 1);
	}
	l->envp = env_all(&l->env);
}

/* Its input: what the script gives or, for one that is spawned, may write; else there is none. */
static int start_line(lua_State *L, const struct request *r, struct program_line *l,
		      struct child *c, struct err *err)
{
	struct program p = PROGRAM_INIT;
	bool input = lua_isstring(L, ARG_INPUT), piped = input || c->keep == SPAWN_KEEP;
	size_t len;
	int rc;

	if (lab_place_program(live_session(L)->lab, r->node, &p, err) < 0)
		return -1;
	p.argv = l->argv;
	p.env = l->envp;
	if (!piped) {
		p.in = open("/dev/null", O_RDONLY | O_CLOEXEC);
		if (p.in < 0)
			return err_errno(err, errno, "cannot open /dev/null");
	}
	rc = child_start(c, &p, piped, err);
	if (!piped)
		close(p.in);
	if (rc == 0 && input) {
		const char *text = lua_tolstring(L, ARG_INPUT, &len);

		buf_add(&c->input, text, len);
		child_end_input(c);
	}
	return rc;
}

static int start_once(lua_State *L, const struct request *r, struct child *c, struct err *err)
{
	struct program_line l;
	int rc;

	if (!r->line)
		take_words(L, &l);
	else if (program_line_open(&l, live_session(L), r->node, r->line, err) < 0)
		return -1;
	take_env(L, &l);
	rc = start_line(L, r, &l, c, err);
	program_line_close(&l);
	return rc;
}

/* The Program is at ARG_CHILD. Programs that nobody knows any more may still have pipes. */
static struct child *start(lua_State *L, const struct request *r, size_t keep)
{
	struct child *c = program_push(L, ARG_NODE, ARG_COMMAND);
	struct err err = ERR_INIT;
	int rc;

	c->keep = keep;
	rc = start_once(L, r, c, &err);
	if (rc < 0 && err.code == EMFILE) {
		wait_catch_up(L);
		lua_gc(L, LUA_GCCOLLECT);
		err = ERR_INIT;
		rc = start_once(L, r, c, &err);
	}
	if (rc < 0) {
		err_wrap(&err, "%s", r->call);
		state_raise(L, &err);
	}
	return c;
}

/* ---- run ---- */

/* What check = true makes of a failure. */
static int refuse_status(lua_State *L, const struct child *c, const char *call)
{
	const struct stream *s = &c->streams[CHILD_ERR];
	const char *text = stream_text(s);
	size_t len = stream_size(s), start;

	while (len && text[len - 1] == '\n')
		len--;
	for (start = len; start && text[start - 1] != '\n'; start--)
		;
	lua_pushlstring(L, text + start, len - start);
	return luaL_error(L, "%s: %s: %s %d%s%s", call, program_command(L, ARG_CHILD),
			  c->status.state == PROCESS_KILLED ? "killed by signal" : "exit status",
			  c->status.value, len ? ": " : "", lua_tostring(L, -1));
}

struct run {
	struct wait wait;
	const char *call;
	bool check, timed_out;
};

/* First a chance to end well, then the end. */
static void run_out_of_time(struct run *r, struct child *c)
{
	child_signal(c, r->timed_out ? SIGKILL : SIGTERM);
	c->doomed = true;
	r->wait.deadline = r->timed_out ? WAIT_FOREVER : clock_ns() + GRACE_NS;
	r->timed_out = true;
}

static int run_go_on(lua_State *L, int status, lua_KContext context)
{
	struct run *r = (struct run *)context;
	struct child *c = lua_touserdata(L, ARG_CHILD);

	(void)status;
	while (child_running(c)) {
		if (child_full(c))
			return luaL_error(L,
					  "%s: %s printed more than %d MB: spawn it and read its "
					  "lines, or let it write to a file",
					  r->call, program_command(L, ARG_CHILD),
					  (int)(RUN_KEEP >> 20));
		if (wait_late(&r->wait))
			run_out_of_time(r, c);
		if (wait_more(L, &r->wait))
			return lua_yieldk(L, 0, context, run_go_on);
	}
	if (r->check && r->timed_out)
		return luaL_error(L, "%s: %s: its time was up", r->call,
				  program_command(L, ARG_CHILD));
	if (r->check && process_exit_code(&c->status))
		return refuse_status(L, c, r->call);
	program_push_result(L, c, r->timed_out);
	return 1;
}

/* Whatever ends this function early closes the Program, which kills it. */
static int run(lua_State *L, const char *call, bool root)
{
	struct request request;
	int64_t deadline = check_request(L, call, root, &request);
	struct child *c = start(L, &request, RUN_KEEP);
	struct run *r;

	lua_toclose(L, ARG_CHILD);
	wait_add_child(L, ARG_CHILD, c, false);
	r = lua_newuserdatauv(L, sizeof(*r), 0);
	*r = (struct run){ .call = call, .check = request.check };
	wait_init(L, &r->wait, deadline);
	return run_go_on(L, LUA_OK, (lua_KContext)r);
}

/***
 * Run a program in the node and wait for its end. A line is what it is at the prompt: words or,
 * with characters of the shell, a line for /bin/sh, in which $h2 is h2's address. A failed program
 * is a result, not an error; so is one that is missing: its status is 127 and `err` says which
 * package has it. Its input is empty. It is killed, with all of its process group, when time is up
 * or the script is stopped: only what has made a session of its own (`setsid`) goes on then. What
 * runs in the background when it ends, goes on.
 * @function Node:run
 * @param command string|string[]  a line (with shell characters: /bin/sh -c), or its words
 * @param options? { timeout?: number, input?: string, env?: table<string,string>, check?: boolean }
 * seconds (TERM, and KILL a second later); what it reads; variables; whether a failure is an error
 * after all
 * @return Result
 * @example
 * local r = h1:run("ping -c1 h2")
 * assert(r.ok and r.out:find("1 received"))
 * assert(h1:run({ "echo", "a  b" }).out == "a  b\n")
 * assert(h1:run("tr a-z A-Z", { input = "quiet" }).out == "QUIET")
 * assert(h1:run("echo $h2 $X", { env = { X = "x" } }).out:find("^%d+%.%d+%.%d+%.%d+ x\n$"))
 * assert(h1:run("sleep 60", { timeout = 0.1 }).timed_out)
 */
static int node_run(lua_State *L)
{
	return run(L, "node:run", false);
}

/***
 * Run a program in the lab's root, outside of all nodes.
 * @function Lab:run
 * @param command string|string[]
 * @param options? table  as of Node:run
 * @return Result
 * @example
 * assert(lab:run("ls /run/netns").out == "h1\nh2\ns1\n")
 */
static int lab_run_program(lua_State *L)
{
	return run(L, "lab:run", true);
}

/* ---- spawn ---- */

static int spawn(lua_State *L, const char *call, bool root)
{
	struct request request;
	struct child *c;

	check_request(L, call, root, &request);
	/* Where many are started and none is waited for: those that have ended, and those that
	 * nobody knows any more, of which the collector sees much less than what they hold. */
	wait_catch_up(L);
	lua_gc(L, LUA_GCSTEP, SPAWN_WEIGHT);
	c = start(L, &request, SPAWN_KEEP);
	wait_add_child(L, ARG_CHILD, c, true);
	return 1;
}

/***
 * Start a program in the node and go on; the Program that comes back is there to read what it
 * prints, write what it reads, and wait. It runs until it ends, is killed, or the script ends, also
 * when nobody holds the Program any more; `local p <close> = ...` kills it where the block ends. One
 * that a chunk at the prompt has started runs on until the shell ends. Up to 8 MB of each, stdout
 * and stderr, are kept for who reads them; beyond that the program waits.
 * @function Node:spawn
 * @param command string|string[]  as of Node:run
 * @param options? { input?: string, env?: table<string,string> }  what it reads, to its end;
 * variables
 * @return Program
 * @example
 * local cat = h1:spawn("cat")
 * cat:write("hello\n")
 * assert(cat:expect("h(%a+)", 5) == "ello")
 * cat:kill()
 * assert(cat:wait(5).signal == "TERM")
 */
static int node_spawn(lua_State *L)
{
	return spawn(L, "node:spawn", false);
}

/***
 * Start a program in the lab's root, outside of all nodes.
 * @function Lab:spawn
 * @param command string|string[]
 * @param options? table  as of Node:spawn
 * @return Program
 * @example
 * assert(lab:spawn("hostname"):wait(5).ok)
 */
static int lab_spawn(lua_State *L)
{
	return spawn(L, "lab:spawn", true);
}

const luaL_Reg run_node_methods[] = {
	{ "run", node_run },
	{ "spawn", node_spawn },
	{ NULL, NULL },
};
const luaL_Reg run_lab_methods[] = {
	{ "run", lab_run_program },
	{ "spawn", lab_spawn },
	{ NULL, NULL },
};
