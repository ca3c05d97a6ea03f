/* Commands of older tools, or of tools that a lab does without, as the lines of ip, bridge and ss
 * that do the same. Pure: nothing is run. */
#ifndef NSLAB_COMMAND_REWRITE_H
#define NSLAB_COMMAND_REWRITE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

/* The N words of a command, its name first, as lines in OUT, each with PREFIX ("sudo ip netns exec
 * ns1 ") in front and a newline behind. False: we know none, and OUT is as it was. */
bool rewrite_command(const char *const *words, size_t n, const char *prefix, struct buf *out);

/* rewrite_net.c: ifconfig, route, arp, netstat. */
struct rewrite {
	const char *const *words; /* without the command's name */
	size_t n;
	const char *prefix;
	struct buf *out;
};
void rewrite_line(struct rewrite *r, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
bool rewrite_ifconfig(struct rewrite *r);
bool rewrite_route(struct rewrite *r);
bool rewrite_arp(struct rewrite *r);
bool rewrite_netstat(struct rewrite *r);

#endif
