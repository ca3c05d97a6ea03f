#include "lab/channel.h"

#include <errno.h>
#include <linux/magic.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/buf.h"
#include "lab/init.h"

union control {
	struct cmsghdr header;
	char space[CMSG_SPACE(CHANNEL_BATCH * sizeof(int))];
};

static void put_descriptors(struct msghdr *m, union control *control, const int *fds, unsigned n)
{
	m->msg_control = control;
	m->msg_controllen = CMSG_SPACE(n * sizeof(int));
	control->header = (struct cmsghdr){
		.cmsg_len = CMSG_LEN(n * sizeof(int)),
		.cmsg_level = SOL_SOCKET,
		.cmsg_type = SCM_RIGHTS,
	};
	memcpy(CMSG_DATA(&control->header), fds, n * sizeof(int));
}

/* The descriptors that came with M; fewer than were sent when our table is full. */
static void take_descriptors(struct msghdr *m, int fds[CHANNEL_BATCH])
{
	struct cmsghdr *header = CMSG_FIRSTHDR(m);

	for (unsigned k = 0; k < CHANNEL_BATCH; k++)
		fds[k] = -1;
	if (header && header->cmsg_type == SCM_RIGHTS)
		memcpy(fds, CMSG_DATA(header), header->cmsg_len - CMSG_LEN(0));
}

/* As long as a request of N names is. */
static size_t request_size(unsigned n)
{
	return offsetof(struct channel_request, names) +
	       n * sizeof(((struct channel_request *)0)->names[0]);
}

/* ---- init's end ---- */

int channel_receive(int channel, struct channel_request *request, int fds[CHANNEL_BATCH])
{
	struct iovec iov = { request, sizeof(*request) };
	union control control;
	struct msghdr m = { .msg_iov = &iov,
			    .msg_iovlen = 1,
			    .msg_control = &control,
			    .msg_controllen = sizeof(control) };
	ssize_t n = recvmsg(channel, &m, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);

	if (n < 0)
		return errno == EINTR || errno == EAGAIN ? 0 : -1;
	take_descriptors(&m, fds);
	if ((size_t)n >= request_size(0) && request->n <= CHANNEL_BATCH &&
	    (size_t)n == request_size(request->n)) {
		for (unsigned k = 0; k < request->n; k++)
			request->names[k][NAME_MAX] = '\0';
		return 1;
	}
	for (unsigned k = 0; k < CHANNEL_BATCH && fds[k] >= 0; k++)
		close(fds[k]);
	return -1;
}

void channel_answer(int channel, const struct channel_answer *answer)
{
	send(channel, answer, sizeof(*answer), MSG_NOSIGNAL | MSG_DONTWAIT);
}

/* ---- the shell's end ---- */

/* One request and its answer, with N descriptors. 0 or an errno value. */
static int exchange(int channel, const struct channel_request *request, const int *fds, unsigned n,
		    struct channel_answer *answer)
{
	struct iovec iov = { (void *)request, request_size(request->n) };
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1 };
	union control control;
	ssize_t got;

	if (n)
		put_descriptors(&m, &control, fds, n);
	do
		got = sendmsg(channel, &m, MSG_NOSIGNAL);
	while (got < 0 && errno == EINTR);
	if (got < 0)
		return errno;
	do
		got = recv(channel, answer, sizeof(*answer), 0);
	while (got < 0 && errno == EINTR);
	if (got < 0)
		return errno;
	return got == sizeof(*answer) ? answer->code : ECONNRESET;
}

void init_hold_all(struct channel *c)
{
	struct channel_request request = { .op = CHANNEL_HOLD, .n = c->n };
	struct channel_answer answer = { 0 };

	c->n = 0;
	/* After one that was refused the others are not wanted, either. */
	if (!request.n || c->refused)
		return;
	for (unsigned k = 0; k < request.n; k++)
		memcpy(request.names[k], c->names[k], strlen(c->names[k]) + 1);
	c->refused = exchange(c->fd, &request, c->fds, request.n, &answer);
	if (c->refused)
		memcpy(c->refused_name, answer.name, sizeof(c->refused_name));
}

/* FD: one to send along, or -1. */
static int ask(struct channel *c, const struct channel_request *request, int fd,
	       struct channel_answer *answer)
{
	init_hold_all(c);
	return exchange(c->fd, request, &fd, fd >= 0, answer);
}

/* What to do about a name that is taken. */
static int hint_taken(const char *name, struct err *err)
{
	char path[sizeof("/run/netns/") + NAME_MAX];
	struct statfs st;
	struct buf quoted = { 0 };

	snprintf(path, sizeof(path), "/run/netns/%s", name);
	buf_put_quoted(&quoted, path);
	if (lab_netns_is_dead(name))
		err_hint(err, "it leads to what is no more: `rm %s` removes it, or `reset`",
			 buf_text(&quoted));
	else if (statfs(path, &st) == 0 && st.f_type != NSFS_MAGIC)
		err_hint(err, "it is no network namespace: `rm %s` removes it", buf_text(&quoted));
	else
		err_hint(err, "another shell was quicker");
	buf_free(&quoted);
	return -1;
}

int init_held(struct channel *c, struct err *err)
{
	int code;

	init_hold_all(c);
	code = c->refused;
	c->refused = 0;
	if (!code)
		return 0;
	err_errno(err, code, "/run/netns/%s", c->refused_name);
	if (code == EEXIST)
		return hint_taken(c->refused_name, err);
	return code == EMFILE ? err_hint(err, "raise `ulimit -n`: each node takes one") : -1;
}

int init_hold(struct channel *c, const char *name, int fd, struct err *err)
{
	if (strlen(name) > NAME_MAX)
		return err_errno(err, ENAMETOOLONG, "/run/netns/%s", name);
	if (c->n == CHANNEL_BATCH)
		init_hold_all(c);
	c->names[c->n] = name;
	c->fds[c->n++] = fd;
	return 0;
}

bool init_drop(struct channel *c, const char *name, int fd)
{
	struct channel_request request = { .op = CHANNEL_DROP, .n = 1 };
	struct channel_answer answer;

	snprintf(request.names[0], sizeof(request.names[0]), "%s", name);
	/* Waiting for the answer: afterwards the namespace is really given up. */
	return ask(c, &request, fd, &answer) == 0;
}

int init_keep(struct channel *c, struct err *err)
{
	struct channel_answer answer;
	int code = ask(c, &(struct channel_request){ .op = CHANNEL_KEEP }, -1, &answer);

	return code ? err_errno(err, code, "the lab's init cannot keep it") : 0;
}

void init_drain(struct channel *c, int fd)
{
	struct channel_answer answer;

	ask(c, &(struct channel_request){ .op = CHANNEL_DRAIN }, fd, &answer);
}

int init_adopt(struct channel *c, pid_t pid, int fd, struct err *err)
{
	struct channel_request request = { .op = CHANNEL_ADOPT, .pid = pid };
	struct channel_answer answer;
	int code = ask(c, &request, fd, &answer);

	return code ? err_errno(err, code, "the lab's init cannot follow a process") : 0;
}

int init_state(struct channel *c, struct door_state *state, struct err *err)
{
	struct channel_answer answer;
	int code = ask(c, &(struct channel_request){ .op = CHANNEL_STATE }, -1, &answer);

	if (code)
		return err_errno(err, code, "ask the lab's init");
	*state = answer.state;
	return 0;
}
