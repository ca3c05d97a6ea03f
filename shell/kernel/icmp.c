#include "kernel/icmp.h"

#include <errno.h>
#include <linux/icmp.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <netinet/ip6.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

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

int icmp_open(struct icmp *icmp, int family, struct err *err)
{
	static const int on = 1;
	const int protocol = family == AF_INET ? IPPROTO_ICMP : IPPROTO_ICMPV6;
	const int flags = SOCK_CLOEXEC | SOCK_NONBLOCK;

	*icmp = (struct icmp){ .fd = socket(family, SOCK_RAW | flags, protocol), .family = family };
	icmp->raw = icmp->fd >= 0;
	if (!icmp->raw && (errno == EPERM || errno == EACCES))
		icmp->fd = socket(family, SOCK_DGRAM | flags, protocol);
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

	if (icmp->family == AF_INET)
		e.checksum = checksum(&e, sizeof(e));
	while (sendto(icmp->fd, &e, sizeof(e), MSG_NOSIGNAL, (void *)&a, len) < 0)
		if (errno != EINTR)
			return errno;
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

/* The echo that the message at DATA is about: a reply itself, or what an error quotes (RFC
 * 1812, 4.3.2.3: as much as fits, not only 8 bytes). */
static bool find_echo(const struct icmp *icmp, const uint8_t *data, size_t len,
		      struct icmp_answer *answer, struct echo *echo)
{
	const bool four = icmp->family == AF_INET;

	if (len < sizeof(struct icmphdr))
		return false;
	answer->type = data[0];
	answer->code = data[1];
	answer->reply = data[0] == (four ? ICMP_ECHOREPLY : ICMP6_ECHO_REPLY);
	if (!answer->reply) {
		data += sizeof(struct icmphdr);
		len -= sizeof(struct icmphdr);
		if (four && !(data = skip_ip4(data, &len)))
			return false;
		if (!four) {
			if (len < sizeof(struct ip6_hdr))
				return false;
			data += sizeof(struct ip6_hdr);
			len -= sizeof(struct ip6_hdr);
		}
	}
	if (len < sizeof(*echo))
		return false;
	memcpy(echo, data, sizeof(*echo));
	return echo->magic == magic;
}

static void read_sender(struct icmp_answer *answer, const struct sockaddr_storage *a)
{
	const struct sockaddr_in *four = (const void *)a;
	const struct sockaddr_in6 *six = (const void *)a;

	answer->from = (struct prefix){ .family = (uint8_t)a->ss_family };
	if (a->ss_family == AF_INET) {
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
	struct echo echo;

	if (icmp->raw && icmp->family == AF_INET && !(data = skip_ip4(data, &len)))
		return false;
	if (!find_echo(icmp, data, len, answer, &echo))
		return false;
	answer->id = echo.id;
	return true;
}

static bool read_one(const struct icmp *icmp, struct mmsghdr *m, struct icmp_answer *answer)
{
	if (!icmp_parse(icmp, m->msg_hdr.msg_iov->iov_base, m->msg_len, answer))
		return false;
	read_sender(answer, m->msg_hdr.msg_name);
	read_time(answer, &m->msg_hdr);
	return true;
}

size_t icmp_read(const struct icmp *icmp, struct icmp_answer *v, size_t max)
{
	static struct mmsghdr messages[READ_MAX];
	static struct iovec parts[READ_MAX];
	static struct sockaddr_storage senders[READ_MAX];
	static uint8_t data[READ_MAX][256];
	static char control[READ_MAX][CMSG_SPACE(sizeof(struct timespec))];
	size_t n = 0;
	int got;

	if (max > READ_MAX)
		max = READ_MAX;
	for (size_t i = 0; i < max; i++) {
		parts[i] = (struct iovec){ data[i], sizeof(data[i]) };
		messages[i].msg_hdr = (struct msghdr){
			.msg_name = &senders[i],
			.msg_namelen = sizeof(senders[i]),
			.msg_iov = &parts[i],
			.msg_iovlen = 1,
			.msg_control = control[i],
			.msg_controllen = sizeof(control[i]),
		};
	}
	got = recvmmsg(icmp->fd, messages, (unsigned)max, MSG_DONTWAIT, NULL);
	for (int i = 0; i < got; i++)
		n += read_one(icmp, &messages[i], &v[n]);
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
