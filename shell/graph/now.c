/*
 * What changes by itself and all the time, so that nobody keeps it: neighbours, what a bridge has
 * learnt, counters. Read from the kernel at each question.
 */
#include "graph/graph.h"

#include <linux/if_link.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "graph/read.h"

static struct netlink *socket_of(struct graph *g, const struct graph_node *n, struct err *err)
{
	struct lab_netns *ns = lab_netns_find(g->lab, n->name, err);

	return ns ? lab_netns_socket(g->lab, ns, err) : NULL;
}

/* ---- neighbours ---- */

struct neighbours_read {
	struct graph_neighbour *v;
	size_t n, cap;
};

static void on_neighbour(const struct nlmsghdr *h, void *data)
{
	const struct ndmsg *i = netlink_body(h, sizeof(*i));
	const struct nlattr *tb[NDA_MAX + 1];
	struct neighbours_read *list = data;
	struct graph_neighbour one = { 0 };
	const uint8_t *mac;

	/* Multicast and the like need no asking, so they are no neighbours. */
	if (!i || h->nlmsg_type != RTM_NEWNEIGH || i->ndm_state & NUD_NOARP ||
	    (i->ndm_family != AF_INET && i->ndm_family != AF_INET6))
		return;
	netlink_parse(tb, NDA_MAX, h, sizeof(*i));
	read_prefix(&one.address, i->ndm_family, i->ndm_family == AF_INET ? 32 : 128, tb[NDA_DST]);
	mac = netlink_bytes(tb[NDA_LLADDR], sizeof(one.mac));
	if (mac)
		memcpy(one.mac, mac, sizeof(one.mac));
	one.has_mac = mac;
	one.ifindex = i->ndm_ifindex;
	one.state = i->ndm_state;
	if (!one.address.family)
		return;
	list->v = mem_grow(list->v, list->n, &list->cap, sizeof(*list->v));
	list->v[list->n++] = one;
}

static void restart_neighbours(void *data)
{
	((struct neighbours_read *)data)->n = 0;
}

int graph_read_neighbours(struct graph *g, struct graph_node *n, struct graph_neighbour **out,
			  size_t *count, struct err *err)
{
	struct netlink *nl = socket_of(g, n, err);
	struct ndmsg i = { .ndm_family = AF_UNSPEC };
	struct neighbours_read list = { 0 };
	struct netlink_message m;

	*out = NULL;
	*count = 0;
	if (!nl)
		return -1;
	netlink_begin(&m, RTM_GETNEIGH, 0, &i, sizeof(i));
	if (netlink_dump(nl, &m, on_neighbour, restart_neighbours, &list, err) < 0) {
		free(list.v);
		return err_wrap(err, "read the neighbours of %s", n->shown);
	}
	*out = list.v;
	*count = list.n;
	return 0;
}

/* ---- what a bridge has learnt ---- */

struct fdb_read {
	struct graph_fdb *v;
	size_t n, cap;
};

/* Without NDA_MASTER it is an entry of an interface that is no port: addresses it listens to. */
static void on_fdb(const struct nlmsghdr *h, void *data)
{
	const struct ndmsg *i = netlink_body(h, sizeof(*i));
	const struct nlattr *tb[NDA_MAX + 1];
	const struct nda_cacheinfo *times;
	struct graph_fdb one = { 0 };
	struct fdb_read *list = data;
	const uint8_t *mac;

	if (!i || h->nlmsg_type != RTM_NEWNEIGH || i->ndm_family != AF_BRIDGE)
		return;
	netlink_parse(tb, NDA_MAX, h, sizeof(*i));
	mac = netlink_bytes(tb[NDA_LLADDR], sizeof(one.mac));
	times = netlink_bytes(tb[NDA_CACHEINFO], sizeof(*times));
	if (!mac || !tb[NDA_MASTER])
		return;
	memcpy(one.mac, mac, sizeof(one.mac));
	one.ifindex = i->ndm_ifindex;
	one.bridge = (int)netlink_u32(tb[NDA_MASTER]);
	one.vlan = netlink_u16(tb[NDA_VLAN]);
	one.age = times ? times->ndm_updated / (uint32_t)sysconf(_SC_CLK_TCK) : 0;
	one.permanent = i->ndm_state & NUD_PERMANENT;
	one.learnt = !(i->ndm_state & (NUD_PERMANENT | NUD_NOARP));
	list->v = mem_grow(list->v, list->n, &list->cap, sizeof(*list->v));
	list->v[list->n++] = one;
}

static void restart_fdb(void *data)
{
	((struct fdb_read *)data)->n = 0;
}

int graph_read_fdb(struct graph *g, struct graph_node *n, struct graph_fdb **out, size_t *count,
		   struct err *err)
{
	struct netlink *nl = socket_of(g, n, err);
	struct ndmsg i = { .ndm_family = AF_BRIDGE };
	struct fdb_read list = { 0 };
	struct netlink_message m;

	*out = NULL;
	*count = 0;
	if (!nl)
		return -1;
	netlink_begin(&m, RTM_GETNEIGH, 0, &i, sizeof(i));
	if (netlink_dump(nl, &m, on_fdb, restart_fdb, &list, err) < 0) {
		free(list.v);
		return err_wrap(err, "read the forwarding table of %s", n->shown);
	}
	*out = list.v;
	*count = list.n;
	return 0;
}

/* ---- counters ---- */

/* A struct rtnl_link_stats64 begins with these; how it goes on depends on the kernel. */
static void on_counters(const struct nlmsghdr *h, void *data)
{
	const struct nlattr *tb[IFLA_MAX + 1];
	const void *stats;

	netlink_parse(tb, IFLA_MAX, h, sizeof(struct ifinfomsg));
	stats = netlink_bytes(tb[IFLA_STATS64], sizeof(struct graph_counters));
	if (stats)
		memcpy(data, stats, sizeof(struct graph_counters));
}

int graph_read_counters(struct graph *g, const struct graph_port *p,
			struct graph_counters *counters, struct err *err)
{
	struct ifinfomsg i = { .ifi_family = AF_UNSPEC, .ifi_index = p->ifindex };
	struct netlink *nl = socket_of(g, p->node, err);
	struct netlink_message m;

	memset(counters, 0, sizeof(*counters));
	if (!nl)
		return -1;
	netlink_begin(&m, RTM_GETLINK, 0, &i, sizeof(i));
	if (netlink_get(nl, &m, on_counters, counters, err) < 0)
		return err_wrap(err, "read the counters of %s", p->shown);
	return 0;
}
