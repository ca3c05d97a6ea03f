/* `?`: what may come next, below the line, which stays as it is. */
#include "repl/editor.h"

#include <string.h>
#include <unistd.h>

/* Is a ? typed here a character like any other? In quotes, after a backslash, and in a path, a
 * pattern or an address: `curl http://h2/?q=1`. */
static bool help_is_literal(const char *line, size_t cursor)
{
	struct words w = { 0 };
	bool literal;

	words_split_partial(line, cursor, &w);
	literal = w.open != 0 || strpbrk(w.v[w.n - 1].text, "/*?[$") != NULL;
	words_free(&w);
	return literal;
}

unsigned char repl_key_help(EditLine *el, wint_t c)
{
	struct repl *r = repl_of(el);
	const LineInfo *info = el_line(el);
	size_t cursor = (size_t)(info->cursor - info->buffer);
	struct buf line = { 0 };
	size_t before = repl_whole_line(r, &line);
	/* Collected, and never flushed: the terminal is there for its width. */
	struct out out = { .fd = STDOUT_FILENO, .colour = r->colour };

	(void)c;
	if (help_is_literal(buf_text(&line) + before, cursor)) {
		el_insertstr(el, "?");
		buf_free(&line);
		return CC_REFRESH;
	}
	command_help_at(r->session, buf_text(&line), before + cursor, &out);
	repl_print_below(r, buf_text(&out.buf));
	out_free(&out);
	buf_free(&line);
	return CC_NORM;
}
