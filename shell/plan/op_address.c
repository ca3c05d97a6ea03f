/* Addresses. ip-address(8), rtnetlink(7). */
#include "plan/op.h"

#include <linux/if_addr.h>
#include <linux/rtnetlink.h>

static int apply(struct op *op, struct lab *lab, struct err *err)
{
	const struct prefix *p = &op->address;
	size_t len = p->family == AF_INET ? 4 : 16;
	struct ifaddrmsg i = { .ifa_family = p->family, .ifa_prefixlen = p->length };
	struct netlink *nl = op_socket(lab, op->end.netns, err);
	struct netlink_message m;
	char text[PREFIX_TEXT];

	if (!nl)
		return -1;
	i.ifa_index = netlink_ifindex(nl, op->end.name);
	netlink_begin(&m, RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, &i, sizeof(i));
	netlink_put(&m, IFA_LOCAL, p->bytes, len);
	netlink_put(&m, IFA_ADDRESS, p->bytes, len);
	/* Without duplicate address detection an IPv6 address serves at once, not after a second
	 * and a half. */
	if (p->family == AF_INET6)
		netlink_put_u32(&m, IFA_FLAGS, IFA_F_NODAD);
	if (netlink_do(nl, &m, err) < 0)
		return err_wrap(err, "add address %s to %s", prefix_format(text, p), op->end.name);
	return 0;
}

/* The interface it stands on is new too, and takes it along when it is undone. */

static int check(const struct op *op, struct err *err)
{
	return prefix_check_host(&op->address, err);
}

static void explain(const struct op *op, struct buf *out)
{
	char text[PREFIX_TEXT];

	op_put_ip(out, op->end.netns);
	buf_printf(out, "address add %s dev ", prefix_format(text, &op->address));
	buf_put_quoted(out, op->end.name);
	buf_puts(out, op->address.family == AF_INET6 ? " nodad\n" : "\n");
}

const struct op_class op_address_add = { .check = check, .apply = apply, .explain = explain };
