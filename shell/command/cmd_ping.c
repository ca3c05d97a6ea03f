/* pingall, pingpair: who reaches whom. */
#include "command/command.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/mem.h"
#include "command/grammar.h"
#include "command/ping.h"

/* Up to so many nodes every pair is shown; of more only the lost ones, and of a node's lost ones
 * only the first. */
#define MATRIX_MAX 16
#define LOST_MAX   8

struct round {
	int family;
	const struct graph_node **nodes;   /* that take part */
	const struct graph_node **skipped; /* that have no address */
	size_t n, n_skipped;
	struct ping *pings; /* row after row: from the first to each other, ... */
	size_t n_pings, answered;
};

static void round_free(struct round *r)
{
	free(r->nodes);
	free(r->skipped);
	free(r->pings);
}

/* What the line says, else IPv4, or IPv6 in a lab that has no other. */
static int choose_family(const struct session *s, const struct args *a)
{
	if (args_has(a, "-4") || args_has(a, "-6"))
		return args_has(a, "-6") ? AF_INET6 : AF_INET;
	for (size_t i = 0; i < s->graph->n_nodes; i++)
		if (graph_node_address(s->graph->nodes[i], AF_INET))
			return AF_INET;
	for (size_t i = 0; i < s->graph->n_nodes; i++)
		if (graph_node_address(s->graph->nodes[i], AF_INET6))
			return AF_INET6;
	return AF_INET;
}

static void round_offer(struct round *r, const struct graph_node *node)
{
	for (size_t i = 0; i < r->n; i++)
		if (r->nodes[i] == node)
			return;
	for (size_t i = 0; i < r->n_skipped; i++)
		if (r->skipped[i] == node)
			return;
	if (graph_node_address(node, r->family))
		r->nodes[r->n++] = node;
	else
		r->skipped[r->n_skipped++] = node;
}

/* The nodes of the line, or the lab's first MOST hosts and routers. */
static void choose_nodes(const struct session *s, const struct args *a, size_t most,
			 struct round *r)
{
	size_t named = args_count(a, "node"), n = named ? named : s->graph->n_nodes;

	r->nodes = mem_resize(NULL, n + 1, sizeof(struct graph_node *));
	r->skipped = mem_resize(NULL, n + 1, sizeof(struct graph_node *));
	for (size_t i = 0; i < named; i++)
		round_offer(r, args_at(a, "node", i)->node);
	for (size_t i = 0; !named && i < n && r->n < most; i++)
		if (graph_node_kind(s->graph->nodes[i]) != GRAPH_SWITCH)
			round_offer(r, s->graph->nodes[i]);
}

static void list_pings(struct round *r)
{
	r->pings = mem_resize(NULL, r->n * r->n + 1, sizeof(*r->pings));
	for (size_t i = 0; i < r->n; i++)
		for (size_t k = 0; k < r->n; k++)
			if (i != k)
				r->pings[r->n_pings++] =
					(struct ping){ .from = r->nodes[i], .to = r->nodes[k] };
}

static void tell_progress(struct session *s, size_t done, size_t n)
{
	out_printf(&s->out, "\r%zu of %zu pings\033[K%s", done, n, done == n ? "\r\033[K" : "");
	out_flush(&s->out);
}

static void round_json(struct session *s, const struct round *r)
{
	struct json j = { .buf = &s->out.buf };

	json_open(&j, '{');
	json_key(&j, "family");
	json_string(&j, r->family == AF_INET ? "ipv4" : "ipv6");
	json_key(&j, "sent");
	json_number(&j, (int64_t)r->n_pings);
	json_key(&j, "received");
	json_number(&j, (int64_t)r->answered);
	json_key(&j, "skipped");
	json_open(&j, '[');
	for (size_t i = 0; i < r->n_skipped; i++)
		json_string(&j, r->skipped[i]->name);
	json_close(&j, ']');
	json_key(&j, "pairs");
	json_open(&j, '[');
	for (size_t i = 0; i < r->n_pings; i++) {
		json_open(&j, '{');
		json_key(&j, "from");
		json_string(&j, r->pings[i].from->name);
		json_key(&j, "to");
		json_string(&j, r->pings[i].to->name);
		json_key(&j, "answered");
		json_bool(&j, r->pings[i].answered);
		json_close(&j, '}');
	}
	json_close(&j, ']');
	json_close(&j, '}');
	out_puts(&s->out, "\n");
}

/* "h1 -> h2 X  h4": a name where there was an answer, in columns. */
static void print_row(struct out *o, const struct round *r, const struct ping *row, int width)
{
	out_printf(o, "%-*s ->", width, row->from->shown);
	for (size_t k = 0; k + 1 < r->n; k++) {
		bool last = k + 2 == r->n;

		out_printf(o, " %-*s", last ? 0 : (int)strlen(row[k].to->shown),
			   row[k].answered ? row[k].to->shown : "X");
	}
	out_puts(o, "\n");
}

/* "h1 lost h2 h3 (2 of 63)", or nothing. */
static void print_lost(struct out *o, const struct round *r, const struct ping *row)
{
	size_t lost = 0;

	for (size_t k = 0; k + 1 < r->n; k++) {
		if (row[k].answered)
			continue;
		if (!lost)
			out_printf(o, "%s lost", row->from->shown);
		if (lost++ < LOST_MAX)
			out_printf(o, " %s", row[k].to->shown);
	}
	if (lost)
		out_printf(o, "%s (%zu of %zu)\n", lost > LOST_MAX ? " ..." : "", lost, r->n - 1);
}

static void round_print(struct session *s, const struct round *r)
{
	size_t lost = r->n_pings - r->answered;
	int width = 0;

	for (size_t i = 0; i < r->n; i++)
		if ((int)strlen(r->nodes[i]->name) > width)
			width = (int)strlen(r->nodes[i]->name);
	for (size_t i = 0; i < r->n; i++) {
		const struct ping *row = &r->pings[i * (r->n - 1)];

		if (r->n <= MATRIX_MAX)
			print_row(&s->out, r, row, width);
		else
			print_lost(&s->out, r, row);
	}
	out_printf(&s->out, "*** Results: %zu%% dropped (%zu/%zu received)\n",
		   (100 * lost + r->n_pings / 2) / r->n_pings, r->answered, r->n_pings);
}

static int round_run(struct session *s, const struct args *a, struct round *r, struct err *err)
{
	const struct arg *timeout = args_at(a, "timeout", 0);
	bool as_json = session_json(s, a), shown = !as_json && s->out.fd >= 0 && isatty(s->out.fd);
	uint64_t ms = timeout ? timeout->time_ns / 1000000 : s->timeout_ms;

	if (ms < 1 || ms > 3600 * 1000)
		return err_set(err, "%s: timeout=%s is not within 1ms and 3600s", a->command->name,
			       timeout->text);
	for (size_t i = 0; !as_json && i < r->n_skipped; i++)
		out_printf(&s->out, "%s has no IPv%d address: skipped\n", r->skipped[i]->shown,
			   r->family == AF_INET ? 4 : 6);
	if (r->n < 2 && args_count(a, "node"))
		return err_set(err, "%s takes two nodes with an address", a->command->name);
	if (r->n < 2 && !as_json) {
		out_puts(&s->out,
			 "*** Results: nothing sent, that takes two nodes with an address\n");
		return 0;
	}
	list_pings(r);
	out_flush(&s->out);
	if (ping_run(s, r->pings, r->n_pings, r->family, (unsigned)ms, shown ? tell_progress : NULL,
		     err)) {
		out_puts(&s->out, shown ? "\r\033[K" : "");
		return err_wrap(err, "%s", a->command->name);
	}
	for (size_t i = 0; i < r->n_pings; i++)
		r->answered += r->pings[i].answered;
	if (as_json)
		round_json(s, r);
	else
		round_print(s, r);
	s->status = r->answered < r->n_pings;
	return 0;
}

static int run_pings(struct session *s, const struct args *a, size_t most, struct err *err)
{
	struct round r = { .family = choose_family(s, a) };
	int rc;

	choose_nodes(s, a, most, &r);
	rc = round_run(s, a, &r, err);
	round_free(&r);
	return rc;
}

static int run_pingall(struct session *s, const struct args *a, struct err *err)
{
	return run_pings(s, a, SIZE_MAX, err);
}

const struct command cmd_pingall = {
	.name = "pingall",
	.family = FAMILY_TEST,
	.args = "[timeout=<time>] [<node>...] [-4|-6] [--json]",
	.summary = "ping from every host and router to every other, or among the nodes named",
	.details = "A row for each node: the names that answered, X where there was no answer in "
		   "time. Of more than 16 "
		   "nodes only what was lost is listed. A loss makes the line's status 1. JSON: "
		   "{\"family\", \"sent\", "
		   "\"received\", \"skipped\": [name, ...], \"pairs\": [{\"from\", \"to\", "
		   "\"answered\"}, ...]}.",
	.example = "pingall",
	.run = run_pingall,
};

static int run_pingpair(struct session *s, const struct args *a, struct err *err)
{
	size_t n = args_count(a, "node");

	if (n && n != 2)
		return err_set(err, "pingpair: two nodes, or none for the first two, not %zu", n);
	return run_pings(s, a, 2, err);
}

const struct command cmd_pingpair = {
	.name = "pingpair",
	.family = FAMILY_TEST,
	.args = "[timeout=<time>] [<node>...] [-4|-6] [--json]",
	.summary = "ping between the first two hosts, or the two named",
	.details = "What it prints is explained at `pingall`.",
	.example = "pingpair -6",
	.run = run_pingpair,
};
