/*
 * Phrases of `ip`: "10.0.0.1/24 brd 10.0.0.255", "default via 10.0.0.254 dev eth0 metric 100",
 * "id 5 dstport 4789". An operation holds one as people write it; here it becomes the attributes of
 * a message, and what a dump brings becomes a phrase again. The names of `ip` are the only names.
 */
#ifndef NSLAB_PLAN_PHRASE_H
#define NSLAB_PLAN_PHRASE_H

#include "base/address.h"
#include "base/buf.h"
#include "graph/graph.h"
#include "kernel/netlink.h"

/* ---- word by word ---- */

#define PHRASE_WORD 64

struct phrase {
	const char *rest;
	char word[PHRASE_WORD]; /* longer ones are cut, and then mean nothing */
};

/* The next word, false at the end. */
bool phrase_next(struct phrase *p);
/* Is the next word WORD? Then it is taken. */
bool phrase_skip(struct phrase *p, const char *word);
/* The value of the option that ->word names: the next word; its own name must outlive the call. */
int phrase_value(struct phrase *p, const char *option, struct err *err);
/* The same as a number up to MAX, or as an address, whose length is optional where LENGTH. */
int phrase_number(struct phrase *p, const char *option, uint32_t max, uint32_t *n, struct err *err);
int phrase_address(struct phrase *p, const char *option, bool length, struct prefix *a,
		   struct err *err);
/* The same as an interface, by its index in the namespace of NL; 0 where NL is NULL. */
int phrase_interface(struct phrase *p, const char *option, const struct netlink *nl, int *index,
		     struct err *err);

/* The bytes of an address in a message; how many. */
size_t phrase_address_size(const struct prefix *a);
/* An attribute that holds an address of FAMILY. Family 0: it holds none. */
struct prefix phrase_read_address(const struct nlattr *a, int family);

/* The value of OPTION in WORDS, which are options with one value each. */
bool phrase_find(const char *words, const char *option, char value[PHRASE_WORD]);
/* One more word or two, behind a blank where something stands before. */
void phrase_add(struct buf *out, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* A phrase, each word quoted for sh where it needs that. */
void phrase_put_quoted(struct buf *out, const char *text);

/* ---- addresses: what stands behind ADDRESS/LENGTH ---- */

/* The attributes of an RTM_NEWADDR message for ADDRESS, its header included. NL NULL: only checked.
 */
int phrase_put_address(struct netlink_message *m, uint16_t flags, const struct prefix *address,
		       const char *words, const char *interface, const struct netlink *nl,
		       struct err *err);
/* The address that a dump's message tells of P, and the words behind it; false: the kernel made it
 * itself. */
bool phrase_read_new_address(const struct nlmsghdr *h, const struct graph_port *p,
			     struct prefix *address, struct buf *words);

/* ---- routes ---- */

int phrase_put_route(struct netlink_message *m, uint16_t type, uint16_t flags, const char *words,
		     const struct netlink *nl, struct err *err);

enum phrase_kept {
	PHRASE_KEPT,  /* in words */
	PHRASE_OWN,   /* the kernel made it, or will be told again by whoever told it */
	PHRASE_OTHER, /* it has what no phrase here can say; the words say the rest */
};
/* A route of node N. */
enum phrase_kept phrase_read_route(const struct nlmsghdr *h, const struct graph_node *n,
				   struct buf *words);

/* ---- kinds of devices and their options ---- */

/* Can it be made again from its kind and options? A veth is made by its own operation. */
bool phrase_knows_kind(const char *kind);
/* Does it stand on another interface: `ip link add link LOWER ...`? */
bool phrase_stands_on(const char *kind);
/* The names of the kinds, and of the I-th option of KIND; NULL: no more. */
const char *phrase_kind(size_t i);
const char *phrase_option(const char *kind, size_t i);
/* Is it a word that stands alone, as `nolearning`? */
bool phrase_is_flag(const char *kind, const char *option);

int phrase_put_options(struct netlink_message *m, const char *kind, const char *words,
		       const struct netlink *nl, struct err *err);
/* What differs from the kernel's defaults, of a device on node N. */
void phrase_read_options(const struct nlattr *data, const char *kind, const struct graph_node *n,
			 struct buf *words);

#endif
