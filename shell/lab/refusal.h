/*
 * Why this machine refuses a lab, for people: from the step that failed, its errno and what /proc
 * says, to the restriction and what to do about it.
 */
#ifndef NSLAB_LAB_REFUSAL_H
#define NSLAB_LAB_REFUSAL_H

#include <stdbool.h>

#include "base/err.h"

enum refusal_step {
	REFUSAL_NONE,
	REFUSAL_USER, /* making a namespace of this kind */
	REFUSAL_MOUNT,
	REFUSAL_PID,
	REFUSAL_IPC,
	REFUSAL_UTS,
	REFUSAL_NET,
	REFUSAL_FORK,  /* a process, whatever its namespaces */
	REFUSAL_IDS,   /* writing the user namespace's id maps */
	REFUSAL_SLAVE, /* the first mount(2): cutting the lab's mounts off from the machine's */
	REFUSAL_PROC,
	REFUSAL_RUN,
};
#define REFUSAL_KINDS (REFUSAL_NET + 1) /* steps that make a namespace are below */

struct refusal_facts {
	bool root;		 /* effective uid 0 */
	bool admin;		 /* CAP_SYS_ADMIN is in force */
	bool chroot;		 /* / is not the root of a mount */
	bool proc_covered;	 /* something is mounted below /proc */
	int seccomp;		 /* Seccomp: of /proc/self/status */
	long max[REFUSAL_KINDS]; /* user.max_KIND_namespaces, by step; -1: there is no such sysctl
				  */
	long userns_clone;	 /* kernel.unprivileged_userns_clone; -1 */
	long apparmor;		 /* kernel.apparmor_restrict_unprivileged_userns; -1 */
};

/* Reads /proc of the process that asks. */
void refusal_read_facts(struct refusal_facts *f);

/* Fills ERR (class ERR_MACHINE). Pure. Returns -1. */
int refusal_explain(enum refusal_step step, int code, const struct refusal_facts *f,
		    struct err *err);

#endif
