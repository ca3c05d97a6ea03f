/* The lab's own files in /etc: how programs find nodes by name. hosts(5), nsswitch.conf(5),
 * gai.conf(5). */
#ifndef NSLAB_LAB_HOSTS_H
#define NSLAB_LAB_HOSTS_H

#include "base/buf.h"
#include "lab/lab.h"

/* Write them into DIR, from what /etc holds now. 0, or -1 with errno. */
int hosts_install(const char *dir);

/* nsswitch.conf TEXT without the sources of host names that live outside the lab. */
void hosts_rewrite_nsswitch(const char *text, struct buf *out);

#endif
