/* `?`: what may stand where the cursor is, and what it means. */
#include "command/command.h"

#include <string.h>

#include "command/place.h"
#include "lua/live/live.h"
#include "lua/topology.h"

static const char *flag_meaning(const char *flag)
{
	static const char *const meanings[][2] = {
		{ "--json", "as JSON" },
		{ "--replace", "delete what is there first" },
		{ "-4", "by IPv4" },
		{ "-6", "by IPv6" },
	};

	for (size_t i = 0; i < sizeof(meanings) / sizeof(*meanings); i++)
		if (!strcmp(meanings[i][0], flag))
			return meanings[i][1];
	return "";
}

static const char *spec_meaning(const struct arg_spec *spec)
{
	if (spec->type == ARG_CHOICE)
		return "";
	if (!strcmp(spec->label, "ip6"))
		return "fd01::1/64, or for both ends fd01::1/64,fd01::2/64, or none";
	return arg_types[spec->type].meaning;
}

static bool is_begun(const struct place *p, const char *word)
{
	return !strncmp(word, p->typed, strlen(p->typed));
}

static void add_row(struct table *t, const char *word, const char *meaning)
{
	table_cell(t, "  %s", word);
	table_cell(t, "%s", meaning);
}

static void help_params(const struct place *p, struct table *t)
{
	struct topology topology;
	struct buf word = { 0 };

	if (!p->topology || topology_describe(p->topology, &topology, NULL))
		return;
	for (size_t i = 0; i < topology.n_params; i++) {
		buf_clear(&word);
		buf_printf(&word, "%s=%s", topology.params[i].name, topology.params[i].value);
		add_row(t, buf_text(&word), topology.params[i].about);
	}
	buf_free(&word);
	topology_free(&topology);
}

static void help_topologies(const struct place *p, struct table *t)
{
	struct topology topology;

	for (const char *const *name = topology_names(); *name; name++) {
		if (!is_begun(p, *name) || topology_describe(*name, &topology, NULL))
			continue;
		add_row(t, *name, topology.about);
		topology_free(&topology);
	}
}

static void help_spec(const struct place *p, const struct arg_spec *spec, struct table *t)
{
	struct buf word = { 0 };

	if (spec->kind == SPEC_FLAG) {
		if (is_begun(p, spec->label))
			add_row(t, spec->label, flag_meaning(spec->label));
		return;
	}
	if (spec->kind == SPEC_WORD) {
		for (size_t i = 0; i < spec->n_choices; i++)
			if (is_begun(p, spec->choices[i]))
				add_row(t, spec->choices[i], "");
		if (spec->type != ARG_CHOICE) {
			buf_printf(&word, "<%s>", spec->label);
			add_row(t, buf_text(&word), arg_types[spec->type].meaning);
		}
	} else {
		spec_describe(spec, &word);
		if (p->option == spec || is_begun(p, buf_text(&word)))
			add_row(t, buf_text(&word), spec_meaning(spec));
	}
	buf_free(&word);
	if (spec->type == ARG_TOPOLOGY)
		help_topologies(p, t);
	if (spec->type == ARG_PARAM)
		help_params(p, t);
}

static void help_second_words(const struct place *p, struct table *t)
{
	for (size_t i = 0; command_table[i]; i++) {
		const char *blank = strchr(command_table[i]->name, ' ');

		if (blank && command_has_first_word(command_table[i], p->first) &&
		    is_begun(p, blank + 1))
			add_row(t, blank + 1, command_table[i]->summary);
	}
}

static void help_arguments(const struct place *p, struct table *t)
{
	if (p->option) {
		help_spec(p, p->option, t);
		return;
	}
	if (p->in_name)
		help_second_words(p, t);
	for (size_t i = 0; i < p->n_expected; i++)
		help_spec(p, p->expected[i], t);
	if (p->complete && !*p->typed)
		add_row(t, "Enter", p->command->summary);
}

/* All that may begin a line, as short as a screen: a family's commands in a row. */
static void help_overview(struct table *t)
{
	for (size_t i = 0; command_table[i];) {
		const enum command_family family = command_table[i]->family;
		struct buf names = { 0 };

		for (; command_table[i] && command_table[i]->family == family; i++)
			buf_printf(&names, "%s%s", names.len ? ", " : "", command_table[i]->name);
		add_row(t, command_family_name(family), buf_text(&names));
		buf_free(&names);
	}
	add_row(t, "NODE", "open a shell in a node");
	add_row(t, "NODE PROGRAM", "run a program in a node");
	add_row(t, "PROGRAM", "run a program in the lab's root namespace");
}

static void help_line(const struct session *s, const struct place *p, struct table *t)
{
	for (size_t i = 0; p->instead && i < p->instead->n_choices; i++)
		if (is_begun(p, p->instead->choices[i]))
			add_row(t, p->instead->choices[i], "");
	if (!*p->typed) {
		help_overview(t);
		return;
	}
	for (size_t i = 0; command_table[i]; i++)
		if (is_begun(p, command_table[i]->name))
			add_row(t, command_table[i]->name, command_table[i]->summary);
	for (size_t i = 0; i < s->graph->n_nodes; i++)
		if (is_begun(p, s->graph->nodes[i]->name))
			add_row(t, s->graph->nodes[i]->name,
				graph_kind_name(graph_node_kind(s->graph->nodes[i])));
}

struct lua_names {
	const struct place *place;
	struct table *table;
};

static void add_lua_name(void *data, const char *name, const char *kind)
{
	const struct lua_names *names = data;

	if (is_begun(names->place, name))
		add_row(names->table, name, kind);
}

void command_help_at(struct session *s, const char *line, size_t cursor, struct out *out)
{
	struct place p;
	struct table t;

	place_find(s, line, cursor, &p);
	table_init(&t, 2, NULL);
	switch (p.kind) {
	case PLACE_LINE:
		help_line(s, &p, &t);
		break;
	case PLACE_SECOND:
		help_second_words(&p, &t);
		break;
	case PLACE_COMMAND:
		help_arguments(&p, &t);
		break;
	case PLACE_PROGRAM:
		add_row(&t, "PROGRAM", arg_types[ARG_PROGRAM].meaning);
		break;
	case PLACE_WORD:
		add_row(&t, "WORD", "a word of the program: whatever it takes");
		break;
	case PLACE_LUA:
		live_complete(s, p.lua, add_lua_name, &(struct lua_names){ &p, &t });
		break;
	case PLACE_UNKNOWN:
		break;
	}
	if (!t.n)
		out_printf(out, "  nothing %s fits here\n",
			   p.command ? "that this command knows" : "is known that");
	table_print(&t, out);
	if (p.kind == PLACE_LINE && !*p.typed)
		out_puts(out, "`help` says what each command does, `help COMMAND` more of one.\n");
	place_free(&p);
}
