#include "lab/channel.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lab/init.h"

union control {
	struct cmsghdr header;
	char space[CMSG_SPACE(sizeof(int))];
};

static void put_descriptor(struct msghdr *m, union control *control, int fd)
{
	m->msg_control = control;
	m->msg_controllen = sizeof(*control);
	control->header = (struct cmsghdr){
		.cmsg_len = CMSG_LEN(sizeof(int)),
		.cmsg_level = SOL_SOCKET,
		.cmsg_type = SCM_RIGHTS,
	};
	memcpy(CMSG_DATA(&control->header), &fd, sizeof(fd));
}

/* The descriptor that came with M; -1 when none did, as when our table is full. */
static int take_descriptor(struct msghdr *m)
{
	struct cmsghdr *header = CMSG_FIRSTHDR(m);
	int fd = -1;

	if (header && header->cmsg_type == SCM_RIGHTS)
		memcpy(&fd, CMSG_DATA(header), sizeof(fd));
	return fd;
}

/* ---- init's end ---- */

int channel_receive(int channel, struct channel_request *request, int *fd)
{
	struct iovec iov = { request, sizeof(*request) };
	union control control;
	struct msghdr m = { .msg_iov = &iov,
			    .msg_iovlen = 1,
			    .msg_control = &control,
			    .msg_controllen = sizeof(control) };
	ssize_t n = recvmsg(channel, &m, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);

	*fd = n > 0 ? take_descriptor(&m) : -1;
	if (n == sizeof(*request)) {
		request->name[sizeof(request->name) - 1] = '\0';
		return 1;
	}
	if (*fd >= 0)
		close(*fd);
	return n < 0 && (errno == EINTR || errno == EAGAIN) ? 0 : -1;
}

void channel_answer(int channel, const struct channel_answer *answer)
{
	send(channel, answer, sizeof(*answer), MSG_NOSIGNAL | MSG_DONTWAIT);
}

/* ---- the shell's end ---- */

/* 0 or an errno value. */
static int ask(int channel, const struct channel_request *request, int fd,
	       struct channel_answer *answer)
{
	struct iovec iov = { (void *)request, sizeof(*request) };
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1 };
	union control control;
	ssize_t n;

	if (fd >= 0)
		put_descriptor(&m, &control, fd);
	do
		n = sendmsg(channel, &m, MSG_NOSIGNAL);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return errno;
	do
		n = recv(channel, answer, sizeof(*answer), 0);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return errno;
	return n == sizeof(*answer) ? answer->code : ECONNRESET;
}

int init_hold(int channel, const char *name, int fd, struct err *err)
{
	struct channel_request request = { .op = CHANNEL_HOLD };
	struct channel_answer answer;
	int code = ENAMETOOLONG;

	if (snprintf(request.name, sizeof(request.name), "%s", name) < (int)sizeof(request.name))
		code = ask(channel, &request, fd, &answer);
	if (code == 0)
		return 0;
	err_errno(err, code, "/run/netns/%s", name);
	return code == EMFILE ? err_hint(err, "raise `ulimit -n`: each node takes one") : -1;
}

bool init_drop(int channel, const char *name)
{
	struct channel_request request = { .op = CHANNEL_DROP };
	struct channel_answer answer;

	snprintf(request.name, sizeof(request.name), "%s", name);
	/* Waiting for the answer: afterwards the namespace is really given up. */
	return ask(channel, &request, -1, &answer) == 0;
}

int init_keep(int channel, struct err *err)
{
	struct channel_answer answer;
	int code = ask(channel, &(struct channel_request){ .op = CHANNEL_KEEP }, -1, &answer);

	return code ? err_errno(err, code, "the lab's init cannot keep it") : 0;
}

void init_drain(int channel, int fd)
{
	struct channel_answer answer;

	ask(channel, &(struct channel_request){ .op = CHANNEL_DRAIN }, fd, &answer);
}

int init_adopt(int channel, pid_t pid, int fd, struct err *err)
{
	struct channel_request request = { .op = CHANNEL_ADOPT, .pid = pid };
	struct channel_answer answer;
	int code = ask(channel, &request, fd, &answer);

	return code ? err_errno(err, code, "the lab's init cannot follow a process") : 0;
}

int init_state(int channel, struct door_state *state, struct err *err)
{
	struct channel_answer answer;
	int code = ask(channel, &(struct channel_request){ .op = CHANNEL_STATE }, -1, &answer);

	if (code)
		return err_errno(err, code, "ask the lab's init");
	*state = answer.state;
	return 0;
}
