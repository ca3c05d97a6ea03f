/* Lines that nobody types: from -c, from a file, or from a standard input that is no terminal. */
#ifndef NSLAB_SCRIPT_H
#define NSLAB_SCRIPT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "command/command.h"

struct script_source {
	const char *name; /* before an error: "-c", "lab.txt", "stdin" */
	const char *text; /* the lines themselves; NULL: they are read from fd */
	int fd;
	bool shared; /* programs read the same descriptor: nothing may be read ahead of them */
};

struct script {
	struct script_source
		*sources; /* run in this order; lines of all the -c are numbered together */
	size_t n, cap;
	bool keep_going; /* -k */
};

void script_add_text(struct script *sc, const char *text);
/* Opens PATH now, so that a missing one is known before there is a lab. */
int script_add_file(struct script *sc, const char *path, struct err *err);
void script_add_stdin(struct script *sc);
void script_free(struct script *sc);

/* Run it all. Errors are printed. The exit status: 0; 1 when a line failed; that of `exit N`; a
 * lone -c hands on its own. */
int script_run(struct script *sc, struct session *s);

#endif
