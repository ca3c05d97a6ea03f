/* The line splitter: whatever is typed, words read back as themselves and stand where they say. */
#include "base/words.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"

#define CHECK(condition)                                                                           \
	do {                                                                                       \
		if (!(condition))                                                                  \
			abort();                                                                   \
	} while (0)

static void check_positions(const char *line, size_t len, const struct words *w)
{
	size_t before = 0;

	for (size_t i = 0; i < w->n; i++) {
		const struct word *word = &w->v[i];

		CHECK(before <= word->start && word->start <= word->end && word->end <= len);
		CHECK(strlen(word->text) <= word->end - word->start);
		if (!word->quoted)
			CHECK(!strncmp(word->text, line + word->start, word->end - word->start));
		CHECK(words_rest(line, w, i) == line + word->start);
		before = word->end;
	}
}

/* Every word quoted and joined splits into the same words, and no shell would see more in it. */
static void check_quoting(const struct words *w)
{
	struct buf joined = { 0 };
	struct words again;

	for (size_t i = 0; i < w->n; i++) {
		if (i > 0)
			buf_putc(&joined, ' ');
		buf_put_quoted(&joined, w->v[i].text);
	}
	if (joined.len <= WORDS_LINE_MAX) {
		CHECK(words_split(buf_text(&joined), &again, NULL) == 0);
		CHECK(again.n == w->n);
		for (size_t i = 0; i < w->n; i++)
			CHECK(!strcmp(again.v[i].text, w->v[i].text));
		CHECK(!w->n || strchr(w->v[0].text, '=') || !words_need_shell(buf_text(&joined)));
		words_free(&again);
	}
	buf_free(&joined);
}

static void check_background(const char *line, size_t len)
{
	size_t without = 0;
	char *start;

	if (!words_background(line, &without))
		return;
	CHECK(without > 0 && without < len);
	CHECK(line[without + strspn(line + without, " \t")] == '&');
	start = mem_strndup(line, without);
	CHECK(words_need_shell(line) == words_need_shell(start));
	free(start);
}

/* What stands before an operator holds none; an & at the end is one. */
static void check_operator(const char *line)
{
	const char *found = words_operator(line);
	size_t len;
	char *before;

	CHECK(!words_background(line, &len) || found);
	if (!found)
		return;
	CHECK(found[strspn(found, "0123456789")] &&
	      strchr("|&;<>", found[strspn(found, "0123456789")]));
	before = mem_strndup(line, (size_t)(found - line));
	CHECK(!words_operator(before));
	free(before);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *line = mem_strndup((const char *)data, size);
	size_t len = strlen(line);
	struct err err = ERR_INIT;
	struct words whole, partial;

	words_split_partial(line, len, &partial);
	CHECK(partial.n > 0 && partial.v[partial.n - 1].end == len);
	check_positions(line, len, &partial);
	check_background(line, len);
	check_operator(line);
	CHECK(words_more(line) != WORDS_JOIN || line[len - 1] == '\\');

	if (words_split(line, &whole, &err) == 0) {
		CHECK(!partial.open && whole.n <= partial.n && partial.n <= whole.n + 1);
		for (size_t i = 0; i < whole.n; i++)
			CHECK(!strcmp(whole.v[i].text, partial.v[i].text));
		check_positions(line, len, &whole);
		check_quoting(&whole);
	} else {
		CHECK(err.class == ERR_USAGE && err.text[0] && !whole.v);
	}
	words_free(&whole);
	words_free(&partial);
	free(line);
	return 0;
}
