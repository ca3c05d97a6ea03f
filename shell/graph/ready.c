/* Is a packet sent now sure to arrive? */
#include "graph/graph.h"

#include <linux/if_addr.h>
#include <linux/if_bridge.h>
#include <linux/rtnetlink.h>
#include <poll.h>
#include <time.h>

#include "base/clock.h"
#include "base/interrupt.h"
#include "graph/read.h"

/* The kernel takes a namespace apart some 30 ms after its last user, and later while it is busy with
 * those of a large lab: one worker does them all. One that lives on after this time, in ms, has a
 * program in it: then the interface stays. */
#define LEAVING_MS 1000
/* Between two looks at addresses that do not serve yet. */
#define SERVE_MS 10

static bool is_leaving(struct graph *g, struct graph_port *p, bool patient)
{
	if (p->leaving && !patient && p->link_nsid >= 0 && p->link_ifindex)
		p->leaving = !read_nsid_alive(g, p->link_nsid);
	return p->leaving;
}

static bool port_ready(struct graph *g, struct graph_port *p, bool patient)
{
	const struct graph_port *peer = graph_port_peer(g, p);
	const struct graph_port *bridge = graph_port_bridge(p);

	if (is_leaving(g, p, patient))
		return false;
	if (!peer || !(p->flags & IFF_UP))
		return true;
	/* A cut cable: the kernel tells of it a moment later, and until then routes lead there. */
	if (!(peer->flags & IFF_UP))
		return !(p->flags & IFF_LOWER_UP);
	if (!(p->flags & IFF_LOWER_UP) || p->operstate != IF_OPER_UP)
		return false;
	if (!bridge || !(bridge->flags & IFF_UP))
		return true;
	/* With STP a port listens and learns first: tree.c. */
	return bridge->stp ? p->stp_state != BR_STATE_DISABLED
			   : p->stp_state == BR_STATE_FORWARDING;
}

static bool node_ready(struct graph *g, const struct graph_node *n, bool patient)
{
	size_t i;

	for (i = 0; i < n->n_ports; i++)
		if (!port_ready(g, n->ports[i], patient))
			return false;
	return true;
}

static bool all_ready(struct graph *g, bool patient)
{
	size_t i;

	for (i = 0; i < g->n_nodes; i++)
		if (!node_ready(g, g->nodes[i], patient))
			return false;
	/* What the machine has of its own is as it is. */
	return g->lab->host_net || node_ready(g, g->root, patient);
}

static void on_route(const struct nlmsghdr *h, void *data)
{
	const struct rtmsg *route = netlink_body(h, sizeof(*route));

	*(bool *)data = route && route->rtm_type == RTN_LOCAL;
}

/*
 * An IPv6 address gets its route, without which nobody has it, from a work queue of the kernel,
 * which may be late on a busy machine (net/ipv6/addrconf.c, addrconf_dad_work).
 */
static bool address_serves(struct netlink *nl, struct graph_address *a)
{
	struct rtmsg body = { .rtm_family = AF_INET6, .rtm_dst_len = 128 };
	struct netlink_message m;

	if (a->serves || a->prefix.family != AF_INET6 || a->scope != RT_SCOPE_UNIVERSE ||
	    a->flags & (IFA_F_TENTATIVE | IFA_F_DADFAILED))
		return true;
	netlink_begin(&m, RTM_GETROUTE, 0, &body, sizeof(body));
	netlink_put(&m, RTA_DST, a->prefix.bytes, 16);
	return netlink_get(nl, &m, on_route, &a->serves, NULL) == 0 && a->serves;
}

/* Of the interfaces that are up: others have no routes, and those in a VRF have them in its table.
 * A node into which this shell has no socket was not changed by it. */
static bool node_serves(struct graph *g, const struct graph_node *n)
{
	struct lab_netns *ns = lab_netns_find(g->lab, n->name, NULL);

	for (size_t i = 0; ns && ns->nl.socket && i < n->n_ports; i++) {
		const struct graph_port *p = n->ports[i];

		for (size_t k = 0; p->flags & IFF_UP && !p->master && k < p->n_addresses; k++)
			if (!address_serves(&ns->nl, &p->addresses[k]))
				return false;
	}
	return true;
}

static bool all_serve(struct graph *g)
{
	for (size_t i = 0; i < g->n_nodes; i++)
		if (!node_serves(g, g->nodes[i]))
			return false;
	return true;
}

void read_wait(struct graph *g, long ms)
{
	struct pollfd fds[2] = { { .events = POLLIN }, { .events = POLLIN } };
	int fd[2], again = graph_timeout(g);

	graph_fds(g, fd);
	fds[0].fd = fd[0];
	fds[1].fd = fd[1];
	poll(fds, 2, again >= 0 && again < ms ? again : (int)ms);
}

bool graph_wait_ready(struct graph *g, int timeout_ms)
{
	long begin = clock_ms(), end = begin + timeout_ms;

	for (;;) {
		long now = clock_ms(), left = end - now;
		bool patient = now - begin < LEAVING_MS;

		if (graph_refresh(g, NULL) < 0)
			return false;
		if (all_ready(g, patient)) {
			if (all_serve(g))
				return true;
			/* The event comes a moment before the route. */
			left = left > SERVE_MS ? SERVE_MS : left;
		}
		if (left <= 0 || interrupt_pending())
			return false;
		if (patient && left > begin + LEAVING_MS - now)
			left = begin + LEAVING_MS - now;
		read_wait(g, left);
	}
}
