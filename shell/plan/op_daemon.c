/* Programs that run in a node until it ends: lab/node_daemon.h. */
#include "plan/op.h"

#include <string.h>

#include "base/clock.h"
#include "base/words.h"
#include "lab/node_daemon.h"

/* Time to serve, where it is known how one sees that. */
#define READY_MS 10000
/* Time to fail, where it is not: a mistake in a file of settings takes a few milliseconds. All of a
 * plan have it together. */
#define FAIL_MS 200

static struct node_daemon_ready ready_of(const struct op *op)
{
	return (struct node_daemon_ready){ .port = op->port, .text = op->text };
}

static int wrap(const struct op *op, struct err *err)
{
	return err_wrap(err, "%s: daemon %s", op->end.netns, op->key);
}

static int check(const struct op *op, struct err *err)
{
	return node_daemon_check_name(op->key, err);
}

static int apply(struct op *op, struct lab *lab, struct err *err)
{
	const struct node_daemon_ready ready = ready_of(op);

	if (node_daemon_start(lab, op->end.netns, op->key, op->words, err) < 0)
		return wrap(op, err);
	op->started = clock_ms();
	if (!ready.port && !ready.text)
		return 0;
	if (node_daemon_wait(lab, op->end.netns, op->key, &ready, READY_MS, err) == 0)
		return 0;
	wrap(op, err);
	node_daemon_forget(op->end.netns, op->key);
	return -1;
}

/* It may have failed meanwhile, and has a moment to do so. */
static int confirm(struct op *op, struct lab *lab, struct err *err)
{
	const struct node_daemon_ready nothing = { 0 };
	long long left = op->port || op->text ? 0 : op->started + FAIL_MS - clock_ms();

	if (node_daemon_wait(lab, op->end.netns, op->key, &nothing, left > 0 ? (int)left : 0, err) <
	    0)
		return wrap(op, err);
	return 0;
}

static void undo(struct op *op, struct lab *lab)
{
	(void)lab;
	node_daemon_forget(op->end.netns, op->key);
}

static void explain(const struct op *op, struct buf *out)
{
	op_put_line(out, op->end.netns, op->words);
	buf_puts(out, " &\n");
}

const struct op_class op_daemon = { .check = check,
				    .apply = apply,
				    .confirm = confirm,
				    .undo = undo,
				    .explain = explain,
				    .is_program = true };
