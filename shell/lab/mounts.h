/*
 * What a lab sees of the machine's files: all of them, save for /proc, /sys, /run and /etc, which
 * are its own. Nothing mounted here is seen outside. mount_namespaces(7).
 */
#ifndef NSLAB_LAB_MOUNTS_H
#define NSLAB_LAB_MOUNTS_H

#include "lab/lab.h"
#include "lab/refusal.h"

/* In init, which has all new namespaces. What a lab can do without is told in lab->notes; -1 with
 * *STEP and errno when something is missing that it cannot do without. */
int mounts_make(struct lab *lab, enum refusal_step *step);

#endif
