/* The shell's process, before and after the shell itself: its own network namespace, environment
 * and terminal. */
#ifndef NSLAB_LAB_SHELL_H
#define NSLAB_LAB_SHELL_H

#include "lab/init.h"
#include "lab/lab.h"

_Noreturn void shell_main(struct lab *lab, const struct init_start *start);

#endif
