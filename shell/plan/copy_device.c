/* Devices and what is set on them, as operations. */
#include "plan/copy_inside.h"

#include <linux/if_bridge.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "plan/phrase.h"

#define MTU_ETHERNET 1500
#define MTU_LOOPBACK 65536

static const struct nlattr *info_data(const struct place *w, const struct graph_port *p)
{
	const struct nlmsghdr *h = raw_link(&w->raw, p->ifindex);
	const struct nlattr *tb[IFLA_MAX + 1], *info[IFLA_INFO_MAX + 1];

	if (!h)
		return NULL;
	netlink_parse(tb, IFLA_MAX, h, sizeof(struct ifinfomsg));
	netlink_parse_nested(info, IFLA_INFO_MAX, tb[IFLA_LINKINFO]);
	return info[IFLA_INFO_DATA];
}

/* A bridge that was never given a MAC and never had a port has none in its id. */
static bool has_no_id(const struct nlattr *data)
{
	const struct nlattr *tb[IFLA_BR_MAX + 1];
	const struct ifla_bridge_id *id;
	static const uint8_t none[6];

	netlink_parse_nested(tb, IFLA_BR_MAX, data);
	id = netlink_bytes(tb[IFLA_BR_BRIDGE_ID], sizeof(*id));
	return id && memcmp(id->addr, none, sizeof(none)) == 0;
}

/* A bridge takes the least of its ports' MACs until it is given one. */
static bool is_borrowed_mac(const struct place *w, const struct graph_port *p,
			    const struct graph_port *lower)
{
	const struct graph_port *least = NULL;

	if (copy_is_kind(p, "bridge") && has_no_id(info_data(w, p)))
		return true;
	if (lower && copy_is_kind(p, "vlan"))
		return memcmp(p->mac, lower->mac, sizeof(p->mac)) == 0;
	for (size_t i = 0; copy_is_kind(p, "bridge") && i < p->node->n_ports; i++) {
		const struct graph_port *port = p->node->ports[i];

		if (port->master == p->ifindex &&
		    (!least || memcmp(port->mac, least->mac, sizeof(port->mac)) < 0))
			least = port;
	}
	return least && memcmp(least->mac, p->mac, sizeof(p->mac)) == 0;
}

static void copy_device(const struct place *w, const struct graph_port *p)
{
	const struct graph_port *lower = graph_port_lower(w->g, p);
	struct op *op = copy_add_op(w, OP_DEVICE_ADD, p->name);
	struct buf words = { 0 };

	for (size_t i = 0; phrase_kind(i); i++)
		if (copy_is_kind(p, phrase_kind(i)))
			op->device = phrase_kind(i);
	if (!is_borrowed_mac(w, p, lower))
		memcpy(op->end.mac, p->mac, sizeof(p->mac));
	if (phrase_stands_on(p->kind)) {
		snprintf(op->peer.netns, sizeof(op->peer.netns), "%s", lower->node->name);
		snprintf(op->peer.name, sizeof(op->peer.name), "%s", lower->name);
	}
	phrase_read_options(info_data(w, p), p->kind, w->node, &words);
	op->words = copy_take(&words);
}

/* It refers to another interface, which has to be there before it. */
static bool is_late(const struct graph_port *p)
{
	return phrase_stands_on(p->kind) || copy_is_kind(p, "vxlan");
}

void copy_devices(const struct place *w, bool late)
{
	for (size_t i = 0; i < w->node->n_ports; i++) {
		/* What another one stands on was there before it, and has the lower index. */
		const struct graph_port *p = late ? w->node->ports[i] : w->ports[i];

		if (phrase_knows_kind(p->kind) && is_late(p) == late && copy_wants(w, p))
			copy_device(w, p);
	}
}

void copy_veths(const struct place *w)
{
	size_t n;
	struct graph_link *links = graph_links(w->g, &n);

	for (size_t i = 0; i < n; i++) {
		const struct graph_port *a = links[i].a, *b = links[i].b;
		struct op *op;

		if (!copy_wants(w, a) || !copy_wants(w, b))
			continue;
		op = copy_add_op(w, OP_VETH_ADD, a->name);
		snprintf(op->end.netns, sizeof(op->end.netns), "%s", a->node->name);
		memcpy(op->end.mac, a->mac, sizeof(a->mac));
		snprintf(op->peer.netns, sizeof(op->peer.netns), "%s", b->node->name);
		snprintf(op->peer.name, sizeof(op->peer.name), "%s", b->name);
		memcpy(op->peer.mac, b->mac, sizeof(b->mac));
		op->mtu = a->mtu == b->mtu && a->mtu != MTU_ETHERNET ? a->mtu : 0;
	}
	free(links);
}

/* ---- what is set on interfaces ---- */

/* What the kernel chooses; 0: not foreseen here. */
static uint32_t usual_mtu(const struct graph *g, const struct graph_port *p)
{
	const struct graph_port *other = graph_port_peer(g, p);
	uint32_t least = 0;

	if (p->flags & IFF_LOOPBACK)
		return MTU_LOOPBACK;
	if (other)
		return other->mtu == p->mtu ? p->mtu : MTU_ETHERNET;
	if (phrase_stands_on(p->kind))
		return graph_port_lower(g, p)->mtu;
	if (copy_is_kind(p, "vxlan") || copy_is_kind(p, "vrf"))
		return 0;
	for (size_t i = 0; copy_is_kind(p, "bridge") && i < p->node->n_ports; i++)
		if (p->node->ports[i]->master == p->ifindex &&
		    (!least || p->node->ports[i]->mtu < least))
			least = p->node->ports[i]->mtu;
	return least ? least : MTU_ETHERNET;
}

static bool has_no_link_local(const struct place *w, const struct graph_port *p)
{
	const struct nlmsghdr *h = raw_link(&w->raw, p->ifindex);
	const struct nlattr *tb[IFLA_MAX + 1], *families[AF_INET6 + 1],
		*six[IFLA_INET6_ADDR_GEN_MODE + 1];

	if (!h)
		return false;
	netlink_parse(tb, IFLA_MAX, h, sizeof(struct ifinfomsg));
	netlink_parse_nested(families, AF_INET6, tb[IFLA_AF_SPEC]);
	netlink_parse_nested(six, IFLA_INET6_ADDR_GEN_MODE, families[AF_INET6]);
	return netlink_u8(six[IFLA_INET6_ADDR_GEN_MODE]) == IN6_ADDR_GEN_MODE_NONE;
}

/* lo keeps 127.0.0.1 and its routes when it goes down, and has nothing before it was up. */
static bool was_up(const struct graph_port *p)
{
	return p->flags & IFF_LOOPBACK && !(p->flags & IFF_UP) && p->n_addresses > 0;
}

static void copy_settings_of(const struct place *w, const struct graph_port *p)
{
	const struct graph_port *master =
		p->master ? graph_port_by_index(p->node, p->master) : NULL;
	bool lo_of_root = w->node->nsid < 0 && p->flags & IFF_LOOPBACK; /* up from the start */
	struct op *op;

	if (p->mtu != usual_mtu(w->g, p)) {
		op = copy_add_op(w, OP_LINK_SET, p->name);
		op->set = SET_MTU;
		op->mtu = p->mtu;
	}
	if (has_no_link_local(w, p))
		copy_add_op(w, OP_LINK_SET, p->name)->set = SET_NO_LINK_LOCAL;
	if (master && copy_keeps(w->g, master)) {
		op = copy_add_op(w, OP_LINK_SET, p->name);
		op->set = SET_MASTER;
		snprintf(op->master, sizeof(op->master), "%s", master->name);
	}
	if (p->flags & IFF_UP || was_up(p)) {
		if (!lo_of_root)
			copy_add_op(w, OP_LINK_SET, p->name)->set = SET_UP;
	}
	if (!(p->flags & IFF_UP) && was_up(p)) {
		op = copy_add_op(w, OP_LINK_SET, p->name);
		op->set = SET_DOWN;
		op->was = SET_UP;
	}
}

static bool has_ports(const struct graph_port *p)
{
	return copy_is_kind(p, "bridge") || copy_is_kind(p, "bond") || copy_is_kind(p, "vrf");
}

/* What others stand on or hang from comes later: a bridge is up when its ports are in. */
static int stage(const struct graph_port *p)
{
	if (p->master)
		return 1;
	return has_ports(p) ? 2 : phrase_stands_on(p->kind) ? 3 : 0;
}

static int compare_masters(const struct graph_port *a, const struct graph_port *b)
{
	const struct graph_port *left = graph_port_by_index(a->node, a->master);
	const struct graph_port *right = graph_port_by_index(b->node, b->master);

	return left && right ? name_compare(left->name, right->name) : 0;
}

static int compare_stages(const void *left, const void *right)
{
	const struct graph_port *a = *(struct graph_port *const *)left,
				*b = *(struct graph_port *const *)right;

	if (stage(a) != stage(b))
		return stage(a) - stage(b);
	if (a->master != b->master)
		return compare_masters(a, b);
	if (a->port_number != b->port_number)
		return a->port_number - b->port_number;
	return name_compare(a->name, b->name);
}

void copy_settings(const struct place *w)
{
	size_t n = w->node->n_ports;
	struct graph_port **ports = mem_resize(NULL, n + 1, sizeof(*ports));

	if (n)
		memcpy(ports, w->ports, n * sizeof(*ports));
	qsort(ports, n, sizeof(*ports), compare_stages);
	for (size_t i = 0; i < n; i++)
		if (copy_wants(w, ports[i]))
			copy_settings_of(w, ports[i]);
	free(ports);
}
