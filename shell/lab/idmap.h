/* The ids of a lab's user namespace: as many as this user has been given, at least one.
 * user_namespaces(7), subuid(5). */
#ifndef NSLAB_LAB_IDMAP_H
#define NSLAB_LAB_IDMAP_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/err.h"

struct idmap_range {
	unsigned long start, count;
};

/* The first range that TEXT (/etc/subuid or /etc/subgid) gives user USER (may be NULL) or its id.
 */
bool idmap_find_range(const char *text, const char *user, uid_t id, struct idmap_range *range);

/* Write the maps of process PID, in a user namespace of its own: the machine's as they are when
 * FULL works, else newuidmap and newgidmap where they do, else the one id that is ours; then
 * *SINGLE. */
int idmap_write(pid_t pid, bool full, bool *single, struct err *err);

#endif
