/* The numbers of routes, qdiscs and neighbours by the names that `ip` and `tc` give them. */
#include "graph/graph.h"

#include <linux/neighbour.h>
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

const char *graph_route_type(const struct graph_route *r, char text[12])
{
	return name_of(types, r->type, text);
}

const char *graph_route_protocol(const struct graph_route *r, char text[12])
{
	return name_of(protocols, r->protocol, text);
}

const char *graph_route_table(const struct graph_route *r, char text[12])
{
	return name_of(tables, r->table, text);
}

const char *graph_route_destination(const struct graph_route *r, char text[PREFIX_TEXT])
{
	if (!r->dst.length)
		return "default";
	return r->dst.length == (r->dst.family == AF_INET ? 32 : 128)
		       ? address_format(text, &r->dst)
		       : prefix_format(text, &r->dst);
}

const char *graph_qdisc_handle(const struct graph_qdisc *q, char text[12])
{
	snprintf(text, 12, "%x:", q->handle >> 16);
	return text;
}

const char *graph_qdisc_parent(const struct graph_qdisc *q, char text[12])
{
	if (q->parent == TC_H_ROOT)
		return "root";
	if (q->parent == TC_H_INGRESS)
		return "ingress";
	snprintf(text, 12, "%x:%x", q->parent >> 16, q->parent & 0xffff);
	return text;
}

const char *graph_neighbour_state(uint16_t state)
{
	static const struct {
		uint16_t state;
		const char *name;
	} names[] = {
		{ NUD_INCOMPLETE, "incomplete" }, { NUD_REACHABLE, "reachable" },
		{ NUD_STALE, "stale" },		  { NUD_DELAY, "delay" },
		{ NUD_PROBE, "probe" },		  { NUD_FAILED, "failed" },
		{ NUD_PERMANENT, "permanent" },
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (state & names[i].state)
			return names[i].name;
	return "none";
}
