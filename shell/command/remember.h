/*
 * Lines that change the shell they are typed into, and would change nothing if only /bin/sh ran
 * them: cd, export, unset, NAME=VALUE. sh runs the line and says what became of its directory and
 * its variables, which are the lab's shell's from then on, and so those of every later program.
 */
#ifndef NSLAB_COMMAND_REMEMBER_H
#define NSLAB_COMMAND_REMEMBER_H

#include <stdbool.h>

#include "command/command.h"

/* Is LINE one of these? Not FOO=bar in front of a program. */
bool remember_wants(const char *line);
/* `pid=$(container web)`: the text inside is a line for this shell when a command of the table
 * stands there. */
int remember_run(struct session *s, const char *line, struct err *err);

#endif
