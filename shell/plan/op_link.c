/* Veth pairs, and what is set on interfaces. ip-link(8), veth(4). */
#include "plan/op.h"

#include <errno.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <string.h>

int op_delete_link(const struct op_end *end, struct lab *lab, struct err *err)
{
	struct ifinfomsg i = { .ifi_family = AF_UNSPEC };
	struct netlink *nl = op_socket(lab, end->netns, err);
	struct netlink_message m;

	if (!nl)
		return -1;
	netlink_begin(&m, RTM_DELLINK, 0, &i, sizeof(i));
	netlink_put_string(&m, IFLA_IFNAME, end->name);
	return netlink_do(nl, &m, err);
}

/* ---- veth add ---- */

/* One queue each: the default is one for each processor, and twice the time. */
static void put_end(struct netlink_message *m, const struct op_end *end, uint32_t mtu)
{
	netlink_put_string(m, IFLA_IFNAME, end->name);
	netlink_put(m, IFLA_ADDRESS, end->mac, sizeof(end->mac));
	netlink_put_u32(m, IFLA_NUM_TX_QUEUES, 1);
	netlink_put_u32(m, IFLA_NUM_RX_QUEUES, 1);
	if (mtu)
		netlink_put_u32(m, IFLA_MTU, mtu);
}

/* Both ends are born where they will live: moving one afterwards waits for an RCU grace period, a
 * hundred times longer. */
static int veth_apply(struct op *op, struct lab *lab, struct err *err)
{
	struct ifinfomsg i = { .ifi_family = AF_UNSPEC, .ifi_index = op->end.index };
	struct ifinfomsg other = { .ifi_family = AF_UNSPEC, .ifi_index = op->peer.index };
	struct netlink *nl = op_socket(lab, op->end.netns, err);
	struct lab_netns *there = lab_netns_find(lab, op->peer.netns, err);
	struct netlink_message m;
	struct nlattr *info, *data, *peer;

	if (!nl || !there)
		return -1;
	netlink_begin(&m, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, &i, sizeof(i));
	put_end(&m, &op->end, op->mtu);
	info = netlink_nest(&m, IFLA_LINKINFO);
	netlink_put_string(&m, IFLA_INFO_KIND, "veth");
	data = netlink_nest(&m, IFLA_INFO_DATA);
	peer = netlink_nest(&m, VETH_INFO_PEER);
	netlink_put_raw(&m, &other, sizeof(other));
	put_end(&m, &op->peer, op->mtu);
	netlink_put_u32(&m, IFLA_NET_NS_FD, there->fd);
	netlink_nest_end(&m, peer);
	netlink_nest_end(&m, data);
	netlink_nest_end(&m, info);
	if (netlink_do(nl, &m, err) < 0)
		return err_wrap(err, "create link %s to %s", op->end.name, op->peer.name);
	return 0;
}

static void veth_undo(struct op *op, struct lab *lab)
{
	op_delete_link(&op->end, lab, NULL);
}

static void explain_end(const struct op_end *end, uint32_t mtu, struct buf *out)
{
	char mac[MAC_TEXT];

	op_put_name(out, "name", end->name);
	if (*end->netns)
		op_put_name(out, "netns", end->netns);
	buf_printf(out, " address %s", mac_format(mac, end->mac));
	if (end->index)
		buf_printf(out, " index %d", end->index);
	if (mtu)
		buf_printf(out, " mtu %u", mtu);
	buf_puts(out, " numtxqueues 1 numrxqueues 1");
}

static void veth_explain(const struct op *op, struct buf *out)
{
	buf_puts(out, "ip link add");
	explain_end(&op->end, op->mtu, out);
	buf_puts(out, " type veth peer");
	explain_end(&op->peer, op->mtu, out);
	buf_putc(out, '\n');
}

const struct op_class op_veth_add = { .apply = veth_apply,
				      .undo = veth_undo,
				      .explain = veth_explain };

/* ---- del ---- */

/* Each OP_ROUTES_RESTORE of the way back has something to keep first. */
static int keep_routes(const struct plan *restore, struct lab *lab, struct err *err)
{
	size_t i;

	for (i = 0; restore && i < restore->n; i++)
		if (restore->ops[i].kind == OP_ROUTES_RESTORE &&
		    op_routes_save.apply(&restore->ops[i], lab, err) < 0)
			return -1;
	return 0;
}

static int del_apply(struct op *op, struct lab *lab, struct err *err)
{
	if (keep_routes(op->restore, lab, err) < 0 || op_delete_link(&op->end, lab, err) < 0)
		return err_wrap(err, "delete %s", op->end.name);
	return 0;
}

static void del_undo(struct op *op, struct lab *lab)
{
	if (op->restore)
		plan_run(op->restore, lab, NULL);
}

static void del_commit(struct op *op, struct lab *lab)
{
	size_t i;

	for (i = 0; op->restore && i < op->restore->n; i++)
		if (op->restore->ops[i].kind == OP_ROUTES_RESTORE)
			op_routes_restore.commit(&op->restore->ops[i], lab);
}

static void del_explain(const struct op *op, struct buf *out)
{
	op_put_ip(out, op->end.netns);
	buf_puts(out, "link del");
	op_put_name(out, "dev", op->end.name);
	buf_putc(out, '\n');
}

const struct op_class op_link_del = {
	.apply = del_apply, .undo = del_undo, .commit = del_commit, .explain = del_explain
};

/* ---- set ---- */

static void put_no_link_local(struct netlink_message *m)
{
	struct nlattr *families = netlink_nest(m, IFLA_AF_SPEC);
	struct nlattr *inet6 = netlink_nest(m, AF_INET6);

	netlink_put_u8(m, IFLA_INET6_ADDR_GEN_MODE, IN6_ADDR_GEN_MODE_NONE);
	netlink_nest_end(m, inet6);
	netlink_nest_end(m, families);
}

/* A message that says a name means the interface of that name, unless it has an index: then it
 * gives the name. */
static int set(const struct op *op, unsigned what, struct lab *lab, struct err *err)
{
	struct ifinfomsg i = { .ifi_family = AF_UNSPEC };
	struct netlink *nl = op_socket(lab, op->end.netns, err);
	struct netlink_message m;

	if (!nl)
		return -1;
	if (what & SET_MASTER && *op->master && !netlink_ifindex(nl, op->master))
		return err_errno(err, ENODEV, "bridge %s", op->master);
	if (what & SET_NAME && !(i.ifi_index = netlink_ifindex(nl, op->end.name)))
		return err_errno(err, ENODEV, "interface %s", op->end.name);
	if (what & (SET_UP | SET_DOWN))
		i.ifi_change = IFF_UP;
	if (what & SET_UP)
		i.ifi_flags = IFF_UP;
	netlink_begin(&m, RTM_NEWLINK, 0, &i, sizeof(i));
	netlink_put_string(&m, IFLA_IFNAME, what & SET_NAME ? op->name : op->end.name);
	if (what & SET_MTU)
		netlink_put_u32(&m, IFLA_MTU, op->mtu);
	if (what & SET_MAC)
		netlink_put(&m, IFLA_ADDRESS, op->end.mac, sizeof(op->end.mac));
	if (what & SET_MASTER)
		netlink_put_u32(&m, IFLA_MASTER, *op->master ? netlink_ifindex(nl, op->master) : 0);
	if (what & SET_NO_LINK_LOCAL)
		put_no_link_local(&m);
	return netlink_do(nl, &m, err);
}

static int set_apply(struct op *op, struct lab *lab, struct err *err)
{
	if (set(op, op->set, lab, err) < 0)
		return err_wrap(err, "set %s", op->end.name);
	return 0;
}

static void set_undo(struct op *op, struct lab *lab)
{
	struct op back = *op;

	if (!op->was)
		return;
	back.mtu = op->old_mtu;
	memcpy(back.master, op->old_master, sizeof(back.master));
	memcpy(back.end.mac, op->old_mac, sizeof(back.end.mac));
	if (op->was & SET_NAME) {
		memcpy(back.end.name, op->name, sizeof(back.end.name));
		memcpy(back.name, op->end.name, sizeof(back.name));
	}
	set(&back, op->was, lab, NULL);
}

static void set_explain(const struct op *op, struct buf *out)
{
	char mac[MAC_TEXT];

	op_put_ip(out, op->end.netns);
	buf_puts(out, "link set");
	op_put_name(out, "dev", op->end.name);
	if (op->set & SET_MTU)
		buf_printf(out, " mtu %u", op->mtu);
	if (op->set & SET_MAC)
		buf_printf(out, " address %s", mac_format(mac, op->end.mac));
	if (op->set & SET_MASTER && *op->master)
		op_put_name(out, "master", op->master);
	else if (op->set & SET_MASTER)
		buf_puts(out, " nomaster");
	if (op->set & SET_NAME)
		op_put_name(out, "name", op->name);
	if (op->set & SET_NO_LINK_LOCAL)
		buf_puts(out, " addrgenmode none");
	if (op->set & (SET_UP | SET_DOWN))
		buf_puts(out, op->set & SET_UP ? " up" : " down");
	buf_putc(out, '\n');
}

const struct op_class op_link_set = { .apply = set_apply,
				      .undo = set_undo,
				      .explain = set_explain };
