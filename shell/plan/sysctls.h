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

/* Look at what new namespaces inherit. */
int sysctls_learn(const struct lab *lab, struct err *err);
/* This machine has IPv6. */
bool sysctls_ipv6(void);
/* The operations that a new node of KIND needs, before its first interface; ANYWHERE: also on a
 * machine where its namespace would inherit something else. */
void sysctls_plan(enum graph_kind kind, const char *node, bool anywhere, struct plan *plan);
/* The operations that NODE ("": the lab's root) needs to have the values that it has now. */
int sysctls_copy(struct lab *lab, const char *node, struct plan *plan, struct err *err);

#endif
