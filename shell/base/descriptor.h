/*
 * Descriptors that stay for as long as a node does lie above those that come and go: a program's
 * start copies the ones below alone (process.c), whatever the number of nodes.
 */
#ifndef NSLAB_BASE_DESCRIPTOR_H
#define NSLAB_BASE_DESCRIPTOR_H

/* FD, moved above the short-lived ones; where there is no room, or FD is negative, as it was. Close
 * on exec. Leaves errno alone. */
int descriptor_raise(int fd);

#endif
