/* Time that only goes forward. */
#ifndef NSLAB_BASE_CLOCK_H
#define NSLAB_BASE_CLOCK_H

#include <stdint.h>

/* CLOCK_MONOTONIC. */
int64_t clock_ns(void);
int64_t clock_ms(void);

#endif
