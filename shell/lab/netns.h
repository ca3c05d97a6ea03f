/* The lab's network namespaces as the shell holds them; see lab.h. */
#ifndef NSLAB_LAB_NETNS_H
#define NSLAB_LAB_NETNS_H

#include "lab/lab.h"

/* At the shell's end: all that is held here. What init holds goes with it. */
void netns_free_all(struct lab *lab);

#endif
