#include "base/out.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/wrap.h"

void table_init(struct table *t, size_t columns, const char *const *head)
{
	*t = (struct table){ .columns = columns };
	for (size_t i = 0; head && i < columns; i++)
		table_cell(t, "%s", head[i]);
}

void table_cell(struct table *t, const char *fmt, ...)
{
	struct buf text = { 0 };
	va_list ap;

	va_start(ap, fmt);
	buf_vprintf(&text, fmt, ap);
	va_end(ap);
	/* The kernel lets an interface's name hold what steers a terminal. */
	for (char *c = text.data; *c; c++) {
		if ((unsigned char)*c < 0x20 || *c == 0x7f)
			*c = '?';
	}
	t->cells = mem_grow(t->cells, t->n, &t->cap, sizeof(*t->cells));
	t->cells[t->n++] = text.data;
}

/* What passes the edge of the terminal goes on below, so far from the left. */
#define INDENT 4
/* Fewer columns than these are too narrow for a text of several lines. */
#define ROOM 20

/* The last cell of a row, which begins at column AT, COLUMN being written: broken at blanks, and
 * where there is little room on lines of its own. */
static void print_last(const char *text, size_t column, size_t at, struct out *o)
{
	size_t columns = out_columns(o), indent = at;

	if (columns && at && at + wrap_width(text) > columns &&
	    (at + ROOM > columns || at + wrap_widest(text) > columns)) {
		out_printf(o, "\n%*s", INDENT, "");
		at = indent = column = INDENT;
	}
	out_printf(o, "%*s", (int)(at - column), "");
	wrap_put(&o->buf, text, at, indent, columns);
}

static void print_row(char **cells, size_t n, const size_t *widths, struct out *o)
{
	size_t columns = out_columns(o), column = 0, at = 0;

	/* Nothing after the last filled cell: no blanks at the end of a line. */
	while (n > 0 && !*cells[n - 1])
		n--;
	for (size_t i = 0; i + 1 < n; i++) {
		size_t width = wrap_width(cells[i]);

		if (columns && i && at + width > columns) {
			out_printf(o, "\n%*s", INDENT, "");
			at = column = INDENT;
		}
		out_printf(o, "%*s%s", (int)(at - column), "", cells[i]);
		column = at + width;
		at += widths[i] + 2;
	}
	if (n > 0)
		print_last(cells[n - 1], column, at, o);
	out_puts(o, "\n");
}

void table_print(struct table *t, struct out *o)
{
	size_t *widths = mem_alloc(t->columns * sizeof(*widths));

	for (size_t i = 0; i < t->n; i++) {
		size_t width = wrap_width(t->cells[i]);

		if (width > widths[i % t->columns])
			widths[i % t->columns] = width;
	}
	for (size_t i = 0; i < t->n; i += t->columns)
		print_row(t->cells + i, t->n - i < t->columns ? t->n - i : t->columns, widths, o);
	for (size_t i = 0; i < t->n; i++)
		free(t->cells[i]);
	free(t->cells);
	free(widths);
	*t = (struct table){ 0 };
}
