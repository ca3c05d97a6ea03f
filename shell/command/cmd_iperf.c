/* iperf, iperfudp: how much goes from one node to another. */
#include "base/json_write.h"
#include "command/command.h"

#include <stdio.h>

#include "base/mem.h"
#include "command/grammar.h"
#include "command/iperf.h"

#define SECONDS_DEFAULT 5
#define SECONDS_MAX	3600
#define PAIRS_MAX	64
#define UDP_RATE	10000000 /* bits a second, where none is given: as Mininet's */

/* "12.7 gbit" */
static void format_rate(char text[32], double bits)
{
	static const char *const units[] = { "bit", "kbit", "mbit", "gbit", "tbit" };
	size_t u = 0;

	while (bits >= 1000 && u + 1 < sizeof(units) / sizeof(*units)) {
		bits /= 1000;
		u++;
	}
	snprintf(text, 32,
		 bits < 10    ? "%.2f %s"
		 : bits < 100 ? "%.1f %s"
			      : "%.0f %s",
		 bits, units[u]);
}

static void print_table(struct session *s, const struct iperf *v, size_t n,
			const struct iperf_options *o)
{
	struct table t;
	char sent[32], received[32];

	table_init(
		&t, o->udp ? 6 : 5,
		o->udp ? (const char *const[]){ "from", "to", "sent", "received", "lost", "jitter" }
		       : (const char *const[]){ "from", "to", "sent", "received", "retransmits" });
	for (size_t i = 0; i < n; i++) {
		format_rate(sent, v[i].sent);
		format_rate(received, v[i].received);
		table_cell(&t, "%s", v[i].client->shown);
		table_cell(&t, "%s", v[i].server->shown);
		table_cell(&t, "%s/s", sent);
		table_cell(&t, "%s/s", received);
		if (o->udp) {
			table_cell(&t, "%.2f%%", v[i].lost_percent);
			table_cell(&t, "%.3f ms", v[i].jitter_ms);
		} else {
			table_cell(&t, "%llu", (unsigned long long)v[i].retransmits);
		}
	}
	table_print(&t, &s->out);
}

static void print_json(struct session *s, const struct iperf *v, size_t n,
		       const struct iperf_options *o)
{
	struct json j = { .buf = &s->out.buf };

	json_open(&j, '[');
	for (size_t i = 0; i < n; i++) {
		json_open(&j, '{');
		json_put_string(&j, "from", v[i].client->name);
		json_put_string(&j, "to", v[i].server->name);
		json_put_string(&j, "protocol", o->udp ? "udp" : "tcp");
		json_put_real(&j, "sent_bits_per_second", v[i].sent);
		json_put_real(&j, "received_bits_per_second", v[i].received);
		if (o->udp) {
			json_put_real(&j, "lost_percent", v[i].lost_percent);
			json_put_real(&j, "jitter_ms", v[i].jitter_ms);
		} else {
			json_put_number(&j, "retransmits", (int64_t)v[i].retransmits);
		}
		json_close(&j, '}');
	}
	json_close(&j, ']');
	out_puts(&s->out, "\n");
}

/* ---- who ---- */

static int add_pair(struct iperf *test, const struct graph_node *client,
		    const struct graph_node *server, int *family, struct err *err)
{
	const int tried = *family ? *family : AF_INET;

	if (client == server)
		return err_set(err, "%s to itself: name two nodes", client->shown);
	*test = (struct iperf){ .client = client, .server = server };
	if (!*family && !graph_node_address(server, AF_INET) &&
	    graph_node_address(server, AF_INET6))
		*family = AF_INET6;
	else
		*family = tried;
	if (!graph_node_address(server, *family))
		return err_set(err, "%s has no IPv%d address", server->shown,
			       *family == AF_INET ? 4 : 6);
	return 0;
}

/* The pairs of the line; else from the lab's first host to its last, as Mininet has it. How many,
 * or -1. */
static int choose_pairs(const struct session *s, const struct args *a, struct iperf *v, int *family,
			struct err *err)
{
	const size_t named = args_count(a, "node");
	const struct graph_node *first = NULL, *last = NULL;

	if (named % 2 || named > 2 * PAIRS_MAX)
		return err_set(err,
			       "nodes come in pairs, client and server, %d at most: there are %zu",
			       PAIRS_MAX, named);
	for (size_t i = 0; i < named; i += 2)
		if (add_pair(&v[i / 2], args_at(a, "node", i)->node,
			     args_at(a, "node", i + 1)->node, family, err))
			return -1;
	if (named)
		return (int)(named / 2);
	for (size_t i = 0; i < s->graph->n_nodes; i++) {
		if (graph_node_kind(s->graph->nodes[i]) != GRAPH_HOST)
			continue;
		first = first ? first : s->graph->nodes[i];
		last = s->graph->nodes[i];
	}
	if (first == last)
		return err_set(err, "that takes two hosts");
	return add_pair(&v[0], first, last, family, err) ? -1 : 1;
}

static int run_iperf(struct session *s, const struct args *a, struct iperf_options *o,
		     struct err *err)
{
	const struct arg *seconds = args_at(a, "time", 0);
	struct iperf v[PAIRS_MAX];
	int n;

	o->seconds = seconds ? (unsigned)(seconds->time_ns / 1000000000) : SECONDS_DEFAULT;
	o->family = args_has(a, "-6") ? AF_INET6 : args_has(a, "-4") ? AF_INET : 0;
	if (o->seconds < 1 || o->seconds > SECONDS_MAX)
		return err_set(err, "time=%s is not within 1s and %ds", seconds->text, SECONDS_MAX);
	n = choose_pairs(s, a, v, &o->family, err);
	out_flush(&s->out);
	if (n < 0 || iperf_run(s, v, (size_t)n, o, err))
		return -1;
	if (session_json(s, a))
		print_json(s, v, (size_t)n, o);
	else
		print_table(s, v, (size_t)n, o);
	return 0;
}

static int run_tcp(struct session *s, const struct args *a, struct err *err)
{
	struct iperf_options o = { 0 };

	return run_iperf(s, a, &o, err) ? err_wrap(err, "iperf") : 0;
}

const struct command cmd_iperf = {
	.name = "iperf",
	.family = FAMILY_TEST,
	.args = "[time=<time>] [<node>...] [-4|-6] [--json]",
	.summary = "measure the TCP throughput between two nodes, or of several pairs at once",
	.details =
		"From the first node to the second (to the third the fourth, ...), all at the same "
		"time, for 5 seconds; without nodes from the first host to the last. By iperf3 "
		"(package iperf3), a server and a client for each pair. JSON: [{\"from\", \"to\", "
		"\"protocol\", \"sent_bits_per_second\", \"received_bits_per_second\", "
		"\"retransmits\"}, ...].",
	.example = "iperf time=1s h1 h2",
	.run = run_tcp,
};

static int run_udp(struct session *s, const struct args *a, struct err *err)
{
	const struct arg *rate = args_at(a, "rate", 0);
	struct iperf_options o = { .udp = true, .rate = rate ? rate->rate : UDP_RATE };

	if (!o.rate)
		return err_set(err, "iperfudp: a rate of 0 sends nothing");
	return run_iperf(s, a, &o, err) ? err_wrap(err, "iperfudp") : 0;
}

const struct command cmd_iperfudp = {
	.name = "iperfudp",
	.family = FAMILY_TEST,
	.args = "[<rate>] [time=<time>] [<node>...] [-4|-6] [--json]",
	.summary = "send UDP at a rate between two nodes: what arrives, what is lost, the jitter",
	.details =
		"`iperfudp 50mbit h1 h2`; without a rate 10mbit. Otherwise as `iperf`; JSON with "
		"\"lost_percent\" and \"jitter_ms\" in place of \"retransmits\".",
	.example = "iperfudp 5mbit time=1s h1 h2",
	.run = run_udp,
};
