/* load, import, topologies. */
#include "base/json_write.h"
#include "command/command.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "command/grammar.h"
#include "lua/import.h"
#include "lua/topology.h"
#include "plan/draft.h"

/* One plan for both: what is there goes and the new lab comes, or everything stays. */
static int plan_load(struct session *s, struct draft *d, struct plan *plan, struct err *err)
{
	struct plan made = { 0 };
	bool in_root = false;
	int rc = draft_plan(d, &made, err);

	/* Ends in the root of links to nodes go with their nodes, but only once all is done: not
	 * soon enough for new ones of the same name. */
	for (size_t i = 0; i < made.n; i++)
		in_root |= !*made.ops[i].end.netns ||
			   (*made.ops[i].peer.name && !*made.ops[i].peer.netns);
	if (!rc)
		rc = draft_clear(s->graph, in_root, plan, err);
	for (size_t i = 0; !rc && i < made.n; i++)
		plan_copy(plan, &made.ops[i]);
	plan_free(&made);
	return rc;
}

/* What was typed, without flags: a line that would do the same again. */
static void put_call(const struct args *a, struct buf *out)
{
	buf_puts(out, a->command->name);
	for (size_t i = 0; i < a->n; i++) {
		if (a->v[i].spec->kind != SPEC_WORD)
			continue;
		buf_putc(out, ' ');
		buf_put_quoted(out, a->v[i].text);
	}
}

/* What is there must be said to go. */
static int check_clear(const struct session *s, const struct args *a, struct err *err)
{
	struct buf call = { 0 };

	if (draft_is_clear(s->graph) || args_has(a, "--replace"))
		return 0;
	if (s->graph->n_nodes)
		err_set(err, "%s %s: the lab holds %zu node%s", a->command->name, a->v[0].text,
			s->graph->n_nodes, s->graph->n_nodes == 1 ? "" : "s");
	else
		err_set(err, "%s %s: the lab's root holds interfaces", a->command->name,
			a->v[0].text);
	put_call(a, &call);
	err_hint(err, "`reset` first, or `%s --replace`", buf_text(&call));
	buf_free(&call);
	return -1;
}

/* Make the lab of D, which RC says is whole, in the place of what is there, and free D. */
static int place_draft(struct session *s, struct draft *d, int rc, struct err *err)
{
	struct plan plan = { 0 };

	if (!rc)
		rc = plan_load(s, d, &plan, err);
	if (!rc)
		rc = session_apply(s, &plan, err);
	plan_free(&plan);
	draft_free(d);
	return rc;
}

static int run_load(struct session *s, const struct args *a, struct err *err)
{
	const char *topology = args_text(a, "topology");
	size_t n = args_count(a, "param");
	const char **params;
	struct draft d;
	int rc;

	params = mem_resize(NULL, n + 1, sizeof(*params));
	for (size_t i = 0; i < n; i++)
		params[i] = args_at(a, "param", i)->text;
	/* Without the graph: by the time this is built, nothing else is there. */
	draft_init(&d, NULL, command_is_reserved);
	rc = topology_build(topology, params, n, &d, &s->out.buf, err);
	if (rc)
		err_wrap(err, "load");
	else
		rc = check_clear(s, a, err);
	free(params);
	return place_draft(s, &d, rc, err);
}

const struct command cmd_load = {
	.name = "load",
	.family = FAMILY_SCRIPT,
	.args = "<topology> [<param>...] [--replace]",
	.summary = "build a topology",
	.details = "A built-in one (`topologies` lists them), or a Lua file: ./mine.lua. "
		   "Parameters are NAME=VALUE, or as "
		   "Mininet spells them: tree,2,3. In a lab that holds nodes say --replace: "
		   "everything there goes, unless "
		   "the new topology fails, then everything stays.",
	.example = "load tree depth=2 fanout=2 --replace",
	.changes = true,
	.run = run_load,
};

static int run_import(struct session *s, const struct args *a, struct err *err)
{
	const char *file = args_text(a, "file");
	struct buf notes = { 0 };
	struct draft d;
	int rc;

	draft_init(&d, NULL, command_is_reserved);
	rc = import_mininet(file, &d, &notes, err);
	if (rc)
		err_wrap(err, "import mininet");
	else
		rc = check_clear(s, a, err);
	for (char *rest = notes.data, *line; !rc && rest && (line = strsep(&rest, "\n"));)
		if (*line)
			out_printf(&s->out, "note: %s\n", line);
	buf_free(&notes);
	return place_draft(s, &d, rc, err);
}

const struct command cmd_import = {
	.name = "import mininet",
	.family = FAMILY_SCRIPT,
	.args = "<file> [--replace]",
	.summary = "build the lab of a MiniEdit file (.mn)",
	.details =
		"Hosts, switches, routers, links, addresses and default routes come as they are. "
		"What has no "
		"counterpart here, OpenFlow controllers above all, is left out, and a note for "
		"each says so. `save FILE.lua` then makes a topology of it; `nslab import "
		"mininet FILE.mn -c 'save FILE.lua'` does all in one line. --replace: as for "
		"load.",
	.no_example = "needs a file of MiniEdit",
	.changes = true,
	.run = run_import,
};

static void json_param(struct json *j, const struct topology_param *p)
{
	json_open(j, '{');
	json_put_string(j, "name", p->name);
	json_put_string(j, "default", p->value);
	json_put_string(j, "about", p->about);
	json_close(j, '}');
}

static void json_topology(struct json *j, const struct topology *t)
{
	json_open(j, '{');
	json_put_string(j, "name", t->name);
	json_put_string(j, "about", t->about);
	json_put_open(j, "params", '[');
	for (size_t i = 0; i < t->n_params; i++)
		json_param(j, &t->params[i]);
	json_close(j, ']');
	json_put_string(j, "reach", t->reach);
	json_close(j, '}');
}

/* What a value may be, apart from its default. */
static void describe_range(const struct topology_param *p, struct buf *out)
{
	for (size_t i = 0; p->choices && p->choices[i]; i++)
		buf_printf(out, "%s%s", i ? "|" : "", p->choices[i]);
	if (!p->number)
		return;
	if (p->min != LONG_MIN && p->max != LONG_MAX)
		buf_printf(out, "%ld to %ld", p->min, p->max);
	else if (p->min != LONG_MIN)
		buf_printf(out, "%ld or more", p->min);
	else if (p->max != LONG_MAX)
		buf_printf(out, "%ld or less", p->max);
}

static const char *describe_reach(const struct topology *t)
{
	if (strcmp(t->reach, "some") == 0)
		return "reach, below, says which hosts answer which";
	return strcmp(t->reach, "none") == 0 ? "no host answers another"
					     : "every host answers every other";
}

static void print_topology(struct out *o, const struct topology *t)
{
	const char *source = topology_source(t->name);
	struct table table;

	out_printf(o, "%s: %s\n", t->name, t->about);
	if (t->n_params) {
		out_puts(o, "\n");
		table_init(&table, 3, NULL);
		for (size_t i = 0; i < t->n_params; i++) {
			struct buf range = { 0 };

			describe_range(&t->params[i], &range);
			table_cell(&table, "  %s=%s", t->params[i].name, t->params[i].value);
			table_cell(&table, "%s", t->params[i].about);
			table_cell(&table, "%s", buf_text(&range));
			buf_free(&range);
		}
		table_print(&table, o);
	}
	out_printf(o, "\npingall: %s\n", describe_reach(t));
	if (source)
		out_printf(o, "\n%s", source);
}

static int show_topology(struct session *s, const struct args *a, const char *spec, struct err *err)
{
	struct json j = { .buf = &s->out.buf };
	struct topology t;

	if (topology_describe(spec, &t, err))
		return -1;
	if (session_json(s, a)) {
		json_topology(&j, &t);
		out_puts(&s->out, "\n");
	} else {
		print_topology(&s->out, &t);
	}
	topology_free(&t);
	return 0;
}

/* The row of topology T: what it is, and its parameters with their defaults. */
static void list_topology(struct table *table, const struct topology *t)
{
	struct buf about = { 0 };

	buf_puts(&about, t->about);
	for (size_t i = 0; i < t->n_params; i++)
		buf_printf(&about, "%s%s=%s%s", i ? " " : " (", t->params[i].name,
			   t->params[i].value, i + 1 < t->n_params ? "" : ")");
	table_cell(table, "%s", t->name);
	table_cell(table, "%s", buf_text(&about));
	buf_free(&about);
}

static int run_topologies(struct session *s, const struct args *a, struct err *err)
{
	const char *spec = args_text(a, "topology");
	bool as_json = session_json(s, a);
	struct json j = { .buf = &s->out.buf };
	struct table table;
	int rc = 0;

	if (spec)
		return show_topology(s, a, spec, err);
	table_init(&table, 2, NULL);
	if (as_json)
		json_open(&j, '[');
	for (const char *const *name = topology_names(); !rc && *name; name++) {
		struct topology t;

		rc = topology_describe(*name, &t, err);
		if (rc)
			break;
		if (as_json)
			json_topology(&j, &t);
		else
			list_topology(&table, &t);
		topology_free(&t);
	}
	table_print(&table, &s->out);
	if (as_json) {
		json_close(&j, ']');
		out_puts(&s->out, "\n");
	}
	return rc;
}

const struct command cmd_topologies = {
	.name = "topologies",
	.family = FAMILY_SCRIPT,
	.args = "[<topology>] [--json]",
	.summary = "list the built-in topologies, or show one with its parameters and source",
	.details = "JSON: [{\"name\", \"about\", \"params\": [{\"name\", \"default\", \"about\"}, "
		   "...], "
		   "\"reach\": \"all\", \"none\" or \"some\"}, ...]; of one topology its object "
		   "alone. reach: which hosts answer which.",
	.example = "topologies tree",
	.run = run_topologies,
};
