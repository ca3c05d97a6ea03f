#include "base/wrap.h"

#include <string.h>
#include <wchar.h>

#define BLANKS " \t\n"

static size_t width_of(const char *text, size_t left)
{
	size_t width = 0;
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

size_t wrap_width(const char *text)
{
	return width_of(text, strlen(text));
}

size_t wrap_widest(const char *text)
{
	size_t widest = 0;

	while (*text) {
		size_t len = strcspn(text, BLANKS), width = width_of(text, len);

		if (width > widest)
			widest = width;
		text += len;
		text += strspn(text, BLANKS);
	}
	return widest;
}

void wrap_put(struct buf *out, const char *text, size_t column, size_t indent, size_t columns)
{
	size_t blank = 0;

	if (!columns || (column + wrap_width(text) <= columns && !strpbrk(text, "\t\n"))) {
		buf_puts(out, text);
		return;
	}
	while (*text) {
		size_t len = strcspn(text, BLANKS), width = width_of(text, len);

		if (column > indent && column + blank + width > columns) {
			buf_printf(out, "\n%*s", (int)indent, "");
			column = indent;
			blank = 0;
		}
		buf_printf(out, "%*s%.*s", (int)blank, "", (int)len, text);
		column += blank + width;
		blank = 1;
		text += len;
		text += strspn(text, BLANKS);
	}
}

void wrap_lines(struct buf *out, const char *text, size_t column, size_t indent, size_t columns)
{
	struct buf line = { 0 };

	do {
		size_t n = strcspn(text, "\n"), blanks = strspn(text, " \t");

		buf_clear(&line);
		buf_add(&line, text + blanks, n - blanks);
		buf_add(out, text, blanks);
		for (size_t i = 0; i < blanks; i++)
			column += text[i] == '\t' ? 8 - column % 8 : 1;
		wrap_put(out, buf_text(&line), column, indent, columns);
		buf_putc(out, '\n');
		text += n + (text[n] == '\n');
		column = 0;
	} while (*text);
	buf_free(&line);
}
