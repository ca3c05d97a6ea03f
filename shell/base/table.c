#include "base/out.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "base/mem.h"

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

/* Columns of a terminal that TEXT takes. */
static size_t width_of(const char *text)
{
	size_t left = strlen(text), width = 0;
	mbstate_t state = { 0 };

	while (left > 0) {
		wchar_t c;
		size_t n = mbrtowc(&c, text, left, &state);
		int w = 1;

		if (n == (size_t)-1 || n == (size_t)-2) {
			/* Not a character here: one byte, one column. */
			state = (mbstate_t){ 0 };
			n = 1;
		} else {
			w = wcwidth(c);
		}
		width += w < 0 ? 1 : (size_t)w;
		text += n;
		left -= n;
	}
	return width;
}

/* The last cell of a row, which begins at column AT, broken at blanks where the terminal ends. */
static void print_last(const char *text, size_t at, struct out *o)
{
	size_t columns = out_columns(o), column = at;

	if (columns < at + 20 || width_of(text) <= columns - at) {
		out_puts(o, text);
		return;
	}
	while (*text) {
		size_t len = strcspn(text, " ");

		if (column > at && column + 1 + len > columns) {
			out_printf(o, "\n%*s", (int)at, "");
			column = at;
		}
		out_printf(o, "%s%.*s", column > at ? " " : "", (int)len, text);
		column += len + (column > at);
		text += len;
		text += strspn(text, " ");
	}
}

static void print_row(char **cells, size_t n, const size_t *widths, struct out *o)
{
	size_t at = 0;

	/* Nothing after the last filled cell: no blanks at the end of a line. */
	while (n > 0 && !*cells[n - 1])
		n--;
	for (size_t i = 0; i + 1 < n; i++) {
		out_printf(o, "%s%*s", cells[i], (int)(widths[i] - width_of(cells[i]) + 2), "");
		at += widths[i] + 2;
	}
	if (n > 0)
		print_last(cells[n - 1], at, o);
	out_puts(o, "\n");
}

void table_print(struct table *t, struct out *o)
{
	size_t *widths = mem_alloc(t->columns * sizeof(*widths));

	for (size_t i = 0; i < t->n; i++) {
		size_t width = width_of(t->cells[i]);

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
