/*
 * One change of a lab at a time: what a shell plans rests on what it has just read, and what it
 * undoes on what it has found. The kernel gives the lock back with the process that has it.
 */
#ifndef NSLAB_LAB_LOCK_H
#define NSLAB_LAB_LOCK_H

#include "base/err.h"

/* A descriptor, or -1 with err, also on ^C. Where another shell has the lock for long, WAITS (or
 * NULL) hears of it once. */
int lab_lock(void (*waits)(void *data), void *data, struct err *err);
void lab_unlock(int lock);

#endif
