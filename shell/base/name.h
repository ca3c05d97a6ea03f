/* Names of nodes and interfaces, and the nearest of several when one is mistyped. */
#ifndef NSLAB_BASE_NAME_H
#define NSLAB_BASE_NAME_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"

#define NAME_MAX_NODE	   31 /* bytes, without the NUL */
#define NAME_MAX_INTERFACE 15 /* IFNAMSIZ - 1 */

/* A node's name: 1 to 31 of [A-Za-z0-9_.-], first a letter or digit, not only digits. */
int name_check_node(const char *name, struct err *err);
/* An interface's name: 1 to 15 of the same set (the kernel allows more; we do not), not "lo",
 * "all", "default". */
int name_check_interface(const char *name, struct err *err);

/* Names that others may have given: a namespace's as `ip netns add` takes it, up to NAME_MAX_NODE
 * bytes, and an interface's as the kernel does (net/core/dev.c, dev_valid_name). */
int name_check_namespace(const char *name, struct err *err);
int name_check_device(const char *name, struct err *err);

/* The interface number N of node NAME as Mininet names it: "h1-eth0", or "eth0" where that would be
 * too long, or no name for an interface. */
void name_interface(char out[NAME_MAX_INTERFACE + 1], const char *node, unsigned n);

/* A name that others chose, as people read it: quoted for the shell where it needs that, and with a
 * question mark for each byte that is no character or steers the terminal; a very long one is cut.
 * Appended to OUT. */
void name_show(struct buf *out, const char *name);

/* Natural order: h2 before h10. For qsort-like use: <0, 0, >0. */
int name_compare(const char *a, const char *b);

/* Collects candidates and keeps the nearest to WORD (Damerau-Levenshtein; at most 1 edit for words
 * up to 3 letters, 2 up to 7, 3 beyond; a prefix of 3 or more letters always counts). */
struct nearest {
	const char *word;
	const char *best; /* NULL: nothing near */
	unsigned distance;
};
void nearest_offer(struct nearest *n, const char *candidate);
/* Appends " (did you mean X?)" to err's text when there is a best. Returns -1. */
int nearest_suggest(const struct nearest *n, struct err *err);

#endif
