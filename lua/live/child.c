#include "lua/live/child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/mem.h"

#define READ_LEAST ((size_t)4096)
/* The most that is read at once, which is what a pipe holds. */
#define READ_MOST ((size_t)65536)

/* ---- what it prints ---- */

const char *stream_text(const struct stream *s)
{
	return s->data ? s->data + s->at : "";
}

void stream_skip(struct stream *s, size_t len)
{
	s->at += len;
	if (s->at < s->len)
		return;
	s->at = s->len = 0;
	if (s->fd >= 0)
		return;
	/* No more will come; what it is part of may wait long for the garbage collector. */
	free(s->data);
	s->data = NULL;
	s->cap = 0;
}

static void stream_close(struct stream *s)
{
	if (s->fd >= 0)
		close(s->fd);
	s->fd = -1;
}

/* What was read already makes room for what comes; moving it costs less than it did to read. */
static void stream_make_room(struct stream *s)
{
	if (s->cap - s->len >= READ_LEAST)
		return;
	if (s->at >= s->cap / 2 && s->at) {
		memmove(s->data, s->data + s->at, stream_size(s));
		s->len -= s->at;
		s->at = 0;
		return;
	}
	s->cap = s->cap ? s->cap * 2 : READ_LEAST;
	s->data = mem_resize(s->data, s->cap, 1);
}

/* Poll has said that there is something, so this does not wait. */
static void stream_read(struct stream *s)
{
	size_t room;
	ssize_t n;

	stream_make_room(s);
	room = s->cap - s->len;
	n = read(s->fd, s->data + s->len, room < READ_MOST ? room : READ_MOST);
	if (n > 0)
		s->len += (size_t)n;
	else if (n == 0 || errno != EINTR)
		stream_close(s);
}

/* What is in the pipe at the program's end; more may come from what it has left behind. */
static void stream_finish(struct stream *s)
{
	int waiting;

	/* No read is for less than READ_LEAST. */
	for (size_t reads = READ_MOST / READ_LEAST; reads > 0 && s->fd >= 0; reads--) {
		if (ioctl(s->fd, FIONREAD, &waiting) < 0 || waiting == 0)
			break;
		stream_read(s);
	}
	stream_close(s);
}

static void stream_add(struct stream *s, const char *text)
{
	size_t len = strlen(text);

	while (s->cap - s->len < len)
		s->data = mem_resize(s->data, s->cap = s->cap * 2 + READ_LEAST, 1);
	memcpy(s->data + s->len, text, len);
	s->len += len;
}

/* ---- what it reads ---- */

static void close_input(struct child *c)
{
	if (c->in >= 0)
		close(c->in);
	c->in = -1;
	buf_free(&c->input);
	c->written = 0;
}

static void write_input(struct child *c)
{
	const struct sigaction ignore = { .sa_handler = SIG_IGN };
	struct sigaction before;
	ssize_t n;

	/* A program that does not read is no reason for us to end. */
	sigaction(SIGPIPE, &ignore, &before);
	n = write(c->in, c->input.data + c->written, c->input.len - c->written);
	sigaction(SIGPIPE, &before, NULL);
	if (n > 0)
		c->written += (size_t)n;
	else if (n < 0 && errno != EAGAIN && errno != EINTR)
		close_input(c); /* it reads no more */
	if (c->written < c->input.len)
		return;
	c->written = 0;
	buf_clear(&c->input);
	if (c->input_ends)
		close_input(c);
}

void child_end_input(struct child *c)
{
	c->input_ends = true;
	if (c->written == c->input.len)
		close_input(c);
}

/* ---- its beginning ---- */

/* As sh says it, with the status that sh gives. */
static void never_ran(struct child *c, const struct err *err)
{
	struct stream *s = &c->streams[CHILD_ERR];

	c->status = (struct process_status){ PROCESS_EXITED, err->code };
	stream_add(s, err->text);
	if (err->hint[0]) {
		stream_add(s, " (");
		stream_add(s, err->hint);
		stream_add(s, ")");
	}
	stream_add(s, "\n");
}

static void close_pipes(int pipes[3][2])
{
	for (int i = 0; i < 3; i++)
		for (int end = 0; end < 2; end++)
			if (pipes[i][end] >= 0)
				close(pipes[i][end]);
}

int child_start(struct child *c, struct program *p, bool pipe, struct err *err)
{
	int pipes[3][2] = { { -1, -1 }, { -1, -1 }, { -1, -1 } };
	struct err why = ERR_INIT;

	for (int i = pipe ? 0 : 1; i < 3; i++)
		if (pipe2(pipes[i], O_CLOEXEC) < 0) {
			err_errno(err, errno, "%s: cannot make a pipe", p->argv[0]);
			close_pipes(pipes);
			return -1;
		}
	if (pipe)
		p->in = pipes[0][0];
	p->out = pipes[1][1];
	p->error = pipes[2][1];
	p->session = true;
	p->pidfd = &c->pidfd;
	if (process_start(p, &c->pid, &why) < 0) {
		c->pidfd = -1;
		close_pipes(pipes);
		if (why.code != 126 && why.code != 127) {
			if (err)
				*err = why;
			return -1;
		}
		never_ran(c, &why);
		return 0;
	}
	c->in = pipes[0][1];
	c->streams[CHILD_OUT].fd = pipes[1][0];
	c->streams[CHILD_ERR].fd = pipes[2][0];
	pipes[0][1] = pipes[1][0] = pipes[2][0] = -1;
	close_pipes(pipes);
	/* Reading follows a poll; a write may be more than fits. */
	if (c->in >= 0)
		fcntl(c->in, F_SETFL, O_NONBLOCK);
	return 0;
}

/* ---- while it runs ---- */

bool child_full(const struct child *c)
{
	return stream_size(&c->streams[CHILD_OUT]) >= c->keep ||
	       stream_size(&c->streams[CHILD_ERR]) >= c->keep;
}

void child_fds(const struct child *c, struct pollfd *fds)
{
	bool writes = c->in >= 0 && c->written < c->input.len;

	for (int i = 0; i < CHILD_STREAMS; i++) {
		const struct stream *s = &c->streams[i];
		bool full = stream_size(s) >= c->keep;

		fds[i] = (struct pollfd){ .fd = full ? -1 : s->fd, .events = POLLIN };
	}
	fds[2] = (struct pollfd){ .fd = writes ? c->in : -1, .events = POLLOUT };
	fds[3] = (struct pollfd){ .fd = c->pidfd, .events = POLLIN };
}

/* It has ended, whoever else may hold its pipes. */
static void reap(struct child *c)
{
	/* Until it is reaped its process group's number is its own. */
	if (c->doomed)
		kill(-c->pid, SIGKILL);
	while (process_wait(c->pid, 0, &c->status) == 0)
		;
	close(c->pidfd);
	c->pidfd = -1;
	for (int i = 0; i < CHILD_STREAMS; i++)
		stream_finish(&c->streams[i]);
	close_input(c);
}

bool child_attend(struct child *c, const struct pollfd *fds)
{
	bool any = false;

	for (int i = 0; i < CHILD_STREAMS; i++) {
		if (fds[i].revents & POLLIN)
			stream_read(&c->streams[i]);
		else if (fds[i].revents)
			stream_close(&c->streams[i]);
		any |= fds[i].revents != 0;
	}
	if (fds[2].revents)
		write_input(c);
	if (fds[3].revents)
		reap(c);
	return any || fds[2].revents || fds[3].revents;
}

/* ---- its end ---- */

void child_signal(struct child *c, int signal)
{
	if (c->pidfd < 0)
		return;
	kill(-c->pid, signal);
	/* A stopped one would see its end only when it goes on. */
	if (signal == SIGTERM || signal == SIGHUP)
		kill(-c->pid, SIGCONT);
}

void child_end(struct child *c)
{
	if (c->pidfd >= 0) {
		c->doomed = true;
		kill(-c->pid, SIGKILL);
		reap(c);
	}
	for (int i = 0; i < CHILD_STREAMS; i++) {
		stream_close(&c->streams[i]);
		free(c->streams[i].data);
		c->streams[i] = (struct stream){ .fd = -1 };
	}
	close_input(c);
}
