/* Namespaces, and the sysctls in them. ip-netns(8). */
#include "plan/op.h"

#include <string.h>

#include "kernel/namespace.h"

/* ---- add ---- */

static int add_apply(struct op *op, struct lab *lab, struct err *err)
{
	if (lab_netns_add(lab, op->end.netns, err) < 0)
		return err_wrap(err, "add namespace %s", op->end.netns);
	return 0;
}

static void add_undo(struct op *op, struct lab *lab)
{
	lab_netns_unmake(lab, op->end.netns);
}

static void add_explain(const struct op *op, struct buf *out)
{
	buf_puts(out, "ip netns add ");
	buf_put_quoted(out, op->end.netns);
	buf_putc(out, '\n');
}

/* What an earlier namespace of that name has left behind. */
static void add_commit(struct op *op, struct lab *lab)
{
	(void)lab;
	op_forget_routes(op->end.netns);
}

const struct op_class op_netns_add = {
	.apply = add_apply,
	.undo = add_undo,
	.commit = add_commit,
	.explain = add_explain,
};

/* ---- del ---- */

static int del_apply(struct op *op, struct lab *lab, struct err *err)
{
	if (lab_netns_hide(lab, op->end.netns, &op->taken, err) < 0)
		return err_wrap(err, "delete namespace %s", op->end.netns);
	return 0;
}

static void del_undo(struct op *op, struct lab *lab)
{
	lab_netns_restore(lab, op->taken, NULL);
}

static void del_commit(struct op *op, struct lab *lab)
{
	(void)lab;
	lab_netns_drop(op->taken);
}

static void del_explain(const struct op *op, struct buf *out)
{
	buf_puts(out, "ip netns del ");
	buf_put_quoted(out, op->end.netns);
	buf_putc(out, '\n');
}

const struct op_class op_netns_del = {
	.apply = del_apply, .undo = del_undo, .commit = del_commit, .explain = del_explain
};

/* ---- sysctl ---- */

static int write_value(void *data, struct err *err)
{
	struct op *op = data;

	if (sysctl_read(op->key, op->old, sizeof(op->old), err) < 0)
		return -1;
	return sysctl_write(op->key, op->value, err);
}

static int sysctl_apply(struct op *op, struct lab *lab, struct err *err)
{
	struct lab_netns *ns = lab_netns_find(lab, op->end.netns, err);

	if (!ns)
		return -1;
	if (namespace_within(lab->root.fd, ns->fd, write_value, op, err) < 0)
		return err_wrap(err, "%s", *op->end.netns ? op->end.netns : "root");
	return 0;
}

static int write_old(void *data, struct err *err)
{
	struct op *op = data;

	return sysctl_write(op->key, op->old, err);
}

static void sysctl_undo(struct op *op, struct lab *lab)
{
	struct lab_netns *ns = lab_netns_find(lab, op->end.netns, NULL);

	if (ns)
		namespace_within(lab->root.fd, ns->fd, write_old, op, NULL);
}

static void sysctl_explain(const struct op *op, struct buf *out)
{
	op_put_exec(out, op->end.netns);
	/* Not every machine has br_netfilter; there -e says nothing. */
	buf_printf(out, "sysctl -%sqw ", strncmp(op->key, "net.bridge.", 11) == 0 ? "e" : "");
	buf_put_quoted(out, op->key);
	buf_putc(out, '=');
	buf_put_quoted(out, op->value);
	buf_putc(out, '\n');
}

const struct op_class op_sysctl = { .apply = sysctl_apply,
				    .undo = sysctl_undo,
				    .explain = sysctl_explain };
