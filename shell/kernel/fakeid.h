/*
 * Root that drops its rights, where only one id is mapped: a seccomp filter under which setgroups,
 * set*id and chown succeed without effect. tcpdump, su, dnsmasq and frr refuse to run without.
 * seccomp(2), user_namespaces(7).
 */
#ifndef NSLAB_KERNEL_FAKEID_H
#define NSLAB_KERNEL_FAKEID_H

#include "base/err.h"

/* For this process and all it starts, for good. Needs CAP_SYS_ADMIN in the user namespace. */
int fakeid_install(struct err *err);

#endif
