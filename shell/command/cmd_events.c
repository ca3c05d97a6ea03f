/* events: what changes in the lab, while it happens. */
#include "base/json_write.h"
#include "command/command.h"

#include <poll.h>
#include <stdio.h>
#include <time.h>

#include "base/clock.h"
#include "base/interrupt.h"
#include "command/change.h"
#include "command/grammar.h"

/* Where the lines go. */
struct listener {
	struct session *session;
	bool json;
};

static void tell_json(struct buf *out, const struct graph_change *c, const struct timespec *now)
{
	struct json j = { .buf = out };
	struct buf value = { 0 };
	const char *text;

	change_put_value(&value, c);
	text = buf_text(&value);
	json_open(&j, '{');
	json_put_real(&j, "time", (double)now->tv_sec + (double)(now->tv_nsec / 1000000) / 1e3);
	json_put_string(&j, "node", *c->node->name ? c->node->name : "root");
	json_put_string(&j, "interface", c->port ? c->port->name : NULL);
	json_put_string(&j, "event", change_word(c));
	json_put_string(&j, "value", *text ? text + (*text == ',') + 1 : NULL);
	json_close(&j, '}');
	buf_putc(out, '\n');
	buf_free(&value);
}

/* "12:00:01.123  h1  h1-eth0 down" */
static void tell_line(struct buf *out, const struct graph_change *c, const struct timespec *now)
{
	struct tm tm;

	localtime_r(&now->tv_sec, &tm);
	buf_printf(out, "%02d:%02d:%02d.%03ld  ", tm.tm_hour, tm.tm_min, tm.tm_sec,
		   now->tv_nsec / 1000000);
	change_put_line(out, c);
	buf_putc(out, '\n');
}

static void tell(const struct graph_change *c, void *data)
{
	const struct listener *l = data;
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	if (l->json)
		tell_json(&l->session->out.buf, c, &now);
	else
		tell_line(&l->session->out.buf, c, &now);
}

/* Until the graph has something to read, or LEFT ms have passed (-1: no limit). */
static void wait_for_news(const struct graph *g, int64_t left)
{
	struct pollfd fds[2] = { { .events = POLLIN }, { .events = POLLIN } };
	int fd[2], again = graph_timeout(g);

	graph_fds(g, fd);
	fds[0].fd = fd[0];
	fds[1].fd = fd[1];
	if (left < 0 || (again >= 0 && again < left))
		left = again;
	poll(fds, 2, left > INT32_MAX ? INT32_MAX : (int)left);
}

static int run_events(struct session *s, const struct args *a, struct err *err)
{
	const struct arg *limit = args_at(a, "time", 0);
	struct listener l = { s, session_json(s, a) };
	int64_t end = limit ? clock_ms() + (int64_t)(limit->time_ns / 1000000) : 0, left = -1;
	struct graph_observer observer = { .tell = tell, .data = &l };
	int rc = graph_observe(s->graph, &observer, err);

	while (!rc && !interrupt_pending() && !s->out.closed) {
		rc = graph_refresh(s->graph, err);
		out_flush(&s->out);
		if (limit) {
			left = end - clock_ms();
			if (left <= 0)
				break;
		}
		if (!rc)
			wait_for_news(s->graph, left);
	}
	graph_unobserve(s->graph, &observer);
	return rc;
}

const struct command cmd_events = {
	.name = "events",
	.family = FAMILY_LOOK,
	.args = "[<time>] [--json]",
	.summary = "print what changes in the lab while it happens",
	.details =
		"Until ^C, or for the time given: a line for each change of namespaces, "
		"interfaces, addresses, routes, bridge ports, qdiscs and forwarding, whoever "
		"makes it; in another terminal, say, by `nslab attach`. JSON: a line "
		"{\"time\", \"node\", \"interface\" or null, \"event\", \"value\" or null} each, "
		"the time in seconds since 1970.",
	.example = "events 100ms",
	.run = run_events,
};
