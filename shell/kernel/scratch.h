/*
 * A file without a name in memory that takes no more than it may: for what programs print, which
 * else ends when the machine's memory does.
 */
#ifndef NSLAB_KERNEL_SCRATCH_H
#define NSLAB_KERNEL_SCRATCH_H

#include <stddef.h>

#include "base/err.h"

/* A descriptor to write and read. Beyond MOST bytes, in whole pages, a write fails with ENOSPC:
 * "No space left on device". Takes CAP_SYS_ADMIN over the mount namespace, as a lab has it. */
int scratch_open(size_t most, struct err *err);

#endif
