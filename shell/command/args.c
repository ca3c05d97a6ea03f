/* A line's words against its command's grammar: places, then values. */
#include "command/grammar.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/name.h"
#include "command/command.h"

void command_usage(const struct command *c, struct buf *out)
{
	buf_printf(out, "usage: %s%s%s", c->name, *c->args ? " " : "", c->args);
}

int addresses_next(const char **text, struct prefix *p, struct err *err)
{
	size_t len = strcspn(*text, ",");
	char one[PREFIX_TEXT];

	if (len >= sizeof(one))
		return err_set(err, "\"%.*s...\" is no address", (int)sizeof(one) - 1, *text);
	memcpy(one, *text, len);
	one[len] = '\0';
	*text = (*text)[len] ? *text + len + 1 : NULL;
	*p = (struct prefix){ 0 };
	if (!strcmp(one, "none"))
		return 0;
	if (prefix_parse(p, one, err))
		return -1;
	/* iproute2 makes it a /32, whose neighbours are nowhere. */
	if (!strchr(one, '/'))
		return err_set(err, "%s: with its prefix length, please: %s/%d", one, one,
			       p->family == AF_INET ? 24 : 64);
	return 0;
}

static int check_addresses(const char *text, struct err *err)
{
	struct prefix p;

	do {
		if (addresses_next(&text, &p, err))
			return -1;
	} while (text);
	return 0;
}

static struct graph_node *find_node(const struct graph *g, const char *name, struct err *err)
{
	struct graph_node *node = *name ? graph_node_find(g, name) : NULL;
	struct nearest nearest = { .word = name };
	char why[400];

	if (node)
		return node;
	for (size_t i = 0; i < g->n_nodes; i++)
		nearest_offer(&nearest, g->nodes[i]->name);
	err_set(err, "no node %s", *name ? name : "\"\"");
	if (graph_pending_reason(g, name, why, sizeof(why)))
		err_hint(err, "%s", why);
	else
		nearest_suggest(&nearest, err);
	return NULL;
}

static int check_node(struct arg *arg, const struct graph *g, struct err *err)
{
	enum graph_kind kind;

	if (!g)
		return 0;
	arg->node = find_node(g, arg->text, err);
	if (!arg->node)
		return -1;
	kind = graph_node_kind(arg->node);
	if (spec_takes_kind(arg->spec, kind))
		return 0;
	return err_set(err, "%s is a %s, not a %s", arg->node->name, graph_kind_name(kind),
		       arg_types[arg->spec->type].name);
}

/* NODE, NODE:INTERFACE, or an interface's full name, as the listings print it. */
static int check_end(struct arg *arg, const struct graph *g, struct err *err)
{
	size_t len = strcspn(arg->text, ":");
	char *name;

	if (arg->text[len])
		arg->interface = arg->text + len + 1;
	if (!len || (arg->interface && !*arg->interface))
		return err_set(err, "\"%s\" is neither NODE nor NODE:INTERFACE", arg->text);
	if (!g)
		return 0;
	if (!arg->interface && !graph_node_find(g, arg->text)) {
		for (size_t i = 0; i < g->n_nodes; i++) {
			struct graph_port *port = graph_port_find(g->nodes[i], arg->text);

			if (port && !strcmp(port->name, arg->text) && strcmp(port->name, "lo")) {
				arg->node = port->node;
				arg->interface = arg->text;
				return 0;
			}
		}
	}
	name = mem_strndup(arg->text, len);
	arg->node = find_node(g, name, err);
	free(name);
	return arg->node ? 0 : -1;
}

static int check_choice(const struct arg_spec *spec, const char *text, struct err *err)
{
	struct nearest nearest = { .word = text };
	char list[sizeof(spec->choices) + 4 * 8] = "";
	size_t len = 0;

	for (size_t i = 0; i < spec->n_choices; i++) {
		len += (size_t)snprintf(list + len, sizeof(list) - len, "%s%s",
					!i			   ? ""
					: i + 1 == spec->n_choices ? " or "
								   : ", ",
					spec->choices[i]);
		nearest_offer(&nearest, spec->choices[i]);
	}
	err_set(err, "expected %s, not \"%s\"", list, text);
	return nearest_suggest(&nearest, err);
}

/* What stands for yes, true, on or 1 in a place for that and its opposite; NULL: it is none. */
static const char *choice_of_truth(const struct arg_spec *spec, const char *text)
{
	const char *found = NULL;
	bool wanted, value;

	if (spec->n_choices != 2 || truth_parse(&wanted, text, NULL))
		return NULL;
	for (size_t i = 0; i < 2; i++) {
		if (truth_parse(&value, spec->choices[i], NULL))
			return NULL;
		if (value == wanted)
			found = spec->choices[i];
	}
	return found;
}

static int check_value(struct arg *arg, const struct graph *g, struct err *err)
{
	const char *truth;

	if (spec_has_choice(arg->spec, arg->text))
		return 0;
	switch (arg->spec->type) {
	case ARG_CHOICE:
		truth = choice_of_truth(arg->spec, arg->text);
		if (truth)
			arg->text = truth;
		return truth ? 0 : check_choice(arg->spec, arg->text, err);
	case ARG_NODE:
	case ARG_HOST:
	case ARG_SWITCH:
	case ARG_ROUTER:
		return check_node(arg, g, err);
	case ARG_END:
		return check_end(arg, g, err);
	case ARG_NAME:
		return name_check_node(arg->text, err);
	case ARG_ADDRESSES:
		return check_addresses(arg->text, err);
	case ARG_NUMBER:
		return number_parse(&arg->number, arg->text, 0, INT32_MAX, err);
	case ARG_TIME:
		return time_parse(&arg->time_ns, arg->text, err);
	case ARG_RATE:
		return rate_parse(&arg->rate, arg->text, err);
	case ARG_PARAM:
		if (strchr(arg->text, '=') > arg->text)
			return 0;
		return err_set(err, "\"%s\" is no NAME=VALUE", arg->text);
	case ARG_TOPOLOGY:
	case ARG_FILE:
	case ARG_COMMAND:
	case ARG_JOB:
	case ARG_SIGNAL:
	case ARG_WORD:
	case ARG_LINE:
	case ARG_PROGRAM:
	case ARG_LUA:
		if (*arg->text)
			return 0;
		return err_set(err, "<%s> is empty", arg->spec->label);
	}
	return 0;
}

static void add_arg(struct args *a, const struct arg_spec *spec, const char *text)
{
	a->v = mem_grow(a->v, a->n, &a->cap, sizeof(*a->v));
	if (spec->kind == SPEC_OPTION)
		text = strchr(text, '=') + 1;
	a->v[a->n++] = (struct arg){ .spec = spec, .text = text };
}

/* A ~ before the slash is the home directory, as people are used to. */
static void expand_home(struct word *w, enum arg_type type)
{
	const char *home = getenv("HOME");
	char *path;

	if ((type != ARG_FILE && type != ARG_TOPOLOGY) || w->quoted || strncmp(w->text, "~/", 2) ||
	    !home)
		return;
	path = mem_printf("%s%s", home, w->text + 1);
	free(w->text);
	w->text = path;
}

static void hint_usage(const struct command *c, struct err *err)
{
	struct buf usage = { 0 };

	command_usage(c, &usage);
	err_hint(err, "%s", buf_text(&usage));
	buf_free(&usage);
}

static int refuse_missing(const struct arg_spec *spec, struct err *err)
{
	struct buf place = { 0 };

	spec_describe(spec, &place);
	err_set(err, "%s is missing", buf_text(&place));
	buf_free(&place);
	return -1;
}

/* Give every word its place. */
static int match_line(struct args *a, const char *line, size_t first, struct err *err)
{
	struct match m = { .grammar = &a->grammar };
	const struct arg_spec *spec;

	for (size_t i = first; i < a->words.n; i++) {
		if (match_word(&m, &a->words.v[i], &spec, err))
			return -1;
		if (spec_takes_rest(spec) && (i + 1 < a->words.n || a->words.v[i].quoted)) {
			add_arg(a, spec, line + a->words.v[i].start);
			break;
		}
		expand_home(&a->words.v[i], spec->type);
		add_arg(a, spec, a->words.v[i].text);
	}
	spec = match_missing(&m);
	return spec ? refuse_missing(spec, err) : 0;
}

/* LINE begins with the command's name, or right behind it; the rest is not split: Lua's quotes are
 * not
 * ours. */
static int match_lua(struct args *a, const char *line, struct err *err)
{
	const size_t len = strlen(a->command->name);

	line += strncmp(line, a->command->name, len) == 0 ? len : 0;
	line += strspn(line, " \t\n");
	if (!*line)
		return refuse_missing(&a->grammar.specs[0], err);
	add_arg(a, &a->grammar.specs[0], line);
	return 0;
}

static int split_and_match(struct args *a, const char *line, size_t first, struct err *err)
{
	int rc;

	if (a->grammar.n && a->grammar.specs[0].type == ARG_LUA) {
		rc = match_lua(a, line, err);
	} else {
		if (words_split(line, &a->words, err))
			return -1;
		rc = match_line(a, line, first, err);
	}
	if (rc)
		hint_usage(a->command, err);
	return rc;
}

/* "link h1-s9": what was asked for, as far as it can be said in a word. */
static void wrap_subject(const struct args *a, struct err *err)
{
	struct buf subject = { 0 };
	const char *separator = " ";

	buf_puts(&subject, a->command->name);
	for (size_t i = 0; i < a->n; i++) {
		if (a->v[i].spec->type != ARG_END)
			continue;
		buf_printf(&subject, "%s%s", separator, a->v[i].text);
		separator = "-";
	}
	err_wrap(err, "%s", buf_text(&subject));
	buf_free(&subject);
}

static int check_values(struct args *a, const struct graph *g, struct err *err)
{
	for (size_t i = 0; i < a->n; i++) {
		if (a->v[i].spec->kind == SPEC_FLAG || !check_value(&a->v[i], g, err))
			continue;
		if (a->v[i].spec->kind == SPEC_OPTION)
			err_wrap(err, "%s", a->v[i].spec->label);
		return -1;
	}
	return 0;
}

int args_parse(struct args *a, const struct command *c, const char *line, size_t first,
	       const struct graph *g, struct err *err)
{
	*a = (struct args){ .command = c };
	if (!grammar_compile(c->args, &a->grammar, err)) {
		if (!split_and_match(a, line, first, err) && !check_values(a, g, err))
			return 0;
		wrap_subject(a, err);
	}
	/* The words of a command are wrong, not those of the program's own command line. */
	if (err)
		err->class = ERR_FAILED;
	args_free(a);
	return -1;
}

void args_free(struct args *a)
{
	words_free(&a->words);
	free(a->v);
	a->v = NULL;
	a->n = a->cap = 0;
}

const struct arg *args_at(const struct args *a, const char *label, size_t i)
{
	for (size_t k = 0; k < a->n; k++)
		if (!strcmp(a->v[k].spec->label, label) && i-- == 0)
			return &a->v[k];
	return NULL;
}

const char *args_text(const struct args *a, const char *label)
{
	const struct arg *arg = args_at(a, label, 0);

	return arg ? arg->text : NULL;
}

size_t args_count(const struct args *a, const char *label)
{
	size_t n = 0;

	for (size_t k = 0; k < a->n; k++)
		n += !strcmp(a->v[k].spec->label, label);
	return n;
}

bool args_has(const struct args *a, const char *flag)
{
	return args_at(a, flag, 0);
}
