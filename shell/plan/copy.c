#include "plan/copy.h"

#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "plan/copy_inside.h"
#include "plan/phrase.h"
#include "plan/sysctls.h"

struct op *copy_add_op(const struct place *w, enum op_kind kind, const char *interface)
{
	struct op *op = plan_add(w->plan, kind);

	snprintf(op->end.netns, sizeof(op->end.netns), "%s", w->node->name);
	snprintf(op->end.name, sizeof(op->end.name), "%s", interface);
	return op;
}

char *copy_take(struct buf *words)
{
	if (words->len)
		return words->data;
	buf_free(words);
	return NULL;
}

bool copy_is_kind(const struct graph_port *p, const char *kind)
{
	return strcmp(p->kind, kind) == 0;
}

bool copy_is_root(const struct graph_node *n)
{
	return n->nsid < 0;
}

bool copy_keeps(const struct graph *g, const struct graph_port *p)
{
	const struct graph_port *peer = graph_port_peer(g, p);

	if (p->leaving)
		return false;
	if (g->lab->host_net && copy_is_root(p->node))
		return peer && !copy_is_root(peer->node);
	if (p->flags & IFF_LOOPBACK)
		return true;
	if (copy_is_kind(p, "veth"))
		return peer;
	if (phrase_stands_on(p->kind))
		return graph_port_lower(g, p);
	return phrase_knows_kind(p->kind);
}

bool copy_hangs_on(const struct graph *g, const struct graph_port *p,
		   const struct graph_port *other)
{
	for (; p; p = graph_port_lower(g, p))
		if (p == other || graph_port_peer(g, p) == other)
			return true;
	return false;
}

static bool ends_in_root(const struct graph *g, const struct graph_port *p)
{
	for (; p; p = graph_port_lower(g, p)) {
		const struct graph_port *peer = graph_port_peer(g, p);

		if (copy_is_root(p->node) || (peer && copy_is_root(peer->node)))
			return true;
	}
	return false;
}

bool copy_wants(const struct place *w, const struct graph_port *p)
{
	return copy_keeps(w->g, p) && (!w->of_root || ends_in_root(w->g, p));
}

/* ---- addresses and routes ---- */

static void copy_address(const struct place *w, const struct graph_port *p,
			 const struct nlmsghdr *h)
{
	struct buf words = { 0 };
	struct prefix address;
	struct op *op;

	if (!phrase_read_new_address(h, p, &address, &words)) {
		buf_free(&words);
		return;
	}
	op = copy_add_op(w, OP_ADDRESS_ADD, p->name);
	op->address = address;
	op->words = copy_take(&words);
}

/* The kernel lists an interface's IPv4 addresses as they came, its IPv6 addresses newest first. */
static void copy_addresses_of(const struct place *w, const struct graph_port *p)
{
	const struct nlmsghdr *six[64], *h = NULL;
	size_t n = 0;

	while ((h = raw_next(&w->raw.addresses, h))) {
		const struct ifaddrmsg *i = netlink_body(h, sizeof(*i));

		if (!i || (int)i->ifa_index != p->ifindex)
			continue;
		if (i->ifa_family == AF_INET)
			copy_address(w, p, h);
		else if (n < sizeof(six) / sizeof(six[0]))
			six[n++] = h;
	}
	while (n--)
		copy_address(w, p, six[n]);
}

static bool leaves_by_wanted(const struct place *w, const struct nlmsghdr *h, bool *gateway)
{
	const struct nlattr *tb[RTA_MAX + 1];
	const struct graph_port *p;

	netlink_parse(tb, RTA_MAX, h, sizeof(struct rtmsg));
	*gateway = tb[RTA_GATEWAY] || tb[RTA_VIA] || tb[RTA_MULTIPATH];
	p = graph_port_by_index(w->node, netlink_s32(tb[RTA_OIF], 0));
	return tb[RTA_OIF] ? p && copy_wants(w, p) : !w->of_root || copy_is_root(w->node);
}

/* Routes to a subnet first, then those through a gateway in it. */
static void copy_routes(const struct place *w, bool gateways)
{
	const struct nlmsghdr *h = NULL;

	while ((h = raw_next(&w->raw.routes, h))) {
		struct buf words = { 0 };
		bool gateway, leaves = leaves_by_wanted(w, h, &gateway);
		enum phrase_kept kept = phrase_read_route(h, w->node, &words);

		if (kept == PHRASE_KEPT && leaves && gateway == gateways)
			copy_add_op(w, OP_ROUTE_ADD, "")->words = mem_strdup(buf_text(&words));
		else if (kept != PHRASE_OWN && w->left_out && gateway == gateways)
			buf_printf(w->left_out, "a route of %s: %s\n", w->node->shown,
				   buf_text(&words));
		buf_free(&words);
	}
}

/* ---- a lab ---- */

static int copy_namespace(const struct place *w, struct err *err)
{
	if (w->of_root || (w->g->lab->host_net && copy_is_root(w->node)))
		return 0;
	if (!copy_is_root(w->node)) {
		if (strlen(w->node->name) > NAME_MAX_NODE)
			return err_set(err,
				       "namespace %s: a name of more than %d characters cannot be "
				       "kept",
				       w->node->shown, NAME_MAX_NODE);
		copy_add_op(w, OP_NETNS_ADD, "");
	}
	return sysctls_copy(w->g->lab, w->node->name, w->plan, err);
}

static int copy_places(const struct place *places, size_t n, struct err *err)
{
	for (size_t i = 0; i < n; i++)
		if (copy_namespace(&places[i], err) < 0)
			return -1;
	for (size_t i = 0; i < n; i++)
		copy_devices(&places[i], false);
	copy_veths(&places[0]);
	for (size_t i = 0; i < n; i++)
		copy_devices(&places[i], true);
	for (size_t i = 0; i < n; i++)
		copy_settings(&places[i]);
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < places[i].node->n_ports; k++)
			if (copy_wants(&places[i], places[i].ports[k]))
				copy_addresses_of(&places[i], places[i].ports[k]);
	for (size_t i = 0; i < n; i++) {
		copy_routes(&places[i], false);
		copy_routes(&places[i], true);
		if (places[i].left_out)
			copy_tell_rest(&places[i]);
	}
	return 0;
}

static bool has_wanted(const struct place *w)
{
	bool any = false;

	for (size_t i = 0; i < w->node->n_ports; i++)
		any |= copy_wants(w, w->node->ports[i]);
	return any;
}

static int compare_ports(const void *left, const void *right)
{
	const struct graph_port *a = *(struct graph_port *const *)left,
				*b = *(struct graph_port *const *)right;
	int order = !(a->flags & IFF_LOOPBACK) - !(b->flags & IFF_LOOPBACK);

	return order ? order : name_compare(a->name, b->name);
}

static struct graph_port **sort_ports(const struct graph_node *n)
{
	struct graph_port **ports = mem_resize(NULL, n->n_ports + 1, sizeof(*ports));

	if (n->n_ports)
		memcpy(ports, n->ports, n->n_ports * sizeof(*ports));
	qsort(ports, n->n_ports, sizeof(*ports), compare_ports);
	return ports;
}

/* LIKE says what is to be copied, and where to. The root comes first. */
static int copy(const struct place *like, struct err *err)
{
	struct graph *g = like->g;
	struct place *places = mem_resize(NULL, g->n_nodes + 1, sizeof(*places));
	size_t n = 0;
	int failed = 0;

	for (size_t i = 0; !failed && i <= g->n_nodes; i++) {
		struct place *w = &places[n];

		*w = *like;
		w->node = i ? g->nodes[i - 1] : g->root;
		if (like->of_root && !has_wanted(w))
			continue;
		/* Of the machine's own nothing is said. */
		if (g->lab->host_net && copy_is_root(w->node))
			w->left_out = NULL;
		w->ports = sort_ports(w->node);
		failed = raw_read(g, w->node, &w->raw, err);
		n++;
	}
	if (!failed && n)
		failed = copy_places(places, n, err);
	for (size_t i = 0; i < n; i++) {
		raw_free(&places[i].raw);
		free(places[i].ports);
	}
	free(places);
	return failed;
}

int copy_lab(struct graph *g, struct plan *plan, struct buf *left_out, struct err *err)
{
	if (graph_read_all_details(g, err) < 0)
		return -1;
	return copy(&(struct place){ .g = g, .plan = plan, .left_out = left_out }, err);
}

int copy_root(struct graph *g, struct plan *plan, struct err *err)
{
	return copy(&(struct place){ .g = g, .plan = plan, .of_root = true }, err);
}
