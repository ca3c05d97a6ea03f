/* links, link: what is connected, and cutting it. */
#include "command/command.h"

#include <stdlib.h>
#include <string.h>

#include "command/grammar.h"
#include "command/look.h"
#include "plan/draft.h"

/* As look_json_port, with the bridge that the interface is a port of. */
static void json_end(struct json *j, const struct graph_port *p)
{
	const struct graph_port *master =
		p->master ? graph_port_by_index(p->node, p->master) : NULL;

	json_open(j, '{');
	json_put_string(j, "node", *p->node->name ? p->node->name : "root");
	json_put_string(j, "interface", p->name);
	json_put_string(j, "bridge", master ? master->name : NULL);
	json_close(j, '}');
}

static void links_json(struct session *s, const struct graph_link *links, size_t n)
{
	struct json j = { .buf = &s->out.buf };

	json_open(&j, '[');
	for (size_t i = 0; i < n; i++) {
		json_open(&j, '{');
		json_key(&j, "a");
		json_end(&j, links[i].a);
		json_key(&j, "b");
		json_end(&j, links[i].b);
		json_put_string(&j, "state", look_link_state(&links[i]));
		json_close(&j, '}');
	}
	json_close(&j, ']');
	out_puts(&s->out, "\n");
}

static void links_table(struct session *s, const struct graph_link *links, size_t n)
{
	struct table t;
	char a[64], b[64];

	table_init(&t, 3, NULL);
	for (size_t i = 0; i < n; i++) {
		table_cell(&t, "%s", look_port_label(links[i].a, a));
		table_cell(&t, "%s", look_port_label(links[i].b, b));
		table_cell(&t, "%s", look_link_state(&links[i]));
	}
	table_print(&t, &s->out);
}

static int run_links(struct session *s, const struct args *a, struct err *err)
{
	size_t n;
	struct graph_link *links = graph_links(s->graph, &n);

	(void)err;
	if (session_json(s, a))
		links_json(s, links, n);
	else
		links_table(s, links, n);
	free(links);
	return 0;
}

const struct command cmd_links = {
	.name = "links",
	.family = FAMILY_LOOK,
	.args = "[--json]",
	.summary = "list the links and their states",
	.details =
		"A state is up; down (an end is switched off, as `link A B down` does); no "
		"carrier; or what a "
		"switch makes of its port: blocked, learning, disabled. "
		"An end in the lab's root is root:INTERFACE, or br0:INTERFACE as a port of bridge "
		"br0. "
		"JSON: [{\"a\": {\"node\", \"interface\", \"bridge\": name or null}, \"b\": {...}, "
		"\"state\"}, ...].",
	.example = "links",
	.run = run_links,
};

static int run_link(struct session *s, const struct args *a, struct err *err)
{
	size_t n;
	struct graph_link *links = look_links_between(s->graph, a, &n, err);
	bool up = !strcmp(args_text(a, "up"), "up");
	struct plan plan = { 0 };
	int rc;

	if (!links)
		return -1;
	draft_link_state(links, n, up, &plan);
	rc = session_apply(s, &plan, err);
	plan_free(&plan);
	free(links);
	return rc;
}

const struct command cmd_link = {
	.name = "link",
	.family = FAMILY_CHANGE,
	.args = "<end> <end> up|down",
	.summary = "cut a cable, or mend it",
	.details = "Down switches off the switch's end, so that the other end sees no carrier and "
		   "keeps its addresses and "
		   "routes; between two nodes with addresses the second end, whose addresses and "
		   "routes are back after up. "
		   "Between two nodes all links are meant, or the one whose interface is named: "
		   "h1:eth1.",
	.example = "link h1 s1 down",
	.changes = true,
	.run = run_link,
};
