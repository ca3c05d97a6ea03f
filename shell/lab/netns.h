/* The lab's network namespaces as the shell holds them; see lab.h. */
#ifndef NSLAB_LAB_NETNS_H
#define NSLAB_LAB_NETNS_H

#include "lab/lab.h"

struct lab_netns *netns_new(const char *name);
void netns_free(struct lab_netns *ns);

/* Learn or give its id in the lab's root, by which events there name it. */
int netns_learn_id(struct lab *lab, struct lab_netns *ns, struct err *err);
/* Have init hold it, as /run/netns/NAME. */
int netns_publish(struct lab *lab, struct lab_netns *ns, struct err *err);
/* Wait for a pending one, and those before it. -1: one could not be made, and is forgotten. */
int netns_finish(struct lab *lab, struct lab_netns *ns, struct err *err);
void netns_forget_pending(struct lab *lab, struct lab_netns *ns);

/* For lab_netns_follow. */
int netns_watch(struct lab *lab, struct err *err);
/* At the shell's end: all that is held here. What init holds goes with it. */
void netns_free_all(struct lab *lab);

#endif
