/* A draft as operations: namespaces, bridges, links with their addresses, and the bridges up at
 * last. */
#include "plan/draft.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "plan/draft_inside.h"
#include "plan/phrase.h"
#include "plan/sysctls.h"

static struct op *add_op(struct plan *plan, enum op_kind kind, const struct draft_node *n,
			 const char *name)
{
	struct op *op = plan_add(plan, kind);

	snprintf(op->end.netns, sizeof(op->end.netns), "%s", n->name);
	snprintf(op->end.name, sizeof(op->end.name), "%s", name);
	return op;
}

/* Before its first interface. */
static void plan_node(const struct draft *d, struct draft_node *n, struct plan *plan)
{
	if (n->exists || n->planned)
		return;
	n->planned = true;
	if (n->plain)
		return;
	plan_set_place(plan, n->place);
	sysctls_plan(n->kind, n->name, d->anywhere, plan);
	add_op(plan, OP_LINK_SET, n, "lo")->set = SET_UP;
}

static void plan_bridge(const struct draft *d, struct draft_node *n, struct plan *plan)
{
	struct op *op;

	plan_node(d, n, plan);
	plan_set_place(plan, n->place);
	op = add_op(plan, OP_DEVICE_ADD, n, n->bridge);
	mac_of_port(op->end.mac, n->name, 0);
	op->device = "bridge";
	op->words = n->options ? mem_strdup(n->options) : NULL;
}

static void plan_end(const struct draft_port *p, uint32_t mtu, struct plan *plan)
{
	bool ipv6 = sysctls_ipv6() && (!mtu || mtu >= IPV6_MTU);
	const struct draft_node *n = p->node;
	struct op *op;
	size_t i;

	if (n->kind == GRAPH_SWITCH) {
		op = add_op(plan, OP_LINK_SET, n, p->name);
		op->set = SET_MASTER | SET_UP;
		snprintf(op->master, sizeof(op->master), "%s", n->bridge);
		return;
	}
	/* A router asks the neighbours for what it forwards from its link-local address
	 * (net/ipv6/ndisc.c, ndisc_send_ns), and without one not at all. Hosts go without. In a
	 * message of its own: in one with `up` the kernel sets the flag first, and the address is
	 * there. */
	if (ipv6 && n->kind != GRAPH_ROUTER)
		add_op(plan, OP_LINK_SET, n, p->name)->set = SET_NO_LINK_LOCAL;
	add_op(plan, OP_LINK_SET, n, p->name)->set = SET_UP;
	for (i = 0; i < sizeof(p->addresses) / sizeof(p->addresses[0]) && p->addresses[i].family;
	     i++) {
		if (p->addresses[i].family == AF_INET6 && !ipv6)
			continue;
		op = add_op(plan, OP_ADDRESS_ADD, n, p->name);
		op->address = p->addresses[i];
		/* Without duplicate address detection an IPv6 address serves at once, not after a
		 * second and a half. */
		if (op->address.family == AF_INET6)
			op->words = mem_strdup("nodad");
	}
}

static void plan_link(const struct draft *d, const struct draft_link *l, struct plan *plan)
{
	struct op *op;

	plan_node(d, l->a->node, plan);
	plan_node(d, l->b->node, plan);
	plan_set_place(plan, l->place);
	op = add_op(plan, OP_VETH_ADD, l->a->node, l->a->name);
	memcpy(op->end.mac, l->a->mac, sizeof(op->end.mac));
	snprintf(op->peer.netns, sizeof(op->peer.netns), "%s", l->b->node->name);
	snprintf(op->peer.name, sizeof(op->peer.name), "%s", l->b->name);
	memcpy(op->peer.mac, l->b->mac, sizeof(op->peer.mac));
	op->end.index = l->index[0];
	op->peer.index = l->index[1];
	op->mtu = l->mtu;
	plan_end(l->a, l->mtu, plan);
	plan_end(l->b, l->mtu, plan);
}

/* Which switch will be the root of the spanning tree: the lowest priority, then the lowest MAC. */
static unsigned long long rank(const struct draft_node *n)
{
	char value[PHRASE_WORD] = "32768";
	uint8_t mac[6];
	unsigned long long rank;

	phrase_find(n->options ? n->options : "", "priority", value);
	mac_of_port(mac, n->name, 0);
	rank = strtoul(value, NULL, 10);
	for (int i = 0; i < 6; i++)
		rank = rank << 8 | mac[i];
	return rank;
}

static const struct draft_node *find_root(const struct draft *d)
{
	const struct draft_node *root = NULL;

	for (size_t i = 0; i < d->n_nodes; i++)
		if (!d->nodes[i]->exists && d->nodes[i]->stp &&
		    (!root || rank(d->nodes[i]) < rank(root)))
			root = d->nodes[i];
	return root;
}

int draft_plan(struct draft *d, struct plan *plan, struct err *err)
{
	const struct draft_node *root = find_root(d);
	size_t i;

	/* What is done in a node comes with its first link: meanwhile the next nodes are made
	 * (lab/maker.h). */
	for (i = 0; i < d->n_nodes; i++)
		if (!d->nodes[i]->exists) {
			plan_set_place(plan, d->nodes[i]->place);
			add_op(plan, OP_NETNS_ADD, d->nodes[i], "");
		}
	for (i = 0; i < d->n_nodes; i++)
		if (!d->nodes[i]->exists && d->nodes[i]->kind == GRAPH_SWITCH)
			plan_bridge(d, d->nodes[i], plan);
	/* It speaks first, and then only it: when all take themselves for the root at the same
	 * time, it takes long to find out: a torus of 64 switches took 12 s instead of 5. */
	if (root)
		add_op(plan, OP_LINK_SET, root, root->bridge)->set = SET_UP;
	for (i = 0; i < d->n_links; i++)
		plan_link(d, &d->links[i], plan);
	for (i = 0; i < d->n_nodes; i++)
		plan_node(d, d->nodes[i], plan);
	plan_set_place(plan, NULL);
	/* A bridge that is down neither floods nor learns: a thousand ports join in a tenth of the
	 * time. */
	for (i = 0; i < d->n_nodes; i++)
		if (!d->nodes[i]->exists && d->nodes[i]->kind == GRAPH_SWITCH &&
		    d->nodes[i] != root)
			add_op(plan, OP_LINK_SET, d->nodes[i], d->nodes[i]->bridge)->set = SET_UP;
	for (i = 0; i < d->parts.n; i++)
		plan_copy(plan, &d->parts.ops[i]);
	for (i = 0; i < d->contents.n; i++)
		plan_copy(plan, &d->contents.ops[i]);
	return plan_check(plan, err);
}
