/* The shell at a terminal: prompt, line editing, history, jobs' news. The only room that knows
 * libedit. */
#ifndef NSLAB_REPL_REPL_H
#define NSLAB_REPL_REPL_H

#include <stdbool.h>

#include "base/err.h"
#include "command/command.h"

/* Read lines from the terminal and run them until `exit` or ^D. 0 with the shell's exit status in
 * s->status; -1 with err when the terminal cannot be used. QUIET: no greeting. */
int repl_run(struct session *s, bool quiet, struct err *err);

#endif
