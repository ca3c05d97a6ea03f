/* lua, =: Lua over the lab that is there. */
#include "command/command.h"

#include <string.h>
#include <unistd.h>

#include "command/grammar.h"
#include "lua/live/live.h"

/* As lua(1) would have it. */
static bool is_file(const char *chunk)
{
	size_t len = strcspn(chunk, " \t\n(='\"");

	return !chunk[len] && len > 4 && !strcmp(chunk + len - 4, ".lua") && !access(chunk, F_OK);
}

static int run_lua(struct session *s, const struct args *a, struct err *err)
{
	const char *chunk = args_text(a, "chunk");

	if (is_file(chunk)) {
		err_set(err, "lua: %s is a file, not Lua", chunk);
		return err_hint(err, "`source %s` runs it", chunk);
	}
	return live_run_text(s, chunk, err);
}

const struct command cmd_lua = {
	.name = "lua",
	.family = FAMILY_SCRIPT,
	.args = "<lua:chunk>",
	.summary = "run Lua in the lab: `lab` and every node are variables",
	.details = "All that follows is Lua, also | and > and &. A chunk that is not finished goes "
		   "on in the "
		   "next line. What it defines stays, for later lines and for scripts; docs/lua.md "
		   "says "
		   "what there is.",
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
	.details = "A table, or an object of the lab, is shown with what is in it, one level deep.",
	.example = "= h1.kind",
	.run = run_equals,
};
