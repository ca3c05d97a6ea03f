/* Time that only goes forward. */
#ifndef NSLAB_BASE_CLOCK_H
#define NSLAB_BASE_CLOCK_H

#include <stdint.h>

int64_t clock_ms(void); /* milliseconds of CLOCK_MONOTONIC */

#endif
