/* Programs that a line names: in a node, or in the lab's root namespace ("" as the node). */
#ifndef NSLAB_COMMAND_PROGRAM_H
#define NSLAB_COMMAND_PROGRAM_H

#include <stdbool.h>

#include "command/command.h"
#include "command/env.h"

/* Run LINE, in the background when it ends in &: straight when words are enough, by /bin/sh -c when
 * they are not. Its status is s->status. */
int program_run_line(struct session *s, const char *node, const char *line, struct err *err);
/* The person's own shell in NODE. */
int program_run_shell(struct session *s, const char *node, struct err *err);
/* Run words of ours, listed as LINE; ENV may be NULL. */
int program_run_words(struct session *s, const char *node, const char *line, char *const *argv,
		      char *const *env, bool background, struct err *err);

/* What LINE runs in NODE: its words or, where it takes more than that, /bin/sh -c. */
struct program_line {
	char **argv;
	char *const *envp; /* NULL: ours */
	struct words words;
	struct env env;
	char *text; /* for sh */
};
/* -1 with err, and nothing to close. */
int program_line_open(struct program_line *l, const struct session *s, const char *node,
		      const char *line, struct err *err);
void program_line_close(struct program_line *l);

/* $SHELL when it can be run, else /bin/sh. */
const char *program_shell(void);
/* Is it a word of sh that changes its shell and nothing else: cd, export? */
bool program_ends_with_its_line(const char *word);
/* Can a line that begins so be given to /bin/sh: a program, or a word of sh's own grammar (for, if,
 * while)? */
bool program_begins_line(const char *word);
/* Does LINE begin a loop, an `if` or the like, whose end is not there yet? */
bool program_is_open(const char *line);

#endif
