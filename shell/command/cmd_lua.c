/* lua, =: Lua over the lab that is there. */
#include "command/command.h"

#include "command/grammar.h"
#include "lua/live/live.h"

static int run_lua(struct session *s, const struct args *a, struct err *err)
{
	return live_run_text(s, args_text(a, "chunk"), err);
}

const struct command cmd_lua = {
	.name = "lua",
	.family = FAMILY_SCRIPT,
	.args = "<lua:chunk>",
	.summary = "run Lua in the lab: `lab` and every node are variables",
	.example = "lua for _, n in ipairs(lab:nodes()) do print(n.name) end",
	.run = run_lua,
};

static int run_equals(struct session *s, const struct args *a, struct err *err)
{
	return live_print(s, args_text(a, "expression"), err);
}

const struct command cmd_equals = {
	.name = "=",
	.family = FAMILY_SCRIPT,
	.args = "<lua:expression>",
	.summary = "print the value of a Lua expression",
	.example = "= h1.kind",
	.run = run_equals,
};
