/*
 * What one shell of a lab does at a time. The kernel gives a lock back with the process that has it.
 */
#ifndef NSLAB_LAB_LOCK_H
#define NSLAB_LAB_LOCK_H

#include "base/err.h"

/* A change: what a shell plans rests on what it has just read, and what it undoes on what it has
 * found. */
#define LOCK_CHANGE "/run/nslab/lock"
/* Pings for which neighbours are given (command/ping_neighbours.c). */
#define LOCK_NEIGHBOURS "/run/nslab/neighbours"

/* A descriptor of the file, or -1 with err, also on ^C. Where another shell has the lock for long, WAITS (or
 * NULL) hears of it once. */
int lab_lock(const char *lock, void (*waits)(void *data), void *data, struct err *err);
void lab_unlock(int lock);

#endif
