/* Argument grammars: the string of a row as places for words. */
#include "command/grammar.h"

#include <string.h>

#include "base/name.h"

const struct arg_type_info arg_types[] = {
	[ARG_NODE] = { "node", "a node of the lab" },
	[ARG_HOST] = { "host", "a host of the lab" },
	[ARG_SWITCH] = { "switch", "a switch of the lab" },
	[ARG_ROUTER] = { "router", "a router of the lab" },
	[ARG_NAME] = { "name", "a new node's name: letters, digits, _ . -" },
	[ARG_END] = { "end", "a node, or one interface of it: h1, h1:eth0" },
	[ARG_ADDRESSES] = { "addresses",
			    "10.0.0.1/24, or for both ends 10.0.0.1/24,10.0.0.2/24, or none" },
	[ARG_NUMBER] = { "number", "a whole number" },
	[ARG_RATE] = { "rate", "a rate: 500kbit, 10mbit, 1gbit" },
	[ARG_TIME] = { "time", "a time: 500ms, 2s" },
	[ARG_TOPOLOGY] = { "topology", "a built-in topology, or a path ending in .lua" },
	[ARG_PARAM] = { "param", "a parameter of the topology: NAME=VALUE" },
	[ARG_FILE] = { "file", "a file" },
	[ARG_COMMAND] = { "command", "a command's name" },
	[ARG_JOB] = { "job", "a job's number: 1 or %1" },
	[ARG_SIGNAL] = { "signal", "a signal: -INT, -9" },
	[ARG_WORD] = { "word", "a word" },
	[ARG_LINE] = { "line", "any line that could stand at the prompt" },
	[ARG_PROGRAM] = { "program",
			  "a program and its words, or anything else /bin/sh understands" },
	[ARG_LUA] = { "lua", "Lua, as many lines as it takes" },
	[ARG_CHOICE] = { "choice", "one of these words" },
};

#define N_TYPES (sizeof(arg_types) / sizeof(*arg_types))

bool spec_takes_rest(const struct arg_spec *spec)
{
	return spec->type == ARG_LINE || spec->type == ARG_PROGRAM || spec->type == ARG_LUA;
}

bool spec_is_told_apart(const struct arg_spec *spec)
{
	return spec->type == ARG_SIGNAL || spec->type == ARG_RATE;
}

bool spec_takes_kind(const struct arg_spec *spec, enum graph_kind kind)
{
	switch (spec->type) {
	case ARG_HOST:
		return kind == GRAPH_HOST;
	case ARG_SWITCH:
		return kind == GRAPH_SWITCH;
	case ARG_ROUTER:
		return kind == GRAPH_ROUTER;
	default:
		return spec->type == ARG_NODE || spec->type == ARG_END;
	}
}

bool spec_has_choice(const struct arg_spec *spec, const char *word)
{
	for (size_t i = 0; i < spec->n_choices; i++)
		if (!strcmp(spec->choices[i], word))
			return true;
	return false;
}

void spec_describe(const struct arg_spec *spec, struct buf *out)
{
	if (spec->kind == SPEC_FLAG) {
		buf_puts(out, spec->label);
		return;
	}
	if (spec->kind == SPEC_OPTION)
		buf_printf(out, "%s=", spec->label);
	for (size_t i = 0; i < spec->n_choices; i++)
		buf_printf(out, "%s%s", i ? "|" : "", spec->choices[i]);
	if (spec->type == ARG_CHOICE)
		return;
	buf_printf(out, "%s<%s>", spec->n_choices ? "|" : "",
		   spec->kind == SPEC_OPTION ? arg_types[spec->type].name : spec->label);
}

static struct arg_spec *add_spec(struct grammar *g, enum spec_kind kind, bool optional,
				 struct err *err)
{
	if (g->n == GRAMMAR_MAX) {
		err_set(err, "more than %d places", GRAMMAR_MAX);
		return NULL;
	}
	g->specs[g->n] =
		(struct arg_spec){ .kind = kind, .type = ARG_CHOICE, .optional = optional };
	return &g->specs[g->n++];
}

static int copy_label(char *out, size_t size, const char *text, struct err *err)
{
	size_t len = strlen(text);

	if (!len || len >= size)
		return err_set(err, "\"%s\" is empty or too long", text);
	memcpy(out, text, len + 1);
	return 0;
}

/* "-4|-6" */
static int compile_flags(struct grammar *g, char *token, bool optional, struct err *err)
{
	bool several = strchr(token, '|');
	int group = 1 + (int)g->n;

	if (!optional)
		return err_set(err, "flag %s must stand in [ ]", token);
	for (char *flag; (flag = strsep(&token, "|"));) {
		struct arg_spec *spec = add_spec(g, SPEC_FLAG, true, err);

		if (!spec || copy_label(spec->label, sizeof(spec->label), flag, err))
			return -1;
		if (flag[0] != '-' || !flag[1])
			return err_set(err, "\"%s\" is no flag", flag);
		spec->exclusive = several ? group : 0;
	}
	return 0;
}

static int refuse_type(const char *name, struct err *err)
{
	struct nearest nearest = { .word = name };
	struct buf list = { 0 };

	for (int i = 0; i < ARG_CHOICE; i++) {
		nearest_offer(&nearest, arg_types[i].name);
		buf_printf(&list, "%s<%s>", i ? ", " : "", arg_types[i].name);
	}
	err_set(err, "no type <%s>", name);
	nearest_suggest(&nearest, err);
	err_hint(err, "the types are %s", buf_text(&list));
	buf_free(&list);
	return -1;
}

/* "<type>" or "<type:label>" */
static int compile_type(struct arg_spec *spec, char *text, struct err *err)
{
	size_t len = strlen(text);
	char *label;

	if (len < 3 || text[len - 1] != '>')
		return err_set(err, "\"%s\" lacks its >", text);
	text[len - 1] = '\0';
	label = ++text;
	strsep(&label, ":");
	for (size_t i = 0; i < N_TYPES; i++) {
		if (i == ARG_CHOICE || strcmp(arg_types[i].name, text))
			continue;
		spec->type = (enum arg_type)i;
		return spec->kind == SPEC_OPTION ? 0
						 : copy_label(spec->label, sizeof(spec->label),
							      label ? label : text, err);
	}
	return refuse_type(text, err);
}

/* "<type>", "up|down", "on|off|<line>" */
static int compile_alternatives(struct arg_spec *spec, char *token, struct err *err)
{
	for (char *one; (one = strsep(&token, "|"));) {
		if (*one == '<') {
			if (token)
				return err_set(err, "%s must be the last of its alternatives", one);
			return compile_type(spec, one, err);
		}
		if (spec->n_choices == sizeof(spec->choices) / sizeof(*spec->choices))
			return err_set(err, "too many alternatives");
		if (copy_label(spec->choices[spec->n_choices++], sizeof(*spec->choices), one, err))
			return -1;
	}
	return spec->kind == SPEC_OPTION
		       ? 0
		       : copy_label(spec->label, sizeof(spec->label), spec->choices[0], err);
}

static int compile_token(struct grammar *g, char *token, struct err *err)
{
	size_t len = strlen(token);
	bool optional = token[0] == '[';
	struct arg_spec *spec;
	char *equals;

	if (optional) {
		if (token[len - 1] != ']')
			return err_set(err, "\"%s\" lacks its ]", token);
		token[--len] = '\0';
		token++, len--;
	}
	if (token[0] == '-')
		return compile_flags(g, token, optional, err);

	equals = strchr(token, '=');
	spec = add_spec(g, equals ? SPEC_OPTION : SPEC_WORD, optional, err);
	if (!spec)
		return -1;
	if (equals) {
		*equals = '\0';
		if (!optional)
			return err_set(err, "option %s= must stand in [ ]", token);
		if (token[strspn(token, "abcdefghijklmnopqrstuvwxyz0123456789_")])
			return err_set(err, "option %s= may have a-z, 0-9 and _ only", token);
		if (copy_label(spec->label, sizeof(spec->label), token, err))
			return -1;
		return compile_alternatives(spec, equals + 1, err);
	}
	if (len > 3 && !strcmp(token + len - 3, "...")) {
		token[len - 3] = '\0';
		spec->repeat = true;
	}
	return compile_alternatives(spec, token, err);
}

/* Words are given to places from left to right without looking ahead: that must be unambiguous. */
static int check_order(const struct grammar *g, struct err *err)
{
	const struct arg_spec *last = NULL, *optional = NULL;

	for (size_t i = 0; i < g->n; i++) {
		const struct arg_spec *spec = &g->specs[i];

		if (spec->kind != SPEC_WORD) {
			if (spec_takes_rest(spec))
				return err_set(err, "an option cannot take the rest of the line");
			continue;
		}
		if (last && (last->repeat || spec_takes_rest(last)))
			return err_set(err, "<%s> must be the last word", last->label);
		if (optional && !spec->optional)
			return err_set(err, "<%s> may be left out, but a word after it may not",
				       optional->label);
		if (spec->optional && !spec_is_told_apart(spec))
			optional = spec;
		last = spec;
	}
	return 0;
}

int grammar_compile(const char *text, struct grammar *g, struct err *err)
{
	const char *p = text;

	*g = (struct grammar){ 0 };
	while (*(p += strspn(p, " "))) {
		size_t len = strcspn(p, " ");
		char token[160];

		if (len >= sizeof(token))
			return err_set(err, "grammar \"%s\": a place is too long", text);
		memcpy(token, p, len);
		token[len] = '\0';
		if (compile_token(g, token, err))
			return err_wrap(err, "grammar \"%s\"", text);
		p += len;
	}
	if (check_order(g, err))
		return err_wrap(err, "grammar \"%s\"", text);
	return 0;
}
