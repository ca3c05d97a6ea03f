/*
 * PID 1 of a lab. It makes the lab's mounts, starts the shell, reaps whatever loses its parent, and
 * holds a descriptor of every network namespace, to which /run/netns/NAME links. When the shell
 * ends, or the process outside, it ends, and the kernel ends all else. pid_namespaces(7).
 */
#ifndef NSLAB_LAB_INIT_H
#define NSLAB_LAB_INIT_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/err.h"
#include "lab/lab.h"
#include "lab/refusal.h"

/* What a lab is started with. */
struct init_start {
	int life; /* a pipe from outside: struct init_go, then nothing, and its end when the outside
		     is gone */
	int report; /* a pipe to the outside: struct init_report when the lab cannot start */
	int door;   /* the bound socket that is the lab's name */
	int (*shell)(struct lab *lab, void *data);
	void *data;
};

/* From outside, once the id maps are written. */
struct init_go {
	pid_t pid; /* init's, as seen from there */
	bool single_id;
};

struct init_report {
	enum refusal_step step; /* REFUSAL_NONE: `err` says it all */
	int code;
	struct err err;
};

/* In the child that is PID 1. Ends with what sh calls the shell's status. */
_Noreturn void init_main(struct lab *lab, const struct init_start *start);

/* In init or the shell: report why the lab cannot start, and end. ERR may be NULL when STEP says
 * it. */
_Noreturn void init_refuse(const struct init_start *start, enum refusal_step step, int code,
			   const struct err *err);

/* Have init hold a copy of FD. *NUMBER is its descriptor there. */
int init_hold(int channel, int fd, int *number, struct err *err);
void init_drop(int channel, int number);

#endif
