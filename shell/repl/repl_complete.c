/* Tab: as much of the word as is certain; where nothing is, a list of what it could be. */
#include "repl/editor.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* Characters that the line splitter or /bin/sh would not take as they are. */
static const char special[] = " \t'\"\\#|&;<>()$`*?[]{}!";

/* Bytes that all candidates begin with, not ending within a character. */
static size_t common_prefix(const struct completion *c)
{
	size_t n = strlen(c->v[0]);

	for (size_t i = 1; i < c->n; i++) {
		size_t k = 0;

		while (k < n && c->v[i][k] == c->v[0][k])
			k++;
		n = k;
	}
	while (n > 0 && ((unsigned char)c->v[0][n] & 0xc0) == 0x80)
		n--;
	return n;
}

/* TEXT as it must stand in the line, in the quote that was OPEN already (0: none). */
static void put_quoted(struct buf *b, const char *text, size_t len, char open)
{
	if (open == '\'' || open == '"')
		buf_putc(b, open);
	for (size_t i = 0; i < len; i++) {
		if (open == '\'' && text[i] == '\'') {
			buf_puts(b, "'\\'");
		} else if ((open == '"' && strchr("\"\\$`", text[i])) ||
			   (!open && strchr(special, text[i]))) {
			buf_putc(b, '\\');
		}
		buf_putc(b, text[i]);
	}
}

/* What comes after a word that is certain: a blank, except where the word goes on. */
static bool ends_open(const struct completion *c)
{
	const char *word = c->v[0];
	struct stat st;

	if (!*word || strchr("=:/,", word[strlen(word) - 1]))
		return true;
	return c->files && stat(word, &st) == 0 && S_ISDIR(st.st_mode);
}

/* Put TEXT in place of the line's bytes [start, cursor). True when that changed something. */
static bool replace_word(EditLine *el, const char *line, size_t start, size_t cursor,
			 const char *text)
{
	size_t same = 0;
	int characters = 0;

	while (start + same < cursor && text[same] == line[start + same])
		same++;
	if (start + same == cursor && !text[same])
		return false;
	if (start + same < cursor)
		same = 0;
	for (size_t i = start + same; i < cursor; i++)
		characters += ((unsigned char)line[i] & 0xc0) != 0x80;
	el_deletestr(el, characters);
	el_insertstr(el, text + same);
	return true;
}

/* All of them in columns, no more than the screen holds. */
static void list(struct repl *r, const struct completion *c)
{
	size_t width = 1, columns, rows, shown,
	       most = (size_t)(repl_rows(r) > 4 ? repl_rows(r) - 3 : 1);
	struct buf b = { 0 };

	for (size_t i = 0; i < c->n; i++) {
		if (strlen(c->v[i]) > width)
			width = strlen(c->v[i]);
	}
	columns = ((size_t)repl_columns(r) + 1) / (width + 2);
	columns = columns ? columns : 1;
	rows = (c->n + columns - 1) / columns;
	shown = rows <= most ? c->n : most * columns;
	rows = (shown + columns - 1) / columns;
	for (size_t row = 0; row < rows; row++) {
		for (size_t i = row; i < shown; i += rows)
			buf_printf(&b, "%s%*s", c->v[i],
				   i + rows < shown ? (int)(width + 2 - strlen(c->v[i])) : 0, "");
		buf_putc(&b, '\n');
	}
	if (shown < c->n)
		buf_printf(&b, "... and %zu more\n", c->n - shown);
	repl_print_below(r, buf_text(&b));
	buf_free(&b);
}

/* The word from c->start to CURSOR becomes as long as is certain. True when that changed something.
 */
static bool extend(EditLine *el, const char *line, size_t cursor, const struct completion *c)
{
	struct words w = { 0 };
	struct buf text = { 0 };
	bool changed;
	char open;

	words_split_partial(line, cursor, &w);
	open = w.open == '\\' ? 0 : w.open;
	words_free(&w);
	if (c->verbatim)
		buf_add(&text, c->v[0], common_prefix(c));
	else
		put_quoted(&text, c->v[0], common_prefix(c), open);
	if (!c->verbatim && c->n == 1 && !ends_open(c)) {
		if (open)
			buf_putc(&text, open);
		if (line[cursor] != ' ')
			buf_putc(&text, ' ');
	}
	changed = replace_word(el, line, c->start, cursor, buf_text(&text));
	buf_free(&text);
	return changed;
}

unsigned char repl_key_complete(EditLine *el, wint_t key)
{
	struct repl *r = repl_of(el);
	const LineInfo *info = el_line(el);
	size_t cursor = (size_t)(info->cursor - info->buffer);
	struct buf line = { 0 };
	struct completion c = { 0 };
	size_t before = repl_whole_line(r, &line);
	unsigned char result = CC_REFRESH_BEEP;

	(void)key;
	command_complete(r->session, buf_text(&line), before + cursor, &c);
	c.start -= c.start < before ? c.start : before;
	if (c.n > 0 && extend(el, buf_text(&line) + before, cursor, &c)) {
		result = CC_REFRESH;
	} else if (c.n > 1) {
		list(r, &c);
		result = CC_NORM;
	}
	completion_free(&c);
	buf_free(&line);
	return result;
}
