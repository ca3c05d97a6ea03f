#include "command/change.h"

#include <linux/if.h>
#include <linux/if_bridge.h>

#include "base/name.h"
#include "command/look.h"

/* Of each kind, where nothing else decides. */
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

const char *change_word(const struct graph_change *c)
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

void change_put_value(struct buf *b, const struct graph_change *c)
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

void change_put_line(struct buf *b, const struct graph_change *c)
{
	buf_printf(b, "%s  ", c->node->shown);
	if (c->port)
		buf_printf(b, "%s ", c->port->shown);
	buf_puts(b, change_word(c));
	change_put_value(b, c);
}
