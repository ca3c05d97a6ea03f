/* Does a line go on? The rules of sh for what a person may leave open at the end of a line. */
#include "base/words.h"

#include <string.h>

#include "base/buf.h"

#define DOCUMENTS_MAX 16

/* `<<EOF`: its text follows behind the newline. */
struct document {
	struct buf end;	 /* the line that ends it */
	bool strip_tabs; /* <<- */
};

struct look {
	const char *at;
	char quote;	/* ' or " that we are in; \ at the very end of the text */
	bool in_word;	/* a # is no comment */
	bool open_list; /* the last word was | or && or || */
	int arithmetic; /* depth of (( )), where << is no here-document */
	struct document documents[DOCUMENTS_MAX];
	size_t n_documents;
};

/* The word behind <<, without its quotes. */
static void look_document(struct look *l)
{
	struct document *d = &l->documents[l->n_documents];
	char quote = 0;

	d->strip_tabs = *l->at == '-';
	l->at += d->strip_tabs;
	l->at += strspn(l->at, " \t");
	for (; *l->at && (quote || !strchr(" \t\n;|&<>()", *l->at)); l->at++) {
		if (quote ? *l->at == quote : *l->at == '\'' || *l->at == '"')
			quote = quote ? 0 : *l->at;
		else if (*l->at != '\\' || quote == '\'')
			buf_putc(&d->end, *l->at);
	}
	if (d->end.len || l->at[-1] == '\'' || l->at[-1] == '"')
		l->n_documents++;
}

/* Pass the texts of all here-documents, which begin here. False: one has no end yet. */
static bool look_texts(struct look *l)
{
	for (size_t i = 0; i < l->n_documents; i++) {
		const struct document *d = &l->documents[i];
		bool found = false;

		while (!found) {
			const char *line = l->at;
			size_t len;

			if (!*line)
				return false;
			line += d->strip_tabs ? strspn(line, "\t") : 0;
			len = strcspn(line, "\n");
			found = len == d->end.len && !strncmp(line, buf_text(&d->end), len);
			l->at = line + len + (line[len] == '\n');
		}
	}
	for (size_t i = 0; i < l->n_documents; i++)
		buf_clear(&l->documents[i].end);
	l->n_documents = 0;
	return true;
}

/* An operator that stands at L, whose first character C has been taken. */
static void look_operator(struct look *l, char c)
{
	const char next = *l->at;

	l->in_word = false;
	if (c == '<' && next == '<' && l->at[1] == '<') {
		l->at += 2;
	} else if (c == '<' && next == '<' && !l->arithmetic && l->n_documents < DOCUMENTS_MAX) {
		l->at++;
		look_document(l);
	} else if (c == '(' && next == '(') {
		l->at++;
		l->arithmetic++;
	} else if (c == ')' && next == ')' && l->arithmetic) {
		l->at++;
		l->arithmetic--;
	} else if (c == '|' || (c == '&' && next == '&')) {
		l->open_list = true;
		l->at += next == c || (c == '|' && next == '&');
		return;
	}
	l->open_list = false;
}

/* An unquoted character. False: the text ends in the middle of a here-document. */
static bool look_unquoted(struct look *l, char c)
{
	if (c == '\n') {
		l->in_word = false;
		return look_texts(l);
	}
	if (c == ' ' || c == '\t') {
		l->in_word = false;
		return true;
	}
	if (c == '#' && !l->in_word) {
		l->at += strcspn(l->at, "\n");
		return true;
	}
	if (strchr("<>|&;()", c)) {
		look_operator(l, c);
		return true;
	}
	l->open_list = false;
	l->in_word = true;
	if (c == '\'' || c == '"')
		l->quote = c;
	return true;
}

/* False: it ends in the middle of a here-document. */
static bool look_all(struct look *l)
{
	while (*l->at) {
		char c = *l->at++;

		if (l->quote && c == l->quote) {
			l->quote = 0;
		} else if (l->quote != '\'' && c == '\\') {
			l->in_word = true;
			l->open_list = false;
			if (!*l->at && !l->quote)
				l->quote = '\\';
			else if (*l->at)
				l->at++;
		} else if (!l->quote && !look_unquoted(l, c)) {
			return false;
		}
	}
	return true;
}

enum words_more words_more(const char *line)
{
	struct look l = { .at = line };
	bool whole, more;

	/* A line that is refused as it stands. */
	for (const char *c = line; *c; c++)
		if (((unsigned char)*c < ' ' && *c != '\t' && *c != '\n') || *c == 0x7f)
			return WORDS_DONE;
	whole = look_all(&l);
	more = !whole || l.quote || l.open_list || l.n_documents;

	for (size_t i = 0; i < DOCUMENTS_MAX; i++)
		buf_free(&l.documents[i].end);
	if (whole && l.quote == '\\')
		return WORDS_JOIN;
	return more ? WORDS_MORE : WORDS_DONE;
}
