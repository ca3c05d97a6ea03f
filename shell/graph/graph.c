#include "graph/graph.h"

#include <errno.h>
#include <linux/net_namespace.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>

#include "graph/hosts.h"
#include "graph/read.h"
#include "graph/store.h"
#include "graph/watch.h"

static const unsigned event_groups[] = { RTNLGRP_LINK,	       RTNLGRP_IPV4_IFADDR,
					 RTNLGRP_IPV6_IFADDR,  RTNLGRP_IPV4_NETCONF,
					 RTNLGRP_IPV6_NETCONF, 0 };
/* Apart, as they come in numbers, and none may be missed of the others. */
static const unsigned hint_groups[] = { RTNLGRP_IPV4_ROUTE, RTNLGRP_IPV6_ROUTE, RTNLGRP_NEXTHOP,
					RTNLGRP_TC, 0 };

static void take_id(const struct nlmsghdr *h, void *data)
{
	const struct nlattr *tb[NETNSA_MAX + 1];

	netlink_parse(tb, NETNSA_MAX, h, sizeof(struct rtgenmsg));
	*(int *)data = netlink_s32(tb[NETNSA_NSID], GRAPH_NSID_ROOT);
}

/* The root gets an id of its own in itself: else the kernel picks one when it has to say that a
 * peer is there. */
static int name_root(struct graph *g, struct err *err)
{
	struct rtgenmsg i = { .rtgen_family = AF_UNSPEC };
	struct netlink *nl = &g->lab->root.nl;
	struct netlink_message m;
	struct err why = ERR_INIT;

	netlink_begin(&m, RTM_NEWNSID, 0, &i, sizeof(i));
	netlink_put_u32(&m, NETNSA_FD, g->lab->root.fd);
	netlink_put_u32(&m, NETNSA_NSID, GRAPH_NSID_ROOT);
	if (netlink_do(nl, &m, &why) == 0)
		return 0;
	if (why.code != EEXIST)
		return err_set(err, "name the lab's root namespace: %s", why.text);
	/* It has one: from another shell of the lab or, where it is the machine's, from anybody. */
	netlink_begin(&m, RTM_GETNSID, 0, &i, sizeof(i));
	netlink_put_u32(&m, NETNSA_FD, g->lab->root.fd);
	return netlink_get(nl, &m, take_id, &g->root_id, err);
}

int graph_open(struct graph *g, struct lab *lab, struct err *err)
{
	memset(g, 0, sizeof(*g));
	g->lab = lab;
	g->watch = g->names = g->mounts = -1;
	g->root = store_add_node(g, "", -1);
	if (netlink_open_events(&g->events, event_groups, err) < 0 ||
	    netlink_open_events(&g->hints, hint_groups, err) < 0 || name_root(g, err) < 0 ||
	    read_node(g, g->root, err) < 0 || watch_open(g, err) < 0)
		return -1;
	return graph_refresh(g, err);
}

void graph_close(struct graph *g)
{
	g->observers = NULL;
	while (g->n_nodes)
		store_remove_node(g, g->nodes[g->n_nodes - 1]);
	store_remove_node(g, g->root);
	free(g->nodes);
	free(g->by_nsid);
	map_free(&g->by_name);
	watch_close(g);
	netlink_close(&g->hints);
	netlink_close(&g->events);
}

/* A namespace that is not known yet will be read when it is found: its events until then are old
 * news. */
static void on_event(int nsid, const struct nlmsghdr *h, void *data)
{
	struct graph *g = data;
	struct graph_node *n = store_node(g, nsid);

	if (!n)
		return;
	g->news++;
	/* Routes go with an interface or an address, and nothing says so. */
	n->details_stale = true;
	read_message(g, n, h, false);
}

static void on_hint(int nsid, const struct nlmsghdr *h, void *data)
{
	struct graph *g = data;
	struct graph_node *n = store_node(g, nsid);

	(void)h;
	g->news++;
	if (n)
		n->details_stale = true;
}

/* The nodes that are to be read again: all of them where events were lost. */
static int read_again(struct graph *g, struct err *err)
{
	size_t i;

	for (i = 0; i <= g->n_nodes; i++) {
		struct graph_node *n = i < g->n_nodes ? g->nodes[i] : g->root;

		if ((g->stale || n->stale) && read_node(g, n, err) < 0)
			return -1;
	}
	g->news += g->stale;
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

int graph_pause(struct graph *g, struct err *err)
{
	if (netlink_hear(&g->events, event_groups, false, err) < 0)
		return -1;
	return netlink_hear(&g->hints, hint_groups, false, err);
}

/* Heard first, then read: nothing falls in between. New nodes are read when they are found. */
int graph_resume(struct graph *g, struct err *err)
{
	for (size_t i = 0; i <= g->n_nodes; i++) {
		struct graph_node *n = i < g->n_nodes ? g->nodes[i] : g->root;

		n->stale = n->details_stale = true;
	}
	if (netlink_hear(&g->events, event_groups, true, err) < 0)
		return -1;
	return netlink_hear(&g->hints, hint_groups, true, err);
}

static int read_hints(struct graph *g, struct err *err)
{
	int lost = netlink_read_events(&g->hints, on_hint, g, err);
	size_t i;

	for (i = 0; lost > 0 && i <= g->n_nodes; i++)
		(i < g->n_nodes ? g->nodes[i] : g->root)->details_stale = true;
	return lost < 0 ? -1 : 0;
}

int graph_refresh(struct graph *g, struct err *err)
{
	/* Events first, for what they say of namespaces that have gone since; then those of new
	 * ones. */
	if (graph_drain(g, err) < 0 || watch_refresh(g, err) < 0 || graph_drain(g, err) < 0 ||
	    read_again(g, err) < 0 || read_peers(g, err) < 0 || read_hints(g, err) < 0)
		return -1;
	if (g->observers && graph_read_all_details(g, err) < 0)
		return -1;
	return hosts_refresh(g, err);
}

int graph_observe(struct graph *g, struct graph_observer *o, struct err *err)
{
	/* What is there already is no news. */
	if (graph_refresh(g, err) < 0 || graph_read_all_details(g, err) < 0)
		return -1;
	o->next = g->observers;
	g->observers = o;
	return 0;
}

void graph_unobserve(struct graph *g, struct graph_observer *o)
{
	struct graph_observer **at = &g->observers;

	while (*at && *at != o)
		at = &(*at)->next;
	if (*at)
		*at = o->next;
}

void graph_fds(const struct graph *g, int fds[2])
{
	fds[0] = netlink_fd(&g->events);
	fds[1] = g->watch;
}
