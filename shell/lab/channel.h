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
	char name[NAME_MAX + 1]; /* HOLD, DROP */
	pid_t pid;		 /* ADOPT */
};

struct channel_answer {
	int code; /* errno; 0: done */
	struct door_state state;
};

/* Init's end. 1: a request, and in FD the descriptor that came along, or -1; 0: none yet; -1: the
 * shell is gone. */
int channel_receive(int channel, struct channel_request *request, int *fd);
void channel_answer(int channel, const struct channel_answer *answer);

#endif
