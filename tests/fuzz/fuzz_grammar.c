/* The argument grammar: any grammar, any line. The first line of the input is the grammar, the
 * second what is typed. */
#include "command/grammar.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "command/command.h"

#define CHECK(condition)                                                                           \
	do {                                                                                       \
		if (!(condition))                                                                  \
			abort();                                                                   \
	} while (0)

/* Every arg has a place of the grammar and a text; labels find them again; what must be there is.
 */
static void check_args(const struct args *a)
{
	for (size_t i = 0; i < a->n; i++) {
		const struct arg_spec *spec = a->v[i].spec;

		CHECK(spec >= a->grammar.specs && spec < a->grammar.specs + a->grammar.n);
		CHECK(a->v[i].text);
		CHECK(args_count(a, spec->label) > 0 && args_at(a, spec->label, 0));
	}
	for (size_t i = 0; i < a->grammar.n; i++)
		CHECK(a->grammar.specs[i].optional || args_count(a, a->grammar.specs[i].label) > 0);
}

static void check_walk(const struct grammar *g, const char *line)
{
	struct match m = { .grammar = g };
	const struct arg_spec *expected[GRAMMAR_MAX], *spec;
	struct words w;

	words_split_partial(line, strlen(line), &w);
	for (size_t i = 0; i < w.n; i++) {
		CHECK(match_expected(&m, expected) <= g->n);
		if (match_word(&m, &w.v[i], &spec, NULL) || spec_takes_rest(spec))
			break;
	}
	words_free(&w);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = mem_strndup((const char *)data, size), *line = text;
	char *grammar = strsep(&line, "\n");
	struct command c = { .name = "cmd", .args = grammar };
	struct err err = ERR_INIT;
	struct grammar g;
	struct args a;

	if (line && grammar_compile(grammar, &g, &err) == 0) {
		check_walk(&g, line);
		if (args_parse(&a, &c, line, 0, NULL, &err) == 0) {
			check_args(&a);
			args_free(&a);
		} else {
			CHECK(err.text[0] && err.class == ERR_FAILED);
		}
	} else if (line) {
		CHECK(err.text[0]);
	}
	free(text);
	return 0;
}
