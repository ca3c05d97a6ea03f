/* show: all that is known of a node, interface by interface. */
#include "command/command.h"

#include <linux/if.h>
#include <linux/if_bridge.h>
#include <string.h>

#include "base/name.h"
#include "base/wrap.h"
#include "command/grammar.h"
#include "command/look.h"

/* The interface that P is a port or slave of, or NULL. */
static const struct graph_port *master_of(const struct graph_port *p)
{
	return p->master ? graph_port_by_index(p->node, p->master) : NULL;
}

/* ---- JSON ---- */

static void json_vlans(struct json *j, const struct graph_port *p)
{
	json_put_open(j, "vlans", '[');
	for (size_t i = 0; i < p->n_vlans; i++) {
		json_open(j, '{');
		json_put_number(j, "first", p->vlans[i].first);
		json_put_number(j, "last", p->vlans[i].last);
		json_put_bool(j, "pvid", p->vlans[i].flags & BRIDGE_VLAN_INFO_PVID);
		json_put_bool(j, "untagged", p->vlans[i].flags & BRIDGE_VLAN_INFO_UNTAGGED);
		json_close(j, '}');
	}
	json_close(j, ']');
}

static void json_qdiscs(struct json *j, const struct graph_port *p)
{
	json_put_open(j, "qdiscs", '[');
	for (size_t i = 0; i < p->node->n_qdiscs; i++)
		if (p->node->qdiscs[i].ifindex == p->ifindex)
			look_json_qdisc(j, &p->node->qdiscs[i]);
	json_close(j, ']');
}

static void json_master(struct json *j, const struct graph_port *p)
{
	const struct graph_port *bridge = graph_port_bridge(p), *master = master_of(p);

	json_put_string(j, "bridge", bridge ? bridge->name : NULL);
	json_put_string(j, "master", master ? master->name : NULL);
	json_key(j, "port");
	if (bridge)
		json_number(j, p->port_number);
	else
		json_string(j, NULL);
}

static void json_port(struct session *s, struct json *j, const struct graph_port *p)
{
	char mac[MAC_TEXT];

	json_open(j, '{');
	json_put_string(j, "interface", p->name);
	json_put_number(j, "index", p->ifindex);
	json_put_string(j, "state", look_port_state(p));
	json_put_bool(j, "up", p->flags & IFF_UP);
	json_put_bool(j, "carrier", p->flags & IFF_LOWER_UP);
	json_put_string(j, "kind", p->kind);
	json_put_number(j, "id", p->id);
	json_put_string(j, "mac", mac_format(mac, p->mac));
	json_put_number(j, "mtu", p->mtu);
	json_put_open(j, "addresses", '[');
	look_json_addresses(j, p, true);
	json_close(j, ']');
	json_key(j, "peer");
	look_json_peer(j, s->graph, p);
	json_key(j, "lower");
	look_json_port(j, graph_port_lower(s->graph, p));
	json_master(j, p);
	json_vlans(j, p);
	json_qdiscs(j, p);
	json_close(j, '}');
}

static void json_node(struct session *s, struct json *j, const struct graph_node *n)
{
	json_open(j, '{');
	json_put_string(j, "name", *n->name ? n->name : "root");
	json_put_open(j, "aliases", '[');
	for (size_t i = 0; i < n->n_aliases; i++)
		json_string(j, n->aliases[i]);
	json_close(j, ']');
	json_put_string(j, "kind", graph_kind_name(graph_node_kind(n)));
	json_put_open(j, "forwards", '{');
	json_put_bool(j, "ipv4", n->forwards);
	json_put_bool(j, "ipv6", n->forwards6);
	json_close(j, '}');
	json_put_open(j, "interfaces", '[');
	for (size_t i = 0; i < n->n_ports; i++)
		json_port(s, j, n->ports[i]);
	json_close(j, ']');
	json_put_open(j, "routes", '[');
	for (size_t i = 0; i < n->n_routes; i++)
		look_json_route(j, n, &n->routes[i]);
	json_close(j, ']');
	look_json_contents(j, n);
	json_close(j, '}');
}

/* ---- tables ---- */

static void show_header(struct session *s, const struct graph_node *n)
{
	out_printf(&s->out, "%s, %s%s", n->shown, *n->name ? "a " : "",
		   *n->name ? graph_kind_name(graph_node_kind(n)) : "the lab's root namespace");
	for (size_t i = 0; i < n->n_aliases; i++) {
		struct buf alias = { 0 };

		name_show(&alias, n->aliases[i]);
		out_printf(&s->out, "%s%s", i ? ", " : ", also called ", buf_text(&alias));
		buf_free(&alias);
	}
	out_puts(&s->out, "\n");
}

static bool has_master(const struct graph_node *n)
{
	for (size_t i = 0; i < n->n_ports; i++)
		if (master_of(n->ports[i]))
			return true;
	return false;
}

/* "s1-eth1", or "on eth0" for a vlan or macvlan. */
static void put_peer(struct session *s, struct table *t, const struct graph_port *p)
{
	const struct graph_port *lower = graph_port_lower(s->graph, p);
	char text[64];

	if (lower)
		table_cell(t, "on %s", look_port_label(lower, text));
	else
		table_cell(t, "%s", look_peer_label(s->graph, p, text));
}

static void show_interface(struct session *s, struct table *t, const struct graph_port *p,
			   bool masters)
{
	struct buf addresses = { 0 };
	char text[MAC_TEXT];

	table_cell(t, "%s", p->shown);
	table_cell(t, "%s", look_port_state(p));
	if (p->id)
		table_cell(t, "%s %u", p->kind, p->id);
	else
		table_cell(t, "%s", *p->kind ? p->kind : "-");
	table_cell(t, "%s", mac_format(text, p->mac));
	table_cell(t, "%u", p->mtu);
	put_peer(s, t, p);
	if (masters)
		table_cell(t, "%s", master_of(p) ? master_of(p)->shown : "-");
	look_addresses(p, true, &addresses);
	table_cell(t, "%s", buf_text(&addresses));
	buf_free(&addresses);
}

static void show_interfaces(struct session *s, const struct graph_node *n)
{
	static const char *const head[] = { "interface", "state", "kind",   "mac",
					    "mtu",	 "peer",  "master", "addresses" };
	const bool masters = has_master(n);
	struct table t;

	table_init(&t, masters ? 8 : 7, NULL);
	for (size_t i = 0; i < 8; i++)
		if (masters || strcmp(head[i], "master") != 0)
			table_cell(&t, "%s", head[i]);
	for (size_t i = 0; i < n->n_ports; i++)
		show_interface(s, &t, n->ports[i], masters);
	table_print(&t, &s->out);
}

static void put_vlans(const struct graph_port *p, struct buf *out)
{
	for (size_t i = 0; i < p->n_vlans; i++) {
		const struct graph_vlan *v = &p->vlans[i];

		buf_printf(out, "%s%s %u", i ? "," : "vlans of ", i ? "" : p->shown, v->first);
		if (v->last != v->first)
			buf_printf(out, "-%u", v->last);
		if (v->flags & BRIDGE_VLAN_INFO_PVID)
			buf_puts(out, " pvid");
		if (v->flags & BRIDGE_VLAN_INFO_UNTAGGED)
			buf_puts(out, " untagged");
	}
	if (p->n_vlans)
		buf_putc(out, '\n');
}

static void show_details(struct session *s, const struct graph_node *n)
{
	struct buf text = { 0 };

	for (size_t i = 0; i < n->n_ports; i++)
		put_vlans(n->ports[i], &text);
	for (size_t i = 0; i < n->n_qdiscs; i++) {
		const struct graph_port *p = graph_port_by_index(n, n->qdiscs[i].ifindex);

		buf_printf(&text, "qdisc of %s: ", p ? p->shown : "?");
		look_qdisc(&n->qdiscs[i], &text);
		buf_putc(&text, '\n');
	}
	for (size_t i = 0; i < n->n_routes; i++) {
		buf_puts(&text, "route ");
		look_route(n, &n->routes[i], &text);
		buf_putc(&text, '\n');
	}
	look_contents(n, &text);
	if (text.len)
		wrap_lines(&s->out.buf, buf_text(&text), 0, 4, out_columns(&s->out));
	buf_free(&text);
}

static void show_table(struct session *s, const struct graph_node *n)
{
	show_header(s, n);
	show_interfaces(s, n);
	show_details(s, n);
}

static int show_all(struct session *s, bool as_json, struct err *err)
{
	struct json j = { .buf = &s->out.buf };
	struct graph *g = s->graph;

	if (graph_read_all_details(g, err))
		return -1;
	if (as_json)
		json_open(&j, '[');
	for (size_t i = 0; i <= g->n_nodes; i++) {
		const struct graph_node *n = i ? g->nodes[i - 1] : g->root;

		if (as_json) {
			json_node(s, &j, n);
		} else if (i || n->n_ports > 1) {
			show_table(s, n);
			out_puts(&s->out, i < g->n_nodes ? "\n" : "");
		}
	}
	if (as_json) {
		json_close(&j, ']');
		out_puts(&s->out, "\n");
	}
	return 0;
}

static int run_show(struct session *s, const struct args *a, struct err *err)
{
	const struct arg *arg = args_at(a, "node", 0);
	struct json j = { .buf = &s->out.buf };

	if (!arg)
		return show_all(s, session_json(s, a), err);
	if (graph_read_details(s->graph, arg->node, err))
		return -1;
	if (session_json(s, a)) {
		json_node(s, &j, arg->node);
		out_puts(&s->out, "\n");
	} else {
		show_table(s, arg->node);
	}
	return 0;
}

const struct command cmd_show = {
	.name = "show",
	.family = FAMILY_LOOK,
	.args = "[<node>] [--json]",
	.summary =
		"show a node's interfaces with all that is known of them, its routes and daemons",
	.details = "Without a node: every node, and the lab's root (in a table only where it has "
		   "more than lo). master is the bridge that an interface is a port of. Qdiscs are "
		   "those that somebody has put there. JSON: {\"name\", "
		   "\"aliases\", \"kind\", \"forwards\": {\"ipv4\", \"ipv6\"}, \"interfaces\": "
		   "[{\"interface\", \"index\", \"state\", \"up\", \"carrier\", \"kind\", \"id\" "
		   "(of a vlan or vxlan), \"mac\", \"mtu\", \"addresses\", \"peer\" and \"lower\" "
		   "(what a vlan stands on): {\"node\", \"interface\"} or null, \"bridge\", "
		   "\"master\" and \"port\": its number there, or null, \"vlans\": [{\"first\", "
		   "\"last\", \"pvid\", \"untagged\"}, ...], \"qdiscs\": [{\"kind\", \"handle\", "
		   "\"parent\", \"parameters\"}, ...]}, ...], \"routes\": as `routes` has them, "
		   "\"own\": [what it sees instead of the lab's], \"daemons\": [{\"name\", "
		   "\"process\", \"status\": null while it runs, \"log\"}, ...]}; "
		   "without a node an array of these.",
	.example = "show h1",
	.run = run_show,
};
