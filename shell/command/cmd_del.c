/* del, del link, reset. */
#include "command/command.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "command/grammar.h"
#include "command/look.h"
#include "plan/draft.h"

static int del_nodes(struct session *s, struct graph_node *const *nodes, size_t n, struct err *err)
{
	struct plan plan = { 0 };
	int rc = draft_del_nodes(nodes, n, &plan, err);

	if (!rc)
		rc = session_apply(s, &plan, err);
	plan_free(&plan);
	return rc;
}

static int run_del(struct session *s, const struct args *a, struct err *err)
{
	size_t n = args_count(a, "node");
	struct graph_node **nodes = mem_resize(NULL, n, sizeof(*nodes));
	int rc;

	for (size_t i = 0; i < n; i++)
		nodes[i] = args_at(a, "node", i)->node;
	rc = del_nodes(s, nodes, n, err);
	free(nodes);
	return rc;
}

const struct command cmd_del = {
	.name = "del",
	.family = FAMILY_BUILD,
	.args = "<node>...",
	.summary = "delete nodes, with their links and the programs that run in them",
	.example = "del h2",
	.changes = true,
	.run = run_del,
};

static int run_del_link(struct session *s, const struct args *a, struct err *err)
{
	size_t n;
	struct graph_link *links = look_links_between(s->graph, a, &n, err);
	struct plan plan = { 0 };
	int rc;

	if (!links)
		return -1;
	draft_del_links(links, n, &plan);
	rc = session_apply(s, &plan, err);
	plan_free(&plan);
	free(links);
	return rc;
}

const struct command cmd_del_link = {
	.name = "del link",
	.family = FAMILY_BUILD,
	.args = "<end> <end>",
	.summary = "delete the links between two nodes",
	.details = "All of them, or the one whose interface is named: h1:eth1.",
	.example = "del link h1 s1",
	.changes = true,
	.run = run_del_link,
};

static int run_reset(struct session *s, const struct args *a, struct err *err)
{
	struct plan plan = { 0 };
	int rc = draft_clear(s->graph, false, &plan, err);

	(void)a;
	if (!rc)
		rc = session_apply(s, &plan, err);
	plan_free(&plan);
	return rc;
}

const struct command cmd_reset = {
	.name = "reset",
	.family = FAMILY_BUILD,
	.args = "",
	.summary = "delete every node: the lab is empty again",
	.details = "Also the interfaces, addresses and routes that somebody made in the lab's root "
		   "namespace, and names in /run/netns that lead nowhere any more.",
	.example = "reset",
	.changes = true,
	.run = run_reset,
};
