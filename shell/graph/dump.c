/* Nodes read whole, by dump. */
#include "graph/read.h"

#include <errno.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/net_namespace.h>
#include <linux/netconf.h>
#include <linux/rtnetlink.h>
#include <string.h>

#include "graph/store.h"

struct reading {
	struct graph *g;
	struct graph_node *n;
};

static void read_answer(const struct nlmsghdr *h, void *data)
{
	struct reading *r = data;

	read_message(r->g, r->n, h, true);
}

static void read_restart(void *data)
{
	struct reading *r = data;

	r->n->reading++;
}

/* The root's socket reads every namespace by its id there, so that peers' ids are the root's.
 * 1: it never was of one piece. */
static int dump_links(struct graph *g, struct graph_node *n, struct err *err)
{
	struct reading r = { g, n };
	struct ifinfomsg i = { .ifi_family = AF_UNSPEC };
	struct netlink_message m;

	netlink_begin(&m, RTM_GETLINK, 0, &i, sizeof(i));
	if (n->nsid >= 0)
		netlink_put_u32(&m, IFLA_TARGET_NETNSID, (uint32_t)n->nsid);
	netlink_put_u32(&m, IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS);
	n->reading++;
	return netlink_dump(&g->lab->root.nl, &m, read_answer, read_restart, &r, err);
}

static int dump_addresses(struct graph *g, struct graph_node *n, struct err *err)
{
	struct reading r = { g, n };
	struct ifaddrmsg i = { .ifa_family = AF_UNSPEC };
	struct netlink_message m;

	netlink_begin(&m, RTM_GETADDR, 0, &i, sizeof(i));
	if (n->nsid >= 0)
		netlink_put_u32(&m, IFA_TARGET_NETNSID, (uint32_t)n->nsid);
	n->reading++;
	return netlink_dump(&g->lab->root.nl, &m, read_answer, read_restart, &r, err);
}

/* Netconf knows no target id: asked in the namespace itself. */
static int get_forwarding(struct graph *g, struct graph_node *n, struct err *err)
{
	static const uint8_t families[] = { AF_INET, AF_INET6 };
	struct reading r = { g, n };
	struct lab_netns *ns = lab_netns_find(g->lab, n->name, err);
	struct netlink *nl = ns ? lab_netns_socket(g->lab, ns, err) : NULL;
	size_t i;

	if (!nl)
		return -1;
	for (i = 0; i < 2; i++) {
		struct netconfmsg body = { .ncm_family = families[i] };
		struct netlink_message m;
		struct err why = ERR_INIT;

		netlink_begin(&m, RTM_GETNETCONF, 0, &body, sizeof(body));
		netlink_put_u32(&m, NETCONFA_IFINDEX, (uint32_t)NETCONFA_IFINDEX_ALL);
		if (netlink_get(nl, &m, read_answer, &r, &why) == 0)
			continue;
		/* A kernel without IPv6 forwards none. */
		if (families[i] == AF_INET)
			return err_set(err, "%s", why.text);
	}
	return 0;
}

int read_node(struct graph *g, struct graph_node *n, struct err *err)
{
	int links = dump_links(g, n, err), addresses;

	if (links == 0)
		store_sweep_ports(g, n);
	addresses = links < 0 ? -1 : dump_addresses(g, n, err);
	if (addresses == 0)
		store_sweep_addresses(g, n);
	if (addresses < 0 || get_forwarding(g, n, err) < 0)
		return err_wrap(err, "read %s", *n->name ? n->shown : "the lab's root");
	n->stale = links > 0 || addresses > 0;
	n->details_stale = true;
	return 0;
}

/* ---- peers ---- */

static size_t count_open(const struct graph_node *n)
{
	size_t i, open = 0;

	for (i = 0; i < n->n_ports; i++)
		open += n->ports[i]->link_nsid == GRAPH_NSID_UNKNOWN;
	return open;
}

/* Each veth end knows its peer, so one dump of a switch closes all its hosts: those first. */
int read_peers(struct graph *g, struct err *err)
{
	static const size_t at_least[] = { 2, 1 };
	size_t pass, i;

	if (!g->unresolved)
		return 0;
	for (pass = 0; pass < 2; pass++) {
		for (i = 0; i <= g->n_nodes; i++) {
			struct graph_node *n = i < g->n_nodes ? g->nodes[i] : g->root;

			if (count_open(n) >= at_least[pass] && dump_links(g, n, err) < 0)
				return -1;
		}
	}
	g->unresolved = false;
	return 0;
}

static void take_answer(const struct nlmsghdr *h, void *data)
{
	*(bool *)data = h->nlmsg_type == RTM_NEWNSID;
}

bool read_nsid_alive(struct graph *g, int nsid)
{
	struct rtgenmsg body = { .rtgen_family = AF_UNSPEC };
	struct netlink_message m;
	bool alive = false;

	netlink_begin(&m, RTM_GETNSID, 0, &body, sizeof(body));
	netlink_put_u32(&m, NETNSA_NSID, (uint32_t)nsid);
	return netlink_get(&g->lab->root.nl, &m, take_answer, &alive, NULL) == 0 && alive;
}
