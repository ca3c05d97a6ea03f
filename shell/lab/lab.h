/*
 * The session with the kernel: a lab is one set of namespaces that dies as one (docs/architecture.md, 3).
 *
 *   nslab      outside: waits, hands on signals and the exit status            lab/start.c
 *     init     PID 1 of the lab: reaps, holds each network namespace           lab/init.c
 *       shell  everything else in this program
 */
#ifndef NSLAB_LAB_LAB_H
#define NSLAB_LAB_LAB_H

#include <limits.h>
#include <stdbool.h>
#include <sys/types.h>
#include <time.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/map.h"
#include "kernel/netlink.h"

#define LAB_NAME_MAX 31

struct maker;
struct program;

struct lab_options {
	const char *name; /* NULL: "lab", or the first free of lab2, lab3, ... */
	bool rootless;    /* a user namespace also as root */
	bool host_net;    /* the lab's root is the network namespace we are in, not a new one; root only */
	bool keep;        /* the lab outlives its shells */
	bool interactive; /* the shell takes the terminal (stdin and stdout are one, no -c or -f) */
	bool quiet;       /* no notes */
};

/* A network namespace of the lab, as the shell holds it. */
struct lab_netns {
	char *name;        /* as in /run/netns; "" is the lab's root namespace */
	int fd;            /* the network namespace */
	bool pending;      /* it is being made, by lab->maker as its `slot`: lab_netns_find waits for it */
	size_t slot;
	bool ours;         /* made by this shell: its entry in /run/netns is init's */
	int nsid;          /* its id in the lab's root namespace; -1 for the root itself */
	struct netlink nl; /* opened inside it; closed: opened on first use */
	int mnt, uts;      /* the node's view, made at its first program; -1: not yet */
	struct timespec own[2]; /* when its own files in /etc, and the list of its own directories, last changed, as the view
				   shows them */
	char *hidden;      /* of a hidden one: where its files are (node_files.h); NULL: it has none */
	char *dead;        /* of a hidden name that led nowhere: what its link said; NULL: it led to `fd` */
};

/* A shell's line to init (lab/init.h), and the namespaces that init is to hold and does not know of yet: each message to it
 * costs a change of process, so they go in batches. */
#define CHANNEL_BATCH 32
struct channel {
	int fd;
	unsigned n;
	const char *names[CHANNEL_BATCH]; /* as struct lab_netns owns them */
	int fds[CHANNEL_BATCH];
	int refused; /* the first that init refused: why (errno), and whose; 0: none */
	char refused_name[NAME_MAX + 1];
};

struct lab {
	char name[LAB_NAME_MAX + 1];
	bool rootless;     /* in a user namespace of its own */
	bool single_id;    /* only uid 0 is mapped: privilege-dropping programs live on the seccomp filter */
	bool interactive;
	bool host_net;     /* the root is the machine's network: nothing there is ours to change unasked */
	bool fresh;        /* the root was made just now, for this shell */
	unsigned neighbours_max[2]; /* how many the kernel's table holds for all namespaces, IPv4 and IPv6 */
	int next_nsid;     /* the id that a new namespace is given */
	struct channel channel;
	struct maker *maker; /* makes the namespaces of a large plan ahead (lab/maker.h); NULL: none */
	struct lab_netns **ahead; /* by slot: who was promised one; NULL: nobody any more */
	size_t n_ahead, n_finished;
	int watch;         /* inotify: what is removed from /run/netns */
	struct lab_netns root;
	struct map netns;  /* name -> struct lab_netns *, without the root */
	struct buf notes;  /* lines for people: what is missing here and what stands in for it */
	bool etc_private;  /* /etc/hosts is the lab's own to write */
	struct buf hosts;  /* the lab's part of it, as this shell wrote it last */
};

/* Start a lab and run SHELL in it; returns the exit status for main: SHELL's, 128 + signal, or -1 with err (class
 * ERR_MACHINE when this machine refuses, saying which restriction, how it was seen and what to do). */
int lab_run(const struct lab_options *o, int (*shell)(struct lab *lab, void *data), void *data, struct err *err);

/* N are to be added now, worth making ahead on another processor. Until lab_netns_confirm nothing may fork. */
void lab_netns_expect(struct lab *lab, size_t n);
/* A new network namespace NAME: soon created, with an nsid, held by init and linked in /run/netns. */
int lab_netns_add(struct lab *lab, const char *name, struct err *err);
/* Undo that: take away NAME if this shell has made it, and it is not another's since. */
void lab_netns_unmake(struct lab *lab, const char *name);
/* Wait until all are that were added; -1 when one cannot be, such as one whose name another shell took meanwhile. */
int lab_netns_confirm(struct lab *lab, struct err *err);
/* Is NAME in /run/netns a link to what is no more, as an ended process leaves one? */
bool lab_netns_is_dead(const char *name);
/* Take NAME out of /run/netns, also a dead one, but keep it: *TAKEN can be put back with restore, or ended with drop. */
int lab_netns_hide(struct lab *lab, const char *name, struct lab_netns **taken, struct err *err);
int lab_netns_restore(struct lab *lab, struct lab_netns *taken, struct err *err);
/* Kill what runs in it, then give up every descriptor. Never fails: what is gone is gone. */
void lab_netns_drop(struct lab_netns *taken);

/* The namespace NAME ("" the root), or NULL with err. A name that someone else made in /run/netns (`ip netns add`) is opened
 * and given an nsid at the first call. */
struct lab_netns *lab_netns_find(struct lab *lab, const char *name, struct err *err);
/* Forget one that is no longer in /run/netns. */
void lab_netns_forget(struct lab *lab, const char *name);
/* Forget all that went since the last time. For who waits long on lab->watch: a namespace lives on while we hold it. */
void lab_netns_follow(struct lab *lab);
/* Its socket, opened inside it at first use. */
struct netlink *lab_netns_socket(struct lab *lab, struct lab_netns *ns, struct err *err);
/* Its mount and UTS view, made at first use; a failure leaves -1 in both and the program runs without. */
void lab_netns_view(struct lab *lab, struct lab_netns *ns);
/* The view of NAME is out of date: the next program gets a new one. Times alone would miss what happens within one tick. */
void lab_netns_renew(struct lab *lab, const char *name);

/* Have P run in node NAME ("": the root), with the node's view. */
int lab_place_program(struct lab *lab, const char *name, struct program *p, struct err *err);

/* Enter a running lab from outside (door_find knows NAME) and run ARGV in node NODE, "root" being the lab's own: `nslab exec`.
 * The program's status, or -1. */
int lab_exec(const char *name, const char *node, char *const *argv, struct err *err);
/* Enter it and run SHELL there, beside those it has: `nslab attach`. As lab_run. */
int lab_attach(const char *name, bool interactive, int (*shell)(struct lab *lab, void *data), void *data, struct err *err);
/* End it, with all that runs in it: `nslab stop`. Returns when it is gone. */
int lab_stop(const char *name, struct err *err);

/* Replace /etc/hosts of the lab by the machine's with TEXT after it. */
int lab_write_hosts(struct lab *lab, const char *text, struct err *err);

#endif
