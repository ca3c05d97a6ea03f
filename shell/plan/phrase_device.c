/* Kinds of devices and their options, in the words of ip-link(8). One table serves both ways. */
#include "plan/phrase.h"

#include <endian.h>
#include <linux/if_bridge.h>
#include <linux/if_ether.h>
#include <linux/if_link.h>
#include <stdlib.h>
#include <string.h>

#include "plan/phrase_inside.h"

#define LEN(a) (sizeof(a) / sizeof((a)[0]))

#define NONE UINT32_MAX /* no default: always told */

enum value {
	VALUE_U8,
	VALUE_U16,
	VALUE_U32,
	VALUE_PORT,    /* a UDP port, in network order */
	VALUE_NAME,    /* one of ->names; an u8, u16 or u32 by ->width */
	VALUE_CLEAR,   /* a word alone, for an u8 that is 0 */
	VALUE_ADDRESS, /* IPv4, or IPv6 as the attribute ->six */
	VALUE_DEVICE,  /* an interface by its index */
};

static const struct phrase_name protocols[] = { { "802.1Q", ETH_P_8021Q },
						{ "802.1ad", ETH_P_8021AD },
						{ NULL, 0 } },
				macvlan_modes[] = { { "private", MACVLAN_MODE_PRIVATE },
						    { "vepa", MACVLAN_MODE_VEPA },
						    { "bridge", MACVLAN_MODE_BRIDGE },
						    { "passthru", MACVLAN_MODE_PASSTHRU },
						    { "source", MACVLAN_MODE_SOURCE },
						    { NULL, 0 } },
				ipvlan_modes[] = { { "l2", IPVLAN_MODE_L2 },
						   { "l3", IPVLAN_MODE_L3 },
						   { "l3s", IPVLAN_MODE_L3S },
						   { NULL, 0 } },
				bond_modes[] = { { "balance-rr", 0 },  { "active-backup", 1 },
						 { "balance-xor", 2 }, { "broadcast", 3 },
						 { "802.3ad", 4 },     { "balance-tlb", 5 },
						 { "balance-alb", 6 }, { NULL, 0 } };

#define BARE(kind)                                                                                 \
	{                                                                                          \
		kind, NULL, 0, 0, 0, NULL, 0, 0                                                    \
	}
#define NUMBER(kind, name, type, value, otherwise)                                                 \
	{                                                                                          \
		kind, name, type, VALUE_##value, otherwise, NULL, 0, 0                             \
	}
#define NAME(kind, name, type, otherwise, names, width)                                            \
	{                                                                                          \
		kind, name, type, VALUE_NAME, otherwise, names, width, 0                           \
	}
#define ADDRESS(kind, name, type, six)                                                             \
	{                                                                                          \
		kind, name, type, VALUE_ADDRESS, 0, NULL, 0, six                                   \
	}

static const struct option {
	const char *kind, *name;
	uint16_t type; /* of the attribute */
	enum value value;
	uint32_t otherwise; /* the kernel's default */
	const struct phrase_name *names;
	unsigned char width; /* bytes of a VALUE_NAME; of a protocol, in network order, 0 */
	uint16_t six;
} options[] = {
	NUMBER("bridge", "mcast_snooping", IFLA_BR_MCAST_SNOOPING, U8, 1),
	NUMBER("bridge", "stp_state", IFLA_BR_STP_STATE, U32, 0),
	NUMBER("bridge", "ageing_time", IFLA_BR_AGEING_TIME, U32, 30000),
	NUMBER("bridge", "forward_delay", IFLA_BR_FORWARD_DELAY, U32, 1500),
	NUMBER("bridge", "hello_time", IFLA_BR_HELLO_TIME, U32, 200),
	NUMBER("bridge", "max_age", IFLA_BR_MAX_AGE, U32, 2000),
	NUMBER("bridge", "priority", IFLA_BR_PRIORITY, U16, 32768),
	NUMBER("bridge", "group_fwd_mask", IFLA_BR_GROUP_FWD_MASK, U16, 0),
	NUMBER("bridge", "vlan_filtering", IFLA_BR_VLAN_FILTERING, U8, 0),
	NAME("bridge", "vlan_protocol", IFLA_BR_VLAN_PROTOCOL, ETH_P_8021Q, protocols, 0),
	NUMBER("bridge", "vlan_default_pvid", IFLA_BR_VLAN_DEFAULT_PVID, U16, 1),
	NUMBER("bridge", "mcast_router", IFLA_BR_MCAST_ROUTER, U8, 1),
	NUMBER("bridge", "mcast_querier", IFLA_BR_MCAST_QUERIER, U8, 0),
	NUMBER("bridge", "mcast_query_use_ifaddr", IFLA_BR_MCAST_QUERY_USE_IFADDR, U8, 0),
	NUMBER("bridge", "mcast_igmp_version", IFLA_BR_MCAST_IGMP_VERSION, U8, 2),
	NUMBER("bridge", "mcast_mld_version", IFLA_BR_MCAST_MLD_VERSION, U8, 1),
	NUMBER("bridge", "nf_call_iptables", IFLA_BR_NF_CALL_IPTABLES, U8, 0),
	NUMBER("bridge", "nf_call_ip6tables", IFLA_BR_NF_CALL_IP6TABLES, U8, 0),
	NUMBER("bridge", "nf_call_arptables", IFLA_BR_NF_CALL_ARPTABLES, U8, 0),
	BARE("dummy"),
	BARE("ifb"),
	NAME("vlan", "protocol", IFLA_VLAN_PROTOCOL, ETH_P_8021Q, protocols, 0),
	NUMBER("vlan", "id", IFLA_VLAN_ID, U16, NONE),
	NUMBER("vxlan", "id", IFLA_VXLAN_ID, U32, NONE),
	ADDRESS("vxlan", "remote", IFLA_VXLAN_GROUP, IFLA_VXLAN_GROUP6),
	ADDRESS("vxlan", "group", IFLA_VXLAN_GROUP, IFLA_VXLAN_GROUP6),
	ADDRESS("vxlan", "local", IFLA_VXLAN_LOCAL, IFLA_VXLAN_LOCAL6),
	NUMBER("vxlan", "dev", IFLA_VXLAN_LINK, DEVICE, 0),
	NUMBER("vxlan", "dstport", IFLA_VXLAN_PORT, PORT, NONE),
	NUMBER("vxlan", "ttl", IFLA_VXLAN_TTL, U8, 0),
	NUMBER("vxlan", "ageing", IFLA_VXLAN_AGEING, U32, 300),
	NUMBER("vxlan", "nolearning", IFLA_VXLAN_LEARNING, CLEAR, 1),
	NAME("macvlan", "mode", IFLA_MACVLAN_MODE, NONE, macvlan_modes, 4),
	NAME("ipvlan", "mode", IFLA_IPVLAN_MODE, NONE, ipvlan_modes, 2),
	NUMBER("vrf", "table", IFLA_VRF_TABLE, U32, NONE),
	NAME("bond", "mode", IFLA_BOND_MODE, NONE, bond_modes, 1),
	NUMBER("bond", "miimon", IFLA_BOND_MIIMON, U32, 0),
};

static const char *const standing[] = { "vlan", "macvlan", "ipvlan" };

/* ---- what there is ---- */

bool phrase_knows_kind(const char *kind)
{
	for (size_t i = 0; i < LEN(options); i++)
		if (strcmp(options[i].kind, kind) == 0)
			return true;
	return false;
}

bool phrase_stands_on(const char *kind)
{
	for (size_t i = 0; i < LEN(standing); i++)
		if (strcmp(standing[i], kind) == 0)
			return true;
	return false;
}

const char *phrase_kind(size_t n)
{
	const char *last = "";

	for (size_t i = 0; i < LEN(options); i++) {
		if (strcmp(options[i].kind, last) != 0 && n-- == 0)
			return options[i].kind;
		last = options[i].kind;
	}
	return NULL;
}

static const struct option *nth_option(const char *kind, size_t n)
{
	for (size_t i = 0; i < LEN(options); i++)
		if (strcmp(options[i].kind, kind) == 0 && options[i].name && n-- == 0)
			return &options[i];
	return NULL;
}

static const struct option *find_option(const char *kind, const char *name)
{
	for (size_t i = 0; i < LEN(options); i++)
		if (strcmp(options[i].kind, kind) == 0 && options[i].name &&
		    strcmp(options[i].name, name) == 0)
			return &options[i];
	return NULL;
}

const char *phrase_option(const char *kind, size_t n)
{
	const struct option *o = nth_option(kind, n);

	return o ? o->name : NULL;
}

bool phrase_is_flag(const char *kind, const char *option)
{
	const struct option *o = find_option(kind, option);

	return o && o->value == VALUE_CLEAR;
}

/* ---- words to a message ---- */

static void put_number(struct netlink_message *m, const struct option *o, uint32_t n)
{
	if (o->value == VALUE_U8 || o->width == 1)
		netlink_put_u8(m, o->type, n);
	else if (o->value == VALUE_U16 || o->width == 2)
		netlink_put_u16(m, o->type, n);
	else if (o->value == VALUE_PORT || (o->value == VALUE_NAME && !o->width))
		netlink_put_u16(m, o->type, htobe16(n));
	else
		netlink_put_u32(m, o->type, n);
}

static int put_name(struct netlink_message *m, const struct option *o, struct phrase *p,
		    struct err *err)
{
	const struct phrase_name *named;

	if (phrase_value(p, o->name, err) < 0)
		return -1;
	named = phrase_named(o->names, p->word);
	if (named) {
		put_number(m, o, named->value);
		return 0;
	}
	err_set(err, "%s %s: it is one of", o->name, p->word);
	for (const struct phrase_name *n = o->names; err && n->name; n++)
		strncat(strncat(err->text, n == o->names ? " " : ", ",
				sizeof(err->text) - strlen(err->text) - 1),
			n->name, sizeof(err->text) - strlen(err->text) - 1);
	return -1;
}

static int put_option(struct netlink_message *m, const struct option *o, struct phrase *p,
		      const struct netlink *nl, struct err *err)
{
	static const uint32_t most[] = { [VALUE_U8] = UINT8_MAX,
					 [VALUE_U16] = UINT16_MAX,
					 [VALUE_U32] = UINT32_MAX,
					 [VALUE_PORT] = UINT16_MAX };
	struct prefix a;
	uint32_t n;
	int index;

	switch (o->value) {
	case VALUE_NAME:
		return put_name(m, o, p, err);
	case VALUE_CLEAR:
		netlink_put_u8(m, o->type, 0);
		return 0;
	case VALUE_ADDRESS:
		if (phrase_address(p, o->name, false, &a, err) < 0)
			return -1;
		netlink_put(m, a.family == AF_INET ? o->type : o->six, a.bytes,
			    phrase_address_size(&a));
		return 0;
	case VALUE_DEVICE:
		if (phrase_interface(p, o->name, nl, &index, err) < 0)
			return -1;
		netlink_put_u32(m, o->type, index);
		return 0;
	default:
		if (phrase_number(p, o->name, most[o->value], &n, err) < 0)
			return -1;
		put_number(m, o, n);
		return 0;
	}
}

int phrase_put_options(struct netlink_message *m, const char *kind, const char *words,
		       const struct netlink *nl, struct err *err)
{
	struct phrase p = { .rest = words };

	while (phrase_next(&p)) {
		const struct option *o = find_option(kind, p.word);

		if (!o)
			return err_set(err, "a %s has no option %s", kind, p.word);
		if (put_option(m, o, &p, nl, err) < 0)
			return -1;
	}
	return 0;
}

/* ---- a message to words ---- */

static uint32_t number_in(const struct option *o, const struct nlattr *a)
{
	if (o->value == VALUE_U8 || o->value == VALUE_CLEAR || o->width == 1)
		return netlink_u8(a);
	if (o->value == VALUE_U16 || o->width == 2)
		return netlink_u16(a);
	if (o->value == VALUE_PORT || (o->value == VALUE_NAME && !o->width))
		return be16toh(netlink_u16(a));
	return netlink_u32(a);
}

static bool is_multicast(const struct prefix *a)
{
	return a->family == AF_INET ? a->bytes[0] >> 4 == 0xe : a->bytes[0] == 0xff;
}

static void read_address(const struct option *o, const struct nlattr *const *tb, struct buf *words)
{
	struct prefix a = tb[o->type] ? phrase_read_address(tb[o->type], AF_INET)
				      : phrase_read_address(tb[o->six], AF_INET6);
	static const uint8_t zero[16];
	char text[PREFIX_TEXT];

	if (!a.family || memcmp(a.bytes, zero, phrase_address_size(&a)) == 0)
		return;
	/* One attribute, two words: `group` is a multicast address, `remote` any other. */
	if (strcmp(o->name, "local") == 0 || is_multicast(&a) == (strcmp(o->name, "group") == 0))
		phrase_add(words, "%s %s", o->name, address_format(text, &a));
}

static void read_option(const struct option *o, const struct nlattr *const *tb,
			const struct graph_node *n, struct buf *words)
{
	const struct phrase_name *named;
	const struct graph_port *port;
	uint32_t value;

	if (o->value == VALUE_ADDRESS) {
		read_address(o, tb, words);
		return;
	}
	if (!tb[o->type] || (value = number_in(o, tb[o->type])) == o->otherwise)
		return;
	if (o->value == VALUE_CLEAR) {
		phrase_add(words, "%s", o->name);
	} else if (o->value == VALUE_DEVICE) {
		port = graph_port_by_index(n, (int)value);
		if (port)
			phrase_add(words, "%s %s", o->name, port->name);
	} else if (o->value == VALUE_NAME) {
		named = phrase_name_of(o->names, value);
		if (named)
			phrase_add(words, "%s %s", o->name, named->name);
	} else {
		phrase_add(words, "%s %u", o->name, value);
	}
}

/* While the spanning tree changes, the kernel has twice the forward delay for the ageing time
 * (net/bridge/br_stp.c, __br_set_topology_change), and does not tell what it will be again. */
static bool is_passing(const struct option *o, const struct nlattr *const *tb)
{
	return strcmp(o->kind, "bridge") == 0 && o->type == IFLA_BR_AGEING_TIME &&
	       netlink_u8(tb[IFLA_BR_TOPOLOGY_CHANGE]);
}

void phrase_read_options(const struct nlattr *data, const char *kind, const struct graph_node *n,
			 struct buf *words)
{
	const struct nlattr *tb[UINT8_MAX + 1];
	const struct option *o;

	netlink_parse_nested(tb, UINT8_MAX, data);
	for (size_t i = 0; (o = nth_option(kind, i)); i++)
		if (!is_passing(o, tb))
			read_option(o, tb, n, words);
}
