#include "kernel/netlink.h"

#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/if.h>
#include <stdalign.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/descriptor.h"

/* A dump packs as many objects into one datagram as the reader's buffer takes, up to 32 KiB
 * (af_netlink.c, netlink_dump). */
#define RECEIVE_SIZE 32768
#define DUMP_TRIES   5
#define MANY	     64 /* requests in one system call */

static alignas(struct nlmsghdr) char receive[RECEIVE_SIZE];
static uint64_t sent;
static uint64_t fail_at; /* this request is refused, for the failure tests; 0: none */

/* ---- sockets ---- */

static int open_socket(struct netlink *nl, int bus, int flags, struct err *err)
{
	static const int on = 1;

	int fd = descriptor_raise(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | flags, bus));

	if (fd < 0) {
		int code = errno;

		err_errno(err, code, "open a netlink socket");
		return code == EMFILE ? err_hint(err, "every node takes a few descriptors: "
						      "raise `ulimit -n`")
				      : -1;
	}
	nl->socket = mnl_socket_fdopen(fd);
	if (!nl->socket) {
		close(fd);
		return err_errno(err, ENOMEM, "open a netlink socket");
	}
	nl->seq = 0;
	/* Older kernels lack these; then messages are only shorter on words. */
	mnl_socket_setsockopt(nl->socket, NETLINK_EXT_ACK, (void *)&on, sizeof(on));
	mnl_socket_setsockopt(nl->socket, NETLINK_CAP_ACK, (void *)&on, sizeof(on));
	/* Lets a dump be filtered by the request's header and attributes; without it they are
	 * ignored. */
	mnl_socket_setsockopt(nl->socket, NETLINK_GET_STRICT_CHK, (void *)&on, sizeof(on));
	if (mnl_socket_bind(nl->socket, 0, MNL_SOCKET_AUTOPID) < 0) {
		int code = errno;

		netlink_close(nl);
		return err_errno(err, code, "bind a netlink socket");
	}
	return 0;
}

int netlink_open(struct netlink *nl, struct err *err)
{
	return open_socket(nl, NETLINK_ROUTE, 0, err);
}

int netlink_open_netfilter(struct netlink *nl, struct err *err)
{
	return open_socket(nl, NETLINK_NETFILTER, 0, err);
}

void netlink_close(struct netlink *nl)
{
	if (nl->socket)
		mnl_socket_close(nl->socket);
	nl->socket = NULL;
}

int netlink_fd(const struct netlink *nl)
{
	return mnl_socket_get_fd(nl->socket);
}

/* Any socket serves for the interface ioctls, netdevice(7): ten times cheaper than to ask by
 * message. */
int netlink_ifindex(const struct netlink *nl, const char *name)
{
	struct ifreq r = { 0 };

	strncpy(r.ifr_name, name, sizeof(r.ifr_name) - 1);
	return ioctl(netlink_fd(nl), SIOCGIFINDEX, &r) < 0 ? 0 : r.ifr_ifindex;
}

/* ---- errors, in the kernel's words and ours ---- */

struct hint {
	int code;
	const char *text;
};

static const struct hint hints[] = {
	{ EXFULL, "a Linux bridge takes 1023 ports" },
	{ EPERM, "the namespace belongs to another user namespace, or a capability is missing" },
	{ EEXIST, "the name or address is taken in that namespace" },
	{ ENODEV, "the interface is gone: it may have been deleted meanwhile" },
	{ ENOBUFS, "the kernel is short of memory for netlink" },
	{ EOPNOTSUPP, "this kernel lacks the module for it" },
	{ ENOTCONN, "a veth's peer cannot be up before both ends exist" },
	{ ENETDOWN, "bring the interface up first" },
	{ ENETUNREACH, "the gateway is in no subnet of an interface that is up" },
};

/* An error's text: "Operation not supported: Unknown device type". */
static int refuse(struct err *err, int code, const char *extended)
{
	size_t i;

	if (extended && *extended)
		err_set(err, "%s (%s)", extended, strerror(code));
	else
		err_set(err, "%s", strerror(code));
	if (err)
		err->code = code;
	for (i = 0; i < sizeof(hints) / sizeof(hints[0]); i++)
		if (hints[i].code == code)
			err_hint(err, "%s", hints[i].text);
	return -1;
}

/* The extended ack's text lies behind the error (capped: behind its header alone). netlink(7),
 * NETLINK_EXT_ACK. */
static const char *extended_text(const struct nlmsghdr *h, size_t skip)
{
	const struct nlattr *a;

	if (!(h->nlmsg_flags & NLM_F_ACK_TLVS))
		return NULL;
	mnl_attr_for_each(a, h, skip) if (mnl_attr_get_type(a) == NLMSGERR_ATTR_MSG &&
					  mnl_attr_validate(a, MNL_TYPE_NUL_STRING) ==
						  0) return mnl_attr_get_str(a);
	return NULL;
}

/* 0 for an acknowledgement. */
static int read_error(const struct nlmsghdr *h, struct err *err)
{
	const struct nlmsgerr *e = mnl_nlmsg_get_payload(h);
	size_t skip = sizeof(*e);

	if (mnl_nlmsg_get_payload_len(h) < sizeof(*e))
		return refuse(err, EBADMSG, NULL);
	if (e->error == 0)
		return 0;
	if (!(h->nlmsg_flags & NLM_F_CAPPED))
		skip += e->msg.nlmsg_len - sizeof(e->msg);
	return refuse(err, -e->error, extended_text(h, skip));
}

/* ---- requests ---- */

static int send_message(struct netlink *nl, struct netlink_message *m, struct err *err)
{
	if (m->full)
		return err_errno(err, EMSGSIZE, "a netlink message is too long");
	m->header.nlmsg_seq = ++nl->seq;
	if (mnl_socket_sendto(nl->socket, m->data, m->header.nlmsg_len) < 0)
		return err_errno(err, errno, "send a netlink message");
	return 0;
}

/* One datagram into `receive`; its length, or -1. A signal does not end the wait: the kernel
 * answers at once. */
static ssize_t receive_datagram(struct netlink *nl, struct err *err)
{
	ssize_t n;

	do
		n = mnl_socket_recvfrom(nl->socket, receive, sizeof(receive));
	while (n < 0 && errno == EINTR);
	return n < 0 ? err_errno(err, errno, "read from a netlink socket") : n;
}

void netlink_arm_fault(void)
{
	const char *text = getenv("NSLAB_FAIL_NL");

	if (text && !fail_at)
		fail_at = sent + strtoul(text, NULL, 10);
}

uint64_t netlink_count(void)
{
	return sent;
}

int netlink_do(struct netlink *nl, struct netlink_message *m, struct err *err)
{
	const struct nlmsghdr *h;
	ssize_t n;
	int len;

	if (++sent == fail_at)
		return refuse(err, ENOBUFS, "refused for a test");
	m->header.nlmsg_flags |= NLM_F_ACK;
	if (send_message(nl, m, err) < 0)
		return -1;
	for (;;) {
		if ((n = receive_datagram(nl, err)) < 0)
			return -1;
		len = n;
		for (h = (void *)receive; mnl_nlmsg_ok(h, len); h = mnl_nlmsg_next(h, &len))
			if (h->nlmsg_seq == nl->seq && h->nlmsg_type == NLMSG_ERROR)
				return read_error(h, err);
	}
}

/* Of the requests from number FIRST on, read until that of number LAST is acknowledged. I is the
 * place of FIRST. */
static int read_many(struct netlink *nl, uint32_t first, uint32_t last, size_t i,
		     netlink_refused *refused, void *data, struct err *err)
{
	const struct nlmsghdr *h;
	ssize_t n;
	int len;

	for (;;) {
		if ((n = receive_datagram(nl, err)) < 0)
			return -1;
		len = n;
		for (h = (void *)receive; mnl_nlmsg_ok(h, len); h = mnl_nlmsg_next(h, &len)) {
			struct err why = ERR_INIT;

			if (h->nlmsg_type != NLMSG_ERROR || h->nlmsg_seq - first > last - first)
				continue;
			if (read_error(h, &why) < 0)
				refused(i + (h->nlmsg_seq - first), why.code, data);
			if (h->nlmsg_seq == last)
				return 0;
		}
	}
}

int netlink_do_many(struct netlink *nl, netlink_next *next, netlink_refused *refused, void *data,
		    struct err *err)
{
	/* All refusals of so many fit into a socket's buffer. */
	static alignas(struct nlmsghdr) char batch[MANY * 128];
	struct netlink_message m;
	bool more = true;
	size_t done = 0;

	while (more) {
		uint32_t first = nl->seq + 1;
		struct nlmsghdr *h = NULL;
		size_t len = 0, n = 0;

		while (n < MANY && (more = next(&m, data))) {
			h = (void *)(batch + len);
			m.header.nlmsg_seq = ++nl->seq;
			if (m.full || m.header.nlmsg_len > sizeof(batch) - len)
				return err_errno(err, EMSGSIZE, "a netlink message is too long");
			memcpy(h, m.data, m.header.nlmsg_len);
			len += NLMSG_ALIGN(h->nlmsg_len);
			n++;
		}
		if (!n)
			break;
		h->nlmsg_flags |= NLM_F_ACK;
		if (mnl_socket_sendto(nl->socket, batch, len) < 0)
			return err_errno(err, errno, "send netlink messages");
		if (read_many(nl, first, nl->seq, done, refused, data, err) < 0)
			return -1;
		done += n;
		sent += n;
	}
	return 0;
}

int netlink_get(struct netlink *nl, struct netlink_message *m, netlink_reader *read, void *data,
		struct err *err)
{
	const struct nlmsghdr *h;
	ssize_t n;
	int len;

	if (send_message(nl, m, err) < 0)
		return -1;
	for (;;) {
		if ((n = receive_datagram(nl, err)) < 0)
			return -1;
		len = n;
		for (h = (void *)receive; mnl_nlmsg_ok(h, len); h = mnl_nlmsg_next(h, &len)) {
			if (h->nlmsg_seq != nl->seq)
				continue;
			if (h->nlmsg_type == NLMSG_ERROR)
				return read_error(h, err);
			read(h, data);
			return 0;
		}
	}
}

/* What one datagram of a dump says: 1 done, 0 more, -1 err. */
static int read_dump(struct netlink *nl, int len, netlink_reader *read, void *data,
		     bool *interrupted, struct err *err)
{
	const struct nlmsghdr *h;

	for (h = (void *)receive; mnl_nlmsg_ok(h, len); h = mnl_nlmsg_next(h, &len)) {
		if (h->nlmsg_seq != nl->seq)
			continue;
		if (h->nlmsg_flags & NLM_F_DUMP_INTR)
			*interrupted = true;
		if (h->nlmsg_type == NLMSG_ERROR)
			return read_error(h, err) < 0 ? -1 : 1;
		if (h->nlmsg_type == NLMSG_DONE) {
			int code = 0;

			if (mnl_nlmsg_get_payload_len(h) >= sizeof(code))
				memcpy(&code, mnl_nlmsg_get_payload(h), sizeof(code));
			return code < 0 ? refuse(err, -code, extended_text(h, sizeof(code))) : 1;
		}
		read(h, data);
	}
	return 0;
}

int netlink_dump(struct netlink *nl, struct netlink_message *m, netlink_reader *read,
		 void (*restart)(void *data), void *data, struct err *err)
{
	int tries;

	m->header.nlmsg_flags |= NLM_F_DUMP;
	for (tries = 0; tries < DUMP_TRIES; tries++) {
		bool interrupted = false;
		int done = 0;

		if (send_message(nl, m, err) < 0)
			return -1;
		while (done == 0) {
			ssize_t n = receive_datagram(nl, err);

			if (n < 0)
				return -1;
			done = read_dump(nl, n, read, data, &interrupted, err);
		}
		if (done < 0)
			return -1;
		if (!interrupted)
			return 0;
		if (restart && tries + 1 < DUMP_TRIES)
			restart(data);
	}
	return 1;
}

/* ---- events ---- */

#define EVENT_BUFFER (8 << 20) /* bytes; about 4000 interface events */

int netlink_hear(struct netlink *nl, const unsigned *groups, bool on, struct err *err)
{
	const int option = on ? NETLINK_ADD_MEMBERSHIP : NETLINK_DROP_MEMBERSHIP;

	for (; *groups; groups++)
		if (mnl_socket_setsockopt(nl->socket, option, (void *)groups, sizeof(*groups)) < 0)
			return err_errno(err, errno, "listen for kernel events");
	return 0;
}

int netlink_open_events(struct netlink *nl, const unsigned *groups, struct err *err)
{
	static const int on = 1, size = EVENT_BUFFER;

	if (open_socket(nl, NETLINK_ROUTE, SOCK_NONBLOCK, err) < 0)
		return -1;
	/* Raising it beyond net.core.rmem_max takes the machine's root; others drain more often
	 * (graph_drain). */
	if (setsockopt(netlink_fd(nl), SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)) < 0)
		setsockopt(netlink_fd(nl), SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
	if (mnl_socket_setsockopt(nl->socket, NETLINK_LISTEN_ALL_NSID, (void *)&on, sizeof(on)) < 0)
		err_errno(err, errno, "listen for kernel events");
	else if (netlink_hear(nl, groups, true, err) == 0)
		return 0;
	netlink_close(nl);
	return -1;
}

/* The sender's namespace id comes as a control message; without one it is our own namespace. */
static int sender_nsid(struct msghdr *msg)
{
	struct cmsghdr *c;
	int nsid = -1;

	for (c = CMSG_FIRSTHDR(msg); c; c = CMSG_NXTHDR(msg, c))
		if (c->cmsg_level == SOL_NETLINK && c->cmsg_type == NETLINK_LISTEN_ALL_NSID)
			memcpy(&nsid, CMSG_DATA(c), sizeof(nsid));
	return nsid;
}

int netlink_read_events(struct netlink *nl, netlink_event *event, void *data, struct err *err)
{
	alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof(int))];
	struct iovec iov = { receive, sizeof(receive) };
	bool lost = false;

	for (;;) {
		struct msghdr msg = { .msg_iov = &iov,
				      .msg_iovlen = 1,
				      .msg_control = control,
				      .msg_controllen = sizeof(control) };
		const struct nlmsghdr *h;
		ssize_t n = recvmsg(netlink_fd(nl), &msg, 0);
		int nsid, len = n;

		if (n < 0 && errno == EAGAIN)
			return lost;
		if (n < 0 && errno == ENOBUFS)
			lost = true;
		else if (n < 0 && errno != EINTR)
			return err_errno(err, errno, "read kernel events");
		if (n < 0)
			continue;
		nsid = sender_nsid(&msg);
		for (h = (void *)receive; mnl_nlmsg_ok(h, len); h = mnl_nlmsg_next(h, &len))
			event(nsid, h, data);
	}
}
