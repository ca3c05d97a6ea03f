/*
 * In init: processes whose end somebody wants to know. Their parents have ended, so init alone
 * hears of it, and says it in a file.
 */
#ifndef NSLAB_LAB_ORPHANS_H
#define NSLAB_LAB_ORPHANS_H

#include <stddef.h>
#include <sys/types.h>

struct orphans {
	struct orphan {
		pid_t pid;
		int fd;
	} * v;
	size_t n, cap;
};

/* When PID ends, write its status to FD, which is ours from now on. */
void orphans_add(struct orphans *o, pid_t pid, int fd);
/* PID, one of them or not, has ended; STATUS as wait(2) has it. */
void orphans_ended(struct orphans *o, pid_t pid, int status);

#endif
