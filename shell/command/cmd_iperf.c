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

static void print_row(struct table *t, const struct iperf *test, bool udp)
{
	char sent[32], received[32];

	table_cell(t, "%s", test->client->shown);
	table_cell(t, "%s", test->server->shown);
	if (*test->error) {
		for (size_t i = 3; i < t->columns; i++)
			table_cell(t, "-");
		table_cell(t, "%s", test->error);
		return;
	}
	format_rate(sent, test->sent);
	format_rate(received, test->received);
	table_cell(t, "%s/s", sent);
	table_cell(t, "%s/s", received);
	if (udp) {
		table_cell(t, "%.2f%%", test->lost_percent);
		table_cell(t, "%.3f ms", test->jitter_ms);
	} else {
		table_cell(t, "%llu", (unsigned long long)test->retransmits);
	}
}

/* Its last column only where something failed. */
static void print_table(struct session *s, const struct iperf *v, size_t n, bool udp, bool failed)
{
	static const char *const tcp[] = {
		"from", "to", "sent", "received", "retransmits", "error"
	};
	static const char *const of_udp[] = { "from", "to",	"sent", "received",
					      "lost", "jitter", "error" };
	struct table t;

	table_init(&t, (udp ? 6 : 5) + failed, udp ? of_udp : tcp);
	for (size_t i = 0; i < n; i++) {
		print_row(&t, &v[i], udp);
		if (failed && !*v[i].error)
			table_cell(&t, "%s", v[i].error);
	}
	table_print(&t, &s->out);
}

static void print_json(struct session *s, const struct iperf *v, size_t n, bool udp)
{
	struct json j = { .buf = &s->out.buf };

	json_open(&j, '[');
	for (size_t i = 0; i < n; i++) {
		json_open(&j, '{');
		json_put_string(&j, "from", v[i].client->name);
		json_put_string(&j, "to", v[i].server->name);
		json_put_string(&j, "protocol", udp ? "udp" : "tcp");
		if (*v[i].error) {
			json_put_string(&j, "error", v[i].error);
			json_close(&j, '}');
			continue;
		}
		json_put_real(&j, "sent_bits_per_second", v[i].sent);
		json_put_real(&j, "received_bits_per_second", v[i].received);
		if (udp) {
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

static bool have_both(const struct iperf *test, int family)
{
	return graph_node_address(test->client, family) && graph_node_address(test->server, family);
}

/* FAMILY 0: whichever both have, IPv4 rather than IPv6. */
static int add_pair(struct iperf *test, const struct graph_node *client,
		    const struct graph_node *server, int family, struct err *err)
{
	if (client == server)
		return err_set(err, "%s to itself: name two nodes", client->shown);
	*test = (struct iperf){ .client = client, .server = server, .family = family };
	if (!family)
		test->family =
			!have_both(test, AF_INET) && have_both(test, AF_INET6) ? AF_INET6 : AF_INET;
	if (!graph_node_address(server, test->family))
		return err_set(err, "%s has no IPv%d address", server->shown,
			       test->family == AF_INET ? 4 : 6);
	return 0;
}

/* The pairs of the line; else from the lab's first host to its last, as Mininet has it. How many,
 * or -1. */
static int choose_pairs(const struct session *s, const struct args *a, struct iperf *v, int family,
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
	const int family = args_has(a, "-6") ? AF_INET6 : args_has(a, "-4") ? AF_INET : 0;
	struct iperf v[PAIRS_MAX];
	bool failed = false;
	int n;

	o->seconds = seconds ? (unsigned)(seconds->time_ns / 1000000000) : SECONDS_DEFAULT;
	if (o->seconds < 1 || o->seconds > SECONDS_MAX)
		return err_set(err, "time=%s is not within 1s and %ds", seconds->text, SECONDS_MAX);
	n = choose_pairs(s, a, v, family, err);
	out_flush(&s->out);
	if (n < 0 || iperf_run(s, v, (size_t)n, o, err))
		return -1;
	for (int i = 0; i < n; i++)
		failed |= *v[i].error;
	if (session_json(s, a))
		print_json(s, v, (size_t)n, o->udp);
	else
		print_table(s, v, (size_t)n, o->udp, failed);
	s->status = failed;
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
		"\"retransmits\"}, ...]; of a pair that failed \"error\" in place of the numbers. "
		"The status is 1 when one did.",
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
