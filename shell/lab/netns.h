/* The lab's network namespaces as the shell holds them; see lab.h. */
#ifndef NSLAB_LAB_NETNS_H
#define NSLAB_LAB_NETNS_H

#include "lab/lab.h"

/* For lab_netns_follow. */
int netns_watch(struct lab *lab, struct err *err);
/* At the shell's end: all that is held here. What init holds goes with it. */
void netns_free_all(struct lab *lab);

#endif
