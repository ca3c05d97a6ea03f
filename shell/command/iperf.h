/* How much goes from one node to another, measured by iperf3: several pairs at once. */
#ifndef NSLAB_COMMAND_IPERF_H
#define NSLAB_COMMAND_IPERF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "command/command.h"

struct iperf {
	const struct graph_node *client, *server;
	int family;
	char error[200]; /* why nothing came of it, or "" */
	/* What came of it: bits a second; of UDP also what was lost, and the jitter. */
	double sent, received;
	double lost_percent, jitter_ms;
	uint64_t retransmits;
};

struct iperf_options {
	unsigned seconds;
	bool udp;
	uint64_t rate; /* bits a second to be sent, 0: as much as goes; UDP needs one */
};

/* Run all N of V at once; what fails says so itself. -1 with err when iperf3 cannot be run, or on
 * ^C. No program is left. */
int iperf_run(struct session *s, struct iperf *v, size_t n, const struct iperf_options *o,
	      struct err *err);

#endif
