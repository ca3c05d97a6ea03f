#include "kernel/icmp.h"

#include <errno.h>
#include <linux/errqueue.h>
#include <linux/icmp.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <netinet/ip6.h>
#include <stdalign.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "kernel/namespace.h"

#define READ_MAX 64 /* datagrams of one look */

/* The header is the same in both families. The magic is this process's: other pings' answers reach
 * a raw socket, too. */
struct echo {
	uint8_t type, code;
	uint16_t checksum, ident, sequence;
	uint64_t magic;
	uint32_t id;
} __attribute__((packed));

static uint64_t magic;

uint64_t icmp_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

/* ---- sockets ---- */

/* Only what pings are answered with. */
static void set_filter(int fd, int family)
{
	struct icmp_filter four = { ~(1U << ICMP_ECHOREPLY | 1U << ICMP_DEST_UNREACH |
				      1U << ICMP_TIME_EXCEEDED | 1U << ICMP_PARAMETERPROB) };
	struct icmp6_filter six;

	if (family == AF_INET) {
		setsockopt(fd, SOL_RAW, ICMP_FILTER, &four, sizeof(four));
		return;
	}
	ICMP6_FILTER_SETBLOCKALL(&six);
	ICMP6_FILTER_SETPASS(ICMP6_ECHO_REPLY, &six);
	ICMP6_FILTER_SETPASS(ICMP6_DST_UNREACH, &six);
	ICMP6_FILTER_SETPASS(ICMP6_TIME_EXCEEDED, &six);
	ICMP6_FILTER_SETPASS(ICMP6_PARAM_PROB, &six);
	setsockopt(fd, IPPROTO_ICMPV6, ICMP6_FILTER, &six, sizeof(six));
}

/* A socket of ping_group_range, which a new namespace gives to nobody: this one lets us in. */
static int open_ping(int family, int type, int protocol)
{
	int fd = socket(family, type, protocol);
	char range[32];

	if (fd >= 0 || errno != EACCES)
		return fd;
	snprintf(range, sizeof(range), "%u %u", getegid(), getegid());
	if (sysctl_write("net.ipv4.ping_group_range", range, NULL)) {
		errno = EACCES;
		return -1;
	}
	return socket(family, type, protocol);
}

int icmp_open(struct icmp *icmp, int family, struct err *err)
{
	static const int on = 1;
	const int protocol = family == AF_INET ? IPPROTO_ICMP : IPPROTO_ICMPV6;
	const int flags = SOCK_CLOEXEC | SOCK_NONBLOCK;

	*icmp = (struct icmp){ .fd = socket(family, SOCK_RAW | flags, protocol), .family = family };
	icmp->raw = icmp->fd >= 0;
	if (!icmp->raw && (errno == EPERM || errno == EACCES))
		icmp->fd = open_ping(family, SOCK_DGRAM | flags, protocol);
	if (icmp->fd < 0) {
		const int code = errno;

		err_errno(err, code, "open a socket for ICMP");
		if (code == EPERM || code == EACCES)
			err_hint(err, "this takes CAP_NET_RAW, or a group within "
				      "net.ipv4.ping_group_range");
		return -1;
	}
	if (icmp->raw)
		set_filter(icmp->fd, family);
	else if (family == AF_INET)
		setsockopt(icmp->fd, IPPROTO_IP, IP_RECVERR, &on, sizeof(on));
	else
		setsockopt(icmp->fd, IPPROTO_IPV6, IPV6_RECVERR, &on, sizeof(on));
	setsockopt(icmp->fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof(on));
	while (!magic && getrandom(&magic, sizeof(magic), 0) < 0 && errno == EINTR)
		;
	return 0;
}

void icmp_close(struct icmp *icmp)
{
	if (icmp->fd >= 0)
		close(icmp->fd);
	icmp->fd = -1;
}

/* ---- sending ---- */

/* RFC 1071. Of ICMPv6 the kernel makes it: it covers the addresses, too. */
static uint16_t checksum(const void *data, size_t len)
{
	const uint8_t *bytes = data;
	uint32_t sum = 0;

	for (size_t i = 0; i + 1 < len; i += 2) {
		uint16_t word;

		memcpy(&word, bytes + i, sizeof(word));
		sum += word;
	}
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)~sum;
}

static socklen_t socket_address(struct sockaddr_storage *a, const struct prefix *p)
{
	struct sockaddr_in *four = (void *)a;
	struct sockaddr_in6 *six = (void *)a;

	memset(a, 0, sizeof(*six));
	a->ss_family = p->family;
	if (p->family == AF_INET) {
		memcpy(&four->sin_addr, p->bytes, 4);
		return sizeof(*four);
	}
	memcpy(&six->sin6_addr, p->bytes, 16);
	return sizeof(*six);
}

int icmp_send(const struct icmp *icmp, const struct prefix *to, uint32_t id)
{
	struct echo e = {
		.type = icmp->family == AF_INET ? ICMP_ECHO : ICMP6_ECHO_REQUEST,
		.ident = htons((uint16_t)(id >> 16)),
		.sequence = htons((uint16_t)id),
		.magic = magic,
		.id = id,
	};
	struct sockaddr_storage a;
	socklen_t len = socket_address(&a, to);
	bool again = !icmp->raw;

	if (icmp->family == AF_INET)
		e.checksum = checksum(&e, sizeof(e));
	while (sendto(icmp->fd, &e, sizeof(e), MSG_NOSIGNAL, (void *)&a, len) < 0) {
		if (errno == EINTR)
			continue;
		/* A ping socket tells here, once, of an ICMP error about an earlier request. */
		if (!again || errno == EAGAIN || errno == ENOBUFS)
			return errno;
		again = false;
	}
	return 0;
}

/* ---- receiving ---- */

/* Behind the IPv4 header at DATA; NULL: there is none. */
static const uint8_t *skip_ip4(const uint8_t *data, size_t *len)
{
	size_t header = *len >= sizeof(struct iphdr) ? (size_t)(data[0] & 0xf) * 4 : 0;

	if (header < sizeof(struct iphdr) || header > *len)
		return NULL;
	*len -= header;
	return data + header;
}

/* Is this an echo of TYPE, with our magic? */
static bool is_ours(const uint8_t *data, size_t len, uint8_t type, struct icmp_answer *answer)
{
	struct echo echo;

	if (len < sizeof(echo))
		return false;
	memcpy(&echo, data, sizeof(echo));
	answer->id = echo.id;
	return echo.type == type && echo.magic == magic;
}

static uint8_t request_type(const struct icmp *icmp)
{
	return icmp->family == AF_INET ? ICMP_ECHO : ICMP6_ECHO_REQUEST;
}

/* What the error at DATA quotes (RFC 1812, 4.3.2.3: as much as fits, not only 8 bytes). Where it is
 * a reply of this node, its request has come, and the error is nobody's. */
static bool is_quoted(const struct icmp *icmp, const uint8_t *data, size_t len,
		      struct icmp_answer *answer)
{
	data += sizeof(struct icmphdr);
	len -= sizeof(struct icmphdr);
	if (icmp->family == AF_INET) {
		if (!(data = skip_ip4(data, &len)))
			return false;
	} else {
		if (len < sizeof(struct ip6_hdr))
			return false;
		data += sizeof(struct ip6_hdr);
		len -= sizeof(struct ip6_hdr);
	}
	return is_ours(data, len, request_type(icmp), answer);
}

static void read_sender(struct icmp_answer *answer, const void *a)
{
	const struct sockaddr_in *four = a;
	const struct sockaddr_in6 *six = a;

	answer->from = (struct prefix){ .family = (uint8_t)four->sin_family };
	if (four->sin_family == AF_INET) {
		memcpy(answer->from.bytes, &four->sin_addr, 4);
		answer->from.length = 32;
	} else {
		memcpy(answer->from.bytes, &six->sin6_addr, 16);
		answer->from.length = 128;
	}
}

static void read_time(struct icmp_answer *answer, struct msghdr *m)
{
	struct timespec t;

	answer->at = 0;
	for (struct cmsghdr *c = CMSG_FIRSTHDR(m); c; c = CMSG_NXTHDR(m, c)) {
		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_TIMESTAMPNS)
			continue;
		memcpy(&t, CMSG_DATA(c), sizeof(t));
		answer->at = (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
	}
	if (!answer->at)
		answer->at = icmp_now();
}

bool icmp_parse(const struct icmp *icmp, const uint8_t *data, size_t len,
		struct icmp_answer *answer)
{
	const uint8_t reply = icmp->family == AF_INET ? ICMP_ECHOREPLY : ICMP6_ECHO_REPLY;

	if (icmp->raw && icmp->family == AF_INET && !(data = skip_ip4(data, &len)))
		return false;
	if (len < sizeof(struct icmphdr))
		return false;
	answer->type = data[0];
	answer->code = data[1];
	answer->reply = data[0] == reply;
	return answer->reply ? is_ours(data, len, reply, answer)
			     : is_quoted(icmp, data, len, answer);
}

/* What the queue of errors gave: the request as it was sent, and beside it what came of it. */
static bool read_error(const struct icmp *icmp, struct mmsghdr *m, struct icmp_answer *answer)
{
	const uint8_t origin = icmp->family == AF_INET ? SO_EE_ORIGIN_ICMP : SO_EE_ORIGIN_ICMP6;
	struct msghdr *h = &m->msg_hdr;

	for (struct cmsghdr *c = CMSG_FIRSTHDR(h); c; c = CMSG_NXTHDR(h, c)) {
		const struct sock_extended_err *e = (const void *)CMSG_DATA(c);

		if (!(c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_RECVERR) &&
		    !(c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_RECVERR))
			continue;
		if (e->ee_origin != origin)
			return false;
		answer->type = e->ee_type;
		answer->code = e->ee_code;
		answer->reply = false;
		read_sender(answer, SO_EE_OFFENDER(e));
		return is_ours(h->msg_iov->iov_base, m->msg_len, request_type(icmp), answer);
	}
	return false;
}

static bool read_one(const struct icmp *icmp, struct mmsghdr *m, struct icmp_answer *answer)
{
	if (!icmp_parse(icmp, m->msg_hdr.msg_iov->iov_base, m->msg_len, answer))
		return false;
	read_sender(answer, m->msg_hdr.msg_name);
	return true;
}

/* FLAGS: MSG_ERRQUEUE for what a ping socket keeps apart. */
static size_t read_queue(const struct icmp *icmp, int flags, struct icmp_answer *v, size_t max)
{
	static struct mmsghdr messages[READ_MAX];
	static struct iovec parts[READ_MAX];
	static struct sockaddr_storage senders[READ_MAX];
	static uint8_t data[READ_MAX][256];
	/* Aligned as the headers in it. */
	static struct {
		alignas(struct cmsghdr) char data[256];
	} control[READ_MAX];
	size_t n = 0;
	int got;

	for (size_t i = 0; i < max; i++) {
		parts[i] = (struct iovec){ data[i], sizeof(data[i]) };
		messages[i].msg_hdr = (struct msghdr){
			.msg_name = &senders[i],
			.msg_namelen = sizeof(senders[i]),
			.msg_iov = &parts[i],
			.msg_iovlen = 1,
			.msg_control = control[i].data,
			.msg_controllen = sizeof(control[i].data),
		};
	}
	got = recvmmsg(icmp->fd, messages, (unsigned)max, MSG_DONTWAIT | flags, NULL);
	for (int i = 0; i < got; i++) {
		if (!(flags ? read_error(icmp, &messages[i], &v[n])
			    : read_one(icmp, &messages[i], &v[n])))
			continue;
		read_time(&v[n++], &messages[i].msg_hdr);
	}
	return n;
}

size_t icmp_read(const struct icmp *icmp, struct icmp_answer *v, size_t max)
{
	size_t n;

	if (max > READ_MAX)
		max = READ_MAX;
	n = read_queue(icmp, 0, v, max);
	if (!icmp->raw && n < max)
		n += read_queue(icmp, MSG_ERRQUEUE, v + n, max - n);
	return n;
}

/* ---- words ---- */

static const char *text_of(const char *const *texts, size_t n, uint8_t code)
{
	return code < n && texts[code] ? texts[code] : "unreachable";
}

const char *icmp_error_text(int family, uint8_t type, uint8_t code)
{
	/* RFC 1812, 5.2.7.1; RFC 4443, 3.1. */
	static const char *const four[] = {
		"network unreachable",
		"host unreachable",
		"protocol unreachable",
		"port unreachable",
		"fragmentation needed",
		"source route failed",
		"network unknown",
		"host unknown",
		NULL,
		"network prohibited",
		"host prohibited",
		"network unreachable for this TOS",
		"host unreachable for this TOS",
		"prohibited by a filter",
	};
	static const char *const six[] = {
		"no route",
		"prohibited by a filter",
		"beyond the scope of the source address",
		"address unreachable",
		"port unreachable",
		"source address refused",
		"route rejects it",
	};
	const bool exceeded =
		family == AF_INET ? type == ICMP_TIME_EXCEEDED : type == ICMP6_TIME_EXCEEDED;

	if (exceeded)
		return "TTL exceeded: is there a loop?";
	if (type == (family == AF_INET ? ICMP_PARAMETERPROB : ICMP6_PARAM_PROB))
		return "header refused";
	return family == AF_INET ? text_of(four, sizeof(four) / sizeof(*four), code)
				 : text_of(six, sizeof(six) / sizeof(*six), code);
}
