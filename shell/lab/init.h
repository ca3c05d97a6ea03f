/*
 * PID 1 of a lab. It makes the lab's mounts, starts the shell, reaps whatever loses its parent, and
 * holds a descriptor of every network namespace, to which /run/netns/NAME links. When the shell
 * ends, or the process outside, it ends, and the kernel ends all else; unless the lab is kept: then
 * it stays until `nslab stop`. pid_namespaces(7).
 */
#ifndef NSLAB_LAB_INIT_H
#define NSLAB_LAB_INIT_H

#include <signal.h>
#include <stdbool.h>
#include <sys/types.h>

#include "base/err.h"
#include "lab/door.h"
#include "lab/lab.h"
#include "lab/refusal.h"

/* What a lab is started with. */
struct init_start {
	int life; /* a pipe from outside: struct init_go, then nothing, and its end when the outside
		     is gone */
	int report; /* a pipe to the outside: struct init_report when there is something to say */
	int door;   /* the bound socket that is the lab's name */
	int (*shell)(struct lab *lab, void *data);
	void *data;
};

/* From outside, once the id maps are written. */
struct init_go {
	bool single_id;
};

struct init_report {
	bool ended; /* the shell has, with `status`; the lab stays */
	int status;
	enum refusal_step step; /* else why there is no lab; REFUSAL_NONE: `err` says it all */
	int code;
	struct err err;
};

/* Asks init to end the lab: `nslab stop`. */
#define INIT_STOP SIGPWR

/* In the child that is PID 1. Ends with what sh calls the shell's status. */
_Noreturn void init_main(struct lab *lab, const struct init_start *start);

/* In init or a shell: report why the lab cannot start, and end. ERR may be NULL when STEP says
 * it. */
_Noreturn void init_refuse(int report, enum refusal_step step, int code, const struct err *err);

/* ---- what a shell asks of init, over its channel ---- */

/* Hold a copy of FD and link it as /run/netns/NAME: soon, with others in one message, so NAME and
 * FD stay until then. Whether init did it, init_held tells; -1: the name is too long for a file. */
int init_hold(struct channel *c, const char *name, int fd, struct err *err);
/* Now. */
void init_hold_all(struct channel *c);
/* That, and -1: one was refused, which is said once. */
int init_held(struct channel *c, struct err *err);
/* Let namespace FD go, and the link. False: under that name init holds none, or another. */
bool init_drop(struct channel *c, const char *name, int fd);
/* From now on the lab outlives its shells. */
int init_keep(struct channel *c, struct err *err);
/* Read and forget what comes from FD, so that who writes there never waits. */
void init_drain(struct channel *c, int fd);
/* When process PID ends, whose parent is to end before it, write its status to FD: a line, with the
 * number that sh has for it. */
int init_adopt(struct channel *c, pid_t pid, int fd, struct err *err);
int init_state(struct channel *c, struct door_state *state, struct err *err);

#endif
