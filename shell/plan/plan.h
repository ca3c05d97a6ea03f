/*
 * A plan: operations in the order they are done. Operations are data; for each kind four functions
 * stand together in one file (op_*.c): check, apply, undo, explain. A plan is printed, applied, or
 * both; an apply that fails undoes what it did, in reverse.
 */
#ifndef NSLAB_PLAN_PLAN_H
#define NSLAB_PLAN_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/address.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/map.h"
#include "base/name.h"
#include "graph/graph.h"
#include "lab/lab.h"

enum op_kind {
	OP_NETNS_ADD,
	OP_NETNS_DEL,
	OP_SYSCTL,
	OP_DEVICE_ADD,
	OP_VETH_ADD,
	OP_LINK_DEL,
	OP_LINK_SET,
	OP_ADDRESS_ADD,
	OP_ADDRESS_DEL,
	OP_ROUTE_ADD,
	OP_ROUTE_DEL,
	OP_ROUTES_SAVE,
	OP_ROUTES_RESTORE,
	OP_PRIVATE,
	OP_FILE,
	OP_EXEC,
	OP_DAEMON,
	OP_KINDS, /* how many */
};

struct op_end {
	char netns[256]; /* any name that /run/netns can hold */
	char name[NAME_MAX_INTERFACE + 1];
	uint8_t mac[6];
	int index; /* OP_VETH_ADD: the index wanted; 0: the kernel's choice. The peer's counts only
		      with the first's. */
};

/* What OP_LINK_SET changes: only what is marked. */
enum {
	SET_UP = 1 << 0,
	SET_DOWN = 1 << 1,
	SET_MTU = 1 << 2,
	SET_MASTER = 1 << 3, /* ->master "": it leaves the one it has */
	SET_NO_LINK_LOCAL =
		1 << 4, /* addrgenmode none: no fe80:: address, no router solicitations */
	SET_MAC = 1 << 5,
	SET_NAME = 1 << 6,
};

struct plan;

struct op {
	enum op_kind kind;
	bool done;	    /* applied, and to be undone if a later one fails */
	struct op_end end;  /* the interface (or, for netns and sysctl, only ->netns) */
	struct op_end peer; /* OP_VETH_ADD; OP_DEVICE_ADD: what it stands on, "" for nothing */
	uint32_t mtu;	    /* bytes: OP_VETH_ADD (0: default), OP_LINK_SET */
	/* OP_LINK_SET: what it changes, and what undo restores (SET_*, and the values it had). The
	 * MAC is ->end's. */
	unsigned set, was;
	char master[NAME_MAX_INTERFACE + 1], old_master[NAME_MAX_INTERFACE + 1];
	char name[NAME_MAX_INTERFACE + 1]; /* the new one */
	uint32_t old_mtu;
	uint8_t old_mac[6];
	const char *device;    /* OP_DEVICE_ADD: its kind, "bridge" */
	struct prefix address; /* OP_ADDRESS_* */
	char *words;	       /* as `ip` takes them (plan/phrase.h): a device's options, a route,
				  what stands behind an address; NULL: none; freed with the plan.
				  OP_PRIVATE, OP_FILE: its path; OP_EXEC, OP_DAEMON: the line */
	char *text;	       /* OP_FILE: what it is to hold; OP_DAEMON: what it prints when it
				  serves, or NULL; freed with the plan */
	unsigned port;	       /* OP_DAEMON: something listens there when it serves; or 0 */
	long long started;     /* OP_DAEMON, done: when, in milliseconds */
	bool made;	       /* OP_PRIVATE, done: it was not there before */
	char *kept; /* OP_FILE, done: what it held; NULL: there was none; freed likewise */
	int family; /* OP_ROUTES_*: AF_INET or AF_INET6 */
	char key[64], value[32],
		old[32];	 /* OP_SYSCTL; the value it had, for undo. OP_DAEMON: its name */
	struct lab_netns *taken; /* OP_NETNS_DEL, done: until commit */
	struct plan *restore;	 /* OP_LINK_DEL: what brings it back */
	const char *place;	 /* where a file asks for it, "mine.lua:4", or NULL; the plan's */
};

struct plan {
	struct op *ops;
	size_t n, cap;
	const char *place; /* of the operations that are added now, or NULL */
	struct map places; /* those of all of them, each once */
	/* Hears now and then how much is done, once that takes more than half a second. NULL:
	 * nobody. */
	void (*told)(void *data, size_t done, size_t n);
	void *told_data;
	bool told_yet; /* somebody did */
};

struct op *plan_add(struct plan *p, enum op_kind kind); /* a zeroed one at the end */
/* What is added from now on is asked for at PLACE, which errors begin with; NULL: at none. */
void plan_set_place(struct plan *p, const char *place);
/* A copy at the end of another plan. */
void plan_copy(struct plan *p, const struct op *op);
void plan_free(struct plan *p);

/* Pure: what would the kernel refuse that we can say better? */
int plan_check(const struct plan *p, struct err *err);
/* The same as `ip` lines that run: one per line, ended by newline. */
void plan_explain(const struct plan *p, struct buf *out);
/* Do it: all, or nothing. The graph is drained on the way and refreshed at the end; interfaces are
 * waited for. ^C undoes. */
int plan_apply(struct plan *p, struct lab *lab, struct graph *g, struct err *err);

#endif
