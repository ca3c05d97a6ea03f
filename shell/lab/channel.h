/* The messages between a shell and init. The shell asks, init answers each. */
#ifndef NSLAB_LAB_CHANNEL_H
#define NSLAB_LAB_CHANNEL_H

#include <limits.h>

#include "lab/door.h"

enum channel_op {
	CHANNEL_HOLD,
	CHANNEL_DROP,
	CHANNEL_KEEP,
	CHANNEL_DRAIN,
	CHANNEL_ADOPT,
	CHANNEL_STATE
};

struct channel_request {
	enum channel_op op;
	pid_t pid;				 /* ADOPT */
	unsigned n;				 /* names that follow: DROP has one, HOLD a batch */
	char names[CHANNEL_BATCH][NAME_MAX + 1]; /* no more are sent than there are */
};

struct channel_answer {
	int code;		 /* errno; 0: done */
	char name[NAME_MAX + 1]; /* HOLD: the first that was refused */
	struct door_state state;
};

/* Init's end. 1: a request, and in FDS the descriptors that came along, -1 after the last; 0: none
 * yet; -1: the shell is gone. */
int channel_receive(int channel, struct channel_request *request, int fds[CHANNEL_BATCH]);
void channel_answer(int channel, const struct channel_answer *answer);

#endif
