/* Is a packet sent now sure to arrive? */
#include "graph/graph.h"

#include <linux/if_bridge.h>
#include <poll.h>
#include <time.h>

#include "base/interrupt.h"
#include "graph/read.h"

/* The kernel takes a namespace apart some 30 ms after its last user. One that lives on after this
 * time, in ms, has a program in it: then the interface stays. */
#define LEAVING_MS 300

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

long read_clock(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000L + t.tv_nsec / 1000000;
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
	long begin = read_clock(), end = begin + timeout_ms;

	for (;;) {
		long now = read_clock(), left = end - now;
		bool patient = now - begin < LEAVING_MS;

		if (graph_refresh(g, NULL) < 0)
			return false;
		if (all_ready(g, patient))
			return true;
		if (left <= 0 || interrupt_pending())
			return false;
		if (patient && left > begin + LEAVING_MS - now)
			left = begin + LEAVING_MS - now;
		read_wait(g, left);
	}
}
