/* What the command line does with labs that run already: ls, exec, stop. */
#ifndef NSLAB_LABS_H
#define NSLAB_LABS_H

#include <stdbool.h>

/* The user's labs, all of them for root. The exit status. */
int labs_list(bool json);
/* WORDS: LAB NODE [--] COMMAND... */
int labs_exec(char **words);
int labs_stop(const char *name);

#endif
