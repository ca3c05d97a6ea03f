/* Who listens in a node. */
#ifndef NSLAB_LAB_LISTEN_H
#define NSLAB_LAB_LISTEN_H

#include <stdbool.h>
#include <stdint.h>

#include "lab/lab.h"

/* *TCP and *UDP: is a socket there that listens on PORT, on any address of node NAME ("": the
 * root)? */
int listen_look(struct lab *lab, const char *name, uint16_t port, bool *tcp, bool *udp,
		struct err *err);

#endif
