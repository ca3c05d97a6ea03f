#include "report.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/out.h"
#include "base/wrap.h"

static bool report_colour(void)
{
	const char *no = getenv("NO_COLOR"), *term = getenv("TERM");

	return isatty(STDERR_FILENO) && !(no && *no) && term && strcmp(term, "dumb") != 0;
}

/* One write for the whole message, so that a job's output cannot come between. A stderr that is
 * closed or full leaves nobody to tell. */
static void report_write(struct buf *b)
{
	fflush(stdout);
	(void)!write(STDERR_FILENO, b->data, b->len);
	buf_free(b);
}

/* TEXT behind LABEL, and the end of the line; on a terminal broken at words. */
static void report_put(struct buf *b, const char *label, const char *text)
{
	const struct out terminal = { .fd = STDERR_FILENO };

	buf_puts(b, report_colour() && !strcmp(label, "error: ") ? "\033[1;31merror:\033[0m " :
								  label);
	wrap_lines(b, text, wrap_width(label), 4, out_columns(&terminal));
}

void report_error(const char *where, const struct err *err)
{
	struct buf b = { 0 }, text = { 0 };

	buf_printf(&text, "%s%s%s", where ? where : "", where ? ": " : "", err->text);
	report_put(&b, "error: ", buf_text(&text));
	buf_free(&text);
	if (err->hint[0])
		report_put(&b, "hint: ", err->hint);
	report_write(&b);
}

void report_line(const char *where, const char *text)
{
	struct buf b = { 0 }, label = { 0 };

	buf_printf(&label, "%s: ", where);
	report_put(&b, buf_text(&label), text);
	buf_free(&label);
	report_write(&b);
}

void report_notes(const char *text)
{
	struct buf b = { 0 }, line = { 0 };

	while (*text) {
		size_t n = strcspn(text, "\n");

		buf_clear(&line);
		buf_add(&line, text, n);
		if (n)
			report_put(&b, "note: ", buf_text(&line));
		text += n + (text[n] == '\n');
	}
	buf_free(&line);
	if (b.len)
		report_write(&b);
}
