/* A shell's process, before and after the shell itself: its network namespace, environment and
 * terminal. */
#ifndef NSLAB_LAB_SHELL_H
#define NSLAB_LAB_SHELL_H

#include "lab/lab.h"

/* In a process inside the lab, whose name, channel and the like are known. */
int shell_open(struct lab *lab, struct err *err);
/* lo up, in the namespace of NL. */
int shell_raise_loopback(struct netlink *nl, struct err *err);
/* SHELL's own status ends the process. */
_Noreturn void shell_run(struct lab *lab, int (*shell)(struct lab *lab, void *data), void *data);

#endif
