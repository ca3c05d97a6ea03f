/*
 * A typed line as words: quotes ('..' and "..") and backslash as in sh, `#` starts a comment at a
 * word's beginning. No expansion of any kind: a line that wants a shell is given to one whole.
 *
 * A line may go on behind a newline: in quotes that is a character of its word; else the words end
 * there, and what follows is for sh alone (a here-document's text, a loop's body).
 */
#ifndef NSLAB_BASE_WORDS_H
#define NSLAB_BASE_WORDS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

struct word {
	char *text;	   /* unquoted */
	size_t start, end; /* bytes [start, end) of the line, quotes included */
	bool quoted;	   /* some part was quoted or escaped */
};

struct words {
	struct word *v;
	size_t n, cap;
	char open; /* ' or " or \ when the line ended inside one; 0 else */
};

/* Longest line accepted, in bytes; a longer one, or one with a control byte other than tab, is
 * refused, save newlines. */
#define WORDS_LINE_MAX 65536

/* Split LINE. An open quote is an error here ("unclosed quote"). */
int words_split(const char *line, struct words *out, struct err *err);
/* Split what has been typed so far (for completion): an open quote is noted in ->open, and a
 * trailing blank gives a last empty word, so that ->v[n - 1] is always the word under the cursor.
 * Inside a comment that is the comment, behind a newline all from there on. */
void words_split_partial(const char *line, size_t len, struct words *out);
void words_free(struct words *w);

/* Does the line hold characters that only a shell understands, outside quotes: | & ; < > ( ) $ ` *
 * ? [ ~ { } = at the start (VAR=x cmd), newline? A trailing single & alone does not count (see
 * words_background). */
bool words_need_shell(const char *line);
/* Where the first operator of sh begins outside quotes, | & ; < or >, with the number of a
 * descriptor right before < or >. NULL: there is none before a comment or a newline. */
const char *words_operator(const char *line);
/* Does the line end in a single & (a job for the background)? Then *LEN is the length of the line
 * without it and the blanks before it. */
bool words_background(const char *line, size_t *len);

enum words_more {
	WORDS_DONE,
	WORDS_JOIN, /* it ends in a backslash, which goes when the next line comes */
	WORDS_MORE, /* the next line follows behind a newline */
};
/* Would sh read another line: an open quote, | or && or || at the end, a here-document without its
 * end? A loop's body is not looked for. */
enum words_more words_more(const char *line);

/* Where the rest of the line after the first N words starts (the raw text, unsplit, its comment
 * included: to Lua, # is an operator). */
const char *words_rest(const char *line, const struct words *w, size_t n);

#endif
