#include "command/place.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "command/program.h"
#include "lua/live/live.h"

static bool is_first_word(const char *word)
{
	for (size_t i = 0; command_table[i]; i++)
		if (strchr(command_table[i]->name, ' ') &&
		    command_has_first_word(command_table[i], word))
			return true;
	return false;
}

/* The arguments of P's command from word AT on, the last one still being typed. Returns where a
 * nested line begins, or 0. */
static size_t walk_arguments(struct place *p, size_t at)
{
	struct match m = { .grammar = &p->grammar };
	const struct arg_spec *spec = NULL;
	struct words *w = &p->words;
	size_t last = w->n - 1;
	const char *equals;

	for (; at < last; at++) {
		if (match_word(&m, &w->v[at], &spec, NULL)) {
			p->kind = PLACE_UNKNOWN;
			return 0;
		}
		if (spec_takes_rest(spec)) {
			p->instead = spec;
			return at;
		}
		if (spec->type == ARG_TOPOLOGY)
			p->topology = w->v[at].text;
	}
	p->n_expected = match_expected(&m, p->expected);
	p->complete = !match_missing(&m);
	if (p->n_expected && spec_takes_rest(p->expected[0])) {
		p->instead = p->expected[0];
		return at;
	}
	equals = strchr(p->typed, '=');
	for (size_t i = 0; equals && i < p->n_expected; i++)
		if (p->expected[i]->kind == SPEC_OPTION &&
		    !strncmp(p->expected[i]->label, p->typed, (size_t)(equals - p->typed)) &&
		    !p->expected[i]->label[equals - p->typed])
			p->option = p->expected[i];
	return 0;
}

/* Is the cursor in a chunk of Lua, of a line that begins at word BASE? */
static bool find_lua(struct place *p, size_t base)
{
	const char *line = p->text + p->words.v[base].start;

	p->command = command_find_lua(line, &p->lua);
	/* Behind `lua` without a blank that is the word being typed. */
	if (!p->command || (!*p->lua && p->lua == line + strlen("lua")))
		return false;
	p->kind = PLACE_LUA;
	p->typed = live_name(p->lua);
	p->start = (size_t)(p->typed - p->text);
	return true;
}

/* The line that begins at word BASE. Returns where a line nested in it begins, or 0: P is found. */
static size_t walk_line(const struct session *s, struct place *p, size_t base)
{
	size_t last = p->words.n - 1, used, nested;
	struct words typed = { .v = p->words.v + base, .n = last - base };
	const char *first = p->words.v[base].text;

	if (find_lua(p, base))
		return 0;
	if (base == last) {
		p->kind = PLACE_LINE;
		return 0;
	}
	p->instead = NULL;
	p->command = command_find(&typed, &used);
	if (p->command) {
		p->kind = PLACE_COMMAND;
		p->first = first;
		p->in_name = used == 1 && last == base + 1 && is_first_word(first);
		if (grammar_compile(p->command->args, &p->grammar, NULL))
			return 0;
		nested = walk_arguments(p, base + used);
		if (!nested)
			return 0;
		if (p->instead->type == ARG_LINE)
			return nested;
		p->kind = nested == last ? PLACE_PROGRAM : PLACE_WORD;
		return 0;
	}
	p->node = *first ? graph_node_find(s->graph, first) : NULL;
	if (last == base + 1 && is_first_word(first)) {
		p->kind = PLACE_SECOND;
		p->first = first;
	} else if (p->node || !strcmp(first, "sudo") || !strcmp(first, "!")) {
		p->kind = last == base + 1 ? PLACE_PROGRAM : PLACE_WORD;
	} else {
		p->kind = program_begins_line(first) || program_ends_with_its_line(first)
				  ? PLACE_WORD
				  : PLACE_UNKNOWN;
	}
	return 0;
}

/* How many words precede the one being typed since the last |, ; or &&, where a program's name
 * stands; -1: there is none. */
static int words_since_pipe(const struct words *w)
{
	static const char *const pipes[] = { "|", "||", "&&", ";" };

	for (size_t i = w->n - 1; i-- > 0;)
		for (size_t k = 0; !w->v[i].quoted && k < sizeof(pipes) / sizeof(*pipes); k++)
			if (!strcmp(w->v[i].text, pipes[k]))
				return (int)(w->n - 2 - i);
	return -1;
}

void place_find(const struct session *s, const char *line, size_t cursor, struct place *p)
{
	size_t base = 0;
	int since;

	*p = (struct place){ .kind = PLACE_UNKNOWN, .text = mem_strndup(line, cursor) };
	words_split_partial(line, cursor, &p->words);
	p->typed = p->words.v[p->words.n - 1].text;
	p->start = p->words.v[p->words.n - 1].start;
	if (find_lua(p, 0))
		return;
	since = words_since_pipe(&p->words);
	if (since >= 0) {
		p->kind = since ? PLACE_WORD : PLACE_PROGRAM;
		return;
	}
	while ((base = walk_line(s, p, base)))
		;
}

void place_free(struct place *p)
{
	words_free(&p->words);
	free(p->text);
}
