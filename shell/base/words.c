#include "base/words.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"

/* What the scanner took from the line. */
enum piece {
	PIECE_END,
	PIECE_BLANK,
	PIECE_COMMENT, /* up to the end of the line */
	PIECE_NEWLINE, /* what follows is for sh: the text of a here-document, the body of a loop */
	PIECE_MARK,    /* a quote opened or closed: no character of the word */
	PIECE_PLAIN,   /* an unquoted character */
	PIECE_DOUBLE,  /* one inside "..", where sh still sees $ and ` */
	PIECE_LITERAL, /* one inside '..' or after a backslash */
};

struct scan {
	const char *line;
	size_t len, at; /* AT: the next byte */
	size_t start;	/* where the last piece began */
	char c;		/* its character */
	char open;	/* the quote we are in; \ when the line ended behind one */
	bool in_word;
};

static enum piece scan_unquoted(struct scan *s)
{
	if (s->c == ' ' || s->c == '\t') {
		s->in_word = false;
		return PIECE_BLANK;
	}
	if (s->c == '\n') {
		s->in_word = false;
		return PIECE_NEWLINE;
	}
	if (s->c == '#' && !s->in_word) {
		while (s->at < s->len && s->line[s->at] != '\n')
			s->at++;
		return PIECE_COMMENT;
	}
	s->in_word = true;
	if (s->c == '\'' || s->c == '"') {
		s->open = s->c;
		return PIECE_MARK;
	}
	return PIECE_PLAIN;
}

static enum piece scan_backslash(struct scan *s)
{
	s->in_word = true;
	if (s->open == '"') {
		if (s->at < s->len && strchr("$`\"\\", s->line[s->at]))
			s->c = s->line[s->at++];
		return PIECE_LITERAL;
	}
	if (s->at == s->len) {
		s->open = '\\';
		return PIECE_MARK;
	}
	s->c = s->line[s->at++];
	return PIECE_LITERAL;
}

static enum piece scan_next(struct scan *s)
{
	s->start = s->at;
	if (s->at == s->len)
		return PIECE_END;
	s->c = s->line[s->at++];
	if (s->open && s->c == s->open) {
		s->open = 0;
		return PIECE_MARK;
	}
	if (s->open == '\'')
		return PIECE_LITERAL;
	if (s->c == '\\')
		return scan_backslash(s);
	return s->open ? PIECE_DOUBLE : scan_unquoted(s);
}

static void add_word(struct words *out, const char *text, struct word word)
{
	out->v = mem_grow(out->v, out->n, &out->cap, sizeof(*out->v));
	word.text = mem_strdup(text);
	out->v[out->n++] = word;
}

/* The words of LINE up to its end or a comment, which is left in S. */
static enum piece split(struct scan *s, struct words *out)
{
	struct buf text = { 0 };
	struct word word = { 0 };
	enum piece piece;
	bool inside = false;

	do {
		piece = scan_next(s);
		if (s->in_word && piece != PIECE_END) {
			if (!inside)
				word = (struct word){ .start = s->start };
			inside = true;
			word.quoted |= piece != PIECE_PLAIN;
			if (piece != PIECE_MARK)
				buf_putc(&text, s->c);
			word.end = s->at;
		} else if (inside) {
			add_word(out, buf_text(&text), word);
			buf_clear(&text);
			inside = false;
		}
	} while (piece != PIECE_END && piece != PIECE_COMMENT && piece != PIECE_NEWLINE);
	buf_free(&text);
	out->open = s->open;
	return piece;
}

static int check_bytes(const char *line, struct err *err)
{
	size_t len = 0;

	for (; line[len]; len++) {
		unsigned char c = (unsigned char)line[len];

		if (len == WORDS_LINE_MAX)
			return err_usage(err, "the line is longer than %d bytes", WORDS_LINE_MAX);
		if ((c < 0x20 && c != '\t' && c != '\n') || c == 0x7f)
			return err_usage(err, "the line has a control byte (0x%02x)", c);
	}
	return 0;
}

int words_split(const char *line, struct words *out, struct err *err)
{
	struct scan s = { .line = line };

	*out = (struct words){ 0 };
	if (check_bytes(line, err) < 0)
		return -1;
	s.len = strlen(line);
	split(&s, out);
	if (!out->open)
		return 0;
	words_free(out);
	if (s.open == '\\')
		return err_usage(err, "the line ends in a backslash");
	return err_usage(err, "unclosed quote %c", s.open);
}

void words_split_partial(const char *line, size_t len, struct words *out)
{
	struct scan s = { .line = line, .len = strnlen(line, len) };
	struct word last = { .end = s.len };
	enum piece piece;
	char *text;

	*out = (struct words){ 0 };
	piece = split(&s, out);
	if (piece == PIECE_COMMENT || piece == PIECE_NEWLINE)
		last.start = s.start;
	else if (out->n && out->v[out->n - 1].end == s.len)
		return;
	else
		last.start = s.len;
	text = mem_strndup(line + last.start, last.end - last.start);
	add_word(out, text, last);
	free(text);
}

void words_free(struct words *w)
{
	for (size_t i = 0; i < w->n; i++)
		free(w->v[i].text);
	free(w->v);
	*w = (struct words){ 0 };
}

const char *words_operator(const char *line)
{
	struct scan s = { .line = line, .len = strlen(line) };
	size_t number = 0; /* where the word began, as long as it is one */
	bool is_number = false, inside = false;
	enum piece piece;

	do {
		piece = scan_next(&s);
		if (piece == PIECE_PLAIN && strchr("|&;<>", s.c))
			return line + (is_number && strchr("<>", s.c) ? number : s.start);
		if (s.in_word && !inside) {
			number = s.start;
			is_number = true;
		}
		inside = s.in_word;
		is_number &= inside && piece == PIECE_PLAIN && s.c >= '0' && s.c <= '9';
	} while (piece != PIECE_END && piece != PIECE_COMMENT && piece != PIECE_NEWLINE);
	return NULL;
}

bool words_background(const char *line, size_t *len)
{
	struct scan s = { .line = line, .len = strlen(line) };
	enum piece piece;
	bool found = false;
	char last = ';'; /* the last unquoted character that is no blank; 0 for a quoted one */
	size_t end = 0, before = 0; /* where that one ends, and the one before it */

	while ((piece = scan_next(&s)) != PIECE_END) {
		if (piece == PIECE_NEWLINE)
			return false;
		if (piece == PIECE_BLANK || piece == PIECE_COMMENT)
			continue;
		/* Not the & of && |& >& <&, and there is a command before it. */
		found = piece == PIECE_PLAIN && s.c == '&' && !(last && strchr("&|<>;", last));
		last = piece == PIECE_PLAIN ? s.c : 0;
		before = end;
		end = s.at;
	}
	if (!found || s.open)
		return false;
	*len = before;
	return true;
}

/* Does LINE begin with NAME=? */
static bool begins_with_assignment(const char *line)
{
	static const char first[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_";
	size_t n;

	line += strspn(line, " \t");
	n = strspn(line, first);
	if (n == 0)
		return false;
	while (strchr(first, line[n]) || (line[n] >= '0' && line[n] <= '9')) {
		if (!line[n])
			return false;
		n++;
	}
	return line[n] == '=';
}

bool words_need_shell(const char *line)
{
	struct scan s = { .line = line };
	enum piece piece, before = PIECE_BLANK;

	if (begins_with_assignment(line))
		return true;
	if (!words_background(line, &s.len))
		s.len = strlen(line);
	while ((piece = scan_next(&s)) != PIECE_END) {
		if (piece == PIECE_NEWLINE)
			return true;
		if (piece == PIECE_PLAIN && strchr("|&;<>()$`*?[{}", s.c))
			return true;
		if (piece == PIECE_PLAIN && s.c == '~' && before == PIECE_BLANK)
			return true;
		if (piece == PIECE_DOUBLE && (s.c == '$' || s.c == '`'))
			return true;
		before = piece;
	}
	return false;
}

const char *words_rest(const char *line, const struct words *w, size_t n)
{
	size_t done = n < w->n ? n : w->n;

	if (done > 0)
		line += w->v[done - 1].end;
	return line + strspn(line, " \t");
}
