/*
 * Routes, qdiscs and VLANs are read when somebody asks. An event of their own is only a hint that
 * something changed: the kernel drops IPv4 routes without a word when their interface goes down or
 * loses its address (fib_frontend.c, fib_disable_ip), so a list kept by events alone would lie.
 */
#include "graph/read.h"

#include <linux/if_bridge.h>
#include <linux/if_link.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "graph/store.h"

/* ---- routes ---- */

void read_prefix(struct prefix *p, uint8_t family, uint8_t length, const struct nlattr *a)
{
	size_t size = family == AF_INET ? 4 : 16;
	const void *bytes = netlink_bytes(a, size);

	if (!bytes)
		return;
	p->family = family;
	p->length = length;
	memcpy(p->bytes, bytes, size);
}

/* RTA_GATEWAY, or RTA_VIA where a gateway of the other family is used. */
static void read_gateway(struct graph_route *r, const struct nlattr *const *tb, uint8_t family)
{
	const struct rtvia *via = netlink_bytes(tb[RTA_VIA], sizeof(*via));
	uint8_t bits = family == AF_INET ? 32 : 128;

	read_prefix(&r->via, family, bits, tb[RTA_GATEWAY]);
	if (via && via->rtvia_family == AF_INET6 && netlink_bytes(tb[RTA_VIA], sizeof(*via) + 16)) {
		r->via.family = AF_INET6;
		r->via.length = 128;
		memcpy(r->via.bytes, via->rtvia_addr, 16);
	}
}

static void append_route(struct routes_read *list, const struct graph_route *r)
{
	list->v = mem_grow(list->v, list->n, &list->cap, sizeof(*list->v));
	/* Padding too: routes are compared as bytes. */
	memcpy(&list->v[list->n++], r, sizeof(*r));
}

/* A struct rtnexthop and its attributes, as often as there are next hops. */
static void read_hops(struct routes_read *list, struct graph_route *r, const struct nlattr *hops)
{
	const struct nlattr *tb[RTA_MAX + 1];
	struct graph_route one;
	struct netlink_walk walk;
	const struct rtnexthop *hop;

	netlink_walk_begin(&walk, hops);
	while ((hop = netlink_walk_next(&walk, sizeof(*hop), tb, RTA_MAX))) {
		memcpy(&one, r, sizeof(one));
		one.ifindex = hop->rtnh_ifindex;
		one.weight = (uint8_t)(hop->rtnh_hops + 1);
		read_gateway(&one, tb, r->dst.family);
		append_route(list, &one);
	}
}

static bool route_counts(const struct rtmsg *i, uint32_t table)
{
	if (i->rtm_family != AF_INET && i->rtm_family != AF_INET6)
		return false;
	if (i->rtm_flags & RTM_F_CLONED || table == RT_TABLE_LOCAL)
		return false;
	return i->rtm_type != RTN_LOCAL && i->rtm_type != RTN_BROADCAST &&
	       i->rtm_type != RTN_ANYCAST && i->rtm_type != RTN_MULTICAST;
}

void read_route(struct routes_read *list, const struct nlmsghdr *h)
{
	const struct rtmsg *i = netlink_body(h, sizeof(*i));
	const struct nlattr *tb[RTA_MAX + 1];
	struct graph_route r;
	uint32_t table;

	if (!i || h->nlmsg_type != RTM_NEWROUTE)
		return;
	netlink_parse(tb, RTA_MAX, h, sizeof(*i));
	table = tb[RTA_TABLE] ? netlink_u32(tb[RTA_TABLE]) : i->rtm_table;
	if (!route_counts(i, table))
		return;
	memset(&r, 0, sizeof(r));
	r.table = table;
	r.metric = netlink_u32(tb[RTA_PRIORITY]);
	r.type = i->rtm_type;
	r.protocol = i->rtm_protocol;
	r.scope = i->rtm_scope;
	r.dst.family = i->rtm_family;
	r.dst.length = i->rtm_dst_len;
	read_prefix(&r.dst, i->rtm_family, i->rtm_dst_len, tb[RTA_DST]);
	read_prefix(&r.source, i->rtm_family, i->rtm_family == AF_INET ? 32 : 128, tb[RTA_PREFSRC]);
	r.ifindex = netlink_s32(tb[RTA_OIF], 0);
	read_gateway(&r, tb, i->rtm_family);
	if (tb[RTA_MULTIPATH])
		read_hops(list, &r, tb[RTA_MULTIPATH]);
	else
		append_route(list, &r);
}

static void on_route(const struct nlmsghdr *h, void *data)
{
	read_route(data, h);
}

static void restart_routes(void *data)
{
	((struct routes_read *)data)->n = 0;
}

static int dump_routes(struct netlink *nl, uint8_t family, struct routes_read *all, struct err *err)
{
	struct rtmsg i = { .rtm_family = family };
	struct routes_read list = { 0 };
	struct netlink_message m;
	int done;

	netlink_begin(&m, RTM_GETROUTE, 0, &i, sizeof(i));
	done = netlink_dump(nl, &m, on_route, restart_routes, &list, err);
	for (size_t k = 0; k < list.n; k++)
		append_route(all, &list.v[k]);
	free(list.v);
	return done;
}

/* ---- qdiscs ---- */

void read_qdisc(struct qdiscs_read *list, const struct nlmsghdr *h)
{
	const struct tcmsg *i = netlink_body(h, sizeof(*i));
	const struct nlattr *tb[TCA_MAX + 1];
	struct graph_qdisc q;

	/* Without a handle: the kernel's own default. */
	if (!i || h->nlmsg_type != RTM_NEWQDISC || !i->tcm_handle)
		return;
	netlink_parse(tb, TCA_MAX, h, sizeof(*i));
	memset(&q, 0, sizeof(q));
	q.ifindex = i->tcm_ifindex;
	q.handle = i->tcm_handle;
	q.parent = i->tcm_parent;
	snprintf(q.kind, sizeof(q.kind), "%s", netlink_string(tb[TCA_KIND]));
	qdisc_describe(q.parameters, sizeof(q.parameters), q.kind, tb[TCA_OPTIONS]);
	list->v = mem_grow(list->v, list->n, &list->cap, sizeof(*list->v));
	memcpy(&list->v[list->n++], &q, sizeof(q));
}

static void on_qdisc(const struct nlmsghdr *h, void *data)
{
	read_qdisc(data, h);
}

static void restart_qdiscs(void *data)
{
	((struct qdiscs_read *)data)->n = 0;
}

static int dump_qdiscs(struct netlink *nl, struct qdiscs_read *list, struct err *err)
{
	struct tcmsg i = { .tcm_family = AF_UNSPEC };
	struct netlink_message m;

	netlink_begin(&m, RTM_GETQDISC, 0, &i, sizeof(i));
	return netlink_dump(nl, &m, on_qdisc, restart_qdiscs, list, err);
}

/* ---- VLANs of bridge ports ---- */

static void clear_vlans(struct graph_node *n)
{
	for (size_t i = 0; i < n->n_ports; i++) {
		free(n->ports[i]->vlans);
		n->ports[i]->vlans = NULL;
		n->ports[i]->n_vlans = 0;
	}
}

/* A range is told by its first and its last. */
static void add_vlan(struct graph_port *p, const struct bridge_vlan_info *v)
{
	struct graph_vlan *last = p->n_vlans ? &p->vlans[p->n_vlans - 1] : NULL;

	if (v->flags & BRIDGE_VLAN_INFO_RANGE_END && last) {
		last->last = v->vid;
		return;
	}
	p->vlans = mem_resize(p->vlans, p->n_vlans + 1, sizeof(*p->vlans));
	p->vlans[p->n_vlans++] = (struct graph_vlan){
		v->vid, v->vid, v->flags & (BRIDGE_VLAN_INFO_PVID | BRIDGE_VLAN_INFO_UNTAGGED)
	};
}

static void on_bridge_link(const struct nlmsghdr *h, void *data)
{
	const struct ifinfomsg *i = netlink_body(h, sizeof(*i));
	struct graph_port *p = i ? graph_port_by_index(data, i->ifi_index) : NULL;
	const struct nlattr *tb[IFLA_MAX + 1];
	const struct bridge_vlan_info *v;
	struct netlink_walk walk;
	uint16_t type;

	if (!p || h->nlmsg_type != RTM_NEWLINK)
		return;
	netlink_parse(tb, IFLA_MAX, h, sizeof(*i));
	netlink_walk_begin(&walk, tb[IFLA_AF_SPEC]);
	while ((v = netlink_walk_attribute(&walk, sizeof(*v), &type)))
		if (type == IFLA_BRIDGE_VLAN_INFO)
			add_vlan(p, v);
}

static void restart_vlans(void *data)
{
	clear_vlans(data);
}

static int dump_vlans(struct netlink *nl, struct graph_node *n, struct err *err)
{
	struct ifinfomsg i = { .ifi_family = AF_BRIDGE };
	struct netlink_message m;
	bool any = false;

	clear_vlans(n);
	for (size_t k = 0; k < n->n_ports; k++)
		any |= n->ports[k]->vlan_filtering;
	if (!any)
		return 0;
	netlink_begin(&m, RTM_GETLINK, 0, &i, sizeof(i));
	netlink_put_u32(&m, IFLA_EXT_MASK, RTEXT_FILTER_BRVLAN_COMPRESSED);
	return netlink_dump(nl, &m, on_bridge_link, restart_vlans, n, err);
}

/* ---- all of them ---- */

static struct netlink *socket_of(struct graph *g, const struct graph_node *n, struct err *err)
{
	struct lab_netns *ns = lab_netns_find(g->lab, n->name, err);

	return ns ? lab_netns_socket(g->lab, ns, err) : NULL;
}

int graph_read_details(struct graph *g, struct graph_node *n, struct err *err)
{
	struct netlink *nl = n->details_stale ? socket_of(g, n, err) : NULL;
	struct routes_read routes = { 0 };
	struct qdiscs_read qdiscs = { 0 };
	int v4, v6, tc, vlans;

	if (!n->details_stale)
		return 0;
	if (!nl)
		return -1;
	v4 = dump_routes(nl, AF_INET, &routes, err);
	/* A kernel without IPv6 has no routes of it. */
	v6 = dump_routes(nl, AF_INET6, &routes, NULL);
	tc = v4 < 0 ? -1 : dump_qdiscs(nl, &qdiscs, err);
	vlans = tc < 0 ? -1 : dump_vlans(nl, n, err);
	if (vlans < 0) {
		free(routes.v);
		free(qdiscs.v);
		return err_wrap(err, "read %s", n->shown);
	}
	store_set_routes(g, n, routes.v, routes.n);
	store_set_qdiscs(g, n, qdiscs.v, qdiscs.n);
	/* What was not of one piece is read again the next time. */
	n->details_stale = v4 > 0 || v6 > 0 || tc > 0 || vlans > 0;
	return 0;
}

int graph_read_all_details(struct graph *g, struct err *err)
{
	for (size_t i = 0; i <= g->n_nodes; i++)
		if (graph_read_details(g, i < g->n_nodes ? g->nodes[i] : g->root, err) < 0)
			return -1;
	return 0;
}
