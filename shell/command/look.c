#include "command/look.h"

#include <linux/if.h>
#include <linux/if_bridge.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/name.h"
#include "command/command.h"

/* From bad to good. */
static const char *const states[] = {
	"down", "no carrier", "disabled", "blocked", "learning", "up"
};
enum { STATE_DOWN, STATE_NO_CARRIER, STATE_DISABLED, STATE_BLOCKED, STATE_LEARNING, STATE_UP };

static int port_state(const struct graph_port *p)
{
	if (!(p->flags & IFF_UP))
		return STATE_DOWN;
	if (!(p->flags & IFF_LOWER_UP))
		return STATE_NO_CARRIER;
	if (!p->master || p->stp_state == BR_STATE_FORWARDING)
		return STATE_UP;
	if (p->stp_state == BR_STATE_BLOCKING)
		return STATE_BLOCKED;
	return p->stp_state == BR_STATE_DISABLED ? STATE_DISABLED : STATE_LEARNING;
}

const char *look_port_state(const struct graph_port *p)
{
	return states[port_state(p)];
}

const char *look_link_state(const struct graph_link *l)
{
	int a = port_state(l->a), b = port_state(l->b);

	return states[a < b ? a : b];
}

const char *look_port_label(const struct graph_port *p, char out[64])
{
	const char *node = *p->node->name ? p->node->name : "root";
	size_t len = strlen(node);

	if (!strncmp(p->name, node, len) && p->name[len] == '-')
		snprintf(out, 64, "%s", p->name);
	else
		snprintf(out, 64, "%s:%s", node, p->name);
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

void look_json_port(struct json *j, const struct graph_port *p)
{
	if (!p) {
		json_string(j, NULL);
		return;
	}
	json_open(j, '{');
	json_key(j, "node");
	json_string(j, p->node->name);
	json_key(j, "interface");
	json_string(j, p->name);
	json_close(j, '}');
}

static bool is_end(const struct graph_port *p, const struct arg *end)
{
	return p->node == end->node &&
	       (!end->interface || graph_port_find(end->node, end->interface) == p);
}

static int check_interface(const struct arg *end, struct err *err)
{
	struct nearest nearest = { .word = end->interface };

	if (!end->interface || graph_port_find(end->node, end->interface))
		return 0;
	for (size_t i = 0; i < end->node->n_ports; i++)
		nearest_offer(&nearest, end->node->ports[i]->name);
	err_set(err, "%s has no interface %s", end->node->name, end->interface);
	return nearest_suggest(&nearest, err);
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
