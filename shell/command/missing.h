/* Programs that a line names and this machine lacks: which package has them, and what does the
 * same. */
#ifndef NSLAB_COMMAND_MISSING_H
#define NSLAB_COMMAND_MISSING_H

#include "base/err.h"

/* LINE is to run in NODE, "" being the root. -1 with err (its code 127, as in sh) for the first
 * program of LINE that is not there, also behind sudo, `ip netns exec` and their like, and behind |
 * && ; as far as that can be seen without a shell. Else 0. */
int missing_check(const char *node, const char *line, struct err *err);

#endif
