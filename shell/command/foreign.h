/* Words of Mininet and of other programs, and what is typed here instead. */
#ifndef NSLAB_COMMAND_FOREIGN_H
#define NSLAB_COMMAND_FOREIGN_H

#include "base/err.h"
#include "base/words.h"

/* The line W begins with nothing of ours. -1 with err: with a word of others; else 0. */
int foreign_refuse(const struct words *w, struct err *err);
/* ERR says what is wrong with W, a line of command NAME: with a hint where others would take it. */
void foreign_hint(const char *name, const struct words *w, struct err *err);

#endif
