#include "plan/plan.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/interrupt.h"
#include "base/mem.h"
#include "plan/op.h"

/* Between two looks at the event socket: its buffer holds a few hundred events where it cannot be
 * raised. */
#define DRAIN_EVERY   16
#define TELL_AFTER_MS 500 /* progress */
#define TELL_AGAIN_MS 100
#define TELL_EVERY    32 /* operations between looks at the clock */
#define LARGE	      16 /* new namespaces */
#define READY_MS      3000

static const struct op_class *const classes[OP_KINDS] = {
	[OP_NETNS_ADD] = &op_netns_add,
	[OP_NETNS_DEL] = &op_netns_del,
	[OP_SYSCTL] = &op_sysctl,
	[OP_DEVICE_ADD] = &op_device_add,
	[OP_VETH_ADD] = &op_veth_add,
	[OP_LINK_DEL] = &op_link_del,
	[OP_LINK_SET] = &op_link_set,
	[OP_ADDRESS_ADD] = &op_address_add,
	[OP_ADDRESS_DEL] = &op_address_del,
	[OP_ROUTE_ADD] = &op_route_add,
	[OP_ROUTE_DEL] = &op_route_del,
	[OP_ROUTES_SAVE] = &op_routes_save,
	[OP_ROUTES_RESTORE] = &op_routes_restore,
	[OP_PRIVATE] = &op_private,
	[OP_FILE] = &op_file,
	[OP_EXEC] = &op_exec,
	[OP_DAEMON] = &op_daemon,
};

const struct op_class *op_class(enum op_kind kind)
{
	return classes[kind];
}

void op_put_ip(struct buf *out, const char *netns)
{
	buf_puts(out, "ip ");
	if (*netns) {
		buf_puts(out, "-n ");
		buf_put_quoted(out, netns);
		buf_putc(out, ' ');
	}
}

void op_put_exec(struct buf *out, const char *netns)
{
	if (!*netns)
		return;
	buf_puts(out, "ip netns exec ");
	buf_put_quoted(out, netns);
	buf_putc(out, ' ');
}

void op_put_name(struct buf *out, const char *word, const char *name)
{
	buf_printf(out, " %s ", word);
	buf_put_quoted(out, name);
}

struct netlink *op_socket(struct lab *lab, const char *netns, struct err *err)
{
	struct lab_netns *ns = lab_netns_find(lab, netns, err);

	return ns ? lab_netns_socket(lab, ns, err) : NULL;
}

static const char *keep_place(struct plan *p, const char *place)
{
	char *kept = place ? map_get(&p->places, place) : NULL;

	if (place && !kept) {
		kept = mem_strdup(place);
		map_put(&p->places, kept, kept);
	}
	return kept;
}

void plan_set_place(struct plan *p, const char *place)
{
	p->place = keep_place(p, place);
}

struct op *plan_add(struct plan *p, enum op_kind kind)
{
	struct op *op;

	p->ops = mem_grow(p->ops, p->n, &p->cap, sizeof(*p->ops));
	op = &p->ops[p->n++];
	memset(op, 0, sizeof(*op));
	op->kind = kind;
	op->place = p->place;
	return op;
}

void plan_copy(struct plan *p, const struct op *op)
{
	struct op *copy = plan_add(p, op->kind);

	*copy = *op;
	copy->place = keep_place(p, op->place);
	if (op->words)
		copy->words = mem_strdup(op->words);
	if (op->text)
		copy->text = mem_strdup(op->text);
}

void plan_free(struct plan *p)
{
	size_t i;

	for (i = 0; i < p->n; i++) {
		free(p->ops[i].words);
		free(p->ops[i].text);
		free(p->ops[i].kept);
		if (!p->ops[i].restore)
			continue;
		plan_free(p->ops[i].restore);
		free(p->ops[i].restore);
	}
	for (i = 0; i < p->places.cap; i++)
		free(p->places.slots[i].value);
	map_free(&p->places);
	free(p->ops);
	*p = (struct plan){ 0 };
}

/* OP cannot be done: that is an error of the line that asks for it. */
static int blame(const struct op *op, struct err *err)
{
	return op->place ? err_wrap(err, "%s", op->place) : -1;
}

int plan_check(const struct plan *p, struct err *err)
{
	size_t i;

	for (i = 0; i < p->n; i++) {
		const struct op_class *class = op_class(p->ops[i].kind);

		if (class->check && class->check(&p->ops[i], err) < 0)
			return blame(&p->ops[i], err);
	}
	return 0;
}

void plan_explain(const struct plan *p, struct buf *out)
{
	size_t i;

	for (i = 0; i < p->n; i++)
		op_class(p->ops[i].kind)->explain(&p->ops[i], out);
}

/* Namespaces that this plan has made: what stands in them goes with them, at no cost. (A single
 * veth pair takes 25 ms to delete.) */
static void collect_made(const struct plan *p, struct map *made)
{
	size_t i;

	for (i = 0; i < p->n; i++)
		if (p->ops[i].done && p->ops[i].kind == OP_NETNS_ADD)
			map_put(made, p->ops[i].end.netns, &p->ops[i]);
}

static bool goes_along(const struct op *op, const struct map *made)
{
	if (op->kind == OP_NETNS_ADD || op->kind == OP_NETNS_DEL || !map_get(made, op->end.netns))
		return false;
	return op->kind != OP_VETH_ADD || map_get(made, op->peer.netns);
}

static void undo(struct plan *p, struct lab *lab)
{
	struct map made = { 0 };
	size_t i;

	collect_made(p, &made);
	for (i = p->n; i-- > 0;) {
		struct op *op = &p->ops[i];
		const struct op_class *class = op_class(op->kind);

		if (op->done && class->undo && !goes_along(op, &made))
			class->undo(op, lab);
		op->done = false;
	}
	map_free(&made);
}

static void commit(struct plan *p, struct lab *lab)
{
	size_t i;

	for (i = 0; i < p->n; i++) {
		const struct op_class *class = op_class(p->ops[i].kind);

		if (class->commit)
			class->commit(&p->ops[i], lab);
	}
}

static int resume(struct graph *g, bool *paused, struct err *err)
{
	bool was = *paused;

	*paused = false;
	return was ? graph_resume(g, err) : 0;
}

/* Nodes and links in one. */
static bool makes_network(const struct plan *p)
{
	bool nodes = false, links = false;

	for (size_t i = 0; i < p->n; i++) {
		nodes |= p->ops[i].done && p->ops[i].kind == OP_NETNS_ADD;
		links |= p->ops[i].done && p->ops[i].kind == OP_VETH_ADD;
	}
	return nodes && links;
}

/* A program that a plan runs finds the network as a person's next line would: links that carry,
 * nodes that have names. */
static int settle(const struct plan *p, struct graph *g, bool *paused, struct err *err)
{
	int failed = resume(g, paused, err);

	if (!failed)
		failed = graph_refresh(g, err);

	if (!failed)
		graph_wait_ready(g, READY_MS);
	/* A single cable, new or plugged in again, is one of many, or one to watch while its ports
	 * learn. */
	if (!failed && makes_network(p))
		graph_wait_tree(g);
	return failed;
}

static size_t count_new(const struct plan *p)
{
	size_t n = 0;

	for (size_t i = 0; i < p->n; i++)
		n += p->ops[i].kind == OP_NETNS_ADD;
	return n;
}

/* To make so many namespaces nobody listens, unless there are more that would be read again for it.
 */
static bool is_large(const struct plan *p, const struct graph *g)
{
	size_t n = count_new(p);

	return n >= LARGE && n >= g->n_nodes;
}

/* NEXT is when the next word is due. */
static void tell(struct plan *p, size_t done, long *next)
{
	if (!p->told || done % TELL_EVERY || clock_ms() < *next)
		return;
	p->told(p->told_data, done, p->n);
	p->told_yet = true;
	*next = clock_ms() + TELL_AGAIN_MS;
}

static int look_for_interrupt(struct err *err)
{
	return interrupt_pending() ? err_set(err, "interrupted; what was done is undone") : 0;
}

/* In order, up to the first that fails. */
static int apply_all(struct plan *p, struct lab *lab, struct graph *g, bool *paused,
		     struct err *err)
{
	long next = p->told ? clock_ms() + TELL_AFTER_MS : 0;
	bool settled = false;
	int failed = 0;

	for (size_t i = 0; i < p->n && !failed; i++) {
		tell(p, i, &next);
		const struct op_class *class = op_class(p->ops[i].kind);

		if (class->is_program && !settled) {
			failed = lab_netns_confirm(lab, err);
			if (!failed && g)
				failed = settle(p, g, paused, err);
			settled = true;
		}
		if (!failed && class->apply(&p->ops[i], lab, err) < 0)
			failed = blame(&p->ops[i], err);
		p->ops[i].done = !failed;
		if (!failed)
			failed = look_for_interrupt(err);
		if (!failed && g && !*paused && i % DRAIN_EVERY == 0)
			failed = graph_drain(g, err);
	}
	return failed;
}

static int confirm_all(struct plan *p, struct lab *lab, struct err *err)
{
	int failed = 0;

	for (size_t i = 0; i < p->n && !failed; i++) {
		const struct op_class *class = op_class(p->ops[i].kind);

		if (class->confirm && class->confirm(&p->ops[i], lab, err) < 0)
			failed = blame(&p->ops[i], err);
	}
	return failed;
}

/* All of it or nothing; G, when given, is drained on the way. */
static int run(struct plan *p, struct lab *lab, struct graph *g, struct err *err)
{
	bool paused = g && is_large(p, g);

	if (paused && graph_pause(g, err) < 0)
		return -1;
	if (paused)
		lab_netns_expect(lab, count_new(p));
	if (apply_all(p, lab, g, &paused, err) == 0 && lab_netns_confirm(lab, err) == 0 &&
	    confirm_all(p, lab, err) == 0 && look_for_interrupt(err) == 0) {
		commit(p, lab);
		return resume(g, &paused, err);
	}
	undo(p, lab);
	/* What was refused meanwhile is no matter of the next plan. */
	lab_netns_confirm(lab, NULL);
	resume(g, &paused, NULL);
	return -1;
}

int plan_run(struct plan *p, struct lab *lab, struct err *err)
{
	return run(p, lab, NULL, err);
}

int plan_apply(struct plan *p, struct lab *lab, struct graph *g, struct err *err)
{
	bool paused = false;
	int failed;

	netlink_arm_fault();
	failed = plan_check(p, err);
	if (!failed)
		failed = run(p, lab, g, err);
	if (settle(p, g, &paused, failed ? NULL : err) < 0)
		failed = -1;
	return failed;
}
