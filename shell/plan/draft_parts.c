/*
 * A draft piece by piece: namespaces, veth pairs, devices, addresses, routes and sysctls of any
 * shape, the lab's root included. Each piece is an operation at once; the order is the author's.
 */
#include "plan/draft.h"

#include <linux/if.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "plan/draft_inside.h"
#include "plan/phrase.h"
#include "plan/sysctls.h"

#define MTU_MIN 68
#define MTU_MAX 65535

struct draft_node *draft_add_namespace(struct draft *d, const char *name, struct err *err)
{
	struct draft_node *n;

	if (name_check_namespace(name, err) < 0)
		return NULL;
	if (map_get(&d->by_name, name) || (d->graph && graph_node_find(d->graph, name))) {
		err_set(err, "there is a node %s already", name);
		return NULL;
	}
	n = draft_new_node(d, GRAPH_HOST, name);
	n->plain = n->bare = true;
	return n;
}

/* ---- places ---- */

static struct draft_node *root_of(struct draft *d)
{
	const struct graph_node *there = d->graph ? d->graph->root : NULL;

	if (d->root)
		return d->root;
	d->root = mem_alloc(sizeof(*d->root));
	d->root->exists = true;
	d->root->next_index = 2;
	for (size_t i = 0; there && i < there->n_ports; i++)
		draft_new_port(d->root, there->ports[i]->name)->exists = true;
	return d->root;
}

struct draft_node *draft_find_place(struct draft *d, const char *place, struct err *err)
{
	if (!*place || (strcmp(place, "root") == 0 && !map_get(&d->by_name, place)))
		return root_of(d);
	return draft_find_node(d, place, err);
}

static const char *name_of(const struct draft_node *n)
{
	return *n->name ? n->name : "the lab's root";
}

static struct draft_node *find_interface(struct draft *d, const char *place, const char *interface,
					 struct err *err)
{
	struct draft_node *n = draft_find_place(d, place, err);
	struct nearest near = { .word = interface };

	if (!n || draft_port_taken(n, interface))
		return n;
	for (size_t i = 0; i < n->n_ports; i++)
		nearest_offer(&near, n->ports[i]->name);
	err_set(err, "%s has no interface %s", name_of(n), interface);
	nearest_suggest(&near, err);
	return NULL;
}

/* Where a new interface comes. */
static struct draft_node *find_room(struct draft *d, const char *place, const char *interface,
				    struct err *err)
{
	struct draft_node *n = draft_find_place(d, place, err);

	if (!n || name_check_device(interface, err) < 0)
		return NULL;
	if (!draft_port_taken(n, interface))
		return n;
	err_set(err, "%s has an interface %s already", name_of(n), interface);
	return NULL;
}

static struct op *add_op(struct draft *d, enum op_kind kind, const struct draft_node *n,
			 const char *interface)
{
	struct op *op = plan_add(&d->parts, kind);

	snprintf(op->end.netns, sizeof(op->end.netns), "%s", n->name);
	snprintf(op->end.name, sizeof(op->end.name), "%s", interface);
	return op;
}

/* ---- interfaces ---- */

static void add_end(struct draft_node *n, const struct draft_piece *piece, struct op_end *end)
{
	static const uint8_t none[6];
	struct draft_port *p = draft_new_port(n, piece->interface);
	long number = draft_port_number(n->name, piece->interface);

	snprintf(end->netns, sizeof(end->netns), "%s", n->name);
	snprintf(end->name, sizeof(end->name), "%s", piece->interface);
	draft_count_port(n, piece->interface);
	if (memcmp(piece->mac, none, sizeof(none)) == 0)
		mac_of_port(p->mac, n->name, number >= 0 ? (unsigned)number : 0x8000 + n->n_ports);
	else
		memcpy(p->mac, piece->mac, sizeof(p->mac));
	memcpy(end->mac, p->mac, sizeof(end->mac));
}

/* The root's indexes go on from whatever was there before, and are left to the kernel: its end
 * stands second. */
int draft_add_veth(struct draft *d, const struct draft_piece ends[2], uint32_t mtu, struct err *err)
{
	const struct draft_piece *first = &ends[0], *second = &ends[1];
	struct draft_node *a = find_room(d, first->place, first->interface, err), *b;
	struct op *op;

	b = a ? find_room(d, second->place, second->interface, err) : NULL;
	if (!b)
		return -1;
	if (a == b && strcmp(first->interface, second->interface) == 0)
		return err_set(err, "both ends are called %s", first->interface);
	if (!*a->name) {
		struct draft_node *root = a;

		a = b;
		b = root;
		first = &ends[1];
		second = &ends[0];
	}
	op = plan_add(&d->parts, OP_VETH_ADD);
	add_end(a, first, &op->end);
	add_end(b, second, &op->peer);
	op->mtu = mtu;
	draft_take_indexes(a, b, &op->end.index, &op->peer.index);
	return 0;
}

int draft_add_device(struct draft *d, const struct draft_piece *end, const char *kind,
		     const char *options, const struct draft_piece *lower, struct err *err)
{
	struct draft_node *n = find_room(d, end->place, end->interface, err), *under = NULL;
	struct netlink_message m;
	struct op *op;

	if (!n)
		return -1;
	if (phrase_stands_on(kind) != !!lower->interface)
		return lower->interface ? err_set(err, "a %s stands on no other interface", kind)
					: err_set(err, "a %s stands on another interface: which?",
						  kind);
	if (lower->interface && !(under = find_interface(d, lower->place, lower->interface, err)))
		return -1;
	netlink_begin(&m, 0, 0, "", 0);
	if (phrase_put_options(&m, kind, options, NULL, err) < 0)
		return -1;
	op = add_op(d, OP_DEVICE_ADD, n, end->interface);
	op->device = kind;
	op->words = mem_strdup(options);
	memcpy(op->end.mac, end->mac, sizeof(op->end.mac));
	if (under) {
		snprintf(op->peer.netns, sizeof(op->peer.netns), "%s", under->name);
		snprintf(op->peer.name, sizeof(op->peer.name), "%s", lower->interface);
	}
	draft_new_port(n, end->interface);
	op->end.index = draft_take_index(n);
	return 0;
}

/* ---- what is set on them ---- */

int draft_check_mtu(uint32_t mtu, struct err *err)
{
	if (mtu < MTU_MIN || mtu > MTU_MAX + 1)
		return err_set(err, "mtu %u is not within %d and %d", mtu, MTU_MIN, MTU_MAX);
	return 0;
}

/* The interface as the graph has it; NULL: it is new. */
static const struct graph_port *existing(const struct draft *d, const struct draft_node *n,
					 const char *interface)
{
	const struct graph_node *there =
		d->graph && n->exists ? graph_node_find(d->graph, n->name) : NULL;
	const struct graph_port *p = there ? graph_port_find(there, interface) : NULL;

	return p && strcmp(p->name, interface) == 0 ? p : NULL;
}

/* In the order that costs nothing: what keeps a link-local address away before `up` brings it. */
int draft_set_interface(struct draft *d, const char *place, const char *interface,
			const struct draft_settings *s, struct err *err)
{
	struct draft_node *n = find_interface(d, place, interface, err);
	const struct graph_port *there = n ? existing(d, n, interface) : NULL;
	struct op *op;

	if (!n)
		return -1;
	if (s->set & SET_MTU && draft_check_mtu(s->mtu, err) < 0)
		return -1;
	if (s->set & SET_MASTER && !find_interface(d, place, s->master, err))
		return -1;
	if (s->set & SET_MASTER && strcmp(s->master, interface) == 0)
		return err_set(err, "an interface cannot be its own master");
	if (s->set & SET_NO_LINK_LOCAL)
		add_op(d, OP_LINK_SET, n, interface)->set = SET_NO_LINK_LOCAL;
	if (!(s->set & ~(unsigned)SET_NO_LINK_LOCAL))
		return 0;
	if (there) {
		draft_plan_settings(there, s, &d->parts);
		return 0;
	}
	op = add_op(d, OP_LINK_SET, n, interface);
	op->set = s->set & ~(unsigned)SET_NO_LINK_LOCAL;
	op->was = s->set & SET_DOWN ? SET_UP : 0; /* lo, which nobody here has made */
	op->mtu = s->mtu;
	if (s->set & SET_MASTER)
		snprintf(op->master, sizeof(op->master), "%s", s->master);
	return 0;
}

/* A topology for both does on a machine without IPv6 what can be done there. */
static bool is_left_out(int family)
{
	return family == AF_INET6 && !sysctls_ipv6();
}

int draft_add_address(struct draft *d, const char *place, const char *interface,
		      const char *address, struct err *err)
{
	struct draft_node *n = find_interface(d, place, interface, err);
	struct phrase p = { .rest = address };
	struct netlink_message m;
	struct prefix prefix;
	struct op *op;

	if (!n || phrase_address(&p, "address", true, &prefix, err) < 0 ||
	    phrase_put_address(&m, 0, &prefix, p.rest, interface, NULL, err) < 0)
		return -1;
	if (is_left_out(prefix.family))
		return 0;
	op = add_op(d, OP_ADDRESS_ADD, n, interface);
	op->address = prefix;
	p.rest += strspn(p.rest, " ");
	op->words = *p.rest ? mem_strdup(p.rest) : NULL;
	draft_claim_address(d, &prefix, name_of(n));
	return 0;
}

/* ---- what is set in a namespace ---- */

int draft_add_route(struct draft *d, const char *place, const char *route, struct err *err)
{
	struct draft_node *n = draft_find_place(d, place, err);
	const struct rtmsg *to;
	struct netlink_message m;

	if (!n || phrase_put_route(&m, 0, 0, route, NULL, err) < 0)
		return -1;
	to = netlink_body(&m.header, sizeof(*to));
	if (!is_left_out(to->rtm_family))
		add_op(d, OP_ROUTE_ADD, n, "")->words = mem_strdup(route);
	return 0;
}

int draft_set_sysctl(struct draft *d, const char *place, const char *key, const char *value,
		     struct err *err)
{
	struct draft_node *n = draft_find_place(d, place, err);
	struct op *op;

	if (!n)
		return -1;
	if (strncmp(key, "net.", 4) != 0 || strstr(key, "..") || key[strcspn(key, " /=")])
		return err_set(err,
			       "sysctl %s: those of a namespace are called net.*, as "
			       "net.ipv4.ip_forward",
			       key);
	if (strncmp(key, "net.ipv6.", strlen("net.ipv6.")) == 0 && is_left_out(AF_INET6))
		return 0;
	op = plan_add(&d->parts, OP_SYSCTL);
	if (strlen(key) >= sizeof(op->key) || strlen(value) >= sizeof(op->value)) {
		d->parts.n--;
		return err_set(err, "sysctl %s: too long", key);
	}
	snprintf(op->end.netns, sizeof(op->end.netns), "%s", n->name);
	snprintf(op->key, sizeof(op->key), "%s", key);
	snprintf(op->value, sizeof(op->value), "%s", value);
	return 0;
}
