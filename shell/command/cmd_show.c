/* show: one node, interface by interface. */
#include "command/command.h"

#include "command/grammar.h"
#include "command/look.h"

static void show_json(struct session *s, const struct graph_node *n)
{
	struct json j = { .buf = &s->out.buf };
	char mac[MAC_TEXT];

	json_open(&j, '{');
	json_key(&j, "name");
	json_string(&j, n->name);
	json_key(&j, "kind");
	json_string(&j, graph_kind_name(graph_node_kind(n)));
	json_key(&j, "interfaces");
	json_open(&j, '[');
	for (size_t i = 0; i < n->n_ports; i++) {
		const struct graph_port *p = n->ports[i];
		const struct graph_port *bridge =
			p->master ? graph_port_by_index(n, p->master) : NULL;

		json_open(&j, '{');
		json_key(&j, "interface");
		json_string(&j, p->name);
		json_key(&j, "state");
		json_string(&j, look_port_state(p));
		json_key(&j, "kind");
		json_string(&j, p->kind);
		json_key(&j, "mac");
		json_string(&j, mac_format(mac, p->mac));
		json_key(&j, "mtu");
		json_number(&j, p->mtu);
		json_key(&j, "addresses");
		json_open(&j, '[');
		look_json_addresses(&j, p, true);
		json_close(&j, ']');
		json_key(&j, "peer");
		look_json_port(&j, graph_port_peer(s->graph, p));
		json_key(&j, "bridge");
		json_string(&j, bridge ? bridge->name : NULL);
		json_close(&j, '}');
	}
	json_close(&j, ']');
	json_close(&j, '}');
	out_puts(&s->out, "\n");
}

static void show_table(struct session *s, const struct graph_node *n)
{
	static const char *const head[] = {
		"interface", "state", "mac", "mtu", "peer", "addresses"
	};
	struct table t;

	out_printf(&s->out, "%s, a %s\n", n->name, graph_kind_name(graph_node_kind(n)));
	table_init(&t, 6, head);
	for (size_t i = 0; i < n->n_ports; i++) {
		const struct graph_port *p = n->ports[i], *peer = graph_port_peer(s->graph, p);
		struct buf addresses = { 0 };
		char text[64];

		look_addresses(p, true, &addresses);
		table_cell(&t, "%s", p->name);
		table_cell(&t, "%s", look_port_state(p));
		table_cell(&t, "%s", mac_format(text, p->mac));
		table_cell(&t, "%u", p->mtu);
		table_cell(&t, "%s", peer ? look_port_label(peer, text) : "-");
		table_cell(&t, "%s", buf_text(&addresses));
		buf_free(&addresses);
	}
	table_print(&t, &s->out);
}

static int run_show(struct session *s, const struct args *a, struct err *err)
{
	const struct graph_node *n = args_at(a, "node", 0)->node;

	(void)err;
	if (session_json(s, a))
		show_json(s, n);
	else
		show_table(s, n);
	return 0;
}

const struct command cmd_show = {
	.name = "show",
	.family = FAMILY_LOOK,
	.args = "<node> [--json]",
	.summary = "show a node's interfaces: state, MAC, MTU, peer, addresses",
	.details = "JSON: {\"name\", \"kind\", \"interfaces\": [{\"interface\", \"state\", "
		   "\"kind\", \"mac\", \"mtu\", "
		   "\"addresses\", \"peer\": {\"node\", \"interface\"} or null, \"bridge\": name "
		   "or null}, ...]}.",
	.example = "show h1",
	.run = run_show,
};
