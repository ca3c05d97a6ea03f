/* nodes, net, intfs, dump, ports: the lab as lists, a node a line. */
#include "command/command.h"

#include <string.h>
#include <unistd.h>

#include "base/name.h"
#include "base/wrap.h"
#include "command/grammar.h"
#include "command/look.h"

/* How a list shows one node: its line, and its keys in a JSON object after "name". */
struct listing {
	void (*print)(struct session *s, const struct graph_node *n);
	void (*json)(struct session *s, struct json *j, const struct graph_node *n);
	bool switches_only;
};

static bool has_bridge_port(const struct graph_node *n)
{
	for (size_t i = 0; i < n->n_ports; i++)
		if (graph_port_bridge(n->ports[i]))
			return true;
	return false;
}

static void list_json(struct session *s, const struct listing *l)
{
	struct json j = { .buf = &s->out.buf };

	json_open(&j, '[');
	for (size_t i = 0; i < s->graph->n_nodes; i++) {
		const struct graph_node *n = s->graph->nodes[i];

		if (l->switches_only && !has_bridge_port(n))
			continue;
		json_open(&j, '{');
		json_put_string(&j, "name", n->name);
		l->json(s, &j, n);
		json_close(&j, '}');
	}
	json_close(&j, ']');
	out_puts(&s->out, "\n");
}

static int list(struct session *s, const struct args *a, const struct listing *l)
{
	if (session_json(s, a)) {
		list_json(s, l);
		return 0;
	}
	for (size_t i = 0; i < s->graph->n_nodes; i++)
		if (!l->switches_only || has_bridge_port(s->graph->nodes[i]))
			l->print(s, s->graph->nodes[i]);
	return 0;
}

static void nodes_json(struct session *s, struct json *j, const struct graph_node *n)
{
	(void)s;
	json_put_string(j, "kind", graph_kind_name(graph_node_kind(n)));
	json_put_open(j, "addresses", '[');
	for (size_t k = 0; k < n->n_ports; k++)
		look_json_addresses(j, n->ports[k], false);
	json_close(j, ']');
}

/* A name that leads nowhere is no node, but somebody waits for it: said on stderr, behind the list
 * of those that are. */
static void nodes_notes(struct session *s)
{
	struct out notes = { .fd = STDERR_FILENO };
	char why[512];

	out_flush(&s->out);
	for (size_t i = 0; i < s->graph->n_pending; i++) {
		const char *name = s->graph->pending[i];
		struct buf line = { 0 };

		if (!graph_pending_reason(s->graph, name, why, sizeof(why)))
			continue;
		name_show(&line, name);
		buf_printf(&line, " is no node: %s", why);
		wrap_lines(&notes.buf, buf_text(&line), 0, 4, out_columns(&notes));
		buf_free(&line);
	}
	out_flush(&notes);
	out_free(&notes);
}

static void nodes_table(struct session *s)
{
	static const char *const head[] = { "name", "kind", "addresses" };
	struct table t;

	table_init(&t, 3, head);
	for (size_t i = 0; i < s->graph->n_nodes; i++) {
		const struct graph_node *n = s->graph->nodes[i];
		struct buf addresses = { 0 };

		for (size_t k = 0; k < n->n_ports; k++)
			look_addresses(n->ports[k], false, &addresses);
		table_cell(&t, "%s", n->shown);
		table_cell(&t, "%s", graph_kind_name(graph_node_kind(n)));
		table_cell(&t, "%s", buf_text(&addresses));
		buf_free(&addresses);
	}
	table_print(&t, &s->out);
	nodes_notes(s);
}

static int run_nodes(struct session *s, const struct args *a, struct err *err)
{
	static const struct listing listing = { .json = nodes_json };

	(void)err;
	if (session_json(s, a))
		list_json(s, &listing);
	else
		nodes_table(s);
	return 0;
}

const struct command cmd_nodes = {
	.name = "nodes",
	.family = FAMILY_LOOK,
	.args = "[--json]",
	.summary = "list the nodes, their kinds and addresses",
	.details = "A kind follows from what the kernel has: a namespace with a bridge and no "
		   "address of its own is a "
		   "switch, one that forwards is a router, any other is a host. "
		   "JSON: [{\"name\", \"kind\", \"addresses\": [\"10.0.0.1/8\", ...]}, ...].",
	.example = "nodes",
	.run = run_nodes,
};

static void net_print(struct session *s, const struct graph_node *n)
{
	out_puts(&s->out, n->shown);
	for (size_t i = 0; i < n->n_ports; i++) {
		const struct graph_port *p = n->ports[i], *peer = graph_port_peer(s->graph, p);
		const char *end = graph_port_elsewhere(s->graph, p) ? "?" : "-";
		char label[64];

		if (look_port_counts(p))
			out_printf(&s->out, " %s:%s", p->shown,
				   peer ? look_port_label(peer, label) : end);
	}
	out_puts(&s->out, "\n");
}

static void net_json(struct session *s, struct json *j, const struct graph_node *n)
{
	json_put_open(j, "interfaces", '[');
	for (size_t i = 0; i < n->n_ports; i++) {
		if (!look_port_counts(n->ports[i]))
			continue;
		json_open(j, '{');
		json_put_string(j, "interface", n->ports[i]->name);
		json_key(j, "peer");
		look_json_peer(j, s->graph, n->ports[i]);
		json_close(j, '}');
	}
	json_close(j, ']');
}

static int run_net(struct session *s, const struct args *a, struct err *err)
{
	(void)err;
	return list(s, a, &(const struct listing){ .print = net_print, .json = net_json });
}

const struct command cmd_net = {
	.name = "net",
	.family = FAMILY_LOOK,
	.args = "[--json]",
	.summary = "show what each interface is connected to",
	.details = "INTERFACE:PEER for each interface of a node, the peer as NODE:INTERFACE where "
		   "its name does not begin with its node's; - where there is no peer, ? where it "
		   "is in a namespace that the lab has no name for (then both members are null). "
		   "JSON: [{\"name\", \"interfaces\": [{\"interface\", \"peer\": {\"node\", "
		   "\"interface\"} or null}, "
		   "...]}, ...].",
	.example = "net",
	.run = run_net,
};

/* As Mininet has it: a switch's lo is listed, a host's is not. */
static bool intfs_lists(const struct graph_port *p)
{
	return look_port_counts(p) ||
	       (!strcmp(p->name, "lo") && graph_node_kind(p->node) == GRAPH_SWITCH);
}

static void intfs_print(struct session *s, const struct graph_node *n)
{
	const char *separator = " ";

	out_printf(&s->out, "%s:", n->shown);
	for (size_t i = 0; i < n->n_ports; i++) {
		if (!intfs_lists(n->ports[i]))
			continue;
		out_printf(&s->out, "%s%s", separator, n->ports[i]->shown);
		separator = ",";
	}
	out_puts(&s->out, "\n");
}

static void intfs_json(struct session *s, struct json *j, const struct graph_node *n)
{
	(void)s;
	json_put_open(j, "interfaces", '[');
	for (size_t i = 0; i < n->n_ports; i++)
		if (intfs_lists(n->ports[i]))
			json_string(j, n->ports[i]->name);
	json_close(j, ']');
}

static int run_intfs(struct session *s, const struct args *a, struct err *err)
{
	(void)err;
	return list(s, a, &(const struct listing){ .print = intfs_print, .json = intfs_json });
}

const struct command cmd_intfs = {
	.name = "intfs",
	.family = FAMILY_LOOK,
	.args = "[--json]",
	.summary = "list the interfaces of each node",
	.details = "JSON: [{\"name\", \"interfaces\": [\"h1-eth0\", ...]}, ...].",
	.example = "intfs",
	.run = run_intfs,
};

/* The first address, IPv4 before IPv6, without its length; "None" as Mininet has it. */
static const char *first_address(const struct graph_port *p, char text[PREFIX_TEXT])
{
	for (size_t i = 0; i < p->n_addresses; i++)
		if (p->addresses[i].prefix.family == AF_INET)
			return address_format(text, &p->addresses[i].prefix);
	return p->n_addresses ? address_format(text, &p->addresses[0].prefix) : "None";
}

static void dump_print(struct session *s, const struct graph_node *n)
{
	static const char *const class[] = {
		[GRAPH_HOST] = "Host", [GRAPH_SWITCH] = "Switch", [GRAPH_ROUTER] = "Router"
	};
	const char *separator = " ";
	char text[PREFIX_TEXT];

	out_printf(&s->out, "<%s %s:", class[graph_node_kind(n)], n -> shown);
	for (size_t i = 0; i < n->n_ports; i++) {
		if (!look_port_counts(n->ports[i]))
			continue;
		out_printf(&s->out, "%s%s:%s", separator, n->ports[i]->shown,
			   first_address(n->ports[i], text));
		separator = ",";
	}
	out_puts(&s->out, ">\n");
}

static void dump_json(struct session *s, struct json *j, const struct graph_node *n)
{
	(void)s;
	json_put_string(j, "kind", graph_kind_name(graph_node_kind(n)));
	json_put_open(j, "interfaces", '[');
	for (size_t i = 0; i < n->n_ports; i++) {
		if (!look_port_counts(n->ports[i]))
			continue;
		json_open(j, '{');
		json_put_string(j, "interface", n->ports[i]->name);
		json_put_open(j, "addresses", '[');
		look_json_addresses(j, n->ports[i], true);
		json_close(j, ']');
		json_close(j, '}');
	}
	json_close(j, ']');
}

static int run_dump(struct session *s, const struct args *a, struct err *err)
{
	(void)err;
	return list(s, a, &(const struct listing){ .print = dump_print, .json = dump_json });
}

const struct command cmd_dump = {
	.name = "dump",
	.family = FAMILY_LOOK,
	.args = "[--json]",
	.summary = "show each node with its interfaces and their addresses",
	.details = "JSON: [{\"name\", \"kind\", \"interfaces\": [{\"interface\", \"addresses\"}, "
		   "...]}, ...].",
	.example = "dump",
	.run = run_dump,
};

static void ports_print(struct session *s, const struct graph_node *n)
{
	out_puts(&s->out, n->shown);
	for (size_t i = 0; i < n->n_ports; i++)
		if (graph_port_bridge(n->ports[i]))
			out_printf(&s->out, " %s:%u", n->ports[i]->shown, n->ports[i]->port_number);
	out_puts(&s->out, "\n");
}

static void ports_json(struct session *s, struct json *j, const struct graph_node *n)
{
	(void)s;
	json_put_open(j, "ports", '[');
	for (size_t i = 0; i < n->n_ports; i++) {
		const struct graph_port *p = n->ports[i];
		const struct graph_port *bridge = graph_port_bridge(p);

		if (!bridge)
			continue;
		json_open(j, '{');
		json_put_string(j, "interface", p->name);
		json_put_number(j, "number", p->port_number);
		json_put_string(j, "bridge", bridge->name);
		json_put_string(j, "state", look_port_state(p));
		json_close(j, '}');
	}
	json_close(j, ']');
}

static int run_ports(struct session *s, const struct args *a, struct err *err)
{
	(void)err;
	return list(s, a,
		    &(const struct listing){
			    .print = ports_print, .json = ports_json, .switches_only = true });
}

const struct command cmd_ports = {
	.name = "ports",
	.family = FAMILY_LOOK,
	.args = "[--json]",
	.summary = "list the ports of each switch with their numbers",
	.details = "JSON: [{\"name\", \"ports\": [{\"interface\", \"number\", \"bridge\", "
		   "\"state\"}, ...]}, ...].",
	.example = "ports",
	.run = run_ports,
};
