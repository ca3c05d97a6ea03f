/* help: the table, for people. */
#include "command/command.h"

#include <stdio.h>
#include <string.h>

#include "base/name.h"
#include "base/wrap.h"
#include "command/grammar.h"

/* TEXT broken at blanks, so that no line passes 78 columns, or the terminal's. */
static void put_paragraph(struct out *o, const char *text)
{
	size_t columns = out_columns(o);

	wrap_put(&o->buf, text, 0, 0, columns < 20 || columns > 78 ? 78 : columns);
	out_puts(o, "\n");
}

static void help_all(struct out *o)
{
	enum command_family family = FAMILY_LOOK;
	struct table t;

	table_init(&t, 3, NULL);
	for (size_t i = 0; command_table[i]; i++) {
		const struct command *c = command_table[i];

		table_cell(&t, "%s",
			   !i || c->family != family ? command_family_name(c->family) : "");
		table_cell(&t, "%s", c->name);
		table_cell(&t, "%s", c->summary);
		family = c->family;
	}
	table_cell(&t, "programs");
	table_cell(&t, "NODE PROGRAM");
	table_cell(&t, "run a program in a node: h1 ping -c1 h2; NODE alone opens a shell there");
	table_cell(&t, "%s", "");
	table_cell(&t, "PROGRAM");
	table_cell(&t, "run a program in the lab's root namespace, by /bin/sh");
	table_print(&t, o);
	out_puts(o, "\nhelp COMMAND says more. Tab completes, ? shows what may come next.\n");
}

static void help_command(struct out *o, const struct command *c)
{
	struct buf usage = { 0 };

	command_usage(c, &usage);
	wrap_put(&o->buf, buf_text(&usage), 0, 4, out_columns(o));
	out_puts(o, "\n\n");
	buf_free(&usage);
	put_paragraph(o, c->summary);
	if (c->details) {
		out_puts(o, "\n");
		put_paragraph(o, c->details);
	}
	if (c->example)
		out_printf(o, "\nexample: %s\n", c->example);
}

/* Does command C begin with the words NAME? */
static bool begins_with(const struct command *c, const char *name)
{
	size_t len = strlen(name);

	return !strncmp(c->name, name, len) && (!c->name[len] || c->name[len] == ' ');
}

static int run_help(struct session *s, const struct args *a, struct err *err)
{
	struct buf name = { 0 };
	struct nearest nearest = { 0 };
	size_t found = 0;

	for (size_t i = 0; i < args_count(a, "command"); i++)
		buf_printf(&name, "%s%s", i ? " " : "", args_at(a, "command", i)->text);
	if (!name.len) {
		help_all(&s->out);
		return 0;
	}
	nearest.word = buf_text(&name);
	for (size_t i = 0; command_table[i]; i++) {
		if (begins_with(command_table[i], buf_text(&name))) {
			if (found++)
				out_puts(&s->out, "\n");
			help_command(&s->out, command_table[i]);
		}
		nearest_offer(&nearest, command_table[i]->name);
	}
	if (!found) {
		err_set(err, "help: no command \"%s\"", buf_text(&name));
		nearest_suggest(&nearest, err);
	}
	buf_free(&name);
	return found ? 0 : -1;
}

const struct command cmd_help = {
	.name = "help",
	.family = FAMILY_SESSION,
	.args = "[<command>...]",
	.summary = "list the commands, or say more about one",
	.example = "help add link",
	.run = run_help,
};
