#include "graph/graph.h"

#include <errno.h>
#include <linux/if_bridge.h>
#include <linux/net_namespace.h>
#include <linux/rtnetlink.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/interrupt.h"
#include "graph/hosts.h"
#include "graph/read.h"
#include "graph/store.h"
#include "graph/watch.h"

static const unsigned event_groups[] = { RTNLGRP_LINK, RTNLGRP_IPV4_IFADDR, RTNLGRP_IPV6_IFADDR,
					 RTNLGRP_IPV4_NETCONF, 0 };

/* The root gets an id of its own in itself: else the kernel picks one when it has to say that a
 * peer is there. */
static int name_root(struct graph *g, struct err *err)
{
	struct rtgenmsg i = { .rtgen_family = AF_UNSPEC };
	struct netlink_message m;
	struct err why = ERR_INIT;

	netlink_begin(&m, RTM_NEWNSID, 0, &i, sizeof(i));
	netlink_put_u32(&m, NETNSA_FD, g->lab->root.fd);
	netlink_put_u32(&m, NETNSA_NSID, GRAPH_NSID_ROOT);
	if (netlink_do(&g->lab->root.nl, &m, &why) < 0 && why.code != EEXIST)
		return err_set(err, "name the lab's root namespace: %s", why.text);
	return 0;
}

int graph_open(struct graph *g, struct lab *lab, struct err *err)
{
	memset(g, 0, sizeof(*g));
	g->lab = lab;
	g->watch = -1;
	g->root = store_add_node(g, "", -1);
	if (netlink_open_events(&g->events, event_groups, err) < 0 || name_root(g, err) < 0 ||
	    read_node(g, g->root, err) < 0 || watch_open(g, err) < 0)
		return -1;
	return graph_refresh(g, err);
}

void graph_close(struct graph *g)
{
	while (g->n_nodes)
		store_remove_node(g, g->nodes[g->n_nodes - 1]);
	store_remove_node(g, g->root);
	free(g->nodes);
	free(g->by_nsid);
	map_free(&g->by_name);
	watch_close(g);
	netlink_close(&g->events);
}

/* A namespace that is not known yet will be read when it is found: its events until then are old
 * news. */
static void on_event(int nsid, const struct nlmsghdr *h, void *data)
{
	struct graph *g = data;
	struct graph_node *n = store_node(g, nsid);

	if (n)
		read_message(g, n, h, false);
}

static int read_all(struct graph *g, struct err *err)
{
	size_t i;

	for (i = 0; i < g->n_nodes; i++)
		if (read_node(g, g->nodes[i], err) < 0)
			return -1;
	if (read_node(g, g->root, err) < 0)
		return -1;
	g->stale = false;
	return 0;
}

/* In the middle of a plan namespaces come and go: what was lost is read again afterwards. */
int graph_drain(struct graph *g, struct err *err)
{
	int lost = netlink_read_events(&g->events, on_event, g, err);

	if (lost > 0)
		g->stale = true;
	return lost < 0 ? -1 : 0;
}

int graph_refresh(struct graph *g, struct err *err)
{
	if (watch_refresh(g, err) < 0 || graph_drain(g, err) < 0 ||
	    (g->stale && read_all(g, err) < 0) || read_peers(g, err) < 0)
		return -1;
	return hosts_refresh(g, err);
}

void graph_fds(const struct graph *g, int fds[2])
{
	fds[0] = netlink_fd(&g->events);
	fds[1] = g->watch;
}

/* ---- readiness ---- */

static bool port_ready(const struct graph *g, const struct graph_port *p)
{
	const struct graph_port *peer = graph_port_peer(g, p);
	const struct graph_port *bridge =
		p->master ? graph_port_by_index(p->node, p->master) : NULL;

	if (p->leaving)
		return false;
	if (!peer || !(p->flags & IFF_UP) || !(peer->flags & IFF_UP))
		return true;
	if (!(p->flags & IFF_LOWER_UP) || p->operstate != IF_OPER_UP)
		return false;
	if (!bridge || !(bridge->flags & IFF_UP))
		return true;
	/* With STP a port listens and learns for 30 s: that is its lesson, not our delay. */
	return bridge->stp ? p->stp_state != BR_STATE_DISABLED
			   : p->stp_state == BR_STATE_FORWARDING;
}

/* One whose peer's namespace lives on, held by a program, does not leave. */
static void forget_leaving(struct graph *g)
{
	size_t i, k;

	for (i = 0; i < g->n_nodes; i++)
		for (k = 0; k < g->nodes[i]->n_ports; k++)
			g->nodes[i]->ports[k]->leaving = false;
	for (k = 0; k < g->root->n_ports; k++)
		g->root->ports[k]->leaving = false;
}

static bool all_ready(const struct graph *g)
{
	size_t i, k;

	for (i = 0; i < g->n_nodes; i++)
		for (k = 0; k < g->nodes[i]->n_ports; k++)
			if (!port_ready(g, g->nodes[i]->ports[k]))
				return false;
	return true;
}

static long now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000L + t.tv_nsec / 1000000;
}

bool graph_wait_ready(struct graph *g, int timeout_ms)
{
	long end = now_ms() + timeout_ms;
	struct pollfd fds[2] = { { .events = POLLIN }, { .events = POLLIN } };
	int fd[2];

	graph_fds(g, fd);
	fds[0].fd = fd[0];
	fds[1].fd = fd[1];
	for (;;) {
		long left = end - now_ms();

		if (graph_refresh(g, NULL) < 0)
			return false;
		if (all_ready(g))
			return true;
		if (left <= 0 || interrupt_pending()) {
			forget_leaving(g);
			return false;
		}
		poll(fds, 2, left);
	}
}
