#include "graph/read.h"

#include <linux/if_addr.h>
#include <linux/if_bridge.h>
#include <linux/if_link.h>
#include <linux/if_tun.h>
#include <linux/netconf.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <string.h>

#include "graph/store.h"

static void copy_text(char *to, size_t size, const char *from)
{
	snprintf(to, size, "%s", from);
}

/* Root, cost, switch and port, one behind the other: only ever compared. */
static void read_heard(struct graph_port *p, const struct nlattr *const *tb)
{
	static const struct {
		uint16_t type;
		size_t size;
	} parts[] = { { IFLA_BRPORT_ROOT_ID, 8 },
		      { IFLA_BRPORT_DESIGNATED_COST, 2 },
		      { IFLA_BRPORT_BRIDGE_ID, 8 },
		      { IFLA_BRPORT_DESIGNATED_PORT, 2 } };
	size_t at = 0;

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		const void *bytes = netlink_bytes(tb[parts[i].type], parts[i].size);

		if (bytes)
			memcpy(p->stp_heard + at, bytes, parts[i].size);
		at += parts[i].size;
	}
}

static void read_bridge_port(struct graph_port *p, const struct nlattr *nest)
{
	const struct nlattr *tb[IFLA_BRPORT_MAX + 1];

	netlink_parse_nested(tb, IFLA_BRPORT_MAX, nest);
	if (tb[IFLA_BRPORT_STATE])
		p->stp_state = netlink_u8(tb[IFLA_BRPORT_STATE]);
	if (tb[IFLA_BRPORT_NO])
		p->port_number = netlink_u16(tb[IFLA_BRPORT_NO]);
	read_heard(p, tb);
}

/* What only some kinds have. */
static void read_link_data(struct graph_port *p, const struct nlattr *data)
{
	const struct nlattr *tb[IFLA_BR_MAX + 1];

	if (strcmp(p->kind, "bridge") == 0) {
		netlink_parse_nested(tb, IFLA_BR_MAX, data);
		p->stp = netlink_u32(tb[IFLA_BR_STP_STATE]) != 0;
		p->stp_delay = netlink_u32(tb[IFLA_BR_FORWARD_DELAY]) * 10; /* USER_HZ is 100 */
		p->vlan_filtering = netlink_u8(tb[IFLA_BR_VLAN_FILTERING]) != 0;
	} else if (strcmp(p->kind, "vlan") == 0) {
		netlink_parse_nested(tb, IFLA_VLAN_MAX, data);
		p->id = netlink_u16(tb[IFLA_VLAN_ID]);
	} else if (strcmp(p->kind, "vxlan") == 0) {
		netlink_parse_nested(tb, IFLA_VXLAN_ID, data);
		p->id = netlink_u32(tb[IFLA_VXLAN_ID]);
	} else if (strcmp(p->kind, "tun") == 0) {
		netlink_parse_nested(tb, IFLA_TUN_MAX, data);
		if (netlink_u8(tb[IFLA_TUN_TYPE]) == IFF_TAP)
			copy_text(p->kind, sizeof(p->kind), "tap");
	}
}

static void read_link_info(struct graph_port *p, const struct nlattr *nest)
{
	const struct nlattr *info[IFLA_INFO_MAX + 1];

	netlink_parse_nested(info, IFLA_INFO_MAX, nest);
	copy_text(p->kind, sizeof(p->kind), netlink_string(info[IFLA_INFO_KIND]));
	if (info[IFLA_INFO_DATA])
		read_link_data(p, info[IFLA_INFO_DATA]);
	if (strcmp(netlink_string(info[IFLA_INFO_SLAVE_KIND]), "bridge") == 0)
		read_bridge_port(p, info[IFLA_INFO_SLAVE_DATA]);
}

/* IFLA_LINK is missing where it would be the interface's own index: it stands alone. Without
 * IFLA_LINK_NETNSID it is an index of the same namespace. */
static void read_tie(struct graph *g, struct graph_port *p, const struct nlattr *const *tb,
		     bool peers_known)
{
	int own = p->node->nsid, nsid = netlink_s32(tb[IFLA_LINK_NETNSID], own);
	int ifindex = netlink_s32(tb[IFLA_LINK], 0);
	/* The first message of a new pair is sent before its second end is there. */
	bool early = !ifindex && strcmp(p->kind, "veth") == 0;

	if (peers_known && tb[IFLA_LINK_NETNSID] && nsid < 0) {
		/* The other namespace is being taken apart, and this interface will be soon. */
		p->leaving = true;
		store_tie(g, p, own, 0);
	} else if (peers_known) {
		store_tie(g, p, nsid, ifindex);
	} else if (tb[IFLA_LINK_NETNSID]) {
		if (p->link_nsid == own || p->link_ifindex != ifindex)
			p->link_nsid = GRAPH_NSID_UNKNOWN;
		p->link_ifindex = ifindex;
	} else if (!early) {
		store_tie(g, p, own, ifindex);
	}
	if (p->link_nsid == GRAPH_NSID_UNKNOWN)
		g->unresolved = true;
}

/* Events of a bridge speak of its ports in messages of family AF_BRIDGE: state, and leaving. */
static void read_bridge_event(struct graph *g, struct graph_node *n, const struct ifinfomsg *i,
			      const struct nlmsghdr *h)
{
	const struct nlattr *tb[IFLA_MAX + 1];
	struct graph_port *p = graph_port_by_index(n, i->ifi_index), old;

	if (!p || h->nlmsg_type != RTM_NEWLINK)
		return;
	netlink_parse(tb, IFLA_MAX, h, sizeof(*i));
	if (!tb[IFLA_PROTINFO])
		return;
	old = *p;
	read_bridge_port(p, tb[IFLA_PROTINFO]);
	store_port_changed(g, &old, p);
}

/* IFLA_NEW_IFINDEX: it is not deleted but moved to another namespace (IFLA_NEW_NETNSID), with this
 * index there; older kernels do not tell, then its far end does. */
static void read_link_end(struct graph *g, struct graph_node *n, const struct ifinfomsg *i,
			  const struct nlattr *const *tb)
{
	bool moved = tb[IFLA_NEW_NETNSID] || tb[IFLA_NEW_IFINDEX];
	int index = netlink_s32(tb[IFLA_NEW_IFINDEX], i->ifi_index);

	store_remove_port(g, n, i->ifi_index, moved ? index : 0);
}

static void read_link(struct graph *g, struct graph_node *n, const struct nlmsghdr *h,
		      bool peers_known)
{
	const struct ifinfomsg *i = netlink_body(h, sizeof(*i));
	const struct nlattr *tb[IFLA_MAX + 1];
	struct graph_port *p, old;
	const uint8_t *mac;

	if (!i)
		return;
	if (i->ifi_family == AF_BRIDGE) {
		read_bridge_event(g, n, i, h);
		return;
	}
	netlink_parse(tb, IFLA_MAX, h, sizeof(*i));
	if (h->nlmsg_type == RTM_DELLINK) {
		read_link_end(g, n, i, tb);
		return;
	}
	if (!*netlink_string(tb[IFLA_IFNAME]))
		return;
	p = store_port(n, i->ifi_index);
	old = *p;
	p->reading = n->reading;
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
	read_tie(g, p, tb, peers_known);
	store_port_changed(g, &old, p);
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
		store_set_address(g, p, &address);
	else
		store_remove_address(g, p, &address.prefix);
}

/* net.ipv4.ip_forward is told as `forwarding` of interface "all". */
static void read_netconf(struct graph *g, struct graph_node *n, const struct nlmsghdr *h)
{
	const struct netconfmsg *i = netlink_body(h, sizeof(*i));
	const struct nlattr *tb[NETCONFA_MAX + 1];

	if (!i || (i->ncm_family != AF_INET && i->ncm_family != AF_INET6))
		return;
	netlink_parse(tb, NETCONFA_MAX, h, NLMSG_ALIGN(sizeof(*i)));
	if (netlink_s32(tb[NETCONFA_IFINDEX], 0) == NETCONFA_IFINDEX_ALL && tb[NETCONFA_FORWARDING])
		store_set_forwards(g, n, i->ncm_family, netlink_u32(tb[NETCONFA_FORWARDING]) != 0);
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
		read_netconf(g, n, h);
		break;
	}
}
