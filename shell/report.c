#include "report.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"

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

void report_error(const char *where, const struct err *err)
{
	struct buf b = { 0 };

	buf_puts(&b, report_colour() ? "\033[1;31merror:\033[0m " : "error: ");
	if (where)
		buf_printf(&b, "%s: ", where);
	buf_printf(&b, "%s\n", err->text);
	if (err->hint[0])
		buf_printf(&b, "hint: %s\n", err->hint);
	report_write(&b);
}

void report_line(const char *where, const char *text)
{
	struct buf b = { 0 };

	buf_printf(&b, "%s: %s\n", where, text);
	report_write(&b);
}

void report_notes(const char *text)
{
	struct buf b = { 0 };

	while (*text) {
		size_t n = strcspn(text, "\n");

		if (n)
			buf_printf(&b, "note: %.*s\n", (int)n, text);
		text += n + (text[n] == '\n');
	}
	if (b.len)
		report_write(&b);
}
