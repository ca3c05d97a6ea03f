#include "picture/diagram.h"

#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/name.h"
#include "picture/text.h"

static bool is_bridge(const struct graph_port *p)
{
	return !strcmp(p->kind, "bridge");
}

static bool has_family(const struct graph_port *p, int family)
{
	for (size_t i = 0; i < p->n_addresses; i++)
		if (p->addresses[i].scope == RT_SCOPE_UNIVERSE &&
		    p->addresses[i].prefix.family == family)
			return true;
	return false;
}

static bool has_address(const struct graph_port *p)
{
	return has_family(p, AF_INET) || has_family(p, AF_INET6);
}

/* Does P belong to its namespace's own box? A bridge does where programs there can use it. */
static bool is_own(const struct graph_port *p)
{
	if (is_bridge(p) || p->flags & IFF_LOOPBACK)
		return has_address(p);
	return !graph_port_bridge(p);
}

/* ---- boxes ---- */

static size_t count_bridges(const struct graph_node *n)
{
	size_t count = 0;

	for (size_t i = 0; i < n->n_ports; i++)
		count += is_bridge(n->ports[i]);
	return count;
}

static struct diagram_box *add_box(struct diagram *d, const struct graph_node *n,
				   const struct graph_port *bridge, const char *name)
{
	struct diagram_box *b;

	d->boxes = mem_grow(d->boxes, d->n_boxes, &d->cap_boxes, sizeof(*d->boxes));
	b = &d->boxes[d->n_boxes++];
	*b = (struct diagram_box){
		.node = n,
		.bridge = bridge,
		.kind = bridge ? GRAPH_SWITCH : graph_node_kind(n),
		.name = text_shown(name),
		.hosts = 1,
	};
	return b;
}

static void add_bridge(struct diagram *d, const struct graph_node *n, const struct graph_port *p)
{
	char *name = *n->name ? mem_printf("%s:%s", n->name, p->name) : mem_strdup(p->name);

	add_box(d, n, p, name);
	free(name);
}

static void add_boxes(struct diagram *d, const struct graph_node *n)
{
	size_t bridges = count_bridges(n), own = 0;

	if (bridges == 1 && graph_node_kind(n) == GRAPH_SWITCH && *n->name) {
		add_box(d, n, graph_node_bridge(n), n->name);
		return;
	}
	for (size_t i = 0; i < n->n_ports; i++) {
		own += is_own(n->ports[i]);
		if (is_bridge(n->ports[i]))
			add_bridge(d, n, n->ports[i]);
	}
	if (own || (*n->name && !bridges))
		add_box(d, n, NULL, *n->name ? n->name : "root")->kind =
			n->forwards ? GRAPH_ROUTER : GRAPH_HOST;
}

/* By name; of two alike (a node may be called "root" or "h1:br0" too) by their namespaces. */
static int compare_boxes(const void *left, const void *right)
{
	const struct diagram_box *a = left, *b = right;
	int order = name_compare(a->name, b->name);

	return order ? order
		     : (a->node->order > b->node->order) - (a->node->order < b->node->order);
}

/* ---- which box a port is in ---- */

struct seat {
	const struct graph_node *node;
	const struct graph_port *bridge;
	size_t box;
};

static int compare_seats(const void *left, const void *right)
{
	const struct seat *a = left, *b = right;

	if (a->node != b->node)
		return a->node < b->node ? -1 : 1;
	return (a->bridge > b->bridge) - (a->bridge < b->bridge);
}

static struct seat *seats_make(const struct diagram *d)
{
	struct seat *seats = mem_alloc((d->n_boxes + 1) * sizeof(*seats));

	for (size_t i = 0; i < d->n_boxes; i++)
		seats[i] = (struct seat){ d->boxes[i].node, d->boxes[i].bridge, i };
	qsort(seats, d->n_boxes, sizeof(*seats), compare_seats);
	return seats;
}

static size_t seat_find(const struct diagram *d, const struct seat *seats,
			const struct graph_node *n, const struct graph_port *bridge)
{
	struct seat key = { n, bridge, 0 };
	const struct seat *found = bsearch(&key, seats, d->n_boxes, sizeof(*seats), compare_seats);

	/* A port beside the bridge in a switch's namespace: there is one box for both. */
	if (!found && !bridge) {
		key.bridge = graph_node_bridge(n);
		found = bsearch(&key, seats, d->n_boxes, sizeof(*seats), compare_seats);
	}
	return found ? found->box : 0;
}

/* ---- links ---- */

/* What `tc` makes of what leaves by P, in few words: "10mbit 20ms loss 1%"; NULL: nothing. */
static char *describe_shaping(const struct graph_port *p)
{
	static const char *const plain[] = { "rate", "delay" };
	struct buf out = { 0 };

	for (size_t i = 0; i < p->node->n_qdiscs; i++) {
		const struct graph_qdisc *q = &p->node->qdiscs[i];
		char copy[sizeof(q->parameters)], *state, *word, *value;
		size_t before = out.len;

		if (q->ifindex != p->ifindex || q->parent == TC_H_INGRESS)
			continue;
		snprintf(copy, sizeof(copy), "%s", q->parameters);
		for (word = strtok_r(copy, " ", &state); word; word = strtok_r(NULL, " ", &state)) {
			value = strtok_r(NULL, " ", &state);
			if (value && (!strcmp(word, plain[0]) || !strcmp(word, plain[1])))
				buf_printf(&out, "%s%s", out.len ? " " : "", value);
			else if (value && !strcmp(word, "loss"))
				buf_printf(&out, "%sloss %s", out.len ? " " : "", value);
		}
		if (out.len == before)
			buf_printf(&out, "%s%s", out.len ? " " : "", q->kind);
	}
	return out.data;
}

static struct diagram_end make_end(size_t box, const struct graph_port *p)
{
	const char *node = p->node->name;
	size_t len = strlen(node);
	bool prefixed =
		len && !strncmp(p->name, node, len) && p->name[len] == '-' && p->name[len + 1];

	return (struct diagram_end){
		.box = box,
		.port = p,
		.label = text_shown(p->name),
		.brief = text_shown(p->name + (prefixed ? len + 1 : 0)),
	};
}

static void note_state(struct diagram_end *e, enum graph_state state)
{
	free(e->note);
	e->note = mem_strdup(graph_state_name(state));
}

static void add_link(struct diagram *d, struct diagram_end a, struct diagram_end b)
{
	struct diagram_link l = { .a = a, .b = b };
	enum graph_state left = a.port ? graph_port_state(a.port) : GRAPH_UP;
	enum graph_state right = b.port ? graph_port_state(b.port) : GRAPH_UP;

	l.a.note = a.port ? describe_shaping(a.port) : NULL;
	l.b.note = b.port ? describe_shaping(b.port) : NULL;
	l.up = left == GRAPH_UP && right == GRAPH_UP;
	if (!l.up && left <= right)
		note_state(&l.a, left);
	else if (!l.up)
		note_state(&l.b, right);
	if (l.a.box > l.b.box) {
		struct diagram_end swap = l.a;

		l.a = l.b;
		l.b = swap;
	}
	d->links = mem_grow(d->links, d->n_links, &d->cap_links, sizeof(*d->links));
	d->links[d->n_links++] = l;
}

static void add_links(struct diagram *d, const struct graph *g, const struct seat *seats)
{
	size_t n;
	struct graph_link *links = graph_links(g, &n);

	for (size_t i = 0; i < n; i++) {
		const struct graph_port *a = links[i].a, *b = links[i].b;
		size_t left = seat_find(d, seats, a->node, graph_port_bridge(a));
		size_t right = seat_find(d, seats, b->node, graph_port_bridge(b));

		if (left != right)
			add_link(d, make_end(left, a), make_end(right, b));
	}
	free(links);
	for (size_t i = 0; i < d->n_boxes; i++) {
		const struct graph_port *bridge = d->boxes[i].bridge;

		if (bridge && has_address(bridge))
			add_link(d, make_end(seat_find(d, seats, bridge->node, NULL), bridge),
				 (struct diagram_end){ .box = i,
						       .label = mem_strdup(""),
						       .brief = mem_strdup("") });
	}
}

static int compare_ends(const struct diagram_end *a, const struct diagram_end *b)
{
	if (a->box != b->box)
		return a->box < b->box ? -1 : 1;
	return name_compare(a->label, b->label);
}

static int compare_links(const void *left, const void *right)
{
	const struct diagram_link *x = left, *y = right;
	int order = x->a.box != y->a.box   ? (x->a.box < y->a.box ? -1 : 1)
		    : x->b.box != y->b.box ? (x->b.box < y->b.box ? -1 : 1)
					   : compare_ends(&x->a, &y->a);

	return order ? order : compare_ends(&x->b, &y->b);
}

/* ---- what is written in a box ---- */

static void add_line(struct diagram_box *b, const struct graph_port *p, char *text)
{
	struct diagram_end name = { 0 };

	if (p)
		name = make_end(0, p);
	b->lines = mem_grow(b->lines, b->n_lines, &b->cap_lines, sizeof(*b->lines));
	b->lines[b->n_lines++] = (struct diagram_line){ name.label, name.brief, text };
}

/* What an interface without a cable is. */
static char *describe_alone(const struct graph *g, const struct graph_port *p)
{
	const struct graph_port *peer = graph_port_peer(g, p);
	enum graph_state state = graph_port_state(p);
	struct buf out = { 0 };
	char *name;

	if (peer || !strcmp(p->kind, "veth")) {
		name = text_shown(peer ? peer->name : "");
		buf_printf(&out, "%s%s", peer ? "to " : "no peer", peer ? name : "");
		free(name);
	} else if (*p->kind) {
		name = text_shown(p->kind);
		buf_puts(&out, name);
		free(name);
		if (p->id)
			buf_printf(&out, " %u", p->id);
	}
	if (state != GRAPH_UP && (peer || strcmp(p->kind, "veth") != 0))
		buf_printf(&out, "%s%s", out.len ? ", " : "", graph_state_name(state));
	buf_puts(&out, "");
	return out.data;
}

/* The addresses of P, IPv4 or where there is none IPv6, each in a line; the first behind ABOUT,
 * which is NULL or freed. */
static void add_lines(struct diagram_box *b, const struct graph_port *p, bool named, char *about)
{
	int family = has_family(p, AF_INET) ? AF_INET : AF_INET6;
	char text[PREFIX_TEXT];

	for (size_t i = 0; i < p->n_addresses; i++) {
		const struct graph_address *a = &p->addresses[i];

		if (a->scope != RT_SCOPE_UNIVERSE || a->prefix.family != family)
			continue;
		add_line(b, named ? p : NULL,
			 mem_printf("%s%s%s", about ? about : "", about && *about ? " " : "",
				    prefix_format(text, &a->prefix)));
		free(about);
		about = NULL;
	}
	if (about)
		add_line(b, p, about);
}

/* Is P an end of a drawn link, when it is in this box? */
static bool is_linked(const struct graph *g, const struct graph_port *p)
{
	const struct graph_port *peer = graph_port_peer(g, p);

	return is_bridge(p) ||
	       (peer && (peer->node != p->node || graph_port_bridge(peer) != graph_port_bridge(p)));
}

/* Of a pair that stands in one box one line says all. */
static bool is_second(const struct graph *g, const struct graph_port *p)
{
	const struct graph_port *peer = graph_port_peer(g, p);

	return peer && peer->node == p->node && name_compare(p->name, peer->name) > 0;
}

static bool is_inside(const struct diagram_box *b, const struct graph_port *p)
{
	if (b->bridge && graph_port_bridge(p) == b->bridge)
		return true;
	/* What stands beside the bridge of a switch is in the switch's box. */
	return is_own(p) && (!b->bridge || (graph_node_kind(b->node) == GRAPH_SWITCH &&
					    *b->node->name && count_bridges(b->node) == 1));
}

static void write_box(struct diagram_box *b, const struct graph *g)
{
	const struct graph_node *n = b->node;
	size_t addressed = 0;

	for (size_t i = 0; i < n->n_ports; i++)
		addressed += is_inside(b, n->ports[i]) && has_address(n->ports[i]);
	for (size_t i = 0; i < n->n_ports; i++) {
		const struct graph_port *p = n->ports[i];
		bool linked = is_linked(g, p), loopback = p->flags & IFF_LOOPBACK;

		if (!is_inside(b, p))
			continue;
		add_lines(b, p, addressed > 1 || !linked,
			  linked || loopback || is_second(g, p) ? NULL : describe_alone(g, p));
	}
}

void diagram_read(struct diagram *d, const struct graph *g)
{
	struct seat *seats;

	*d = (struct diagram){ 0 };
	for (size_t i = 0; i < g->n_nodes; i++)
		add_boxes(d, g->nodes[i]);
	add_boxes(d, g->root);
	if (d->n_boxes)
		qsort(d->boxes, d->n_boxes, sizeof(*d->boxes), compare_boxes);
	seats = seats_make(d);
	add_links(d, g, seats);
	free(seats);
	if (d->n_links)
		qsort(d->links, d->n_links, sizeof(*d->links), compare_links);
	for (size_t i = 0; i < d->n_boxes; i++)
		write_box(&d->boxes[i], g);
}

void diagram_free_box(struct diagram_box *b)
{
	free(b->name);
	for (size_t i = 0; i < b->n_lines; i++) {
		free(b->lines[i].interface);
		free(b->lines[i].brief);
		free(b->lines[i].text);
	}
	free(b->lines);
}

void diagram_free_link(struct diagram_link *l)
{
	struct diagram_end *ends[] = { &l->a, &l->b };

	for (size_t i = 0; i < 2; i++) {
		free(ends[i]->label);
		free(ends[i]->brief);
		free(ends[i]->note);
	}
}

void diagram_free(struct diagram *d)
{
	for (size_t i = 0; i < d->n_boxes; i++)
		diagram_free_box(&d->boxes[i]);
	for (size_t i = 0; i < d->n_links; i++)
		diagram_free_link(&d->links[i]);
	free(d->boxes);
	free(d->links);
	*d = (struct diagram){ 0 };
}

const struct diagram_end *diagram_near(const struct diagram_link *l, size_t box)
{
	return l->a.box == box ? &l->a : &l->b;
}

const struct diagram_end *diagram_far(const struct diagram_link *l, size_t box)
{
	return l->a.box == box ? &l->b : &l->a;
}
