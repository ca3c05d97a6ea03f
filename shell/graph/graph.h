/*
 * What the kernel has now: nodes (network namespaces), ports (interfaces), veth peers, bridges,
 * addresses. Read once by dumps, then followed by events; read-only for everyone above. Peers are
 * matched by (namespace id, ifindex): an ifindex alone repeats in every namespace.
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
	uint32_t flags; /* IFA_F_* */
	uint8_t scope;	/* RT_SCOPE_* */
};

struct graph_port {
	struct graph_node *node;
	int ifindex;
	char name[IFNAMSIZ];
	char kind[16]; /* IFLA_INFO_KIND: "veth", "bridge", ...; "" for lo and physical ones */
	uint8_t mac[6];
	uint32_t mtu;	      /* bytes */
	uint32_t flags;	      /* IFF_UP, IFF_LOWER_UP (carrier), ... */
	uint8_t operstate;    /* IF_OPER_* */
	int master;	      /* ifindex of its bridge in the same namespace; 0: none */
	uint8_t stp_state;    /* BR_STATE_* of a bridge port */
	uint16_t port_number; /* of a bridge port: 1.. */
	bool stp;	      /* of a bridge: the spanning tree protocol is on */
	int peer_nsid; /* of a veth: the peer's namespace as seen from the lab's root; -1 the root;
			  GRAPH_NSID_UNKNOWN */
	int peer_ifindex; /* 0: none */
	bool leaving;	  /* its peer's namespace is gone: the kernel will remove it soon */
	struct graph_address *addresses;
	size_t n_addresses;
};

#define GRAPH_NSID_UNKNOWN (-2)
#define GRAPH_NSID_ROOT                                                                            \
	0x7ffffff0 /* the id that the lab's root gives itself: the kernel would choose one for it  \
		      else */

struct graph_node {
	char *name;		   /* "" for the lab's root */
	int nsid;		   /* -1 for the root */
	unsigned order;		   /* of first appearance, from 1 */
	bool forwards;		   /* net.ipv4.ip_forward */
	struct graph_port **ports; /* by ifindex */
	size_t n_ports, cap_ports;
};

struct graph {
	struct lab *lab;
	struct netlink events;	   /* rtnetlink of all namespaces */
	int watch;		   /* inotify on /run/netns */
	struct graph_node **nodes; /* natural order of names; the root is not among them */
	size_t n_nodes, cap_nodes;
	struct graph_node *root;
	struct map by_name;
	struct graph_node **by_nsid; /* the same nodes by namespace id; no two have one */
	size_t cap_nsid;
	unsigned last_order;
	char **pending; /* names in /run/netns that are no namespace yet (`ip netns add` mounts it a
			   moment later) */
	size_t n_pending, cap_pending;
	bool stale;	    /* events were lost: everything is to be read again */
	bool unresolved;    /* some veth's peer is not known yet */
	bool hosts_changed; /* /etc/hosts is older than the graph */
};

int graph_open(struct graph *g, struct lab *lab, struct err *err);
void graph_close(struct graph *g);

/* Bring the graph up to now: events, new and vanished namespaces, peers; then the lab's /etc/hosts.
 * Call after each change and before each look. */
int graph_refresh(struct graph *g, struct err *err);
/* Only empty the event socket, whose buffer is small: called now and then while a large plan is
 * applied. */
int graph_drain(struct graph *g, struct err *err);
/* Descriptors to poll for changes; fills two. */
void graph_fds(const struct graph *g, int fds[2]);
/* Wait until every veth end that is up at both ends has carrier, and every up bridge port forwards
 * (or is blocked by STP): TIMEOUT_MS at most. True when all are ready. */
bool graph_wait_ready(struct graph *g, int timeout_ms);

struct graph_node *graph_node_find(const struct graph *g, const char *name);
enum graph_kind graph_node_kind(const struct graph_node *n);
const char *graph_kind_name(enum graph_kind kind); /* "host" */
/* Interface NAME of node N; "eth0" also finds "h1-eth0". NULL: none. */
struct graph_port *graph_port_find(const struct graph_node *n, const char *name);
struct graph_port *graph_port_by_index(const struct graph_node *n, int ifindex);
struct graph_port *graph_port_peer(const struct graph *g,
				   const struct graph_port *p); /* NULL: none or not in the lab */
/* The bridge a switch is made of: its first bridge; NULL: none. */
struct graph_port *graph_node_bridge(const struct graph_node *n);
/* The address programs should use for N: the first of FAMILY, global scope, on its lowest port.
 * NULL: none. */
const struct graph_address *graph_node_address(const struct graph_node *n, int family);

/* Each veth pair once, in natural order of the ends: the end that is no switch first. */
struct graph_link {
	struct graph_port *a, *b;
};
struct graph_link *graph_links(const struct graph *g, size_t *n); /* to be freed by the caller */

#endif
