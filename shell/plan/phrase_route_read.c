/* The routes of a dump in the words of ip-route(8). */
#include "plan/phrase.h"

#include <linux/lwtunnel.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <string.h>

#include "plan/phrase_inside.h"

/* The metric of an IPv6 route for which nobody chose one: net/ip6_fib.h, IP6_RT_PRIO_USER. */
#define METRIC_IPV6 1024

static const char *interface_name(const struct graph_node *n, int index)
{
	const struct graph_port *p = graph_port_by_index(n, index);

	return p ? p->name : NULL;
}

static void put_gateway_words(struct buf *words, const struct nlattr *const *tb, int family)
{
	struct prefix via = phrase_read_address(tb[RTA_GATEWAY], family);
	const uint8_t *other = netlink_bytes(tb[RTA_VIA], sizeof(uint16_t) + 16);
	char text[PREFIX_TEXT];

	if (via.family) {
		phrase_add(words, "via %s", address_format(text, &via));
	} else if (other) {
		via.family = AF_INET6;
		memcpy(via.bytes, other + sizeof(uint16_t), sizeof(via.bytes));
		phrase_add(words, "via inet6 %s", address_format(text, &via));
	}
}

static bool put_hop_words(struct buf *words, const struct nlattr *multipath, int family,
			  const struct graph_node *n)
{
	const char *at = (const char *)(multipath + 1);
	int left = multipath->nla_len - (int)sizeof(*multipath);
	const struct rtnexthop *h = (const void *)at;

	for (; left >= (int)sizeof(*h) && RTNH_OK(h, left);
	     left -= RTNH_ALIGN(h->rtnh_len), h = RTNH_NEXT(h)) {
		/* Its attributes as those of a nest: the header before them is as long as two. */
		struct nlattr nest = { .nla_len = h->rtnh_len - sizeof(*h) + sizeof(nest) };
		char copy[256];
		const struct nlattr *tb[RTA_MAX + 1];
		const char *name = interface_name(n, h->rtnh_ifindex);

		if (!name || nest.nla_len > sizeof(copy))
			return false;
		memcpy(copy, &nest, sizeof(nest));
		memcpy(copy + sizeof(nest), RTNH_DATA(h), nest.nla_len - sizeof(nest));
		netlink_parse_nested(tb, RTA_MAX, (const void *)copy);
		phrase_add(words, "nexthop");
		put_gateway_words(words, tb, family);
		phrase_add(words, "dev %s", name);
		if (h->rtnh_hops)
			phrase_add(words, "weight %d", h->rtnh_hops + 1);
		if (h->rtnh_flags & RTNH_F_ONLINK)
			phrase_add(words, "onlink");
		if (tb[RTA_ENCAP_TYPE])
			return false;
	}
	return true;
}

/* "default", "10.1.0.0/16", "blackhole 10.2.0.0/16" */
static void put_destination(struct buf *words, const struct rtmsg *r,
			    const struct nlattr *const *tb)
{
	const struct phrase_name *type = phrase_name_of(phrase_route_types, r->rtm_type);
	struct prefix to = phrase_read_address(tb[RTA_DST], r->rtm_family);
	char text[PREFIX_TEXT];

	if (type && r->rtm_type != RTN_UNICAST)
		phrase_add(words, "%s", type->name);
	to.length = r->rtm_dst_len;
	if (r->rtm_dst_len)
		phrase_add(words, "%s", prefix_format(text, &to));
	else
		phrase_add(words, "%s",
			   r->rtm_family == AF_INET6 && !tb[RTA_GATEWAY] ? "::/0" : "default");
}

static void put_numbers(struct buf *words, const struct rtmsg *r, const struct nlattr *const *tb)
{
	uint32_t metric = netlink_u32(tb[RTA_PRIORITY]);
	uint32_t table = tb[RTA_TABLE] ? netlink_u32(tb[RTA_TABLE]) : r->rtm_table;

	if (metric && !(r->rtm_family == AF_INET6 && metric == METRIC_IPV6))
		phrase_add(words, "metric %u", metric);
	if (table != RT_TABLE_MAIN)
		phrase_add(words, "table %u", table);
	if (r->rtm_protocol == RTPROT_STATIC)
		phrase_add(words, "proto static");
	else if (r->rtm_protocol != RTPROT_BOOT)
		phrase_add(words, "proto %u", r->rtm_protocol);
	if (r->rtm_family == AF_INET &&
	    r->rtm_scope != phrase_route_scope(r->rtm_type, tb[RTA_GATEWAY] || tb[RTA_VIA] ||
								    tb[RTA_MULTIPATH])) {
		const struct phrase_name *scope = phrase_name_of(phrase_scopes, r->rtm_scope);

		if (scope)
			phrase_add(words, "scope %s", scope->name);
	}
}

static bool is_own(const struct rtmsg *r)
{
	return r->rtm_protocol == RTPROT_KERNEL || r->rtm_protocol == RTPROT_REDIRECT ||
	       r->rtm_protocol == RTPROT_RA || r->rtm_flags & RTM_F_CLONED;
}

/* The metrics (RTAX_*) are kept when the MTU is all there is. */
static bool put_metrics(struct buf *words, const struct nlattr *nest)
{
	const struct nlattr *tb[RTAX_MAX + 1];
	bool all = true;

	netlink_parse_nested(tb, RTAX_MAX, nest);
	for (int i = 0; i <= RTAX_MAX; i++)
		all &= !tb[i] || i == RTAX_MTU;
	if (tb[RTAX_MTU])
		phrase_add(words, "mtu %u", netlink_u32(tb[RTAX_MTU]));
	return all;
}

enum phrase_kept phrase_read_route(const struct nlmsghdr *h, const struct graph_node *n,
				   struct buf *words)
{
	const struct rtmsg *r = netlink_body(h, sizeof(*r));
	const struct nlattr *tb[RTA_MAX + 1];
	struct prefix source;
	char text[PREFIX_TEXT];
	const char *name;
	bool all;

	if (!r || h->nlmsg_type != RTM_NEWROUTE || is_own(r))
		return PHRASE_OWN;
	netlink_parse(tb, RTA_MAX, h, sizeof(*r));
	put_destination(words, r, tb);
	all = phrase_name_of(phrase_route_types, r->rtm_type) && !tb[RTA_ENCAP_TYPE] &&
	      !r->rtm_tos && !r->rtm_src_len;
	if (tb[RTA_MULTIPATH]) {
		all &= put_hop_words(words, tb[RTA_MULTIPATH], r->rtm_family, n);
	} else {
		put_gateway_words(words, tb, r->rtm_family);
		name = interface_name(n, netlink_s32(tb[RTA_OIF], 0));
		/* The kernel puts IPv6 routes that lead nowhere on lo. */
		if (name && (r->rtm_type == RTN_UNICAST || r->rtm_type == RTN_LOCAL))
			phrase_add(words, "dev %s", name);
		if (r->rtm_flags & RTNH_F_ONLINK)
			phrase_add(words, "onlink");
	}
	source = phrase_read_address(tb[RTA_PREFSRC], r->rtm_family);
	if (source.family)
		phrase_add(words, "src %s", address_format(text, &source));
	put_numbers(words, r, tb);
	all &= put_metrics(words, tb[RTA_METRICS]);
	return all ? PHRASE_KEPT : PHRASE_OTHER;
}
