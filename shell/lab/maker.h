/*
 * Network namespaces made ahead by a thread, for a plan that wants many. Most of what one costs is
 * done without the kernel's one lock of networking (RTNL), so another processor makes them while
 * the shell makes links: a fifth less time for 64 hosts. It is the only thread of this program, and
 * there is none when anything forks.
 */
#ifndef NSLAB_LAB_MAKER_H
#define NSLAB_LAB_MAKER_H

#include <stddef.h>

#include "base/err.h"
#include "kernel/netlink.h"

struct maker;

/* N of them; HOME is a descriptor of the namespace we are in. NULL: there is no thread to be had.
 */
struct maker *maker_start(int home, size_t n);
size_t maker_size(const struct maker *m);
/* Wait for the one at SLOT, from 0 on: its descriptor, and a socket opened in it, are the caller's
 * now. */
int maker_take(struct maker *m, size_t slot, int *fd, struct netlink *nl, struct err *err);
/* Make no more, and close what nobody has taken. M may be NULL. */
void maker_stop(struct maker *m);

#endif
