/* What a namespace holds that is not copied: said by name, so that nobody takes it for kept. */
#include <linux/fib_rules.h>
#include <linux/neighbour.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/namespace.h"
#include "lab/node_daemon.h"
#include "lab/node_files.h"
#include "plan/copy_inside.h"
#include "plan/phrase.h"

/* ---- rules, neighbours, nft ---- */

/* Every namespace has three from its birth, and one comes with its first VRF. */
static void on_rule(const struct nlmsghdr *h, void *data)
{
	const struct nlattr *tb[FRA_MAX + 1];
	uint32_t priority;

	if (h->nlmsg_type != RTM_NEWRULE)
		return;
	netlink_parse(tb, FRA_MAX, h, sizeof(struct fib_rule_hdr));
	priority = netlink_u32(tb[FRA_PRIORITY]);
	if (priority != 0 && priority != 32766 && priority != 32767 && !netlink_u8(tb[FRA_L3MDEV]))
		*(bool *)data = true;
}

static void tell_rules(const struct place *w, struct netlink *nl, int family, const char *command)
{
	struct fib_rule_hdr rule = { .family = (uint8_t)family };
	struct netlink_message m;
	struct err none = ERR_INIT;
	bool any = false;

	netlink_begin(&m, RTM_GETRULE, 0, &rule, sizeof(rule));
	if (netlink_dump(nl, &m, on_rule, NULL, &any, &none) >= 0 && any)
		buf_printf(w->left_out, "rules of %s (%s)\n", w->node->shown, command);
}

static void tell_neighbours(const struct place *w)
{
	struct graph_neighbour *list;
	struct err none = ERR_INIT;
	bool any = false;
	size_t n;

	if (graph_read_neighbours(w->g, (struct graph_node *)w->node, &list, &n, &none) < 0)
		return;
	for (size_t i = 0; i < n; i++)
		any |= list[i].state & NUD_PERMANENT;
	free(list);
	if (any)
		buf_printf(w->left_out, "permanent neighbours of %s (ip neigh)\n", w->node->shown);
}

static const char *nft_family(uint8_t family)
{
	switch (family) {
	case NFPROTO_INET:
		return "inet";
	case NFPROTO_IPV4:
		return "ip";
	case NFPROTO_IPV6:
		return "ip6";
	case NFPROTO_ARP:
		return "arp";
	case NFPROTO_BRIDGE:
		return "bridge";
	default:
		return "netdev";
	}
}

static void on_table(const struct nlmsghdr *h, void *data)
{
	const struct nfgenmsg *i = netlink_body(h, sizeof(*i));
	const struct nlattr *tb[NFTA_TABLE_MAX + 1];
	const struct place *w = data;

	if (!i || h->nlmsg_type != (NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_NEWTABLE))
		return;
	netlink_parse(tb, NFTA_TABLE_MAX, h, sizeof(*i));
	buf_printf(w->left_out, "nft table %s %s of %s\n", nft_family(i->nfgen_family),
		   netlink_string(tb[NFTA_TABLE_NAME]), w->node->shown);
}

static int open_netfilter(void *data, struct err *err)
{
	return netlink_open_netfilter(data, err);
}

/* A kernel without nf_tables has no tables. */
static void tell_tables(const struct place *w, const struct lab_netns *ns)
{
	struct nfgenmsg all = { .nfgen_family = AF_UNSPEC, .version = NFNETLINK_V0 };
	struct err none = ERR_INIT;
	struct netlink_message m;
	struct netlink nl = { 0 };

	if (namespace_within(w->g->lab->root.fd, ns->fd, open_netfilter, &nl, &none) < 0)
		return;
	netlink_begin(&m, NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_GETTABLE, 0, &all, sizeof(all));
	netlink_dump(&nl, &m, on_table, NULL, (void *)w, &none);
	netlink_close(&nl);
}

static void tell_kernel(const struct place *w)
{
	struct err none = ERR_INIT;
	struct lab_netns *ns = lab_netns_find(w->g->lab, w->node->name, &none);
	struct netlink *nl = ns ? lab_netns_socket(w->g->lab, ns, &none) : NULL;

	if (!nl)
		return;
	tell_rules(w, nl, AF_INET, "ip rule");
	tell_rules(w, nl, AF_INET6, "ip -6 rule");
	tell_neighbours(w);
	tell_tables(w, ns);
}

/* ---- interfaces, files, daemons ---- */

static void tell_port(const struct place *w, const struct graph_port *p)
{
	const char *why = "this kind of interface is not made here";

	if (copy_is_kind(p, "veth"))
		why = "its peer is in no namespace of the lab";
	else if (phrase_stands_on(p->kind))
		why = "it stands on an interface outside the lab";
	else if (copy_is_kind(p, "tun") || copy_is_kind(p, "tap"))
		why = "it belongs to the program that made it";
	else if (!*p->kind)
		why = "it is the machine's";
	buf_printf(w->left_out, "%s of %s%s%s: %s\n", p->shown, w->node->shown,
		   *p->kind ? ", " : "", p->kind, why);
}

static void tell_contents(const struct place *w)
{
	char *own = node_files_list(w->node->name), *rest = own;
	char *daemons = node_daemon_names(w->node->name);
	const char *line;

	while ((line = node_next_line(&rest)))
		buf_printf(w->left_out, "%s of %s's own\n", line, w->node->shown);
	rest = daemons;
	while ((line = node_next_line(&rest)))
		buf_printf(w->left_out, "daemon %s of %s\n", line, w->node->shown);
	free(daemons);
	free(own);
}

void copy_tell_rest(const struct place *w)
{
	if (!copy_is_root(w->node))
		tell_contents(w);
	tell_kernel(w);
	for (size_t i = 0; i < w->node->n_ports; i++) {
		const struct graph_port *p = w->node->ports[i];

		if (p->leaving)
			continue;
		if (!copy_keeps(w->g, p))
			tell_port(w, p);
		else if (p->vlan_filtering)
			buf_printf(w->left_out, "the VLANs of the ports of %s on %s\n", p->shown,
				   w->node->shown);
	}
	for (size_t i = 0; i < w->node->n_qdiscs; i++) {
		const struct graph_qdisc *q = &w->node->qdiscs[i];
		const struct graph_port *p = graph_port_by_index(w->node, q->ifindex);

		buf_printf(w->left_out, "tc qdisc %s %s of %s on %s\n", q->kind, q->parameters,
			   p ? p->shown : "?", w->node->shown);
	}
}
