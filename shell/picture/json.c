/* The graph as JSON: all of it, as the kernel has it, nothing folded and nothing renamed. */
#include <linux/if.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>

#include "base/json_write.h"
#include "picture/picture.h"

static void put_end(struct json *j, const char *key, const struct graph_port *p)
{
	json_key(j, key);
	if (!p) {
		json_string(j, NULL);
		return;
	}
	json_open(j, '{');
	json_put_string(j, "node", p->node->name);
	json_put_string(j, "interface", p->name);
	json_close(j, '}');
}

static void put_addresses(struct json *j, const struct graph_port *p)
{
	char text[PREFIX_TEXT];

	json_put_open(j, "addresses", '[');
	for (size_t i = 0; i < p->n_addresses; i++)
		if (p->addresses[i].scope == RT_SCOPE_UNIVERSE)
			json_string(j, prefix_format(text, &p->addresses[i].prefix));
	json_close(j, ']');
}

static void put_qdiscs(struct json *j, const struct graph_port *p)
{
	json_put_open(j, "qdiscs", '[');
	for (size_t i = 0; i < p->node->n_qdiscs; i++) {
		const struct graph_qdisc *q = &p->node->qdiscs[i];

		if (q->ifindex != p->ifindex)
			continue;
		json_open(j, '{');
		json_put_string(j, "kind", q->kind);
		json_put_string(j, "parameters", q->parameters);
		json_close(j, '}');
	}
	json_close(j, ']');
}

static void put_port(struct json *j, const struct graph *g, const struct graph_port *p)
{
	const struct graph_port *bridge = graph_port_bridge(p);
	char mac[MAC_TEXT];

	json_open(j, '{');
	json_put_string(j, "interface", p->name);
	json_put_string(j, "kind", p->kind);
	json_put_string(j, "state", graph_state_name(graph_port_state(p)));
	json_put_string(j, "mac", mac_format(mac, p->mac));
	json_put_number(j, "mtu", p->mtu);
	put_addresses(j, p);
	json_put_string(j, "bridge", bridge ? bridge->name : NULL);
	put_end(j, "peer", graph_port_peer(g, p));
	put_qdiscs(j, p);
	json_close(j, '}');
}

static void put_node(struct json *j, const struct graph *g, const struct graph_node *n)
{
	json_open(j, '{');
	json_put_string(j, "name", n->name);
	json_put_string(j, "kind", graph_kind_name(graph_node_kind(n)));
	json_put_open(j, "interfaces", '[');
	for (size_t i = 0; i < n->n_ports; i++)
		if (!(n->ports[i]->flags & IFF_LOOPBACK))
			put_port(j, g, n->ports[i]);
	json_close(j, ']');
	json_close(j, '}');
}

static void put_links(struct json *j, const struct graph *g)
{
	size_t n;
	struct graph_link *links = graph_links(g, &n);

	json_put_open(j, "links", '[');
	for (size_t i = 0; i < n; i++) {
		enum graph_state a = graph_port_state(links[i].a);
		enum graph_state b = graph_port_state(links[i].b);

		json_open(j, '{');
		put_end(j, "a", links[i].a);
		put_end(j, "b", links[i].b);
		json_put_string(j, "state", graph_state_name(a < b ? a : b));
		json_close(j, '}');
	}
	json_close(j, ']');
	free(links);
}

static bool has_interfaces(const struct graph_node *n)
{
	for (size_t i = 0; i < n->n_ports; i++)
		if (!(n->ports[i]->flags & IFF_LOOPBACK))
			return true;
	return false;
}

void picture_json(const struct graph *g, struct buf *out)
{
	struct json j = { .buf = out };

	json_open(&j, '{');
	json_put_open(&j, "nodes", '[');
	for (size_t i = 0; i < g->n_nodes; i++)
		put_node(&j, g, g->nodes[i]);
	if (has_interfaces(g->root))
		put_node(&j, g, g->root);
	json_close(&j, ']');
	put_links(&j, g);
	json_close(&j, '}');
	buf_putc(out, '\n');
}
