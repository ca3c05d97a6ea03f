/*
 * The name of a lab: an abstract socket @nslab/UID/NAME at which its init listens. It lives in the
 * network namespace of whoever started the lab, and exactly as long as init does. unix(7).
 */
#ifndef NSLAB_LAB_DOOR_H
#define NSLAB_LAB_DOOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"
#include "lab/lab.h"

/* What init says to everyone who comes to the door, and to its shells when they ask. */
struct door_state {
	uint32_t protocol; /* DOOR_PROTOCOL of the program that runs there */
	uint32_t nodes;
	uint32_t shells;
	int64_t seconds; /* since the lab's start */
	bool kept;	 /* it outlives its shells */
	bool rootless;	 /* these as in struct lab */
	bool host_net;
	bool etc_private;
	bool single_id;
};
#define DOOR_PROTOCOL 2

struct door_lab {
	uid_t uid;
	char name[LAB_NAME_MAX + 1];
};

/* Bind the lab's name, WANTED or the first free of lab, lab2, ...: a socket, not yet listening. */
int door_claim(char name[LAB_NAME_MAX + 1], const char *wanted, struct err *err);

/* The labs there are, by user and name; to be freed by the caller. */
struct door_lab *door_list(size_t *n);
/* May this process enter labs of user UID? */
bool door_may_enter(uid_t uid);
/* What people call a lab: NAME, the beginning of one, or (for root) USER/NAME. */
int door_find(const char *word, struct door_lab *found, struct err *err);

/* A socket that belongs to the network namespace we are in now, to be used at the door later. */
int door_socket(struct err *err);
/* Connect SOCKET to the door of LAB and hear its state. The process id of its init, as seen from
 * here, or -1; err->code is ECONNREFUSED when the lab has gone. Closing SOCKET is the caller's. */
pid_t door_knock(int socket, const struct door_lab *lab, struct door_state *state, struct err *err);

#endif
