#include "command/ping_neighbours.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "kernel/netlink.h"
#include "lab/lock.h"

/* Each question for a neighbour goes to all others on the wire: among 64 hosts that is a quarter of
 * a million packets, and four fifths of the time. 32 hosts have 992 neighbours. */
#define ARP_MOST 1024

/* Who made an entry (NDA_PROTOCOL), so that ours are told from a person's: a number without a name
 * in rt_protos. */
#define PROTOCOL 110
/* Two shells of a lab would find each other's entries there, and the first to end would take them
 * away from the other: LOCK_NEIGHBOURS is held from give to take, and there is a byte in that file
 * while entries are given. */

/* ---- who needs whom ---- */

/* Who sends to whom, as bits: each pair is wanted once for both directions. */
struct pairs {
	uint64_t *bits;
	size_t n;
};

static bool pairs_add(struct pairs *p, size_t from, size_t to)
{
	size_t bit = from * p->n + to;
	uint64_t mask = 1ULL << bit % 64;

	if (p->bits[bit / 64] & mask)
		return false;
	p->bits[bit / 64] |= mask;
	return true;
}

static struct graph_port *port_of_address(const struct graph_node *n, const struct graph_address *a)
{
	for (size_t i = 0; i < n->n_ports; i++)
		if (a >= n->ports[i]->addresses &&
		    a < n->ports[i]->addresses + n->ports[i]->n_addresses)
			return n->ports[i];
	return NULL;
}

/* The port of N whose subnet has ADDRESS and that is on the wire of NEIGHBOUR; NULL: it is reached
 * through a router, or not at all. */
static struct graph_port *port_towards(const struct graph_node *n, const struct prefix *address,
				       struct graph_port *neighbour)
{
	for (size_t i = 0; i < n->n_ports; i++) {
		struct graph_port *p = n->ports[i];

		if (graph_port_wire(p) != graph_port_wire(neighbour))
			continue;
		for (size_t k = 0; k < p->n_addresses; k++)
			if (prefix_contains(&p->addresses[k].prefix, address))
				return p;
	}
	return NULL;
}

static void want(const struct pings *p, size_t from, size_t to, struct ping_neighbours *list)
{
	const struct graph_address *a = graph_node_address(p->nodes[to], p->family);
	struct graph_port *neighbour = port_of_address(p->nodes[to], a);
	struct graph_port *port =
		neighbour ? port_towards(p->nodes[from], &a->prefix, neighbour) : NULL;

	if (!port)
		return;
	list->v = mem_grow(list->v, list->n, &list->cap, sizeof(*list->v));
	list->v[list->n] = (struct ping_neighbour){ .node = p->nodes[from],
						    .ifindex = port->ifindex,
						    .address = a->prefix };
	memcpy(list->v[list->n++].mac, neighbour->mac, sizeof(neighbour->mac));
}

static int compare_nodes(const void *a, const void *b)
{
	const struct graph_node *x = ((const struct ping_neighbour *)a)->node;
	const struct graph_node *y = ((const struct ping_neighbour *)b)->node;

	return x->order < y->order ? -1 : x->order > y->order;
}

static void collect(struct session *s, const struct pings *p, struct ping_neighbours *list)
{
	struct pairs pairs = { .n = p->n_nodes };

	pairs.bits = mem_alloc((p->n_nodes * p->n_nodes / 64 + 1) * sizeof(*pairs.bits));
	graph_find_wires(s->graph);
	for (size_t i = 0; i < p->n; i++) {
		if (pairs_add(&pairs, p->v[i].from, p->v[i].to))
			want(p, p->v[i].from, p->v[i].to, list);
		if (pairs_add(&pairs, p->v[i].to, p->v[i].from))
			want(p, p->v[i].to, p->v[i].from, list);
	}
	free(pairs.bits);
	if (list->n)
		qsort(list->v, list->n, sizeof(*list->v), compare_nodes);
}

/* ---- giving and taking, node by node ---- */

struct change {
	struct ping_neighbour *v; /* of one node */
	size_t n, next;
	bool take;
};

static bool next_neighbour(struct netlink_message *m, void *data)
{
	struct change *c = data;
	struct ping_neighbour *one;
	struct ndmsg body = { 0 };

	while (c->take && c->next < c->n && !c->v[c->next].given)
		c->next++;
	if (c->next == c->n)
		return false;
	one = &c->v[c->next++];
	one->given = true;
	body.ndm_family = one->address.family;
	body.ndm_ifindex = one->ifindex;
	body.ndm_state = NUD_PERMANENT;
	netlink_begin(m, c->take ? RTM_DELNEIGH : RTM_NEWNEIGH,
		      c->take ? 0 : NLM_F_CREATE | NLM_F_EXCL, &body, sizeof(body));
	netlink_put(m, NDA_DST, one->address.bytes, one->address.family == AF_INET ? 4 : 16);
	if (!c->take) {
		netlink_put(m, NDA_LLADDR, one->mac, sizeof(one->mac));
		netlink_put_u8(m, NDA_PROTOCOL, PROTOCOL);
	}
	return true;
}

/* Of the given ones: there already, or refused for another reason. Nothing is left out while
 * giving, so the I-th message is of the I-th. */
static void on_refused(size_t i, int code, void *data)
{
	struct change *c = data;

	(void)code;
	if (!c->take)
		c->v[i].given = false;
}

static int change_all(struct session *s, struct ping_neighbours *list, bool take, struct err *err)
{
	size_t end;

	for (size_t i = 0; i < list->n; i = end) {
		const struct graph_node *node = list->v[i].node;
		struct lab_netns *ns = lab_netns_find(s->lab, node->name, err);
		struct netlink *nl = ns ? lab_netns_socket(s->lab, ns, err) : NULL;
		struct change c = { .v = &list->v[i], .take = take };

		for (end = i; end < list->n && list->v[end].node == node; end++)
			;
		c.n = end - i;
		if ((!nl || netlink_do_many(nl, next_neighbour, on_refused, &c, err)) && !take)
			return err_wrap(err, "neighbours of %s", node->shown);
	}
	return 0;
}

/* ---- what a shell left that was killed ---- */

struct left {
	const struct graph_node *node;
	struct ping_neighbours list;
};

static void on_left(const struct nlmsghdr *h, void *data)
{
	const struct ndmsg *body = netlink_body(h, sizeof(*body));
	const struct nlattr *tb[NDA_MAX + 1];
	struct left *left = data;
	struct ping_neighbours *list = &left->list;
	struct ping_neighbour one = { .node = left->node, .given = true };
	const void *address;

	if (!body || h->nlmsg_type != RTM_NEWNEIGH)
		return;
	netlink_parse(tb, NDA_MAX, h, sizeof(*body));
	address = netlink_bytes(tb[NDA_DST], body->ndm_family == AF_INET ? 4 : 16);
	if (!address || netlink_u8(tb[NDA_PROTOCOL]) != PROTOCOL)
		return;
	one.ifindex = body->ndm_ifindex;
	one.address.family = body->ndm_family;
	memcpy(one.address.bytes, address, body->ndm_family == AF_INET ? 4 : 16);
	list->v = mem_grow(list->v, list->n, &list->cap, sizeof(*list->v));
	list->v[list->n++] = one;
}

/* For who holds the lock. What cannot be read, such as a node that has just gone, is left out. */
static void take_left(struct session *s, int lock)
{
	struct left left = { 0 };
	struct stat st;

	if (fstat(lock, &st) < 0 || !st.st_size)
		return;
	for (size_t i = 0; i < s->graph->n_nodes; i++) {
		struct lab_netns *ns = lab_netns_find(s->lab, s->graph->nodes[i]->name, NULL);
		struct netlink *nl = ns ? lab_netns_socket(s->lab, ns, NULL) : NULL;
		struct netlink_message m;

		left.node = s->graph->nodes[i];
		netlink_begin(&m, RTM_GETNEIGH, 0, &(struct ndmsg){ 0 }, sizeof(struct ndmsg));
		if (nl)
			netlink_dump(nl, &m, on_left, NULL, &left, NULL);
	}
	change_all(s, &left.list, true, NULL);
	free(left.list.v);
	(void)!ftruncate(lock, 0);
}

struct waiting {
	struct session *s;
	const struct pings *p;
};

static void tell_waiting(void *data)
{
	const struct waiting *w = data;

	if (w->p->told)
		w->p->told(w->s, 0, w->p->n);
}

/* ---- of a round ---- */

static int give(struct session *s, const struct pings *p, struct ping_neighbours *given,
		struct err *err)
{
	given->lock = lab_lock(LOCK_NEIGHBOURS, tell_waiting, &(struct waiting){ s, p }, err);
	if (given->lock < 0) {
		given->n = 0;
		return -1;
	}
	take_left(s, given->lock);
	if (write(given->lock, "x", 1) < 0)
		return err_errno(err, errno, "write %s", LOCK_NEIGHBOURS);
	return change_all(s, given, false, err);
}

/* Where none are to be given, but there were some before a shell was killed. */
static void look_for_left(struct session *s)
{
	int lock = open(LOCK_NEIGHBOURS, O_RDWR | O_CLOEXEC);

	if (lock < 0)
		return;
	if (flock(lock, LOCK_EX | LOCK_NB) == 0)
		take_left(s, lock);
	close(lock);
}

int ping_neighbours_give(struct session *s, const struct pings *p, struct ping_neighbours *given,
			 struct err *err)
{
	/* The rest is for other labs of the machine, and those that the kernel has not yet freed.
	 */
	unsigned most = s->lab->neighbours_max[p->family == AF_INET6] / 4;

	*given = (struct ping_neighbours){ .lock = -1 };
	if (most > ARP_MOST)
		most = ARP_MOST;
	if (2 * p->n > most)
		collect(s, p, given);
	if (given->n > most)
		return give(s, p, given, err);
	given->n = 0;
	look_for_left(s);
	return 0;
}

void ping_neighbours_take(struct session *s, struct ping_neighbours *given)
{
	change_all(s, given, true, NULL);
	if (given->lock >= 0) {
		if (given->n)
			(void)!ftruncate(given->lock, 0);
		close(given->lock);
	}
	free(given->v);
	*given = (struct ping_neighbours){ .lock = -1 };
}
