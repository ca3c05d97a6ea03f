/*
 * Bracketed paste: the terminal marks a paste's beginning (ESC [ 200 ~) and end. All of it is read
 * at once, so that a running command cannot swallow the lines after its own; they are run one after
 * the other, and what follows the last newline is left in the line being edited.
 */
#include "repl/editor.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

static const wchar_t paste_end[] = L"\033[201~";

bool repl_paste_pending(const struct repl *r)
{
	return r->pasted_at < r->pasted.len;
}

void repl_paste_drop(struct repl *r)
{
	buf_free(&r->pasted);
	r->pasted_at = 0;
}

/* Terminals send a newline as the Return key does. Of control characters only tabs belong in a
 * line. */
static void paste_add(struct buf *b, wchar_t c, wchar_t before)
{
	char bytes[MB_LEN_MAX];
	int n;

	if (c == L'\r' || (c == L'\n' && before != L'\r'))
		buf_putc(b, '\n');
	if ((c < L' ' && c != L'\t') || c == 0x7f)
		return;
	n = wctomb(bytes, c);
	if (n > 0)
		buf_add(b, bytes, (size_t)n);
}

/* Read up to the end mark. False when it never came: the terminal is gone, or ^C. */
static bool paste_read(struct repl *r, struct buf *text)
{
	size_t matched = 0;
	wchar_t c, before = 0;

	while (paste_end[matched]) {
		if (repl_getc(r->el, &c) != 1 || c == L'\003')
			return false;
		if (c == paste_end[matched]) {
			matched++;
			continue;
		}
		for (size_t i = 1; i < matched; i++) /* it was none: only the ESC is dropped */
			paste_add(text, paste_end[i], 0);
		matched = c == paste_end[0];
		if (!matched)
			paste_add(text, c, before);
		before = c;
	}
	return true;
}

/* Put the next pasted line into the one being edited, and accept it if it was a whole one. */
unsigned char repl_key_pasted(EditLine *el, wint_t c)
{
	struct repl *r = repl_of(el);
	char *line, *end;

	(void)c;
	if (!repl_paste_pending(r))
		return CC_NORM;
	line = r->pasted.data + r->pasted_at;
	end = strchr(line, '\n');
	if (end) {
		*end = '\0';
		r->pasted_at = (size_t)(end + 1 - r->pasted.data);
		r->next = L'\n';
	} else {
		r->pasted_at = r->pasted.len;
	}
	r->session->pasted |= el_line(el)->lastchar == el_line(el)->buffer;
	el_insertstr(el, line);
	if (!repl_paste_pending(r))
		repl_paste_drop(r);
	return CC_REFRESH;
}

unsigned char repl_key_paste(EditLine *el, wint_t c)
{
	struct repl *r = repl_of(el);
	struct buf text = { 0 };

	if (!paste_read(r, &text)) {
		buf_free(&text);
		return CC_REFRESH_BEEP;
	}
	r->pasted = text;
	r->pasted_at = 0;
	return repl_key_pasted(el, c);
}
