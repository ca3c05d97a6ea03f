/* Routes and qdiscs as commands print them: in the words of `ip` and `tc`. */
#include "command/look.h"

#include <linux/rtnetlink.h>
#include <stdio.h>

void look_route(const struct graph_node *n, const struct graph_route *r, struct buf *out)
{
	const struct graph_port *p = r->ifindex ? graph_port_by_index(n, r->ifindex) : NULL;
	char text[PREFIX_TEXT], number[12];

	if (r->type != RTN_UNICAST)
		buf_printf(out, "%s ", graph_route_type(r, number));
	buf_puts(out, graph_route_destination(r, text));
	if (r->via.family)
		buf_printf(out, " via %s", address_format(text, &r->via));
	if (p)
		buf_printf(out, " dev %s", p->shown);
	if (r->table != RT_TABLE_MAIN)
		buf_printf(out, " table %s", graph_route_table(r, number));
	if (r->protocol != RTPROT_BOOT)
		buf_printf(out, " proto %s", graph_route_protocol(r, number));
	if (r->source.family)
		buf_printf(out, " src %s", address_format(text, &r->source));
	if (r->metric)
		buf_printf(out, " metric %u", r->metric);
	if (r->weight)
		buf_printf(out, " weight %u", r->weight);
}

static void put_address(struct json *j, const char *key, const struct prefix *p)
{
	char text[PREFIX_TEXT];

	json_put_string(j, key, p->family ? address_format(text, p) : NULL);
}

void look_json_route(struct json *j, const struct graph_node *n, const struct graph_route *r)
{
	const struct graph_port *p = r->ifindex ? graph_port_by_index(n, r->ifindex) : NULL;
	char text[PREFIX_TEXT], number[12];

	json_open(j, '{');
	json_put_number(j, "family", r->dst.family == AF_INET ? 4 : 6);
	json_put_string(j, "destination", graph_route_destination(r, text));
	put_address(j, "via", &r->via);
	json_put_string(j, "interface", p ? p->name : NULL);
	json_put_string(j, "type", graph_route_type(r, number));
	json_put_string(j, "table", graph_route_table(r, number));
	json_put_string(j, "protocol", graph_route_protocol(r, number));
	json_put_number(j, "metric", r->metric);
	put_address(j, "source", &r->source);
	json_put_number(j, "weight", r->weight);
	json_close(j, '}');
}

void look_qdisc(const struct graph_qdisc *q, struct buf *out)
{
	char text[12];

	buf_printf(out, "%s %x: %s%s%s", q->kind, q->handle >> 16, graph_qdisc_parent(q, text),
		   *q->parameters ? " " : "", q->parameters);
}

void look_json_qdisc(struct json *j, const struct graph_qdisc *q)
{
	char text[12];

	json_open(j, '{');
	json_put_string(j, "kind", q->kind);
	json_put_string(j, "handle", graph_qdisc_handle(q, text));
	json_put_string(j, "parent", graph_qdisc_parent(q, text));
	json_put_string(j, "parameters", q->parameters);
	json_close(j, '}');
}
