/*
 * Namespaces by descriptor: the only caller of unshare and setns. The shell is single-threaded, so "here" is the
 * process. namespaces(7), network_namespaces(7).
 */
#ifndef NSLAB_KERNEL_NAMESPACE_H
#define NSLAB_KERNEL_NAMESPACE_H

#include <stddef.h>
#include <sys/types.h>

#include "base/err.h"
#include "kernel/netlink.h"

/* The namespace this process is in; every *_create comes back to it. Opened once, at the lab's start. */
int namespace_open_self(struct err *err); /* network; a descriptor */
/* What a namespace is known by wherever it is seen: its inode. 0 when FD is none. */
unsigned long namespace_inode(int fd);

/* A new network namespace. Fills *FD and opens NL inside it; runs SETUP inside it (sysctls are written by the path, which
 * follows the caller's namespace) when not NULL; then returns to HOME. If it cannot return, the program ends: going on
 * would configure the wrong world. */
int namespace_create_net(int home, int *fd, struct netlink *nl, int (*setup)(void *data, struct err *err), void *data,
			 struct err *err);
/* Run ACT inside network namespace FD, then return to HOME. */
int namespace_within(int home, int fd, int (*act)(void *data, struct err *err), void *data, struct err *err);

/* What the lab keeps for node NAME in NAMESPACE_NODES/NAME: the list `mounts` of its own directories, a path a line, and at
 * private/PATH what is in them. */
#define NAMESPACE_NODES "/run/nslab/nodes"

/* A mount and a UTS namespace for a node, made once and kept: a copy of this one with a /sys of network namespace NET, the
 * hostname NAME, its own directories over those of the same path, and the files of /etc/netns/NAME over those of /etc.
 * Descriptors in *MNT and *UTS. */
int namespace_create_view(int net, const char *name, int *mnt, int *uts, struct err *err);

/* The same in a process that was born in such namespaces; with a /proc of its own when it is the first of a PID namespace. */
int namespace_make_view(const char *name, struct err *err);

/* Open the file PATH for reading as a program in these namespaces would, each -1: ours. A descriptor, or -1 with errno. */
int namespace_open_file(int net, int mnt, int uts, const char *path);

/* Join, in a child about to exec. Each fd may be -1. 0 or an errno value; async-signal-safe. */
int namespace_join(int net, int mnt, int uts);

/* Join every namespace of process PID, its user namespace first where it is another, as root there. Its PID namespace is that of
 * our next child. */
int namespace_enter_process(pid_t pid, struct err *err);

/* A fresh /sys of the network namespace this process is in, read-only where no more is allowed. 0, or -1 with errno. */
int namespace_mount_sysfs(void);

/* Write / read a sysctl by its dotted name ("net.ipv4.ip_forward") in the namespace this process is in. */
int sysctl_write(const char *name, const char *value, struct err *err);
int sysctl_read(const char *name, char *value, size_t size, struct err *err);

#endif
