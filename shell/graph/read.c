#include "graph/read.h"

#include <linux/if_addr.h>
#include <linux/if_bridge.h>
#include <linux/if_link.h>
#include <linux/netconf.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <string.h>

#include "graph/store.h"

/* ---- messages ---- */

static void copy_text(char *to, size_t size, const char *from)
{
	snprintf(to, size, "%s", from);
}

static void read_bridge_port(struct graph_port *p, const struct nlattr *nest)
{
	const struct nlattr *tb[IFLA_BRPORT_MAX + 1];

	netlink_parse_nested(tb, IFLA_BRPORT_MAX, nest);
	if (tb[IFLA_BRPORT_STATE])
		p->stp_state = netlink_u8(tb[IFLA_BRPORT_STATE]);
	if (tb[IFLA_BRPORT_NO])
		p->port_number = netlink_u16(tb[IFLA_BRPORT_NO]);
}

static void read_link_info(struct graph_port *p, const struct nlattr *nest)
{
	const struct nlattr *info[IFLA_INFO_MAX + 1], *bridge[IFLA_BR_MAX + 1];

	netlink_parse_nested(info, IFLA_INFO_MAX, nest);
	copy_text(p->kind, sizeof(p->kind), netlink_string(info[IFLA_INFO_KIND]));
	if (strcmp(netlink_string(info[IFLA_INFO_SLAVE_KIND]), "bridge") == 0)
		read_bridge_port(p, info[IFLA_INFO_SLAVE_DATA]);
	if (strcmp(p->kind, "bridge") == 0 && info[IFLA_INFO_DATA]) {
		netlink_parse_nested(bridge, IFLA_BR_MAX, info[IFLA_INFO_DATA]);
		p->stp = netlink_u32(bridge[IFLA_BR_STP_STATE]) != 0;
	}
}

static void read_peer(struct graph *g, struct graph_port *p, const struct nlattr *const *tb,
		      bool peers_known)
{
	int nsid = netlink_s32(tb[IFLA_LINK_NETNSID], p->node->nsid);
	struct graph_port *peer;

	if (strcmp(p->kind, "veth") != 0)
		return;
	if (!peers_known) {
		if (p->peer_nsid == GRAPH_NSID_UNKNOWN)
			g->unresolved = true;
		return;
	}
	/* A namespace that is being taken apart has no id any more. */
	p->peer_ifindex = tb[IFLA_LINK_NETNSID] && nsid < 0 ? 0 : netlink_s32(tb[IFLA_LINK], 0);
	p->peer_nsid = nsid == GRAPH_NSID_ROOT ? -1 : nsid;
	peer = graph_port_peer(g, p);
	if (peer)
		peer->leaving = false;
}

/* Events of a bridge speak of its ports in messages of family AF_BRIDGE: state, and leaving. */
static void read_bridge_event(struct graph_node *n, const struct ifinfomsg *i,
			      const struct nlmsghdr *h)
{
	const struct nlattr *tb[IFLA_MAX + 1];
	struct graph_port *p = graph_port_by_index(n, i->ifi_index);

	if (!p || h->nlmsg_type != RTM_NEWLINK)
		return;
	netlink_parse(tb, IFLA_MAX, h, sizeof(*i));
	if (tb[IFLA_PROTINFO])
		read_bridge_port(p, tb[IFLA_PROTINFO]);
}

static void read_link(struct graph *g, struct graph_node *n, const struct nlmsghdr *h,
		      bool peers_known)
{
	const struct ifinfomsg *i = netlink_body(h, sizeof(*i));
	const struct nlattr *tb[IFLA_MAX + 1];
	const uint8_t *mac;
	struct graph_port *p;

	if (!i)
		return;
	if (i->ifi_family == AF_BRIDGE) {
		read_bridge_event(n, i, h);
		return;
	}
	if (h->nlmsg_type == RTM_DELLINK) {
		store_remove_port(g, n, i->ifi_index);
		return;
	}
	netlink_parse(tb, IFLA_MAX, h, sizeof(*i));
	p = store_port(n, i->ifi_index);
	if (strcmp(p->name, netlink_string(tb[IFLA_IFNAME])) != 0)
		g->hosts_changed = true;
	copy_text(p->name, sizeof(p->name), netlink_string(tb[IFLA_IFNAME]));
	p->flags = i->ifi_flags;
	p->mtu = netlink_u32(tb[IFLA_MTU]);
	p->operstate = netlink_u8(tb[IFLA_OPERSTATE]);
	p->master = netlink_s32(tb[IFLA_MASTER], 0);
	if (!p->master)
		p->stp_state = p->port_number = 0;
	mac = netlink_bytes(tb[IFLA_ADDRESS], sizeof(p->mac));
	if (mac)
		memcpy(p->mac, mac, sizeof(p->mac));
	if (tb[IFLA_LINKINFO])
		read_link_info(p, tb[IFLA_LINKINFO]);
	read_peer(g, p, tb, peers_known);
}

static void read_address(struct graph *g, struct graph_node *n, const struct nlmsghdr *h)
{
	const struct ifaddrmsg *i = netlink_body(h, sizeof(*i));
	const struct nlattr *tb[IFA_MAX + 1], *a;
	struct graph_address address = { 0 };
	struct graph_port *p;
	const void *bytes;

	if (!i || !(p = graph_port_by_index(n, i->ifa_index)))
		return;
	netlink_parse(tb, IFA_MAX, h, sizeof(*i));
	a = tb[IFA_LOCAL] ? tb[IFA_LOCAL]
			  : tb[IFA_ADDRESS]; /* they differ on point-to-point links */
	bytes = netlink_bytes(a, i->ifa_family == AF_INET ? 4 : 16);
	if (!bytes)
		return;
	address.prefix.family = i->ifa_family;
	address.prefix.length = i->ifa_prefixlen;
	memcpy(address.prefix.bytes, bytes, i->ifa_family == AF_INET ? 4 : 16);
	address.flags = tb[IFA_FLAGS] ? netlink_u32(tb[IFA_FLAGS]) : i->ifa_flags;
	address.scope = i->ifa_scope;
	if (h->nlmsg_type == RTM_NEWADDR)
		store_set_address(p, &address);
	else
		store_remove_address(p, &address.prefix);
	g->hosts_changed = true;
}

/* net.ipv4.ip_forward is told as `forwarding` of interface "all". */
static void read_netconf(struct graph_node *n, const struct nlmsghdr *h)
{
	const struct netconfmsg *i = netlink_body(h, sizeof(*i));
	const struct nlattr *tb[NETCONFA_MAX + 1];

	if (!i || i->ncm_family != AF_INET)
		return;
	netlink_parse(tb, NETCONFA_MAX, h, NLMSG_ALIGN(sizeof(*i)));
	if (netlink_s32(tb[NETCONFA_IFINDEX], 0) == NETCONFA_IFINDEX_ALL && tb[NETCONFA_FORWARDING])
		n->forwards = netlink_u32(tb[NETCONFA_FORWARDING]) != 0;
}

void read_message(struct graph *g, struct graph_node *n, const struct nlmsghdr *h, bool peers_known)
{
	switch (h->nlmsg_type) {
	case RTM_NEWLINK:
	case RTM_DELLINK:
		read_link(g, n, h, peers_known);
		break;
	case RTM_NEWADDR:
	case RTM_DELADDR:
		read_address(g, n, h);
		break;
	case RTM_NEWNETCONF:
		read_netconf(n, h);
		break;
	}
}

/* ---- dumps ---- */

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

	store_clear_ports(r->g, r->n);
}

/* The root's socket reads every namespace by its id there, so that peers' ids are the root's. */
static int dump_links(struct graph *g, struct graph_node *n, void (*restart)(void *),
		      struct err *err)
{
	struct reading r = { g, n };
	struct ifinfomsg i = { .ifi_family = AF_UNSPEC };
	struct netlink_message m;

	netlink_begin(&m, RTM_GETLINK, 0, &i, sizeof(i));
	if (n->nsid >= 0)
		netlink_put_u32(&m, IFLA_TARGET_NETNSID, n->nsid);
	netlink_put_u32(&m, IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS);
	return netlink_dump(&g->lab->root.nl, &m, read_answer, restart, &r, err);
}

static int dump_addresses(struct graph *g, struct graph_node *n, struct err *err)
{
	struct reading r = { g, n };
	struct ifaddrmsg i = { .ifa_family = AF_UNSPEC };
	struct netlink_message m;

	netlink_begin(&m, RTM_GETADDR, 0, &i, sizeof(i));
	if (n->nsid >= 0)
		netlink_put_u32(&m, IFA_TARGET_NETNSID, n->nsid);
	return netlink_dump(&g->lab->root.nl, &m, read_answer, NULL, &r, err);
}

/* Netconf knows no target id: asked in the namespace itself. */
static int get_forwarding(struct graph *g, struct graph_node *n, struct err *err)
{
	struct reading r = { g, n };
	struct netconfmsg i = { .ncm_family = AF_INET };
	struct netlink_message m;
	struct lab_netns *ns = lab_netns_find(g->lab, n->name, err);
	struct netlink *nl = ns ? lab_netns_socket(g->lab, ns, err) : NULL;

	if (!nl)
		return -1;
	netlink_begin(&m, RTM_GETNETCONF, 0, &i, sizeof(i));
	netlink_put_u32(&m, NETCONFA_IFINDEX, NETCONFA_IFINDEX_ALL);
	return netlink_get(nl, &m, read_answer, &r, err);
}

int read_node(struct graph *g, struct graph_node *n, struct err *err)
{
	store_clear_ports(g, n);
	if (dump_links(g, n, read_restart, err) < 0 || dump_addresses(g, n, err) < 0 ||
	    get_forwarding(g, n, err) < 0)
		return err_wrap(err, "read %s", *n->name ? n->name : "the lab's root");
	return 0;
}

/* ---- peers ---- */

static size_t count_open(const struct graph_node *n)
{
	size_t i, open = 0;

	for (i = 0; i < n->n_ports; i++)
		open += strcmp(n->ports[i]->kind, "veth") == 0 &&
			n->ports[i]->peer_nsid == GRAPH_NSID_UNKNOWN;
	return open;
}

/* Each end knows its peer, so the other ends are known without asking: one dump of a switch closes
 * all its hosts. */
static int close_node(struct graph *g, struct graph_node *n, struct err *err)
{
	size_t i;

	if (dump_links(g, n, NULL, err) < 0)
		return -1;
	for (i = 0; i < n->n_ports; i++) {
		struct graph_port *p = n->ports[i], *peer = graph_port_peer(g, p);

		if (peer) {
			peer->peer_nsid = n->nsid;
			peer->peer_ifindex = p->ifindex;
		}
	}
	return 0;
}

int read_peers(struct graph *g, struct err *err)
{
	static const size_t at_least[] = { 2, 1 };
	size_t pass, i;

	if (!g->unresolved)
		return 0;
	for (pass = 0; pass < 2; pass++) {
		for (i = 0; i <= g->n_nodes; i++) {
			struct graph_node *n = i < g->n_nodes ? g->nodes[i] : g->root;

			if (count_open(n) >= at_least[pass] && close_node(g, n, err) < 0)
				return -1;
		}
	}
	g->unresolved = false;
	return 0;
}
