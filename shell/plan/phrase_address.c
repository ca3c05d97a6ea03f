/* Addresses in the words of ip-address(8). */
#include "plan/phrase.h"

#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <string.h>

#include "plan/phrase_inside.h"

/* Who made an address, since Linux 5.18 (linux/if_addr.h, IFAPROT_*): 1 to 3 are the kernel itself.
 */
#define KERNEL_MADE 3

static const struct flag {
	const char *name;
	uint32_t flag;
} flags_by_name[] = {
	{ "nodad", IFA_F_NODAD },	  { "noprefixroute", IFA_F_NOPREFIXROUTE },
	{ "home", IFA_F_HOMEADDRESS },	  { "mngtmpaddr", IFA_F_MANAGETEMPADDR },
	{ "autojoin", IFA_F_MCAUTOJOIN },
};

#define LEN(a) (sizeof(a) / sizeof((a)[0]))

/* ---- words to a message ---- */

struct address {
	struct prefix local, peer, broadcast; /* family 0: none */
	uint8_t scope;
	uint32_t flags, metric;
	char label[64];
};

static int read_scope(struct phrase *p, uint8_t *value, struct err *err)
{
	const struct phrase_name *scope;

	if (phrase_value(p, "scope", err) < 0)
		return -1;
	scope = phrase_named(phrase_scopes, p->word);
	if (!scope)
		return err_set(err, "scope %s: global, site, link or host is wanted", p->word);
	*value = scope->value;
	return 0;
}

static int read_word(struct phrase *p, struct address *a, struct err *err)
{
	for (size_t i = 0; i < LEN(flags_by_name); i++)
		if (strcmp(p->word, flags_by_name[i].name) == 0) {
			a->flags |= flags_by_name[i].flag;
			return 0;
		}
	if (strcmp(p->word, "peer") == 0)
		return phrase_address(p, "peer", true, &a->peer, err);
	if (strcmp(p->word, "brd") == 0)
		return phrase_address(p, "brd", false, &a->broadcast, err);
	if (strcmp(p->word, "scope") == 0)
		return read_scope(p, &a->scope, err);
	if (strcmp(p->word, "metric") == 0)
		return phrase_number(p, "metric", UINT32_MAX, &a->metric, err);
	if (strcmp(p->word, "label") != 0)
		return err_set(err,
			       "address: what is \"%s\"? it takes peer, brd, scope, label, metric, "
			       "nodad, noprefixroute, home, mngtmpaddr and autojoin",
			       p->word);
	if (phrase_value(p, "label", err) < 0)
		return -1;
	memcpy(a->label, p->word, sizeof(a->label));
	return 0;
}

static int read_words(struct address *a, const char *words, struct err *err)
{
	struct phrase p = { .rest = words };

	while (phrase_next(&p))
		if (read_word(&p, a, err) < 0)
			return -1;
	if ((a->peer.family && a->peer.family != a->local.family) ||
	    (a->broadcast.family && a->broadcast.family != a->local.family))
		return err_set(err, "address: IPv4 and IPv6 do not go together");
	return 0;
}

int phrase_put_address(struct netlink_message *m, uint16_t flags, const struct prefix *address,
		       const char *words, const char *interface, const struct netlink *nl,
		       struct err *err)
{
	struct address a = { .local = *address };
	struct ifaddrmsg i = { .ifa_family = address->family };
	const struct prefix *far = address; /* the far end of a point-to-point link, or itself */

	if (read_words(&a, words, err) < 0)
		return -1;
	if (a.peer.family)
		far = &a.peer;
	i.ifa_prefixlen = far->length;
	i.ifa_scope = a.scope;
	i.ifa_index = nl ? netlink_ifindex(nl, interface) : 0;
	netlink_begin(m, RTM_NEWADDR, flags, &i, sizeof(i));
	netlink_put(m, IFA_LOCAL, a.local.bytes, phrase_address_size(&a.local));
	netlink_put(m, IFA_ADDRESS, far->bytes, phrase_address_size(far));
	if (a.broadcast.family)
		netlink_put(m, IFA_BROADCAST, a.broadcast.bytes, phrase_address_size(&a.broadcast));
	if (a.label[0])
		netlink_put_string(m, IFA_LABEL, a.label);
	if (a.metric)
		netlink_put_u32(m, IFA_RT_PRIORITY, a.metric);
	if (a.flags)
		netlink_put_u32(m, IFA_FLAGS, a.flags);
	return 0;
}

/* ---- a message to words ---- */

/* fe80:: and the MAC as an EUI-64: RFC 4291, appendix A. */
static bool is_link_local_of(const struct prefix *a, const uint8_t mac[6])
{
	const uint8_t own[16] = { 0xfe,	      0x80,   0,      0,    0,	  0,	  0,	  0,
				  mac[0] ^ 2, mac[1], mac[2], 0xff, 0xfe, mac[3], mac[4], mac[5] };

	return a->family == AF_INET6 && a->length == 64 && memcmp(a->bytes, own, sizeof(own)) == 0;
}

static bool is_loopback(const struct prefix *a)
{
	struct prefix four, six;

	prefix_parse(&four, "127.0.0.1/8", NULL);
	prefix_parse(&six, "::1/128", NULL);
	return prefix_same_address(a, &four) || prefix_same_address(a, &six);
}

/* Older kernels do not say who made an address. */
static bool is_kernels(const struct nlattr *const *tb, const struct graph_port *p,
		       const struct prefix *a)
{
	uint8_t made_by = netlink_u8(tb[IFA_PROTO]);

	return (made_by && made_by <= KERNEL_MADE) || is_link_local_of(a, p->mac) ||
	       (p->flags & IFF_LOOPBACK && is_loopback(a));
}

static void put_flags(struct buf *words, uint32_t flags)
{
	for (size_t i = 0; i < LEN(flags_by_name); i++)
		if (flags & flags_by_name[i].flag)
			phrase_add(words, "%s", flags_by_name[i].name);
}

static void put_scope(struct buf *words, const struct prefix *a, uint8_t value)
{
	const struct phrase_name *scope = phrase_name_of(phrase_scopes, value);

	/* IPv6 derives it from the address. */
	if (scope && value != RT_SCOPE_UNIVERSE && a->family == AF_INET)
		phrase_add(words, "scope %s", scope->name);
}

bool phrase_read_new_address(const struct nlmsghdr *h, const struct graph_port *p,
			     struct prefix *address, struct buf *words)
{
	const struct ifaddrmsg *i = netlink_body(h, sizeof(*i));
	const struct nlattr *tb[IFA_MAX + 1];
	struct prefix far, broadcast;
	char text[PREFIX_TEXT];

	netlink_parse(tb, IFA_MAX, h, sizeof(*i));
	far = phrase_read_address(tb[IFA_ADDRESS], i->ifa_family);
	*address = tb[IFA_LOCAL] ? phrase_read_address(tb[IFA_LOCAL], i->ifa_family) : far;
	if (!far.family)
		far = *address;
	far.length = i->ifa_prefixlen;
	if (prefix_same_address(address, &far)) {
		address->length = far.length;
		if (is_kernels(tb, p, address))
			return false;
	} else {
		phrase_add(words, "peer %s", prefix_format(text, &far));
	}
	broadcast = phrase_read_address(tb[IFA_BROADCAST], i->ifa_family);
	if (broadcast.family)
		phrase_add(words, "brd %s", address_format(text, &broadcast));
	put_scope(words, address, i->ifa_scope);
	if (tb[IFA_LABEL] && strcmp(netlink_string(tb[IFA_LABEL]), p->name) != 0)
		phrase_add(words, "label %s", netlink_string(tb[IFA_LABEL]));
	if (netlink_u32(tb[IFA_RT_PRIORITY]))
		phrase_add(words, "metric %u", netlink_u32(tb[IFA_RT_PRIORITY]));
	put_flags(words, tb[IFA_FLAGS] ? netlink_u32(tb[IFA_FLAGS]) : i->ifa_flags);
	return true;
}
