/* `command { ... }`: rows that a script adds to the command table. */
#include "lua/live/inside.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "command/grammar.h"
#include "lua/options.h"

#define ROW_TYPE "own command"

/* A row is a userdata, whose value is a table with its texts and its function. The registry holds
 * it by its address; while it runs the stack holds it, so it may take itself away. */
struct row {
	struct command command;
	char source[LUA_IDSIZE]; /* the script that made it, as errors call it */
	int line;		 /* of its function; -1: there is none */
};

/* ---- running ---- */

struct call {
	const struct args *args;
	const struct row *row; /* as it was when it began */
	bool answered;
	int status;
	struct err why; /* `return false, "why"` */
};

/* { node = h1, interface = "h1-eth0" }: an interface that is there by its full name. */
static void push_end(lua_State *L, const struct arg *a)
{
	const struct graph_port *port =
		a->interface ? graph_port_find(a->node, a->interface) : NULL;

	lua_createtable(L, 0, 2);
	lua_pushstring(L, port ? port->name : a->interface);
	lua_setfield(L, -2, "interface");
	live_push_node(L, a->node);
	lua_setfield(L, -2, "node");
}

static void push_value(lua_State *L, const struct arg *a)
{
	if (spec_has_choice(a->spec, a->text))
		lua_pushstring(L, a->text);
	else if (a->spec->type == ARG_END)
		push_end(L, a);
	else if (a->node)
		live_push_node(L, a->node);
	else if (a->spec->type == ARG_NUMBER)
		lua_pushinteger(L, a->number);
	else if (a->spec->type == ARG_RATE)
		lua_pushinteger(L, (lua_Integer)a->rate);
	else if (a->spec->type == ARG_TIME)
		lua_pushnumber(L, (lua_Number)a->time_ns / 1e9);
	else
		lua_pushstring(L, a->text);
}

/* What the line has for place SPEC: a value or nil, of a repeated place a list. */
static void push_place(lua_State *L, const struct args *args, const struct arg_spec *spec)
{
	lua_Integer n = 0;

	if (spec->repeat)
		lua_newtable(L);
	for (size_t i = 0; i < args->n; i++) {
		if (args->v[i].spec != spec)
			continue;
		if (spec->kind == SPEC_FLAG)
			lua_pushboolean(L, true);
		else
			push_value(L, &args->v[i]);
		n++;
		if (spec->repeat)
			lua_rawseti(L, -2, n);
	}
	if (!spec->repeat && n == 0)
		lua_pushnil(L);
}

/* As the function finds it in its table. */
static const char *option_name(const struct arg_spec *spec)
{
	return spec->label + strspn(spec->label, "-");
}

/* The places for words in their order, then a table of options and flags; how many. */
static int push_arguments(lua_State *L, const struct args *args)
{
	const struct grammar *g = &args->grammar;
	int first = lua_gettop(L);

	luaL_checkstack(L, GRAMMAR_MAX + 8, "arguments");
	for (size_t i = 0; i < g->n; i++)
		if (g->specs[i].kind == SPEC_WORD)
			push_place(L, args, &g->specs[i]);
	lua_newtable(L);
	for (size_t i = 0; i < g->n; i++) {
		const char *label = g->specs[i].label;

		if (g->specs[i].kind == SPEC_WORD)
			continue;
		if (strcmp(label, "--json") == 0 && session_json(live_session(L), args))
			lua_pushboolean(L, true);
		else
			push_place(L, args, &g->specs[i]);
		lua_setfield(L, -2, option_name(&g->specs[i]));
	}
	return lua_gettop(L) - first;
}

/* What it returned, at -2, means nothing. No line of it runs any more: where it begins is told. */
static void refuse_answer(lua_State *L, const struct call *c)
{
	const char *what =
		lua_type(L, -2) == LUA_TNUMBER ? luaL_tolstring(L, -2, NULL) : options_type(L, -2);

	if (c->row->line > 0)
		lua_pushfstring(L, "%s:%d: ", c->row->source, c->row->line);
	else
		lua_pushliteral(L, "");
	lua_pushfstring(L,
			"%s%s returned %s; it may return nothing, true, false and why, or a status "
			"within 0 and 255",
			lua_tostring(L, -1), c->args->command->name, what);
	lua_error(L);
}

/* What the function returned, at -2 and -1. */
static void take_answer(lua_State *L, struct call *c)
{
	const char *name = c->args->command->name;
	bool why = !lua_isnil(L, -1);
	int whole;
	lua_Integer status = lua_tointegerx(L, -2, &whole);

	if (lua_type(L, -2) == LUA_TNUMBER && whole && status >= 0 && status <= 255) {
		c->status = (int)status;
		why = false;
	} else if (lua_isnil(L, -2)) {
		c->status = why;
	} else if (lua_isboolean(L, -2)) {
		c->status = !lua_toboolean(L, -2);
	} else {
		refuse_answer(L, c);
	}
	if (c->status && why)
		err_set(&c->why, "%s: %s", name, luaL_tolstring(L, -1, NULL));
	c->answered = true;
}

static int do_run(lua_State *L)
{
	struct call *c = lua_touserdata(L, 1);

	lua_rawgetp(L, LUA_REGISTRYINDEX, c->args->command);
	lua_getiuservalue(L, 2, 1);
	lua_getfield(L, 3, "run");
	lua_call(L, push_arguments(L, c->args), 2);
	take_answer(L, c);
	return 0;
}

static int row_run(struct session *s, const struct args *args, struct err *err)
{
	struct row row = *(const struct row *)args->command;
	struct call c = { .args = args, .row = &row, .why = ERR_INIT };

	if (live_call(s, row.source, do_run, &c, err) != 0)
		return -1;
	if (!c.answered) /* os.exit */
		return 0;
	s->status = c.status;
	if (!c.why.text[0])
		return 0;
	if (err)
		*err = c.why;
	return -1;
}

/* ---- making ---- */

/***
 * @class Command  what `command { ... }` takes
 * @field Command.name string  one or two words: "hello", "add lan"
 * @field Command.args string?  the grammar of its arguments; without it, it takes none
 * @field Command.help string  one line, a verb first
 * @field Command.details string?  a paragraph for `help NAME`
 * @field Command.example string?  a line, for `help NAME`
 * @field Command.run fun(...): boolean|integer?, string?
 */

static int row_gc(lua_State *L)
{
	struct row *row = luaL_checkudata(L, 1, ROW_TYPE);

	command_remove(&row->command);
	return 0;
}

/* The string NAME of the table at 1, kept in the table at the top of the stack. */
static const char *keep_text(lua_State *L, const char *name, bool one_line)
{
	const char *text = options_string(L, 1, "command", name);

	if (!text)
		return NULL;
	if (!text[strspn(text, " \t\n")] && strcmp(name, "args") != 0)
		luaL_error(L, "command: %s is empty", name);
	if (one_line && strchr(text, '\n'))
		luaL_error(L, "command: %s is more than one line", name);
	for (const char *p = text; one_line && *p; p++)
		if (iscntrl((unsigned char)*p))
			luaL_error(L, "command: %s holds a control character", name);
	text = lua_pushstring(L, text); /* a long one is copied */
	lua_setfield(L, -2, name);
	return text;
}

static void read_texts(lua_State *L, struct command *c)
{
	c->name = keep_text(L, "name", true);
	c->args = keep_text(L, "args", true);
	c->summary = keep_text(L, "help", true);
	c->details = keep_text(L, "details", false);
	c->example = keep_text(L, "example", true);
	if (!c->name || !c->summary)
		luaL_error(L, "command: %s is missing", c->name ? "help" : "name");
	if (!c->args)
		c->args = "";
}

/* The function, kept in the table at the top of the stack; where it was written is the row's
 * source. */
static void read_function(lua_State *L, struct row *row)
{
	lua_Debug ar;

	if (options_push(L, 1, "run") != LUA_TFUNCTION)
		luaL_error(L, "command: run is a function, not %s", options_type(L, -1));
	lua_pushvalue(L, -1);
	lua_setfield(L, -3, "run");
	lua_getinfo(L, ">S", &ar);
	snprintf(row->source, sizeof(row->source), "%s",
		 *ar.what == 'C' ? "command" : ar.short_src);
	row->line = ar.linedefined;
}

static void check_options(lua_State *L, const struct grammar *g)
{
	for (size_t i = 0; i < g->n; i++)
		for (size_t k = 0; k < i; k++)
			if (g->specs[i].kind != SPEC_WORD && g->specs[k].kind != SPEC_WORD &&
			    strcmp(option_name(&g->specs[i]), option_name(&g->specs[k])) == 0)
				luaL_error(L, "command: args: two options are called %s",
					   option_name(&g->specs[i]));
}

static void check_row(lua_State *L, const struct command *c)
{
	const struct graph *g = live_graph(L);
	struct err err = ERR_INIT;
	struct grammar grammar;

	if (grammar_compile(c->args, &grammar, &err) != 0) {
		err_wrap(&err, "command: args");
		state_raise(L, &err);
	}
	check_options(L, &grammar);
	for (size_t i = 0; i < g->n_nodes; i++)
		if (command_has_first_word(c, g->nodes[i]->name))
			luaL_error(L, "command: %s is a node of the lab", g->nodes[i]->name);
}

/* The own row of that name, or NULL. */
static const struct command *find_own(const char *name)
{
	for (size_t i = 0; command_table[i]; i++)
		if (command_table[i]->family == FAMILY_OWN &&
		    strcmp(command_table[i]->name, name) == 0)
			return command_table[i];
	return NULL;
}

/* Put the row at the top of the stack into the table; one of its name goes. */
static void add_row(lua_State *L, struct row *row)
{
	const struct command *old = find_own(row->command.name);
	struct err err = ERR_INIT;

	lua_rawsetp(L, LUA_REGISTRYINDEX, row);
	if (command_add(&row->command, &err) != 0) {
		lua_pushnil(L);
		lua_rawsetp(L, LUA_REGISTRYINDEX, row);
		err_wrap(&err, "command");
		state_raise(L, &err);
	}
	if (old) {
		lua_pushnil(L);
		lua_rawsetp(L, LUA_REGISTRYINDEX, old);
	}
}

/***
 * Add a command to the shell, with its grammar, help and completion; it stays until the shell ends.
 * One of the same name is replaced; the name of a built-in command or of a node is an error.
 *
 * `args` is a grammar as `help` shows them: `<host>`, `[<node>...]`, `up|down`, `[count=<number>]`,
 * `[--json]`; docs/commands.md lists the types. The function gets one value for each place that
 * is no option, in their order, `nil` for one that was left out, then a table with the options and
 * flags by their names (`o.count`, `o.json`). A value is
 *
 * - for `<node>`, `<host>`, `<switch>`, `<router>` a `Node`;
 * - for `<end>` a table: `node`, and `interface` where one was named: its name;
 * - for `<number>`, `<time>` and `<rate>` a number: seconds, bits a second; `true` for a flag
 * (`o.json` also after `set json on`);
 * - for a place that repeats (`...`) a list, maybe an empty one;
 * - for everything else the word as it was typed; `<line>` and `<program>` are the rest of
 *   the line.
 *
 * What it prints can be piped like any command's output. An error is the command's; `return false,
 * "why"` is one without a line number, and a returned number is the status of the line.
 * @function command
 * @param row Command
 * @example
 * command {
 *   name = "hello", args = "<host> [times=<number>]", help = "say hello to a host",
 *   run = function(host, o)
 *     for _ = 1, o.times or 1 do print("hello, " .. host.name) end
 *   end,
 * }
 */
static int live_command(lua_State *L)
{
	static const char *const known[] = { "name",	"args", "help", "details",
					     "example", "run",	NULL };
	struct row *row;

	lua_settop(L, 1);
	if (!options_check(L, 1, "command", known))
		return luaL_error(L, "command: write command { name = ..., help = ..., run = "
				     "function(...) ... end }");
	row = lua_newuserdatauv(L, sizeof(*row), 1);
	*row = (struct row){ .command = { .family = FAMILY_OWN, .run = row_run } };
	luaL_setmetatable(L, ROW_TYPE);
	lua_newtable(L);
	read_texts(L, &row->command);
	read_function(L, row);
	lua_setiuservalue(L, 2, 1);
	check_row(L, &row->command);
	add_row(L, row);
	return 0;
}

void live_open_command(lua_State *L)
{
	luaL_newmetatable(L, ROW_TYPE);
	lua_pushcfunction(L, row_gc);
	lua_setfield(L, -2, "__gc");
	lua_pop(L, 1);
	lua_register(L, "command", live_command);
}
