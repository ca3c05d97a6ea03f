/*
 * IPv4 and IPv6 addresses with a prefix length, MACs, and numbers with a unit, as iproute2 reads
 * and prints them.
 */
#ifndef NSLAB_BASE_ADDRESS_H
#define NSLAB_BASE_ADDRESS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#include "base/err.h"

struct prefix {
	uint8_t family;	   /* AF_INET, AF_INET6; 0: none */
	uint8_t length;	   /* bits */
	uint8_t bytes[16]; /* network order; 4 used for AF_INET */
};

#define PREFIX_TEXT 64 /* bytes for any prefix as text */
#define MAC_TEXT    18

/* "10.0.0.1/8", "fd00::1/64"; without a length /32 or /128, as `ip address add` does. Says what is
 * malformed. */
int prefix_parse(struct prefix *p, const char *text, struct err *err);
/* The prefix always with its length, the address always without; "" for none. */
const char *prefix_format(char out[PREFIX_TEXT], const struct prefix *p);
const char *address_format(char out[PREFIX_TEXT], const struct prefix *p);
bool prefix_same_address(const struct prefix *a, const struct prefix *b); /* length ignored */
bool prefix_contains(const struct prefix *net, const struct prefix *address);
/* The N-th address of NET (10.0.0.0/8, 3 -> 10.0.0.3/8). -1 when the subnet has no such host
 * address: n = 0 never is one, nor is the all-ones broadcast of an IPv4 subnet. */
int prefix_nth(const struct prefix *net, uint32_t n, struct prefix *out, struct err *err);
/* An address that a host can have: not multicast, not 0.0.0.0, not loopback, not the subnet's own
 * or broadcast address. */
int prefix_check_host(const struct prefix *p, struct err *err);

const char *mac_format(char out[MAC_TEXT], const uint8_t mac[6]);
/* The MAC of port N of node NAME, the same in every lab: 02:68:00:07:00:00 for h7-eth0 (one small
 * letter and a number up to 65535: 'h', 7, port), else 06 and a hash. Locally administered,
 * unicast. */
void mac_of_port(uint8_t mac[6], const char *node, unsigned n);

/* A whole number in [MIN, MAX]; says the range when outside. */
int number_parse(long *out, const char *text, long min, long max, struct err *err);
/* yes, true, on or 1; no, false, off or 0. */
int truth_parse(bool *out, const char *text, struct err *err);
/* "10ms", "1.5s", "200us": nanoseconds. A bare number is refused with the units. */
int time_parse(uint64_t *ns, const char *text, struct err *err);
/* "64k", "512M", "1G": bytes. A bare number is refused with the units. */
int size_parse(uint64_t *bytes, const char *text, struct err *err);
/* "10mbit", "1.5gbit": bits a second, as tc(8) means them (1000, not 1024). A bare number is
 * refused. */
int rate_parse(uint64_t *bits, const char *text, struct err *err);

#endif
