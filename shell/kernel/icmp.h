/*
 * Echo requests of ICMP and ICMPv6, and what comes back: icmp(7), raw(7), ipv6(7), RFC 792, RFC
 * 4443. A raw socket where that is allowed, else one of `net.ipv4.ping_group_range`.
 */
#ifndef NSLAB_KERNEL_ICMP_H
#define NSLAB_KERNEL_ICMP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/address.h"

struct icmp {
	int fd;
	int family;
	bool raw;
};

/* Opened in the network namespace this process is in, whose ping_group_range is set where nothing
 * else helps; it never waits. */
int icmp_open(struct icmp *icmp, int family, struct err *err);
void icmp_close(struct icmp *icmp);

/* Nanoseconds of the clock that answers are stamped with. */
uint64_t icmp_now(void);

/* One request. ID comes back with its answer. 0, or an errno value: the kernel refused to send it.
 */
int icmp_send(const struct icmp *icmp, const struct prefix *to, uint32_t id);

struct icmp_answer {
	uint32_t id;
	bool reply; /* else an error, of TYPE and CODE */
	uint8_t type, code;
	struct prefix from; /* who sent it */
	uint64_t at;	    /* ns, when the kernel got it */
};
/* What has come, MAX at most; how many. Answers to others than icmp_send of this process are left
 * out. */
size_t icmp_read(const struct icmp *icmp, struct icmp_answer *v, size_t max);

/* The LEN bytes that the socket gave: is it an answer to a request of ours? Fills all but ->from
 * and ->at.
 */
bool icmp_parse(const struct icmp *icmp, const uint8_t *data, size_t len,
		struct icmp_answer *answer);

/* "host unreachable", for TYPE and CODE of an error. */
const char *icmp_error_text(int family, uint8_t type, uint8_t code);

#endif
