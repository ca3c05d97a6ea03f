/*
 * What the kernel has now: nodes (network namespaces), ports (interfaces), veth peers, bridges,
 * addresses, routes, qdiscs. Read once by dumps, then followed by events; read-only for everyone
 * above. Peers are matched by (namespace id, ifindex): an ifindex alone repeats in every namespace.
 */
#ifndef NSLAB_GRAPH_GRAPH_H
#define NSLAB_GRAPH_GRAPH_H

#include <linux/if.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/address.h"
#include "base/err.h"
#include "base/map.h"
#include "kernel/netlink.h"
#include "lab/lab.h"

enum graph_kind { GRAPH_HOST, GRAPH_SWITCH, GRAPH_ROUTER };

struct graph_address {
	struct prefix prefix;
	uint32_t flags;	  /* IFA_F_* */
	uint8_t scope;	  /* RT_SCOPE_* */
	bool serves;	  /* the kernel was seen to take packets for it (ready.c) */
	unsigned reading; /* the dump that told of it last */
};

/* Of a bridge port (or the bridge itself) that filters VLANs. */
struct graph_vlan {
	uint16_t first, last; /* a range; often one */
	uint16_t flags;	      /* BRIDGE_VLAN_INFO_PVID, _UNTAGGED */
};

/* What somebody has put there with `tc`; the kernel's own defaults are left out. */
struct graph_qdisc {
	int ifindex;
	char kind[16];	      /* "tbf", "htb", "netem", "ingress", ... */
	uint32_t handle;      /* 0x80010000: 8001: */
	uint32_t parent;      /* TC_H_ROOT, TC_H_INGRESS, or a class */
	char parameters[112]; /* "rate 10mbit burst 32kb"; "" where there are none, or none that we
				 know */
};

/* A route that somebody made, or the one to a subnet that comes with an address. What the kernel
 * makes for itself (local, broadcast, multicast, and cached ones) is left out. One with several
 * next hops stands here once for each. */
struct graph_route {
	struct prefix dst;    /* 0.0.0.0/0 or ::/0: the default route */
	struct prefix via;    /* family 0: none */
	struct prefix source; /* the source address it prefers; family 0: none */
	int ifindex;	      /* the interface it leaves by; 0: none (blackhole) */
	uint32_t table;	      /* RT_TABLE_MAIN, ... */
	uint32_t metric;
	uint8_t type;	  /* RTN_UNICAST, RTN_BLACKHOLE, ... */
	uint8_t protocol; /* RTPROT_KERNEL, RTPROT_BOOT (`ip route` without a word), ... */
	uint8_t scope;	  /* RT_SCOPE_* */
	uint8_t weight;	  /* of one of several next hops; 0: the only one */
};

struct graph_port {
	struct graph_node *node;
	int ifindex;
	unsigned order; /* of appearance in the node, from 1: an ifindex may be used again */
	char name[IFNAMSIZ];
	char shown[IFNAMSIZ * 4]; /* the name as people read it: quoted where it needs that */
	char kind[16]; /* IFLA_INFO_KIND: "veth", "bridge", ..., "tap"; "" for lo and physical ones
			*/
	uint32_t id;   /* a vlan's or vxlan's number */
	uint8_t mac[6];
	uint32_t mtu;	   /* bytes */
	uint32_t flags;	   /* IFF_UP, IFF_LOWER_UP (carrier), ... */
	uint8_t operstate; /* IF_OPER_* */
	int master;	   /* ifindex of its bridge, bond or vrf in the same namespace; 0: none */
	uint8_t stp_state; /* BR_STATE_* of a bridge port */
	uint16_t port_number;  /* of a bridge port: 1.. */
	uint8_t stp_heard[20]; /* of a bridge port: the root, cost, switch and port that STP holds
				  for the best on its cable; not all of it comes by events */
	bool stp;	       /* of a bridge: the spanning tree protocol is on */
	uint32_t stp_delay;    /* of a bridge: how long its ports listen, and learn: ms */
	bool vlan_filtering;   /* of a bridge */
	/* The interface that this one is tied to: a veth's peer, what a vlan or macvlan stands on.
	 * See graph_port_peer and graph_port_lower. */
	int link_nsid;	  /* its namespace as seen from the lab's root; -1 the root;
			     GRAPH_NSID_UNKNOWN */
	int link_ifindex; /* 0: none */
	bool leaving;	  /* its peer's namespace is gone: the kernel will remove it soon */
	struct graph_address *addresses;
	size_t n_addresses;
	struct graph_vlan *vlans; /* a detail, see graph_read_details */
	size_t n_vlans;
	unsigned reading;	 /* the dump that told of it last */
	struct graph_port *wire; /* see graph_find_wires */
};

#define GRAPH_NSID_UNKNOWN (-2)
#define GRAPH_NSID_ROOT                                                                            \
	0x7ffffff0 /* the id that the lab's root gives itself: the kernel would choose one for it  \
		      else */

struct graph_node {
	char *name;	/* "" for the lab's root; any bytes where others chose it */
	char *shown;	/* the name as people read it: quoted where it needs that; "root" */
	char **aliases; /* further names of the same namespace in /run/netns */
	size_t n_aliases;
	int nsid;		   /* -1 for the root */
	unsigned order;		   /* of first appearance, from 1 */
	bool forwards;		   /* net.ipv4.ip_forward */
	bool forwards6;		   /* net.ipv6.conf.all.forwarding */
	struct graph_port **ports; /* by ifindex */
	size_t n_ports, cap_ports;
	unsigned last_order; /* of its ports */
	unsigned reading;    /* dumps so far */
	bool stale;	     /* a dump failed to be of one piece: to be read again */
	/* Details: right only after graph_read_details. */
	struct graph_route *routes; /* as `ip route` has them, IPv4 before IPv6 */
	size_t n_routes;
	struct graph_qdisc *qdiscs;
	size_t n_qdiscs;
	bool details_stale;
};

enum graph_change_kind {
	GRAPH_NODE_ADDED,
	GRAPH_NODE_DELETED,
	GRAPH_NODE_RENAMED, /* `was` */
	GRAPH_FORWARDING,   /* `family` */
	GRAPH_PORT_ADDED,
	GRAPH_PORT_DELETED,
	GRAPH_PORT_MOVED_AWAY, /* to another namespace */
	GRAPH_PORT_MOVED_HERE, /* `was`: the node it comes from; NULL: not known */
	GRAPH_PORT_RENAMED,    /* `was` */
	GRAPH_PORT_FLAGS,      /* up or down */
	GRAPH_PORT_CARRIER,
	GRAPH_PORT_MASTER, /* `was`: the bridge it has left, or NULL */
	GRAPH_PORT_STATE,  /* of a bridge port */
	GRAPH_PORT_MTU,
	GRAPH_PORT_MAC,
	GRAPH_ADDRESS_ADDED,
	GRAPH_ADDRESS_DELETED,
	GRAPH_ROUTE_ADDED,
	GRAPH_ROUTE_DELETED,
	GRAPH_QDISC_ADDED,
	GRAPH_QDISC_DELETED,
};

/* The graph is as it is after the change; what was deleted is still there to be read. */
struct graph_change {
	enum graph_change_kind kind;
	const struct graph_node *node;
	const struct graph_port *port; /* NULL: the whole node's */
	const char *was;
	int family;
	const struct graph_address *address;
	const struct graph_route *route;
	const struct graph_qdisc *qdisc;
};
/* Who wants to hear of changes: the caller's, filled but for `next`. */
struct graph_observer {
	void (*tell)(const struct graph_change *c, void *data);
	void *data;
	struct graph_observer *next;
};

/* How graph_wait_tree goes. */
enum graph_wait { GRAPH_WAIT_GOES_ON, GRAPH_WAIT_DONE, GRAPH_WAIT_INTERRUPTED };

struct graph {
	struct lab *lab;
	struct netlink events;	   /* rtnetlink of all namespaces */
	struct netlink hints;	   /* the same of routes and qdiscs: that something changed */
	int watch;		   /* epoll: all that can change besides `events` */
	int names;		   /* inotify on /run/netns */
	int mounts;		   /* /proc/self/mountinfo, which tells of mounts when polled */
	struct graph_node **nodes; /* natural order of names; the root is not among them */
	size_t n_nodes, cap_nodes;
	struct graph_node *root;
	int root_id; /* what the root is called in itself: GRAPH_NSID_ROOT, or what it was before */
	struct map by_name;	     /* every name and alias */
	struct graph_node **by_nsid; /* sorted */
	size_t n_by_nsid, cap_nsid;
	unsigned last_order;
	char **pending; /* names in /run/netns that are no namespace yet (`ip netns add` mounts it a
			   moment later) */
	size_t n_pending, cap_pending;
	long pending_since;	  /* ms of the monotonic clock: when the last of them came */
	struct graph_tail *tails; /* names that end with a process */
	size_t n_tails, cap_tails;
	bool stale;	    /* events were lost: everything is to be read again */
	bool unresolved;    /* some port's peer is not known yet */
	bool hosts_changed; /* /etc/hosts is older than the graph */
	int moving;	    /* a port is on its way to another namespace, with this index there */
	const struct graph_node *moving_from;
	uint8_t moving_mac[6];
	unsigned long news; /* counts what the kernel tells, and nodes that come and go */
	struct graph_observer *observers;
	bool quiet; /* a node goes: nothing is said of its parts */
	/* Told while graph_wait_tree waits: at least once a second, how long it will take; NULL:
	   nobody. */
	void (*waiting)(enum graph_wait how, long left_ms, void *data);
	void *waiting_data;
};

int graph_open(struct graph *g, struct lab *lab, struct err *err);
void graph_close(struct graph *g);

/* Bring the graph up to now: events, new and vanished namespaces, peers; then the lab's /etc/hosts.
 * Call after each change and before each look. */
int graph_refresh(struct graph *g, struct err *err);
/* Only empty the event socket, whose buffer is small: called now and then while a large plan is
 * applied. */
int graph_drain(struct graph *g, struct err *err);
/* While a plan makes many namespaces nothing is heard; afterwards everything is read again at the
 * next refresh. */
int graph_pause(struct graph *g, struct err *err);
int graph_resume(struct graph *g, struct err *err);
/* Descriptors to poll for changes; fills two. */
void graph_fds(const struct graph *g, int fds[2]);
/* How long such a poll may last, in ms, until graph_refresh has something to try again; -1: for
 * ever. */
int graph_timeout(const struct graph *g);
/* From now on every change is told to O while graph_refresh and graph_drain find it, until
 * graph_unobserve, which does nothing when O does not listen. Neither may be called by an observer.
 */
int graph_observe(struct graph *g, struct graph_observer *o, struct err *err);
void graph_unobserve(struct graph *g, struct graph_observer *o);
/* Wait until every veth end that is up has carrier, or none where the other end is down, and every
 * up bridge port forwards (or takes part in STP): TIMEOUT_MS at most. True when all are ready. */
bool graph_wait_ready(struct graph *g, int timeout_ms);
/* Wait until no port of a node listens or learns and the switches agree on the spanning tree: as
 * long as their delays say, and some seconds for them to agree; ^C ends it. True when it is so. */
bool graph_wait_tree(struct graph *g);

/* Routes, qdiscs and the VLANs of ports: read when asked, and only where something has happened
 * since the last time. */
int graph_read_details(struct graph *g, struct graph_node *n, struct err *err);
int graph_read_all_details(struct graph *g, struct err *err); /* of every node and the root */

/* An entry of the ARP or neighbour cache. */
struct graph_neighbour {
	struct prefix address;
	int ifindex;
	uint8_t mac[6];
	bool has_mac;
	uint16_t state; /* NUD_* */
};
/* What N knows of its neighbours, read now; *LIST is to be freed. */
int graph_read_neighbours(struct graph *g, struct graph_node *n, struct graph_neighbour **list,
			  size_t *count, struct err *err);

const char *graph_neighbour_state(uint16_t state); /* "reachable" */

/* Where a bridge of N sends frames to a MAC, read now; *LIST is to be freed. */
struct graph_fdb {
	int ifindex; /* the port, or the bridge itself */
	int bridge;  /* ifindex */
	uint8_t mac[6];
	uint16_t vlan;	/* 0: none */
	uint32_t age;	/* seconds since it was heard */
	bool permanent; /* an interface's own address */
	bool learnt;	/* and neither that nor what somebody has set */
};
int graph_read_fdb(struct graph *g, struct graph_node *n, struct graph_fdb **list, size_t *count,
		   struct err *err);
/* What P has sent and received, as it is now. */
struct graph_counters {
	uint64_t rx_packets, tx_packets, rx_bytes, tx_bytes;
	uint64_t rx_errors, tx_errors, rx_dropped, tx_dropped;
};
int graph_read_counters(struct graph *g, const struct graph_port *p,
			struct graph_counters *counters, struct err *err);

/* What a route's numbers are called by `ip`: "blackhole", "boot", "main", or the number in TEXT. */
const char *graph_route_type(const struct graph_route *r, char text[12]);
const char *graph_route_protocol(const struct graph_route *r, char text[12]);
const char *graph_route_table(const struct graph_route *r, char text[12]);
/* What it leads to: "default", "10.0.0.0/8", a single host without its length. */
const char *graph_route_destination(const struct graph_route *r, char text[PREFIX_TEXT]);
const char *graph_qdisc_handle(const struct graph_qdisc *q, char text[12]); /* "8001:" */
/* "root", "ingress", or a class: 1:10. */
const char *graph_qdisc_parent(const struct graph_qdisc *q, char text[12]);

/* By any of its names; "": the lab's root. */
struct graph_node *graph_node_find(const struct graph *g, const char *name);
/* NAME stands in /run/netns but leads to no network namespace: why, for people. NULL: it does not.
 */
const char *graph_pending_reason(const struct graph *g, const char *name, char *text, size_t size);
enum graph_kind graph_node_kind(const struct graph_node *n);
const char *graph_kind_name(enum graph_kind kind); /* "host" */
/* Interface NAME of node N; "eth0" also finds "h1-eth0". NULL: none. */
struct graph_port *graph_port_find(const struct graph_node *n, const char *name);
/* The same; NULL with err: none (nearest name). */
struct graph_port *graph_port_require(const struct graph_node *n, const char *name,
				      struct err *err);
struct graph_port *graph_port_by_index(const struct graph_node *n, int ifindex);
/* The other end of a veth. NULL: it is none, or its peer is somewhere else. */
struct graph_port *graph_port_peer(const struct graph *g, const struct graph_port *p);
/* Is P a veth whose peer is in a namespace that the lab has no name for? */
bool graph_port_elsewhere(const struct graph *g, const struct graph_port *p);
/* What a vlan, macvlan or the like stands on. NULL: nothing, or somewhere else. */
struct graph_port *graph_port_lower(const struct graph *g, const struct graph_port *p);
/* The bridge that P is a port of. NULL: none. */
struct graph_port *graph_port_bridge(const struct graph_port *p);
/* The bridge a switch is made of: its first bridge; NULL: none. */
struct graph_port *graph_node_bridge(const struct graph_node *n);
/* The address programs should use for N: the first of FAMILY, global scope, on its lowest port.
 * NULL: none. */
const struct graph_address *graph_node_address(const struct graph_node *n, int family);

/* From bad to good. */
enum graph_state {
	GRAPH_DOWN,
	GRAPH_NO_CARRIER,
	GRAPH_DISABLED, /* this and the next two: what its bridge makes of a port */
	GRAPH_BLOCKED,
	GRAPH_LEARNING,
	GRAPH_UP
};
enum graph_state graph_port_state(const struct graph_port *p);
const char *graph_state_name(enum graph_state state); /* "no carrier" */

/* Which ports hear each other's broadcasts: afterwards, and until the next refresh, two ports are
 * on one wire (Ethernet segment) when graph_port_wire gives the same for both. VLANs are not looked
 * at. */
void graph_find_wires(struct graph *g);
const struct graph_port *graph_port_wire(struct graph_port *p);

/* Each veth pair once, in natural order of the ends: the end that is no switch first. */
struct graph_link {
	struct graph_port *a, *b;
};
struct graph_link graph_link_of(struct graph_port *p, struct graph_port *peer);
struct graph_link *graph_links(const struct graph *g, size_t *n); /* to be freed by the caller */

#endif
