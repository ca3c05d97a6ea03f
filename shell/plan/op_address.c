/* Addresses. ip-address(8), rtnetlink(7). */
#include "plan/op.h"

#include <linux/if_addr.h>
#include <linux/rtnetlink.h>

#include "plan/phrase.h"

static const char *words(const struct op *op)
{
	return op->words ? op->words : "";
}

static int send_request(const struct op *op, uint16_t type, uint16_t flags, struct lab *lab,
			struct err *err)
{
	struct netlink *nl = op_socket(lab, op->end.netns, err);
	struct netlink_message m;

	if (!nl ||
	    phrase_put_address(&m, flags, &op->address, words(op), op->end.name, nl, err) < 0)
		return -1;
	m.header.nlmsg_type = type;
	return netlink_do(nl, &m, err);
}

static int add(struct op *op, struct lab *lab, struct err *err)
{
	char text[PREFIX_TEXT];

	if (send_request(op, RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, lab, err) < 0)
		return err_wrap(err, "add address %s to %s", prefix_format(text, &op->address),
				op->end.name);
	return 0;
}

static int del(struct op *op, struct lab *lab, struct err *err)
{
	char text[PREFIX_TEXT];

	if (send_request(op, RTM_DELADDR, 0, lab, err) < 0)
		return err_wrap(err, "delete address %s of %s", prefix_format(text, &op->address),
				op->end.name);
	return 0;
}

static int add_check(const struct op *op, struct err *err)
{
	struct netlink_message m;

	return phrase_put_address(&m, 0, &op->address, words(op), op->end.name, NULL, err);
}

static void add_undo(struct op *op, struct lab *lab)
{
	del(op, lab, NULL);
}

static void del_undo(struct op *op, struct lab *lab)
{
	add(op, lab, NULL);
}

static void explain(const struct op *op, const char *verb, struct buf *out)
{
	char text[PREFIX_TEXT];

	op_put_ip(out, op->end.netns);
	buf_printf(out, "address %s %s", verb, prefix_format(text, &op->address));
	op_put_name(out, "dev", op->end.name);
	if (*words(op)) {
		buf_putc(out, ' ');
		phrase_put_quoted(out, words(op));
	}
	buf_putc(out, '\n');
}

static void add_explain(const struct op *op, struct buf *out)
{
	explain(op, "add", out);
}

static void del_explain(const struct op *op, struct buf *out)
{
	explain(op, "del", out);
}

const struct op_class op_address_add = {
	.check = add_check, .apply = add, .undo = add_undo, .explain = add_explain
};
const struct op_class op_address_del = { .apply = del, .undo = del_undo, .explain = del_explain };
