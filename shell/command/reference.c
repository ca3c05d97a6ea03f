/* docs/commands.md, from the table. */
#include "command/command.h"

#include <string.h>

#include "command/grammar.h"

static const char introduction[] =
	"# Commands\n"
	"\n"
	"Generated from the command table by `nslab help --markdown`; `help` and `?` in the shell "
	"say the same.\n"
	"\n"
	"## A line at the prompt\n"
	"\n"
	"The first of these that fits:\n"
	"\n"
	"1. A blank line, or a `# comment`.\n"
	"2. A command of this page. Its output can be piped or redirected: `links | grep h3`, "
	"`nodes --json > nodes.json`.\n"
	"   It stands alone on its line: `;`, `&&`, `||` and `&` join programs only.\n"
	"3. A node's name and a program: `h1 ping -c1 h2` runs there, `h1` alone opens a shell "
	"there, `h1 sleep 9 &` is a job.\n"
	"   A line with characters of the shell (`| & ; < > ( ) $ * ?` and their like) is given to "
	"`/bin/sh -c`, any other is\n"
	"   executed as it stands. Programs know every node by name; in shell lines `$h2` is the "
	"address of h2, `$h2_eth1` that of\n"
	"   one interface.\n"
	"4. `cd`, `export`, `unset` and `NAME=VALUE`: they stay, for all later programs. In "
	"`NAME=$(LINE)` a command of this page may\n"
	"   stand: `pid=$(container web)`.\n"
	"5. `sudo ...`, `! ...`, or any program: `/bin/sh -c` in the lab's root namespace, where "
	"`sudo` has nothing left to do.\n"
	"6. Anything else is an error that names the nearest command, node or program.\n"
	"\n"
	"As in a shell, a line goes on behind a backslash, an open quote, a `|` or `&&` at its "
	"end, "
	"in a here-document (`cat <<EOF`)\n"
	"and in a loop. Prompts that were copied with a line are passed over: `$ ip link`, "
	"`root@host:~# ip link`, `(console 1)$ ip\n"
	"link`; in a paste also `# ip link`, where a command of ip or its like follows.\n"
	"\n"
	"## Arguments\n"
	"\n"
	"`[...]` may be left out, `...` may be repeated, `a|b` is one of both. Options (`ip=`) and "
	"flags (`--json`) may stand\n"
	"anywhere after the command.\n"
	"\n";

static void write_types(struct out *out)
{
	out_puts(out, "| place | what may stand there |\n|---|---|\n");
	for (int type = 0; type < ARG_CHOICE; type++)
		out_printf(out, "| `<%s>` | %s |\n", arg_types[type].name, arg_types[type].meaning);
}

/* TEXT with <, > and | as they are, whatever Markdown makes of them. */
static void write_text(struct out *out, const char *text)
{
	for (; *text; text++)
		out_printf(out, "%s%c", strchr("<>*_[", *text) ? "\\" : "", *text);
}

static void write_command(struct out *out, const struct command *c)
{
	out_printf(out, "\n### %s\n\n`%s%s%s`: ", c->name, c->name, *c->args ? " " : "", c->args);
	write_text(out, c->summary);
	out_puts(out, ".\n");
	if (c->details) {
		out_puts(out, "\n");
		write_text(out, c->details);
		out_puts(out, "\n");
	}
	if (c->example)
		out_printf(out, "\n    %s\n", c->example);
}

void command_write_reference(struct out *out)
{
	out_puts(out, introduction);
	write_types(out);
	for (size_t i = 0; command_table[i]; i++) {
		const struct command *c = command_table[i];

		if (!i || c->family != command_table[i - 1]->family)
			out_printf(out, "\n## %s\n", command_family_name(c->family));
		write_command(out, c);
	}
}
