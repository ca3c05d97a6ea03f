/* Where in the grammar of lines the cursor stands: for Tab and for `?`. */
#ifndef NSLAB_COMMAND_PLACE_H
#define NSLAB_COMMAND_PLACE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/words.h"
#include "command/command.h"
#include "command/grammar.h"

enum place_kind {
	PLACE_LINE,    /* the beginning of a line for this shell */
	PLACE_SECOND,  /* the second word of a command's name */
	PLACE_COMMAND, /* an argument of a command */
	PLACE_PROGRAM, /* a program's name */
	PLACE_WORD,    /* a word of a program: a file, a node */
	PLACE_LUA,     /* a name in a chunk of Lua */
	PLACE_UNKNOWN, /* after a word that means nothing */
};

struct place {
	enum place_kind kind;
	struct words words; /* up to the cursor; the last is the one being typed */
	const char *typed;  /* that last word, unquoted; of Lua the name being typed */
	size_t start;	    /* where it starts in the line */

	char *text;	 /* the line up to the cursor */
	const char *lua; /* PLACE_LUA: the chunk, a part of it */

	/* Where a line for this shell begins: also the words it may have instead (on, off). */
	const struct arg_spec *instead;
	/* PLACE_SECOND, and PLACE_COMMAND of a name that may go on (del, del link): the first word.
	 */
	const char *first;
	/* PLACE_PROGRAM, PLACE_WORD: the node whose program it is, where it is one's. */
	const struct graph_node *node;
	/* PLACE_COMMAND */
	const struct command *command;
	struct grammar grammar;
	const struct arg_spec *expected[GRAMMAR_MAX];
	size_t n_expected;
	const struct arg_spec *option; /* ip=: its value is being typed */
	bool complete;		       /* nothing is missing */
	const char *topology;	       /* the word that took <topology>, or NULL */
	bool in_name;		       /* PLACE_COMMAND: the word may still belong to the name */
};

/* P is large and points into itself: fill it where it stays. */
void place_find(const struct session *s, const char *line, size_t cursor, struct place *p);
void place_free(struct place *p);

#endif
