/* Routes, one at a time. ip-route(8). */
#include "plan/op.h"

#include <linux/rtnetlink.h>
#include <string.h>

#include "plan/phrase.h"

static int request(const struct op *op, uint16_t type, uint16_t flags, struct lab *lab,
		   struct err *err)
{
	struct netlink *nl = op_socket(lab, op->end.netns, err);
	struct netlink_message m;

	if (!nl || phrase_put_route(&m, type, flags, op->words, nl, err) < 0)
		return -1;
	return netlink_do(nl, &m, err);
}

static int check(const struct op *op, struct err *err)
{
	struct netlink_message m;

	return phrase_put_route(&m, RTM_NEWROUTE, 0, op->words, NULL, err);
}

static const char *place(const struct op *op)
{
	return *op->end.netns ? op->end.netns : "root";
}

static int add(struct op *op, struct lab *lab, struct err *err)
{
	if (request(op, RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL, lab, err) < 0)
		return err_wrap(err, "%s: add route %s", place(op), op->words);
	return 0;
}

static void add_undo(struct op *op, struct lab *lab)
{
	request(op, RTM_DELROUTE, 0, lab, NULL);
}

static int del(struct op *op, struct lab *lab, struct err *err)
{
	if (request(op, RTM_DELROUTE, 0, lab, err) < 0)
		return err_wrap(err, "%s: delete route %s", place(op), op->words);
	return 0;
}

static void del_undo(struct op *op, struct lab *lab)
{
	add(op, lab, NULL);
}

static void explain(const struct op *op, const char *verb, struct buf *out)
{
	op_put_ip(out, op->end.netns);
	buf_printf(out, "route %s ", verb);
	phrase_put_quoted(out, op->words);
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

const struct op_class op_route_add = {
	.check = check, .apply = add, .undo = add_undo, .explain = add_explain
};
const struct op_class op_route_del = {
	.check = check, .apply = del, .undo = del_undo, .explain = del_explain
};
