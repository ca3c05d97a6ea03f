/* What the programs of the benchmark share; nothing of nslab's own is in them. */
#ifndef NSLAB_BENCH_TOOL_H
#define NSLAB_BENCH_TOOL_H

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static double now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

#endif
