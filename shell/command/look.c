#include "command/look.h"

#include <linux/if.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command/command.h"

const char *look_port_state(const struct graph_port *p)
{
	return graph_state_name(graph_port_state(p));
}

const char *look_link_state(const struct graph_link *l)
{
	enum graph_state a = graph_port_state(l->a), b = graph_port_state(l->b);

	return graph_state_name(a < b ? a : b);
}

const char *look_port_label(const struct graph_port *p, char out[64])
{
	const struct graph_port *bridge =
		p->master ? graph_port_by_index(p->node, p->master) : NULL;
	size_t len = strlen(p->node->name);

	/* In the root a bridge is what others call a switch. */
	if (!len && bridge && !strcmp(bridge->kind, "bridge"))
		snprintf(out, 64, "%.31s:%.31s", bridge->shown, p->shown);
	else if (len && !strncmp(p->name, p->node->name, len) && p->name[len] == '-')
		snprintf(out, 64, "%s", p->shown);
	else
		snprintf(out, 64, "%.31s:%.31s", p->node->shown, p->shown);
	return out;
}

bool look_port_counts(const struct graph_port *p)
{
	if (p->flags & IFF_LOOPBACK)
		return false;
	return graph_node_kind(p->node) != GRAPH_SWITCH || p != graph_node_bridge(p->node);
}

static bool is_listed(const struct graph_address *a, bool all)
{
	return all || a->scope == RT_SCOPE_UNIVERSE;
}

void look_addresses(const struct graph_port *p, bool all, struct buf *out)
{
	char text[PREFIX_TEXT];

	for (size_t i = 0; i < p->n_addresses; i++)
		if (is_listed(&p->addresses[i], all))
			buf_printf(out, "%s%s", out->len ? " " : "",
				   prefix_format(text, &p->addresses[i].prefix));
}

void look_json_addresses(struct json *j, const struct graph_port *p, bool all)
{
	char text[PREFIX_TEXT];

	for (size_t i = 0; i < p->n_addresses; i++)
		if (is_listed(&p->addresses[i], all))
			json_string(j, prefix_format(text, &p->addresses[i].prefix));
}

const char *look_peer_label(const struct graph *g, const struct graph_port *p, char out[64])
{
	const struct graph_port *peer = graph_port_peer(g, p);

	if (peer)
		return look_port_label(peer, out);
	return graph_port_elsewhere(g, p) ? "somewhere else" : "-";
}

void look_json_peer(struct json *j, const struct graph *g, const struct graph_port *p)
{
	const struct graph_port *peer = graph_port_peer(g, p);

	if (peer || !graph_port_elsewhere(g, p)) {
		look_json_port(j, peer);
		return;
	}
	json_open(j, '{');
	json_put_string(j, "node", NULL);
	json_put_string(j, "interface", NULL);
	json_close(j, '}');
}

void look_json_port(struct json *j, const struct graph_port *p)
{
	if (!p) {
		json_string(j, NULL);
		return;
	}
	json_open(j, '{');
	json_put_string(j, "node", *p->node->name ? p->node->name : "root");
	json_put_string(j, "interface", p->name);
	json_close(j, '}');
}

static bool is_end(const struct graph_port *p, const struct arg *end)
{
	return p->node == end->node &&
	       (!end->interface || graph_port_find(end->node, end->interface) == p);
}

static int check_interface(const struct arg *end, struct err *err)
{
	if (!end->interface || graph_port_require(end->node, end->interface, err))
		return 0;
	return -1;
}

struct graph_link *look_links_between(const struct graph *g, const struct args *a, size_t *n,
				      struct err *err)
{
	const struct arg *x = args_at(a, "end", 0), *y = args_at(a, "end", 1);
	struct graph_link *links;
	size_t kept = 0;

	*n = 0;
	if (check_interface(x, err) || check_interface(y, err)) {
		err_wrap(err, "%s %s-%s", a->command->name, x->text, y->text);
		return NULL;
	}
	links = graph_links(g, n);
	for (size_t i = 0; i < *n; i++) {
		const struct graph_link l = links[i];

		if ((is_end(l.a, x) && is_end(l.b, y)) || (is_end(l.a, y) && is_end(l.b, x)))
			links[kept++] = l;
	}
	*n = kept;
	if (kept)
		return links;
	free(links);
	err_set(err, "%s %s-%s: there is no such link", a->command->name, x->text, y->text);
	err_hint(err, "`links` lists them");
	return NULL;
}
