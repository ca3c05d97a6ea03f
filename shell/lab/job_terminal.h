/* The terminal's side of jobs: who has it, what modes it is in, and what background jobs print to
 * instead. */
#ifndef NSLAB_LAB_JOB_TERMINAL_H
#define NSLAB_LAB_JOB_TERMINAL_H

#include <stdbool.h>
#include <sys/types.h>
#include <termios.h>

#include "base/buf.h"

/* The controlling terminal, whatever 0, 1 and 2 are; -1: none. */
int terminal_open(void);

/* Give the terminal to process group GROUP. */
void terminal_lend(int tty, pid_t group);
/* Take it back, in the modes that stand in SAVED. */
void terminal_take(int tty, const struct termios *saved);
/* Does it read lines, as at the prompt of a plain program? Not under a full-screen one. */
bool terminal_reads_lines(int tty);
/* Write all of B to it, and empty B. */
void terminal_write(int tty, struct buf *b);

/* What a background job writes to: *SLAVE for the job, the result for us to read from, without
 * blocking. A pseudo terminal as wide as TTY, so that programs print line by line; a pipe where
 * there is none. -1 with errno. */
int terminal_open_output(int tty, int *slave);

#endif
