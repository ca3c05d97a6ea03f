/* Plans that take away or change what the graph has. */
#include "plan/draft.h"

#include <linux/rtnetlink.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/name.h"
#include "plan/draft_inside.h"
#include "plan/sysctls.h"

static void set_end(struct op_end *end, const struct graph_port *p)
{
	snprintf(end->netns, sizeof(end->netns), "%s", p->node->name);
	snprintf(end->name, sizeof(end->name), "%s", p->name);
	memcpy(end->mac, p->mac, sizeof(end->mac));
}

static struct op *add_op(struct plan *plan, enum op_kind kind, const struct graph_port *p)
{
	struct op *op = plan_add(plan, kind);

	set_end(&op->end, p);
	return op;
}

/* ---- nodes ---- */

static void del_name(struct plan *plan, const char *name)
{
	struct op *op = plan_add(plan, OP_NETNS_DEL);

	snprintf(op->end.netns, sizeof(op->end.netns), "%s", name);
}

static bool is_among(struct graph_node *const *nodes, size_t n, const struct graph_node *node)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (nodes[i] == node)
			return true;
	return false;
}

/* Only the namespaces: what stands in them goes with them, the far ends of their links too, and the
 * kernel takes many apart at once. */
int draft_del_nodes(struct graph_node *const *nodes, size_t n, struct plan *plan, struct err *err)
{
	size_t i, k;

	for (i = 0; i < n; i++) {
		if (is_among(nodes, i, nodes[i]))
			continue;
		if (nodes[i]->nsid < 0)
			return err_set(err, "the lab's root namespace cannot be deleted");
		del_name(plan, nodes[i]->name);
		for (k = 0; k < nodes[i]->n_aliases; k++)
			del_name(plan, nodes[i]->aliases[k]);
	}
	return 0;
}

static void add_routes(struct plan *plan, enum op_kind kind, const struct graph_port *p)
{
	static const int families[] = { AF_INET, AF_INET6 };
	size_t i;

	for (i = 0; i < (sysctls_ipv6() ? 2 : 1); i++)
		add_op(plan, kind, p)->family = families[i];
}

/* ---- links ---- */

static void restore_address(const struct graph_port *p, const struct graph_address *a,
			    struct plan *plan)
{
	struct op *op = add_op(plan, OP_ADDRESS_ADD, p);

	op->address = a->prefix;
	if (a->prefix.family == AF_INET6)
		op->words = mem_strdup("nodad");
}

static bool has_link_local(const struct graph_port *p)
{
	size_t i;

	for (i = 0; i < p->n_addresses; i++)
		if (p->addresses[i].prefix.family == AF_INET6 &&
		    p->addresses[i].scope == RT_SCOPE_LINK)
			return true;
	return false;
}

static void restore_end(const struct graph_port *p, struct plan *plan)
{
	const struct graph_port *bridge =
		p->master ? graph_port_by_index(p->node, p->master) : NULL;
	struct op *op;
	size_t i;

	if (sysctls_ipv6() && !has_link_local(p))
		add_op(plan, OP_LINK_SET, p)->set = SET_NO_LINK_LOCAL;
	op = add_op(plan, OP_LINK_SET, p);
	op->set = SET_MTU | (p->flags & IFF_UP ? SET_UP : 0);
	op->mtu = p->mtu;
	if (bridge) {
		op->set |= SET_MASTER;
		snprintf(op->master, sizeof(op->master), "%s", bridge->name);
	}
	for (i = 0; i < p->n_addresses; i++)
		if (p->addresses[i].scope == RT_SCOPE_UNIVERSE)
			restore_address(p, &p->addresses[i], plan);
}

static struct plan *restore_plan(const struct graph_link *l)
{
	struct plan *plan = mem_alloc(sizeof(*plan));
	struct op *op = add_op(plan, OP_VETH_ADD, l->a);

	set_end(&op->peer, l->b);
	op->end.index = l->a->ifindex;
	op->peer.index = l->b->ifindex;
	restore_end(l->a, plan);
	restore_end(l->b, plan);
	if (!l->a->master)
		add_routes(plan, OP_ROUTES_RESTORE, l->a);
	if (!l->b->master)
		add_routes(plan, OP_ROUTES_RESTORE, l->b);
	return plan;
}

void draft_del_links(const struct graph_link *links, size_t n, struct plan *plan)
{
	size_t i;

	for (i = 0; i < n; i++)
		add_op(plan, OP_LINK_DEL, links[i].a)->restore = restore_plan(&links[i]);
}

/* ---- interfaces, one by one ---- */

int draft_del_interface(const struct graph_port *p, struct plan *plan, struct err *err)
{
	if (p->flags & IFF_LOOPBACK)
		return err_set(err, "%s of %s: every namespace keeps its lo", p->shown,
			       p->node->shown);
	add_op(plan, OP_LINK_DEL, p);
	return 0;
}

static int check_settings(const struct graph_port *p, const struct draft_settings *s,
			  struct err *err)
{
	const struct graph_port *master;

	if (s->set & SET_MTU && draft_check_mtu(s->mtu, err) < 0)
		return -1;
	if (s->set & SET_NAME && name_check_device(s->name, err) < 0)
		return -1;
	if (!(s->set & SET_MASTER) || !*s->master)
		return 0;
	master = graph_port_require(p->node, s->master, err);
	if (master == p)
		return err_set(err, "an interface cannot be its own master");
	return master ? 0 : -1;
}

static void plan_setting(const struct graph_port *p, const struct draft_settings *s, struct op *op)
{
	const struct graph_port *old = p->master ? graph_port_by_index(p->node, p->master) : NULL;
	const struct graph_port *new =
		op->set == SET_MASTER && * s->master ? graph_port_find(p->node, s->master) : NULL;

	op->mtu = s->mtu;
	op->old_mtu = p->mtu;
	memcpy(op->old_mac, p->mac, sizeof(op->old_mac));
	if (op->set == SET_MAC)
		memcpy(op->end.mac, s->mac, sizeof(op->end.mac));
	if (op->set == SET_MASTER)
		snprintf(op->master, sizeof(op->master), "%s", new ? new->name : s->master);
	if (op->set == SET_NAME)
		snprintf(op->name, sizeof(op->name), "%s", s->name);
	if (old)
		snprintf(op->old_master, sizeof(op->old_master), "%s", old->name);
	if (op->set & (SET_UP | SET_DOWN))
		op->was = p->flags & IFF_UP ? SET_UP : SET_DOWN;
}

/* The name last but one, and down at the very end: that cannot be undone without loss. */
void draft_plan_settings(const struct graph_port *p, const struct draft_settings *s,
			 struct plan *plan)
{
	static const unsigned order[] = {
		SET_MTU, SET_MAC, SET_MASTER, SET_NAME, SET_UP, SET_DOWN
	};
	const char *name = p->name;

	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
		struct op *op;

		if (!(s->set & order[i]))
			continue;
		op = add_op(plan, OP_LINK_SET, p);
		snprintf(op->end.name, sizeof(op->end.name), "%s", name);
		op->set = op->was = order[i];
		plan_setting(p, s, op);
		if (order[i] == SET_NAME)
			name = s->name;
	}
}

int draft_change_interface(const struct graph_port *p, const struct draft_settings *s,
			   struct plan *plan, struct err *err)
{
	if (check_settings(p, s, err) < 0)
		return -1;
	draft_plan_settings(p, s, plan);
	return 0;
}

int draft_del_address(const struct graph_port *p, const char *address, struct plan *plan,
		      struct err *err)
{
	struct prefix wanted;

	if (prefix_parse(&wanted, address, err) < 0)
		return -1;
	for (size_t i = 0; i < p->n_addresses; i++) {
		const struct prefix *there = &p->addresses[i].prefix;

		if (!prefix_same_address(there, &wanted) ||
		    (strchr(address, '/') && there->length != wanted.length))
			continue;
		add_op(plan, OP_ADDRESS_DEL, p)->address = *there;
		return 0;
	}
	return err_set(err, "%s has no address %s", p->shown, address);
}

void draft_del_route(const struct graph_node *n, const char *route, struct plan *plan)
{
	struct op *op = plan_add(plan, OP_ROUTE_DEL);

	snprintf(op->end.netns, sizeof(op->end.netns), "%s", n->name);
	op->words = mem_strdup(route);
}

/* ---- a cable cut and plugged in ---- */

static void keep_addresses(struct plan *plan, const struct graph_port *p, const char *value)
{
	char name[NAME_MAX_INTERFACE + 1];
	struct op *op;
	char *dot;

	if (!sysctls_ipv6())
		return;
	op = add_op(plan, OP_SYSCTL, p);
	snprintf(name, sizeof(name), "%s", p->name);
	for (dot = name; (dot = strchr(dot, '.'));)
		*dot = '/'; /* as sysctl(8) wants the dot of an interface's name */
	snprintf(op->key, sizeof(op->key), "net.ipv6.conf.%s.keep_addr_on_down", name);
	snprintf(op->value, sizeof(op->value), "%s", value);
}

/* The end to take down: the one with nothing to lose. */
static const struct graph_port *down_end(const struct graph_link *l)
{
	return l->a->master && !l->b->master ? l->a : l->b;
}

static void plan_down(const struct graph_link *l, struct plan *plan)
{
	const struct graph_port *p = down_end(l);
	struct op *op;

	if (!(l->a->flags & IFF_UP) || !(l->b->flags & IFF_UP))
		return; /* cut already */
	if (!p->master) {
		keep_addresses(plan, p, "1");
		add_routes(plan, OP_ROUTES_SAVE, p);
	}
	op = add_op(plan, OP_LINK_SET, p);
	op->set = SET_DOWN;
	op->was = SET_UP;
}

static void plan_up(const struct graph_port *p, struct plan *plan)
{
	struct op *op;

	if (p->flags & IFF_UP)
		return;
	op = add_op(plan, OP_LINK_SET, p);
	op->set = SET_UP;
	op->was = SET_DOWN;
	if (p->master)
		return;
	add_routes(plan, OP_ROUTES_RESTORE, p);
	keep_addresses(plan, p, "0");
}

void draft_link_state(const struct graph_link *links, size_t n, bool up, struct plan *plan)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (up) {
			plan_up(links[i].a, plan);
			plan_up(links[i].b, plan);
		} else {
			plan_down(&links[i], plan);
		}
	}
}
