/* routes, neigh: how a node finds its way. */
#include "command/command.h"

#include <stdlib.h>

#include "command/grammar.h"
#include "command/look.h"

static void routes_json(struct session *s, const struct args *a)
{
	struct json j = { .buf = &s->out.buf };
	size_t named = args_count(a, "node");

	json_open(&j, '[');
	for (size_t i = 0; i < (named ? named : s->graph->n_nodes); i++) {
		const struct graph_node *n =
			named ? args_at(a, "node", i)->node : s->graph->nodes[i];

		json_open(&j, '{');
		json_put_string(&j, "name", n->name);
		json_put_open(&j, "routes", '[');
		for (size_t k = 0; k < n->n_routes; k++)
			look_json_route(&j, n, &n->routes[k]);
		json_close(&j, ']');
		json_close(&j, '}');
	}
	json_close(&j, ']');
	out_puts(&s->out, "\n");
}

static void routes_table(struct session *s, const struct args *a)
{
	size_t named = args_count(a, "node");
	struct table t;

	table_init(&t, 2, NULL);
	for (size_t i = 0; i < (named ? named : s->graph->n_nodes); i++) {
		const struct graph_node *n =
			named ? args_at(a, "node", i)->node : s->graph->nodes[i];

		for (size_t k = 0; k < n->n_routes; k++) {
			struct buf text = { 0 };

			look_route(n, &n->routes[k], &text);
			table_cell(&t, "%s", n->shown);
			table_cell(&t, "%s", buf_text(&text));
			buf_free(&text);
		}
	}
	table_print(&t, &s->out);
}

static int run_routes(struct session *s, const struct args *a, struct err *err)
{
	size_t named = args_count(a, "node");

	for (size_t i = 0; i < named; i++)
		if (graph_read_details(s->graph, args_at(a, "node", i)->node, err))
			return -1;
	if (!named && graph_read_all_details(s->graph, err))
		return -1;
	if (session_json(s, a))
		routes_json(s, a);
	else
		routes_table(s, a);
	return 0;
}

const struct command cmd_routes = {
	.name = "routes",
	.family = FAMILY_LOOK,
	.args = "[<node>...] [--json]",
	.summary = "list the routes of all nodes, or of those named",
	.details = "In all tables, as `ip route` writes them; what the kernel makes for itself "
		   "(local, broadcast, multicast) is left out. JSON: [{\"name\", \"routes\": "
		   "[{\"family\", \"destination\", \"via\", \"interface\", \"type\", \"table\", "
		   "\"protocol\", \"metric\", \"source\", \"weight\"}, ...]}, ...].",
	.example = "routes",
	.run = run_routes,
};

static void neigh_json(struct session *s, const struct graph_node *n,
		       const struct graph_neighbour *list, size_t count)
{
	struct json j = { .buf = &s->out.buf };
	char text[PREFIX_TEXT];

	json_open(&j, '[');
	for (size_t i = 0; i < count; i++) {
		const struct graph_port *p = graph_port_by_index(n, list[i].ifindex);

		json_open(&j, '{');
		json_put_string(&j, "address", address_format(text, &list[i].address));
		json_put_string(&j, "mac", list[i].has_mac ? mac_format(text, list[i].mac) : NULL);
		json_put_string(&j, "interface", p ? p->name : NULL);
		json_put_string(&j, "state", graph_neighbour_state(list[i].state));
		json_close(&j, '}');
	}
	json_close(&j, ']');
	out_puts(&s->out, "\n");
}

static void neigh_table(struct session *s, const struct graph_node *n,
			const struct graph_neighbour *list, size_t count)
{
	char text[PREFIX_TEXT];
	struct table t;

	table_init(&t, 4, NULL);
	for (size_t i = 0; i < count; i++) {
		const struct graph_port *p = graph_port_by_index(n, list[i].ifindex);

		table_cell(&t, "%s", address_format(text, &list[i].address));
		table_cell(&t, "%s", list[i].has_mac ? mac_format(text, list[i].mac) : "-");
		table_cell(&t, "%s", p ? p->shown : "-");
		table_cell(&t, "%s", graph_neighbour_state(list[i].state));
	}
	table_print(&t, &s->out);
}

static int run_neigh(struct session *s, const struct args *a, struct err *err)
{
	struct graph_node *n = args_at(a, "node", 0)->node;
	struct graph_neighbour *list;
	size_t count;

	if (graph_read_neighbours(s->graph, n, &list, &count, err))
		return -1;
	if (session_json(s, a))
		neigh_json(s, n, list, count);
	else
		neigh_table(s, n, list, count);
	free(list);
	return 0;
}

const struct command cmd_neigh = {
	.name = "neigh",
	.family = FAMILY_LOOK,
	.args = "<node> [--json]",
	.summary = "list whose MAC addresses a node has learnt",
	.details = "Its ARP table, and the same of IPv6. JSON: [{\"address\", \"mac\" or null, "
		   "\"interface\", \"state\"}, ...].",
	.example = "neigh h1",
	.run = run_neigh,
};
