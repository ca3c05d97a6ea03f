/*
 * rtnetlink: the one place that sends. Knows sockets and messages, nothing of labs.
 * Facts: netlink(7), rtnetlink(7), libmnl; NETLINK_EXT_ACK and NETLINK_CAP_ACK are set on every
 * socket.
 */
#ifndef NSLAB_KERNEL_NETLINK_H
#define NSLAB_KERNEL_NETLINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <linux/netlink.h>

#include "base/err.h"

struct mnl_socket;

/* A socket stays in the network namespace it was opened in, and keeps that namespace alive. */
struct netlink {
	struct mnl_socket *socket; /* NULL: closed */
	uint32_t seq;
};

int netlink_open(struct netlink *nl, struct err *err);
/* The same for nfnetlink, which is spoken by nft. */
int netlink_open_netfilter(struct netlink *nl, struct err *err);
void netlink_close(struct netlink *nl);
int netlink_fd(const struct netlink *nl);

/* The index of the interface NAME in the socket's namespace; 0: none. */
int netlink_ifindex(const struct netlink *nl, const char *name);

/* ---- a message being written ---- */

struct netlink_message {
	bool full; /* something did not fit: sending fails with EMSGSIZE */
	union {
		struct nlmsghdr header;
		char data[2048];
	};
};

/* FLAGS besides NLM_F_REQUEST; BODY is the family header (struct ifinfomsg, ...). */
void netlink_begin(struct netlink_message *m, uint16_t type, uint16_t flags, const void *body,
		   size_t len);
void netlink_put(struct netlink_message *m, uint16_t type, const void *data, size_t len);
void netlink_put_u8(struct netlink_message *m, uint16_t type, uint8_t v);
void netlink_put_u16(struct netlink_message *m, uint16_t type, uint16_t v);
void netlink_put_u32(struct netlink_message *m, uint16_t type, uint32_t v);
void netlink_put_string(struct netlink_message *m, uint16_t type, const char *s);
/* Bytes as they are, as the body that a nested message brings (struct ifinfomsg in VETH_INFO_PEER).
 */
void netlink_put_raw(struct netlink_message *m, const void *data, size_t len);
struct nlattr *netlink_nest(struct netlink_message *m, uint16_t type);
void netlink_nest_end(struct netlink_message *m, struct nlattr *nest);

/* ---- sending ---- */

/* Send and wait for the acknowledgement. An error carries the kernel's own words (extended ack) and
 * our hint. */
int netlink_do(struct netlink *nl, struct netlink_message *m, struct err *err);

/* Many requests in few system calls. NEXT fills M, or says that there are no more; REFUSED hears of each
 * that the kernel refused, by its place, and the others are done all the same. -1 with err when it
 * could not be sent. */
typedef bool netlink_next(struct netlink_message *m, void *data);
typedef void netlink_refused(size_t i, int code, void *data);
int netlink_do_many(struct netlink *nl, netlink_next *next, netlink_refused *refused, void *data,
		    struct err *err);

typedef void netlink_reader(const struct nlmsghdr *h, void *data);
/* Send a request for one object and read the answer. */
int netlink_get(struct netlink *nl, struct netlink_message *m, netlink_reader *read, void *data,
		struct err *err);
/* Send a dump request (NLM_F_DUMP is added) and read every answer. An interrupted dump
 * (NLM_F_DUMP_INTR) calls RESTART and begins again, 5 times at most; the last is kept as it is, and
 * the answer is 1 then: something may be missing. RESTART may be NULL. */
int netlink_dump(struct netlink *nl, struct netlink_message *m, netlink_reader *read,
		 void (*restart)(void *data), void *data, struct err *err);

/* Requests sent so far by netlink_do (for `time` and tests). */
uint64_t netlink_count(void);
/* From the first call on, the K-th netlink_do fails with ENOBUFS, where the environment says
 * NSLAB_FAIL_NL=K: how the tests see that whatever fails, the lab is what it was. */
void netlink_arm_fault(void);

/* ---- events ---- */

/* A socket in this namespace that hears the given RTNLGRP_ groups (0 ends the list) of every
 * namespace that has an id here. */
int netlink_open_events(struct netlink *nl, const unsigned *groups, struct err *err);
/* Hear those groups, or hear them no more: each event costs the kernel a search through all ids, so a
 * thousand namespaces are made in half the time while nobody listens. */
int netlink_hear(struct netlink *nl, const unsigned *groups, bool on, struct err *err);
/* NSID is the namespace's id here, or -1 for this one. */
typedef void netlink_event(int nsid, const struct nlmsghdr *h, void *data);
/* Read what is queued, without waiting. 0: all read; 1: events were lost (ENOBUFS), dump again; -1:
 * err. */
int netlink_read_events(struct netlink *nl, netlink_event *event, void *data, struct err *err);

/* ---- reading attributes ---- */

/* TB[type] for types up to MAX, of a message with a family header of LEN bytes. */
void netlink_parse(const struct nlattr **tb, int max, const struct nlmsghdr *h, size_t len);
void netlink_parse_nested(const struct nlattr **tb, int max, const struct nlattr *nest);
/* Of a nest that begins with LEN bytes of something else. */
void netlink_parse_nested_after(const struct nlattr **tb, int max, const struct nlattr *nest,
				size_t len);
/* Each gives 0 or "" where the attribute is missing or too short. */
uint8_t netlink_u8(const struct nlattr *a);
uint16_t netlink_u16(const struct nlattr *a);
uint32_t netlink_u32(const struct nlattr *a);
uint64_t netlink_u64(const struct nlattr *a);
int32_t netlink_s32(const struct nlattr *a, int32_t missing);
const char *netlink_string(const struct nlattr *a);
/* LEN bytes of payload, or NULL when it is shorter. */
const void *netlink_bytes(const struct nlattr *a, size_t len);

/* What an attribute holds, one after the other. */
struct netlink_walk {
	const char *at;
	size_t left;
};
void netlink_walk_begin(struct netlink_walk *w, const struct nlattr *nest); /* NULL: nothing */
/* The payload of the next attribute that has LEN bytes of it, with its type; NULL: that was all. */
const void *netlink_walk_attribute(struct netlink_walk *w, size_t len, uint16_t *type);
/* The next struct rtnexthop or the like, LEN bytes that begin with their length in 16 bits, and the
 * attributes behind it; NULL: that was all. */
const void *netlink_walk_next(struct netlink_walk *w, size_t len, const struct nlattr **tb,
			      int max);

/* The family header of a message, or NULL when the message is shorter than LEN. */
const void *netlink_body(const struct nlmsghdr *h, size_t len);

#endif
