/* Devices that are made from a kind and its options: bridges and their like. ip-link(8). */
#include "plan/op.h"

#include <errno.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <string.h>

#include "plan/phrase.h"

static const char *words(const struct op *op)
{
	return op->words ? op->words : "";
}

static bool has_mac(const struct op *op)
{
	static const uint8_t none[6];

	return memcmp(op->end.mac, none, sizeof(none)) != 0;
}

/* The message is sent where the interface is that it stands on: there its index means something. */
static const char *sender(const struct op *op)
{
	return *op->peer.name ? op->peer.netns : op->end.netns;
}

static int put(const struct op *op, struct netlink_message *m, const struct netlink *nl,
	       struct err *err)
{
	struct ifinfomsg i = { .ifi_family = AF_UNSPEC, .ifi_index = op->end.index };
	struct nlattr *info, *data;
	int failed;

	netlink_begin(m, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, &i, sizeof(i));
	netlink_put_string(m, IFLA_IFNAME, op->end.name);
	if (has_mac(op))
		netlink_put(m, IFLA_ADDRESS, op->end.mac, sizeof(op->end.mac));
	if (*op->peer.name)
		netlink_put_u32(m, IFLA_LINK, nl ? netlink_ifindex(nl, op->peer.name) : 0);
	info = netlink_nest(m, IFLA_LINKINFO);
	netlink_put_string(m, IFLA_INFO_KIND, op->device);
	data = netlink_nest(m, IFLA_INFO_DATA);
	failed = phrase_put_options(m, op->device, words(op), nl, err);
	netlink_nest_end(m, data);
	netlink_nest_end(m, info);
	return failed;
}

static int check(const struct op *op, struct err *err)
{
	struct netlink_message m;

	if (put(op, &m, NULL, err) < 0)
		return err_wrap(err, "%s %s", op->device, op->end.name);
	return 0;
}

static int apply(struct op *op, struct lab *lab, struct err *err)
{
	struct netlink *nl = op_socket(lab, sender(op), err);
	struct lab_netns *there = lab_netns_find(lab, op->end.netns, err);
	struct netlink_message m;
	int failed;

	if (!nl || !there)
		return -1;
	failed = put(op, &m, nl, err);
	if (!failed && strcmp(sender(op), op->end.netns) != 0)
		netlink_put_u32(&m, IFLA_NET_NS_FD, there->fd);
	if (failed || netlink_do(nl, &m, err) < 0)
		return err_wrap(err, "create %s %s", op->device, op->end.name);
	return 0;
}

static void undo(struct op *op, struct lab *lab)
{
	op_delete_link(&op->end, lab, NULL);
}

static void explain(const struct op *op, struct buf *out)
{
	char mac[MAC_TEXT];

	op_put_ip(out, sender(op));
	buf_puts(out, "link add");
	if (*op->peer.name)
		op_put_name(out, "link", op->peer.name);
	op_put_name(out, "name", op->end.name);
	if (strcmp(sender(op), op->end.netns) != 0 && *op->end.netns)
		op_put_name(out, "netns", op->end.netns);
	else if (strcmp(sender(op), op->end.netns) != 0)
		buf_puts(out,
			 " netns $$"); /* the root has no name: the shell that runs this is there */
	if (has_mac(op))
		buf_printf(out, " address %s", mac_format(mac, op->end.mac));
	if (op->end.index)
		buf_printf(out, " index %d", op->end.index);
	buf_printf(out, " type %s", op->device);
	if (*words(op)) {
		buf_putc(out, ' ');
		phrase_put_quoted(out, words(op));
	}
	buf_putc(out, '\n');
}

const struct op_class op_device_add = {
	.check = check, .apply = apply, .undo = undo, .explain = explain
};
