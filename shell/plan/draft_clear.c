/*
 * Everything goes: the nodes, and what was made in the lab's root namespace. Never lo, never what
 * is the machine's (--host-net). Undone, all of it comes back, so each deletion in the root carries
 * what brings it back: its own part of a copy of the root.
 */
#include "plan/draft.h"

#include <linux/rtnetlink.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "plan/copy.h"
#include "plan/phrase.h"

struct clearing {
	struct graph *g;
	struct plan root; /* what is there, as it would be made */
	bool all;	  /* also the ends of links that go with their nodes */
	bool begun;	  /* a device is among what goes */
	struct plan *plan;
};

static struct graph_port *port_of(const struct clearing *c, const struct op_end *end)
{
	const struct graph_node *n = graph_node_find(c->g, end->netns);

	return n ? graph_port_find(n, end->name) : NULL;
}

/* The interface that route OP leaves by; NULL: none. */
static struct graph_port *way_of(const struct clearing *c, const struct op *op)
{
	struct phrase words = { .rest = op->words };
	const struct graph_node *n = graph_node_find(c->g, op->end.netns);

	while (n && phrase_next(&words))
		if (strcmp(words.word, "dev") == 0 && phrase_next(&words))
			return graph_port_find(n, words.word);
	return NULL;
}

/* It disappears with the node at its other end. */
static bool goes_along(const struct clearing *c, const struct graph_port *p)
{
	const struct graph_port *peer = graph_port_peer(c->g, p);

	return !c->all && peer && peer->node->nsid >= 0;
}

static bool joins_bridge(const struct op *op)
{
	return op->kind == OP_LINK_SET && op->set == SET_MASTER && !*op->end.netns;
}

/* Does OP make a part of P, or of what goes with it? What else stands in the root is deleted by
 * itself. */
static bool belongs(const struct clearing *c, const struct op *op, const struct graph_port *p)
{
	const struct graph_port *port =
		op->kind == OP_ROUTE_ADD ? way_of(c, op) : port_of(c, &op->end);

	if (!port || joins_bridge(op))
		return false;
	return port == p || (port->node->nsid >= 0 && copy_hangs_on(c->g, port, p)) ||
	       graph_port_peer(c->g, port) == p;
}

static struct op *add_op(const struct clearing *c, enum op_kind kind, const struct op *like)
{
	struct op *op;

	plan_copy(c->plan, like);
	op = &c->plan->ops[c->plan->n - 1];
	op->kind = kind;
	return op;
}

/* With the same indexes: they are the order of the interfaces. */
static void restore(const struct clearing *c, const struct op *op, struct plan *plan)
{
	struct op *copy;

	plan_copy(plan, op);
	copy = &plan->ops[plan->n - 1];
	if (op->kind == OP_VETH_ADD || op->kind == OP_DEVICE_ADD)
		copy->end.index = port_of(c, &op->end)->ifindex;
	if (op->kind == OP_VETH_ADD)
		copy->peer.index = port_of(c, &op->peer)->ifindex;
}

/* What goes first comes back last: then all bridges and ports are there, and the ports join in the
 * order of their numbers. */
static void clear_device(struct clearing *c, const struct op *made)
{
	const struct op_end *end = *made->end.netns ? &made->peer : &made->end;
	const struct graph_port *p = port_of(c, end);
	struct op *op;

	if (!p || p->node->nsid >= 0 || goes_along(c, p))
		return;
	op = add_op(c, OP_LINK_DEL, made);
	op->end = *end;
	op->restore = mem_alloc(sizeof(*op->restore));
	for (size_t i = 0; i < c->root.n; i++)
		if (belongs(c, &c->root.ops[i], p) || (!c->begun && joins_bridge(&c->root.ops[i])))
			restore(c, &c->root.ops[i], op->restore);
	c->begun = true;
}

/* Does it stand on an interface that goes, and go with it? */
static bool is_of_device(const struct clearing *c, const struct op *op)
{
	const struct graph_port *way;

	if (op->kind == OP_ADDRESS_ADD)
		return strcmp(op->end.name, "lo") != 0;
	way = op->kind == OP_ROUTE_ADD ? way_of(c, op) : NULL;
	return way && !(way->flags & IFF_LOOPBACK);
}

/* In reverse: what was made last goes first. */
static void clear_root(struct clearing *c)
{
	for (size_t i = c->root.n; i-- > 0;) {
		const struct op *made = &c->root.ops[i];

		if (made->kind == OP_DEVICE_ADD || made->kind == OP_VETH_ADD)
			clear_device(c, made);
		else if (*made->end.netns || is_of_device(c, made))
			continue;
		else if (made->kind == OP_ADDRESS_ADD)
			add_op(c, OP_ADDRESS_DEL, made);
		else if (made->kind == OP_ROUTE_ADD)
			add_op(c, OP_ROUTE_DEL, made);
	}
}

/* Devices that cannot be made again, and so go last: those of programs. */
static void clear_others(const struct clearing *c)
{
	for (size_t i = 0; i < c->g->root->n_ports; i++) {
		const struct graph_port *p = c->g->root->ports[i];
		struct op *op;

		if (!*p->kind || copy_keeps(c->g, p))
			continue;
		op = plan_add(c->plan, OP_LINK_DEL);
		snprintf(op->end.name, sizeof(op->end.name), "%s", p->name);
	}
}

/* No nodes, but one of that name could not be made. */
static void clear_dead_names(const struct clearing *c)
{
	for (size_t i = 0; i < c->g->n_pending; i++) {
		struct op *op;

		if (!lab_netns_is_dead(c->g->pending[i]))
			continue;
		op = plan_add(c->plan, OP_NETNS_DEL);
		snprintf(op->end.netns, sizeof(op->end.netns), "%s", c->g->pending[i]);
	}
}

int draft_clear(struct graph *g, bool all, struct plan *plan, struct err *err)
{
	struct clearing c = { .g = g, .all = all, .plan = plan };
	int failed = 0;

	if (!g->lab->host_net) {
		failed = copy_root(g, &c.root, err);
		if (!failed)
			clear_root(&c);
	}
	if (!failed)
		failed = draft_del_nodes(g->nodes, g->n_nodes, plan, err);
	if (!failed && !g->lab->host_net)
		clear_others(&c);
	if (!failed)
		clear_dead_names(&c);
	plan_free(&c.root);
	return failed;
}

bool draft_is_clear(const struct graph *g)
{
	if (g->n_nodes || g->lab->host_net)
		return !g->n_nodes;
	for (size_t i = 0; i < g->root->n_ports; i++)
		if (*g->root->ports[i]->kind)
			return false;
	return true;
}
