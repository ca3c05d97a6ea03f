/*
 * A program that a script has started, without the Lua: its pipes, what it has printed that nobody
 * has read yet, its end. Nothing here waits; who waits polls what child_fds says.
 */
#ifndef NSLAB_LUA_LIVE_CHILD_H
#define NSLAB_LUA_LIVE_CHILD_H

#include <poll.h>
#include <stdbool.h>

#include "base/buf.h"
#include "kernel/process.h"

/* What it has printed to 1 or 2: the bytes from `at` to `len` are unread. */
struct stream {
	int fd; /* -1: no more will come */
	char *data;
	size_t at, len, cap;
};

enum { CHILD_OUT, CHILD_ERR, CHILD_STREAMS };

struct child {
	pid_t pid;
	int pidfd; /* -1: it has ended, and `status` is how */
	struct process_status status;
	struct stream streams[CHILD_STREAMS];
	size_t keep; /* unread bytes of a stream; with more the program waits, as with any pipe */
	int in;	     /* its standard input; -1: closed */
	struct buf input;
	size_t written;	 /* bytes of `input` that are in the pipe */
	bool input_ends; /* with what stands in `input` */
	bool doomed;	 /* all of its process group goes with it */
	unsigned long number; /* of its session's, in the order they were started */
};
#define CHILD_INIT                                                                                 \
	((struct child){ .pidfd = -1, .in = -1, .streams = { { .fd = -1 }, { .fd = -1 } } })
#define CHILD_FDS 4

/* Start P with pipes as its output, as a session of its own; its input is P's, or a pipe where PIPE
 * says so. A program that is missing or cannot be executed is one that has ended with 127 or 126,
 * having said why; -1 with err when the machine cannot start any. */
int child_start(struct child *c, struct program *p, bool pipe, struct err *err);
static inline bool child_running(const struct child *c)
{
	return c->pidfd >= 0;
}

/* Does it wait for somebody to read? */
bool child_full(const struct child *c);
/* What to poll; fills CHILD_FDS, some with -1. */
void child_fds(const struct child *c, struct pollfd *fds);
/* After the poll: read, write, reap. True when any of it happened. */
bool child_attend(struct child *c, const struct pollfd *fds);

/* To its process group. Nothing when it has ended. */
void child_signal(struct child *c, int signal);
/* No more input: now, or when all of it is written. */
void child_end_input(struct child *c);
/* Kill it where it still runs, and let go of everything. */
void child_end(struct child *c);

/* The unread bytes. */
static inline size_t stream_size(const struct stream *s)
{
	return s->len - s->at;
}
const char *stream_text(const struct stream *s);
void stream_skip(struct stream *s, size_t len);

#endif
