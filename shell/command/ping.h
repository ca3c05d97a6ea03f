/*
 * Many pings at once: ICMP and ICMPv6 from a socket in each node's namespace, served by one loop;
 * no more are on their way than a slow link's queue takes. A dead network costs one timeout, not
 * one for each pair.
 */
#ifndef NSLAB_COMMAND_PING_H
#define NSLAB_COMMAND_PING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "command/command.h"

/* Why there was no answer: the kernel's own words. */
struct ping_error {
	int code; /* an errno value: it could not be sent; 0: somebody sent an ICMP error */
	uint8_t type, code_of_type;
	struct prefix from; /* who sent it */
	struct ping_error *next;
};

struct ping {
	uint32_t from, to; /* their places in ->nodes */
	uint32_t received; /* of ->count */
	uint32_t heard;	   /* the rounds up to the last that was answered, or refused */
	uint64_t sent_at, min, max, sum; /* ns; min, max and sum of the answers' round trips */
	uint64_t first;			 /* ns; of the one that is not counted; 0: no answer */
	const struct ping_error *error;	 /* the last one; NULL: none */
};

struct pings {
	/* What is asked. */
	const struct graph_node **nodes;
	size_t n_nodes;
	struct ping *v;
	size_t n;
	int family;
	unsigned timeout_ms; /* of each */
	bool warm;	     /* first one that is not counted: ARP is in its time alone */
	unsigned count;	     /* echo requests for each pair, one after the other; 0 means 1 */
	/* Hears now and then how many of all are done. NULL: nobody does. */
	void (*told)(struct session *s, size_t done, size_t n);
	/* What came of it. */
	size_t answered; /* pairs that had every answer */
	bool permanent;	 /* neighbours were given, since the kernel's table would not hold them */
	struct ping_error *errors;
};

/* -1 with err when it could not be done, or on ^C. Free P in any case. */
int ping_run(struct session *s, struct pings *p, struct err *err);
void pings_free(struct pings *p); /* its own lists; not ->nodes, nor ->v */

/* Of a ping with an error: "host unreachable (10.0.1.254)", or "not sent, network is unreachable".
 */
const char *ping_error_text(const struct ping *ping, int family, char *text, size_t size);

#endif
