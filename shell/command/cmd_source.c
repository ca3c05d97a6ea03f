/* source: the lines of a file, one after the other; or a script in Lua. */
#include "command/command.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/interrupt.h"
#include "base/mem.h"
#include "command/grammar.h"
#include "lua/live/live.h"

/* One line of FILE. A program that fails stops the file as an error does, and it is said where. */
static int source_line(struct session *s, const char *file, unsigned number, const char *line,
		       struct err *err)
{
	if (session_run(s, line, err))
		return err_wrap(err, "%s:%u", file, number);
	if (!s->status || s->quit)
		return 0;
	return err_set(err, "%s:%u: %s: exit status %d", file, number, line + strspn(line, " \t"),
		       s->status);
}

/* A line of a file that may be endless, or no text at all. 1; 0 at the end; -1 with err. */
static int source_getline(FILE *f, struct buf *line, struct err *err)
{
	int c;

	buf_clear(line);
	while ((c = getc(f)) != EOF && c != '\n') {
		if (c == '\0')
			return err_set(err, "a NUL byte: this is no text");
		if (line->len >= WORDS_LINE_MAX)
			return err_set(err, "a line of more than %d bytes", WORDS_LINE_MAX);
		buf_putc(line, (char)c);
	}
	if (interrupt_pending())
		return err_set(err, "interrupted");
	while (line->len && line->data[line->len - 1] == '\r')
		line->data[--line->len] = '\0';
	return c != EOF || line->len;
}

/* A line with those that belong to it in TEXT; NUMBER counts them. 1; 0 at the end; -1 with err. */
static int source_read(struct session *s, FILE *f, struct buf *text, unsigned *number,
		       struct err *err)
{
	enum words_more more = WORDS_MORE;
	struct buf line = { 0 };
	int got = 1;

	buf_clear(text);
	while (more != WORDS_DONE && (got = source_getline(f, &line, err)) > 0) {
		++*number;
		buf_add(text, buf_text(&line), line.len);
		more = session_more(s, buf_text(text));
		if (more == WORDS_JOIN)
			text->data[--text->len] = '\0';
		else if (more == WORDS_MORE)
			buf_putc(text, '\n');
	}
	buf_free(&line);
	return got < 0 ? -1 : got || text->len;
}

static int source_lines(struct session *s, const char *file, FILE *f, struct err *err)
{
	struct buf text = { 0 };
	unsigned number = 0;
	int got = 1;

	while (got > 0 && !s->quit) {
		unsigned first = number + 1;

		got = source_read(s, f, &text, &number, err);
		if (got < 0)
			err_wrap(err, "%s:%u", file, number + 1);
		else if (got && source_line(s, file, first, buf_text(&text), err))
			got = -1;
	}
	if (!got && ferror(f))
		got = err_errno(err, errno, "source: %s", file);
	buf_free(&text);
	return got < 0 ? -1 : 0;
}

static int source_lua(struct session *s, const struct args *a, struct err *err)
{
	size_t n = args_count(a, "argument");
	const char **words = mem_alloc((n + 1) * sizeof(*words));
	int rc;

	for (size_t i = 0; i < n; i++)
		words[i] = args_at(a, "argument", i)->text;
	rc = live_run_file(s, args_text(a, "file"), words, err);
	free(words);
	return rc;
}

static bool is_lua(const char *file)
{
	size_t len = strlen(file);

	return len > 4 && strcmp(file + len - 4, ".lua") == 0;
}

static int run_source(struct session *s, const struct args *a, struct err *err)
{
	const char *file = args_text(a, "file");
	FILE *f;
	int rc;

	if (is_lua(file))
		return source_lua(s, a, err);
	if (args_count(a, "argument"))
		return err_set(err, "source: %s takes no words: only a Lua script, NAME.lua, does",
			       file);
	f = fopen(file, "re");
	if (!f)
		return err_usage(err, "source: %s: %s", file, strerror(errno));
	rc = source_lines(s, file, f, err);
	fclose(f);
	return rc;
}

const struct command cmd_source = {
	.name = "source",
	.family = FAMILY_SCRIPT,
	.args = "<file> [<word:argument>...]",
	.summary = "run the lines of a file, or a Lua script",
	.details =
		"Stops at the first line that fails, with FILE:LINE. `exit` in it ends the shell. "
		"A file whose name ends in .lua is a Lua script, which sees the words behind it as "
		"`...` and in `arg`; `os.exit(N)` ends it, and not the shell.",
	.no_example = "needs a file",
	.run = run_source,
};
