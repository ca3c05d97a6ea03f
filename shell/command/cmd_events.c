/* events: what changes in the lab, while it happens. */
#include "command/command.h"

#include <linux/if.h>
#include <linux/if_bridge.h>
#include <poll.h>
#include <stdio.h>
#include <time.h>

#include "base/interrupt.h"
#include "base/name.h"
#include "command/grammar.h"
#include "command/look.h"

/* Where the lines go. */
struct listener {
	struct session *session;
	bool json;
};

/* The words of each kind, in JSON its "event". */
static const char *const words[] = {
	[GRAPH_NODE_ADDED] = "namespace added",
	[GRAPH_NODE_DELETED] = "namespace deleted",
	[GRAPH_NODE_RENAMED] = "namespace renamed",
	[GRAPH_FORWARDING] = "forwarding",
	[GRAPH_PORT_ADDED] = "added",
	[GRAPH_PORT_DELETED] = "deleted",
	[GRAPH_PORT_MOVED_AWAY] = "moved away",
	[GRAPH_PORT_MOVED_HERE] = "moved here",
	[GRAPH_PORT_RENAMED] = "renamed",
	[GRAPH_PORT_FLAGS] = "up",
	[GRAPH_PORT_CARRIER] = "carrier",
	[GRAPH_PORT_MASTER] = "master",
	[GRAPH_PORT_STATE] = "port state",
	[GRAPH_PORT_MTU] = "mtu",
	[GRAPH_PORT_MAC] = "mac",
	[GRAPH_ADDRESS_ADDED] = "address added",
	[GRAPH_ADDRESS_DELETED] = "address deleted",
	[GRAPH_ROUTE_ADDED] = "route added",
	[GRAPH_ROUTE_DELETED] = "route deleted",
	[GRAPH_QDISC_ADDED] = "qdisc added",
	[GRAPH_QDISC_DELETED] = "qdisc deleted",
};

static const char *word_of(const struct graph_change *c)
{
	const struct graph_port *p = c->port;

	if (c->kind == GRAPH_PORT_FLAGS && !(p->flags & IFF_UP))
		return "down";
	if (c->kind == GRAPH_PORT_CARRIER && !(p->flags & IFF_LOWER_UP))
		return "no carrier";
	if (c->kind == GRAPH_PORT_MASTER && !p->master)
		return "no master";
	if (c->kind == GRAPH_FORWARDING &&
	    !(c->family == AF_INET ? c->node->forwards : c->node->forwards6))
		return "no forwarding";
	return words[c->kind];
}

static const char *port_state(const struct graph_port *p)
{
	static const char *const names[] = {
		[BR_STATE_DISABLED] = "disabled", [BR_STATE_LISTENING] = "listening",
		[BR_STATE_LEARNING] = "learning", [BR_STATE_FORWARDING] = "forwarding",
		[BR_STATE_BLOCKING] = "blocking",
	};

	return p->stp_state < sizeof(names) / sizeof(*names) ? names[p->stp_state] : "unknown";
}

static void put_shown(struct buf *b, const char *before, const char *name)
{
	buf_puts(b, before);
	name_show(b, name);
}

/* What there is to say besides the word. */
static void put_value(struct buf *b, const struct graph_change *c)
{
	const struct graph_port *p = c->port, *master;
	char text[PREFIX_TEXT];

	switch (c->kind) {
	case GRAPH_NODE_RENAMED:
	case GRAPH_PORT_RENAMED:
		put_shown(b, ", was ", c->was);
		break;
	case GRAPH_PORT_MOVED_HERE:
		if (c->was)
			put_shown(b, " from ", *c->was ? c->was : "root");
		break;
	case GRAPH_PORT_ADDED:
		buf_printf(b, "%s%s", *p->kind ? ", a " : "", p->kind);
		break;
	case GRAPH_PORT_MASTER:
		master = p->master ? graph_port_by_index(p->node, p->master) : NULL;
		if (master)
			put_shown(b, " ", master->name);
		else if (c->was)
			put_shown(b, ", was ", c->was);
		break;
	case GRAPH_PORT_STATE:
		buf_printf(b, " %s", port_state(p));
		break;
	case GRAPH_PORT_MTU:
		buf_printf(b, " %u", p->mtu);
		break;
	case GRAPH_PORT_MAC:
		buf_printf(b, " %s", mac_format(text, p->mac));
		break;
	case GRAPH_ADDRESS_ADDED:
	case GRAPH_ADDRESS_DELETED:
		buf_printf(b, " %s", prefix_format(text, &c->address->prefix));
		break;
	case GRAPH_ROUTE_ADDED:
	case GRAPH_ROUTE_DELETED:
		buf_putc(b, ' ');
		look_route(c->node, c->route, b);
		break;
	case GRAPH_QDISC_ADDED:
	case GRAPH_QDISC_DELETED:
		buf_putc(b, ' ');
		look_qdisc(c->qdisc, b);
		break;
	case GRAPH_FORWARDING:
		buf_printf(b, " IPv%d", c->family == AF_INET ? 4 : 6);
		break;
	default:
		break;
	}
}

static void tell_json(struct buf *out, const struct graph_change *c, const struct timespec *now)
{
	struct json j = { .buf = out };
	struct buf value = { 0 };
	const char *text;

	put_value(&value, c);
	text = buf_text(&value);
	json_open(&j, '{');
	json_key(&j, "time");
	json_real(&j, (double)now->tv_sec + (double)(now->tv_nsec / 1000000) / 1e3);
	json_key(&j, "node");
	json_string(&j, *c->node->name ? c->node->name : "root");
	json_key(&j, "interface");
	json_string(&j, c->port ? c->port->name : NULL);
	json_key(&j, "event");
	json_string(&j, word_of(c));
	json_key(&j, "value");
	json_string(&j, *text ? text + (*text == ',') + 1 : NULL);
	json_close(&j, '}');
	buf_putc(out, '\n');
	buf_free(&value);
}

/* "12:00:01.123  h1  h1-eth0 down" */
static void tell_line(struct buf *out, const struct graph_change *c, const struct timespec *now)
{
	struct tm tm;

	localtime_r(&now->tv_sec, &tm);
	buf_printf(out, "%02d:%02d:%02d.%03ld  %s  ", tm.tm_hour, tm.tm_min, tm.tm_sec,
		   now->tv_nsec / 1000000, c->node->shown);
	if (c->port)
		buf_printf(out, "%s ", c->port->shown);
	buf_puts(out, word_of(c));
	put_value(out, c);
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

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * INT64_C(1000) + t.tv_nsec / 1000000;
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
	int64_t end = limit ? now_ms() + (int64_t)(limit->time_ns / 1000000) : 0, left = -1;
	int rc = graph_observe(s->graph, tell, &l, err);

	while (!rc && !interrupt_pending() && !s->out.closed) {
		rc = graph_refresh(s->graph, err);
		out_flush(&s->out);
		if (limit) {
			left = end - now_ms();
			if (left <= 0)
				break;
		}
		if (!rc)
			wait_for_news(s->graph, left);
	}
	graph_observe(s->graph, NULL, NULL, NULL);
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
