/* Routes in the words of ip-route(8), to be put into a message. */
#include "plan/phrase.h"

#include <linux/rtnetlink.h>
#include <string.h>

#include "plan/phrase_inside.h"

#define HOPS_MAX 16

const struct phrase_name phrase_route_types[] = {
	{ "unicast", RTN_UNICAST },	{ "local", RTN_LOCAL },
	{ "broadcast", RTN_BROADCAST }, { "multicast", RTN_MULTICAST },
	{ "anycast", RTN_ANYCAST },	{ "blackhole", RTN_BLACKHOLE },
	{ "prohibit", RTN_PROHIBIT },	{ "unreachable", RTN_UNREACHABLE },
	{ "throw", RTN_THROW },		{ NULL, 0 },
};

struct hop {
	struct prefix via; /* family 0: none */
	int index;	   /* of the interface; 0: none */
	bool dev, onlink;
	uint32_t weight; /* from 1 */
};

struct route {
	uint8_t type, protocol; /* 0: as `ip` chooses it */
	int scope;		/* -1: the same */
	struct prefix to, source;
	uint32_t metric, table, mtu;
	struct hop hops[HOPS_MAX];
	size_t n_hops; /* of `nexthop`; 0: the one in hops[0] is the route's own */
};

/* ---- words to a message ---- */

static int read_via(struct phrase *p, struct hop *hop, struct err *err)
{
	if (!phrase_skip(p, "inet6"))
		phrase_skip(p, "inet");
	return phrase_address(p, "via", false, &hop->via, err);
}

/* A word of a route's way, or of one `nexthop`. 0 and *TAKEN. */
static int read_hop_word(struct phrase *p, struct hop *hop, const struct netlink *nl, bool *taken,
			 struct err *err)
{
	*taken = true;
	if (strcmp(p->word, "via") == 0)
		return read_via(p, hop, err);
	if (strcmp(p->word, "dev") == 0) {
		hop->dev = true;
		return phrase_interface(p, "dev", nl, &hop->index, err);
	}
	*taken = strcmp(p->word, "onlink") == 0;
	hop->onlink |= *taken;
	return 0;
}

static int read_next_hop(struct phrase *p, struct route *r, const struct netlink *nl,
			 struct err *err)
{
	struct hop *hop = &r->hops[r->n_hops];
	struct phrase before = *p;

	if (r->n_hops == HOPS_MAX)
		return err_set(err, "route: more than %d nexthops", HOPS_MAX);
	*hop = (struct hop){ .weight = 1 };
	r->n_hops++;
	while (phrase_next(p)) {
		bool taken;

		if (strcmp(p->word, "weight") == 0) {
			if (phrase_number(p, "weight", 256, &hop->weight, err) < 0)
				return -1;
		} else if (read_hop_word(p, hop, nl, &taken, err) < 0) {
			return -1;
		} else if (!taken) {
			*p = before;
			break;
		}
		before = *p;
	}
	return hop->via.family || hop->dev ? 0 : err_set(err, "nexthop: via or dev is missing");
}

static int read_protocol(struct phrase *p, struct route *r, struct err *err)
{
	uint32_t n;

	if (phrase_skip(p, "static")) {
		r->protocol = RTPROT_STATIC;
		return 0;
	}
	if (phrase_number(p, "proto", 255, &n, err) < 0)
		return -1;
	r->protocol = n;
	return 0;
}

static int read_scope(struct phrase *p, struct route *r, struct err *err)
{
	const struct phrase_name *scope;

	if (phrase_value(p, "scope", err) < 0)
		return -1;
	scope = phrase_named(phrase_scopes, p->word);
	if (!scope)
		return err_set(err, "scope %s: global, site, link or host is wanted", p->word);
	r->scope = scope->value;
	return 0;
}

static int read_word(struct phrase *p, struct route *r, const struct netlink *nl, struct err *err)
{
	bool taken;

	if (strcmp(p->word, "nexthop") == 0)
		return read_next_hop(p, r, nl, err);
	if (strcmp(p->word, "src") == 0)
		return phrase_address(p, "src", false, &r->source, err);
	if (strcmp(p->word, "metric") == 0)
		return phrase_number(p, "metric", UINT32_MAX, &r->metric, err);
	if (strcmp(p->word, "table") == 0)
		return phrase_number(p, "table", UINT32_MAX, &r->table, err);
	if (strcmp(p->word, "mtu") == 0)
		return phrase_number(p, "mtu", 65535, &r->mtu, err);
	if (strcmp(p->word, "proto") == 0)
		return read_protocol(p, r, err);
	if (strcmp(p->word, "scope") == 0)
		return read_scope(p, r, err);
	if (read_hop_word(p, &r->hops[0], nl, &taken, err) < 0)
		return -1;
	return taken ? 0
		     : err_set(err,
			       "route: what is \"%s\"? it takes via, dev, src, metric, table, mtu, "
			       "proto, scope, onlink and nexthop",
			       p->word);
}

/* "default" is of the gateway's family; IPv4 when there is none. */
static int choose_family(struct route *r, struct err *err)
{
	const struct prefix *others[] = { &r->source, &r->hops[0].via };

	if (!r->to.family)
		r->to.family = r->hops[0].via.family ? r->hops[0].via.family
			       : r->source.family    ? r->source.family
						     : AF_INET;
	for (size_t i = 0; i < 2; i++)
		if (others[i]->family == AF_INET && r->to.family == AF_INET6)
			return err_set(err, "route: IPv4 and IPv6 do not go together");
	return 0;
}

static int read_route(struct route *r, const char *words, const struct netlink *nl, struct err *err)
{
	struct phrase p = { .rest = words };
	const struct phrase_name *type;

	*r = (struct route){ .scope = -1, .table = RT_TABLE_MAIN };
	if (!phrase_next(&p))
		return err_set(err, "route: write it as `ip route add` takes it: "
				    "\"default via 10.0.0.254\"");
	type = phrase_named(phrase_route_types, p.word);
	if (type) {
		r->type = type->value;
		if (phrase_value(&p, type->name, err) < 0)
			return -1;
	}
	if (strcmp(p.word, "default") != 0 && prefix_parse(&r->to, p.word, err) < 0)
		return -1;
	while (phrase_next(&p))
		if (read_word(&p, r, nl, err) < 0)
			return -1;
	return choose_family(r, err);
}

static bool has_gateway(const struct route *r)
{
	return r->n_hops || r->hops[0].via.family;
}

/* As iproute2 has it, ip/iproute.c. */
uint8_t phrase_route_scope(uint8_t type, bool gateway)
{
	if (type == RTN_LOCAL)
		return RT_SCOPE_HOST;
	if (type == RTN_BROADCAST || type == RTN_MULTICAST || type == RTN_ANYCAST)
		return RT_SCOPE_LINK;
	return type == RTN_UNICAST && !gateway ? RT_SCOPE_LINK : RT_SCOPE_UNIVERSE;
}

/* A gateway of the route's own family, or an IPv6 one for an IPv4 route. */
static void put_via(struct netlink_message *m, const struct prefix *via, int family)
{
	struct {
		uint16_t family;
		uint8_t bytes[16];
	} other = { .family = via->family };

	if (!via->family)
		return;
	if (via->family == family) {
		netlink_put(m, RTA_GATEWAY, via->bytes, phrase_address_size(via));
		return;
	}
	memcpy(other.bytes, via->bytes, sizeof(other.bytes));
	netlink_put(m, RTA_VIA, &other, sizeof(other.family) + phrase_address_size(via));
}

static void put_hops(struct netlink_message *m, const struct route *r)
{
	struct nlattr *nest = netlink_nest(m, RTA_MULTIPATH);

	for (size_t i = 0; i < r->n_hops; i++) {
		const struct hop *hop = &r->hops[i];
		size_t start = m->header.nlmsg_len;
		struct rtnexthop h = { .rtnh_hops = hop->weight - 1,
				       .rtnh_ifindex = hop->index,
				       .rtnh_flags = hop->onlink ? RTNH_F_ONLINK : 0 };

		netlink_put_raw(m, &h, sizeof(h));
		put_via(m, &hop->via, r->to.family);
		if (m->full)
			return;
		h.rtnh_len = m->header.nlmsg_len - start;
		memcpy(m->data + start, &h, sizeof(h));
	}
	netlink_nest_end(m, nest);
}

/* What the words leave open is chosen for a new route, and anything of one to be deleted. */
static void put_open(struct rtmsg *b, const struct route *r, bool deleted)
{
	uint8_t type = r->type ? r->type : RTN_UNICAST;

	b->rtm_type = deleted ? r->type : type;
	b->rtm_protocol = r->protocol || deleted ? r->protocol : RTPROT_BOOT;
	if (r->scope >= 0)
		b->rtm_scope = r->scope;
	else
		b->rtm_scope =
			deleted ? RT_SCOPE_NOWHERE : phrase_route_scope(type, has_gateway(r));
}

int phrase_put_route(struct netlink_message *m, uint16_t type, uint16_t flags, const char *words,
		     const struct netlink *nl, struct err *err)
{
	struct rtmsg b = { 0 };
	struct route r;
	struct nlattr *metrics;

	if (read_route(&r, words, nl, err) < 0)
		return -1;
	b.rtm_family = r.to.family;
	b.rtm_dst_len = r.to.length;
	b.rtm_table = r.table < 256 ? r.table : RT_TABLE_UNSPEC;
	put_open(&b, &r, type == RTM_DELROUTE);
	b.rtm_flags = r.hops[0].onlink && !r.n_hops ? RTNH_F_ONLINK : 0;
	netlink_begin(m, type, flags, &b, sizeof(b));
	if (r.to.length)
		netlink_put(m, RTA_DST, r.to.bytes, phrase_address_size(&r.to));
	if (r.source.family)
		netlink_put(m, RTA_PREFSRC, r.source.bytes, phrase_address_size(&r.source));
	netlink_put_u32(m, RTA_TABLE, r.table);
	if (r.metric)
		netlink_put_u32(m, RTA_PRIORITY, r.metric);
	if (r.mtu) {
		metrics = netlink_nest(m, RTA_METRICS);
		netlink_put_u32(m, RTAX_MTU, r.mtu);
		netlink_nest_end(m, metrics);
	}
	if (r.n_hops) {
		put_hops(m, &r);
		return 0;
	}
	put_via(m, &r.hops[0].via, r.to.family);
	if (r.hops[0].index)
		netlink_put_u32(m, RTA_OIF, r.hops[0].index);
	return 0;
}
