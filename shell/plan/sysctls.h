/*
 * The sysctls a lab relies on, in one table. A new network namespace copies net.ipv4.conf from the
 * machine's first one (not from the lab's), so what differs there (Docker turns forwarding on,
 * distributions choose rp_filter) is written; what agrees is not, since the first sysctl touched in
 * a namespace costs 0.1 ms.
 */
#ifndef NSLAB_PLAN_SYSCTLS_H
#define NSLAB_PLAN_SYSCTLS_H

#include "graph/graph.h"
#include "plan/plan.h"

/* Look at what new namespaces inherit: in the lab's root, before anyone changed something there. */
void sysctls_learn(void);
/* This machine has IPv6. */
bool sysctls_ipv6(void);
/* The operations that a new node of KIND needs, before its first interface. */
void sysctls_plan(enum graph_kind kind, const char *node, struct plan *plan);

#endif
