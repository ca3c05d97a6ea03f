/* Many pings at once, by the program ping: a process for each pair, a bounded number at a time. */
#ifndef NSLAB_COMMAND_PING_H
#define NSLAB_COMMAND_PING_H

#include <stdbool.h>
#include <stddef.h>

#include "command/command.h"

struct ping {
	const struct graph_node *from, *to;
	bool answered;
};

/* Run all N of V over FAMILY, each waiting TIMEOUT_MS for its answer. TOLD, when not NULL, hears
 * now and then how many are done. -1 with err when one could not be started, or on ^C; the programs
 * are gone then. */
int ping_run(struct session *s, struct ping *v, size_t n, int family, unsigned timeout_ms,
	     void (*told)(struct session *s, size_t done, size_t n), struct err *err);

#endif
