/* Routes and qdiscs as commands print them: in the words of `ip` and `tc`. */
#include "command/look.h"

#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include <stdio.h>

struct named {
	uint32_t number;
	const char *name;
};

static const struct named types[] = {
	{ RTN_UNICAST, "unicast" },
	{ RTN_BLACKHOLE, "blackhole" },
	{ RTN_UNREACHABLE, "unreachable" },
	{ RTN_PROHIBIT, "prohibit" },
	{ RTN_THROW, "throw" },
	{ RTN_NAT, "nat" },
	{ 0, NULL },
};

/* As /etc/iproute2/rt_protos has them. */
static const struct named protocols[] = {
	{ RTPROT_REDIRECT, "redirect" },
	{ RTPROT_KERNEL, "kernel" },
	{ RTPROT_BOOT, "boot" },
	{ RTPROT_STATIC, "static" },
	{ RTPROT_RA, "ra" },
	{ RTPROT_ZEBRA, "zebra" },
	{ RTPROT_BIRD, "bird" },
	{ RTPROT_DHCP, "dhcp" },
	{ RTPROT_BGP, "bgp" },
	{ RTPROT_ISIS, "isis" },
	{ RTPROT_OSPF, "ospf" },
	{ RTPROT_RIP, "rip" },
	{ RTPROT_EIGRP, "eigrp" },
	{ 0, NULL },
};

static const struct named tables[] = {
	{ RT_TABLE_DEFAULT, "default" },
	{ RT_TABLE_MAIN, "main" },
	{ RT_TABLE_LOCAL, "local" },
	{ 0, NULL },
};

/* The name, or the number. */
static const char *name_of(const struct named *list, uint32_t number, char text[12])
{
	for (; list->name; list++)
		if (list->number == number)
			return list->name;
	snprintf(text, 12, "%u", number);
	return text;
}

/* That of a single host without its length. */
static const char *destination(const struct graph_route *r, char text[PREFIX_TEXT])
{
	if (!r->dst.length)
		return "default";
	return r->dst.length == (r->dst.family == AF_INET ? 32 : 128)
		       ? address_format(text, &r->dst)
		       : prefix_format(text, &r->dst);
}

void look_route(const struct graph_node *n, const struct graph_route *r, struct buf *out)
{
	const struct graph_port *p = r->ifindex ? graph_port_by_index(n, r->ifindex) : NULL;
	char text[PREFIX_TEXT], number[12];

	if (r->type != RTN_UNICAST)
		buf_printf(out, "%s ", name_of(types, r->type, number));
	buf_puts(out, destination(r, text));
	if (r->via.family)
		buf_printf(out, " via %s", address_format(text, &r->via));
	if (p)
		buf_printf(out, " dev %s", p->shown);
	if (r->table != RT_TABLE_MAIN)
		buf_printf(out, " table %s", name_of(tables, r->table, number));
	if (r->protocol != RTPROT_BOOT)
		buf_printf(out, " proto %s", name_of(protocols, r->protocol, number));
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

	json_key(j, key);
	json_string(j, p->family ? address_format(text, p) : NULL);
}

void look_json_route(struct json *j, const struct graph_node *n, const struct graph_route *r)
{
	const struct graph_port *p = r->ifindex ? graph_port_by_index(n, r->ifindex) : NULL;
	char text[PREFIX_TEXT], number[12];

	json_open(j, '{');
	json_key(j, "family");
	json_number(j, r->dst.family == AF_INET ? 4 : 6);
	json_key(j, "destination");
	json_string(j, destination(r, text));
	put_address(j, "via", &r->via);
	json_key(j, "interface");
	json_string(j, p ? p->name : NULL);
	json_key(j, "type");
	json_string(j, name_of(types, r->type, number));
	json_key(j, "table");
	json_string(j, name_of(tables, r->table, number));
	json_key(j, "protocol");
	json_string(j, name_of(protocols, r->protocol, number));
	json_key(j, "metric");
	json_number(j, r->metric);
	put_address(j, "source", &r->source);
	json_key(j, "weight");
	json_number(j, r->weight);
	json_close(j, '}');
}

/* "root", "ingress", or a class: 1:10. */
static const char *parent_of(const struct graph_qdisc *q, char text[12])
{
	if (q->parent == TC_H_ROOT)
		return "root";
	if (q->parent == TC_H_INGRESS)
		return "ingress";
	snprintf(text, 12, "%x:%x", q->parent >> 16, q->parent & 0xffff);
	return text;
}

void look_qdisc(const struct graph_qdisc *q, struct buf *out)
{
	char text[12];

	buf_printf(out, "%s %x: %s%s%s", q->kind, q->handle >> 16, parent_of(q, text),
		   *q->parameters ? " " : "", q->parameters);
}

void look_json_qdisc(struct json *j, const struct graph_qdisc *q)
{
	char text[12];

	json_open(j, '{');
	json_key(j, "kind");
	json_string(j, q->kind);
	json_key(j, "handle");
	snprintf(text, sizeof(text), "%x:", q->handle >> 16);
	json_string(j, text);
	json_key(j, "parent");
	json_string(j, parent_of(q, text));
	json_key(j, "parameters");
	json_string(j, q->parameters);
	json_close(j, '}');
}
