/*
 * A draft: what people ask for (nodes, links, options), resolved into a plan. It knows the graph it
 * will be added to, so names, interface numbers, addresses and MACs are chosen here, all
 * deterministic, before anything touches the kernel. Commands (`add`, `del`) and topologies (Lua
 * `build`) fill the same draft.
 */
#ifndef NSLAB_PLAN_DRAFT_H
#define NSLAB_PLAN_DRAFT_H

#include "base/map.h"
#include "graph/graph.h"
#include "plan/plan.h"

struct draft_port {
	struct draft_node *node;
	char name[NAME_MAX_INTERFACE + 1];
	uint8_t mac[6];
	struct prefix addresses[4]; /* at most; family 0 ends */
	bool exists;		    /* in the graph already */
};

struct draft_node {
	char name[NAME_MAX_NODE + 1];
	enum graph_kind kind;
	bool exists; /* in the graph already */
	bool plain;  /* as `ip netns add` makes it: nothing in it is set, lo is down */
	char bridge[NAME_MAX_INTERFACE +
		    1];		   /* a switch's: named as the node where that fits, else br0 */
	char *options;		   /* of a switch's bridge, as `ip` takes them (plan/phrase.h) */
	bool stp;		   /* a switch's: it speaks the spanning tree protocol */
	struct draft_node *joined; /* towards the one that stands for all switches without STP that
				      this one hangs together with; NULL: itself */
	struct draft_node *before; /* on the way that draft_loop.c looks for */
	bool bare;		   /* ip=none: no address by default */
	bool planned;		   /* what is done in it before its first interface */
	unsigned number;	   /* a host's place in the count of hosts, from 1; 0: not a host */
	unsigned next_port;	   /* the next interface number */
	int next_index;		   /* of the next interface */
	bool asks;		   /* for its indexes; else they are what the kernel chooses */
	struct prefix address[2];  /* chosen by the author for its first port, IPv4 and IPv6; family
				      0: the default */
	struct draft_port **ports;
	size_t n_ports, cap_ports;
	const char *place; /* as an operation's */
};

struct draft_link {
	struct draft_port *a, *b;
	int index[2]; /* of a's and b's interface; 0: the kernel's choice */
	uint32_t mtu; /* 0: default */
	const char *place;
};

/* Between two switches without STP. */
struct draft_cable {
	struct draft_node *ends[2];
};

struct draft {
	const struct graph *graph; /* what is there; NULL for unit tests: nothing */
	bool (*reserved)(
		const char *name); /* words that no node may be called (commands); NULL: none */
	struct draft_node **nodes;
	size_t n_nodes, cap_nodes;
	struct map by_name;	   /* node name -> struct draft_node * */
	struct map used_addresses; /* "10.0.0.1" -> the port's or node's name */
	struct draft_link *links;
	size_t n_links, cap_links;
	struct draft_cable *cables;
	size_t n_cables, cap_cables;
	bool existing_joined;	 /* the graph's are among them */
	unsigned hosts;		 /* hosts so far */
	struct prefix subnet[2]; /* 10.0.0.0/8, fd00::/64 */
	struct draft_node *root; /* the lab's root namespace; NULL: nothing was asked for there */
	struct plan parts;    /* what was asked for piece by piece (draft_parts.c), in that order:
				 done after all else */
	struct plan contents; /* what is put into nodes, in the order of the author
				 (draft_contents.c): done last */
	bool anywhere; /* for another machine: also what this one's namespaces inherit is written */
};

void draft_init(struct draft *d, const struct graph *g, bool (*reserved)(const char *name));
void draft_free(struct draft *d);
/* What is added from now on is asked for at PLACE, a line of a file; NULL: at none. */
void draft_set_place(struct draft *d, const char *place);

struct draft_node_options {
	bool stp;
	const char *bridge;    /* other options of a switch's bridge: "ageing_time 0"; NULL: none */
	bool bare;	       /* ip=none */
	struct prefix ip, ip6; /* family 0: the default */
};
/* A new node. Refuses a name that is taken, reserved or malformed, and an address in use. OPTIONS
 * may be NULL. */
struct draft_node *draft_add_node(struct draft *d, enum graph_kind kind, const char *name,
				  const struct draft_node_options *options, struct err *err);
/* A node of the draft or of the graph; NULL with err (nearest name). */
struct draft_node *draft_find_node(struct draft *d, const char *name, struct err *err);

struct draft_end_options {
	const char *interface; /* "eth5", "uplink"; NULL: the next number */
	bool bare;	       /* ip=none */
	struct prefix ip, ip6; /* family 0: the default */
};
struct draft_link_options {
	struct draft_end_options a, b;
	uint32_t mtu; /* bytes; 0: default */
	bool storm;   /* may close a loop of switches without STP */
};
/* A new link. Refuses one to itself, a taken interface, a used address, the 1024th port of a
 * switch, a loop of switches without STP. OPTIONS may be NULL. */
int draft_add_link(struct draft *d, const char *a, const char *b,
		   const struct draft_link_options *options, struct err *err);

/* ---- piece by piece, as `ip` would (draft_parts.c): for what has another shape ---- */

/* A place is a node's name, or "" or "root" for the lab's root namespace. */
struct draft_piece {
	const char *place, *interface;
	uint8_t mac[6]; /* zero: chosen here, or by the kernel for a device that is no veth */
};
/* A namespace as `ip netns add` makes it, with any name that takes. */
struct draft_node *draft_add_namespace(struct draft *d, const char *name, struct err *err);
/* MTU in bytes; 0: default. */
int draft_add_veth(struct draft *d, const struct draft_piece ends[2], uint32_t mtu,
		   struct err *err);
/* A device of KIND that stands on LOWER (->interface NULL: on nothing), with OPTIONS in the words
 * of `ip`. */
int draft_add_device(struct draft *d, const struct draft_piece *end, const char *kind,
		     const char *options, const struct draft_piece *lower, struct err *err);
struct draft_settings {
	unsigned set;	    /* SET_* */
	uint32_t mtu;	    /* SET_MTU */
	const char *master; /* SET_MASTER */
	const char *name;   /* SET_NAME and SET_MAC: of draft_change_interface alone */
	uint8_t mac[6];
};
int draft_set_interface(struct draft *d, const char *place, const char *interface,
			const struct draft_settings *settings, struct err *err);
/* ADDRESS and ROUTE as `ip` takes them: "10.0.0.1/24 brd 10.0.0.255", "default via 10.0.0.254". */
int draft_add_address(struct draft *d, const char *place, const char *interface,
		      const char *address, struct err *err);
int draft_add_route(struct draft *d, const char *place, const char *route, struct err *err);
int draft_set_sysctl(struct draft *d, const char *place, const char *key, const char *value,
		     struct err *err);

/* ---- what nodes hold besides interfaces (draft_contents.c) ---- */

/* Run LINE in PLACE, once the network stands. */
int draft_add_exec(struct draft *d, const char *place, const char *line, struct err *err);
struct draft_daemon {
	const char *line;
	const char *name; /* NULL: the program's */
	bool optional;	  /* left out where the program is not installed */
	unsigned port;	  /* it serves when something listens there; 0: not asked */
	const char *text; /* or when it has printed this; NULL: not asked */
};
/* Run it in NODE until that ends. 1: it is left out, and ERR says why. */
int draft_add_daemon(struct draft *d, const char *node, const struct draft_daemon *daemon,
		     struct err *err);
/* NODE has its own, empty DIR. */
int draft_add_private(struct draft *d, const char *node, const char *dir, struct err *err);
/* The file PATH of NODE's own, below /etc or in a directory of its own, holds TEXT. */
int draft_add_file(struct draft *d, const char *node, const char *path, const char *text,
		   struct err *err);

/* The operations that make it: namespaces, bridges, links, addresses, then bridges up. */
int draft_plan(struct draft *d, struct plan *plan, struct err *err);

/* ---- plans that take away or change what the graph has (draft_change.c) ---- */

/* Nodes, one or more times each; their links go with them. Refuses the root. */
int draft_del_nodes(struct graph_node *const *nodes, size_t n, struct plan *plan, struct err *err);
/* Everything: the nodes, what was made in the lab's root namespace, and names in /run/netns that lead
 * nowhere any more. ALL: also the ends there of links that would go with their nodes, a moment later.
 */
int draft_clear(struct graph *g, bool all, struct plan *plan, struct err *err);
/* Is there nothing that draft_clear would take? */
bool draft_is_clear(const struct graph *g);
void draft_del_links(const struct graph_link *links, size_t n, struct plan *plan);
/* An interface, with its peer. Nothing brings it back: the last operation of its plan. Refuses lo.
 */
int draft_del_interface(const struct graph_port *p, struct plan *plan, struct err *err);
/* One operation for each thing, so that each can be undone. Refuses an mtu and names that no
 * interface can have, and a master that is not there. */
int draft_change_interface(const struct graph_port *p, const struct draft_settings *s,
			   struct plan *plan, struct err *err);
/* ADDRESS of P ("10.0.0.1/24", or without its length). */
int draft_del_address(const struct graph_port *p, const char *address, struct plan *plan,
		      struct err *err);
/* A route of N, in the words of `ip route del`. */
void draft_del_route(const struct graph_node *n, const char *route, struct plan *plan);
/* A cable cut (UP false) or plugged in again. Cut, the end without addresses of its own (a
 * switch's) goes down, so that the other only loses carrier; between two hosts the second end goes
 * down, its IPv6 addresses are kept by the kernel (keep_addr_on_down) and its routes in
 * /run/nslab/routes until the cable is back. */
void draft_link_state(const struct graph_link *links, size_t n, bool up, struct plan *plan);

#endif
