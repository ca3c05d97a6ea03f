/* Reading attributes: nothing here trusts a length. */
#include "kernel/netlink.h"

#include <libmnl/libmnl.h>
#include <string.h>

struct table {
	const struct nlattr **tb;
	int max;
};

static int keep(const struct nlattr *a, void *data)
{
	struct table *t = data;
	int type = mnl_attr_get_type(a);

	if (type <= t->max)
		t->tb[type] = a;
	return MNL_CB_OK;
}

void netlink_parse(const struct nlattr **tb, int max, const struct nlmsghdr *h, size_t len)
{
	struct table t = { tb, max };

	memset(tb, 0, sizeof(*tb) * (max + 1));
	if (mnl_nlmsg_get_payload_len(h) >= len)
		mnl_attr_parse(h, len, keep, &t);
}

void netlink_parse_nested(const struct nlattr **tb, int max, const struct nlattr *nest)
{
	struct table t = { tb, max };

	memset(tb, 0, sizeof(*tb) * (max + 1));
	if (nest)
		mnl_attr_parse_nested(nest, keep, &t);
}

/* The attributes in LEN bytes at DATA. */
static void parse_bytes(const struct nlattr **tb, int max, const void *data, size_t len)
{
	struct table t = { tb, max };

	memset(tb, 0, sizeof(*tb) * (max + 1));
	mnl_attr_parse_payload(data, len, keep, &t);
}

void netlink_parse_nested_after(const struct nlattr **tb, int max, const struct nlattr *nest,
				size_t len)
{
	const char *payload = mnl_attr_get_payload(nest);
	size_t size = mnl_attr_get_payload_len(nest);

	len = MNL_ALIGN(len);
	parse_bytes(tb, max, payload + len, size > len ? size - len : 0);
}

void netlink_walk_begin(struct netlink_walk *w, const struct nlattr *nest)
{
	w->at = nest ? mnl_attr_get_payload(nest) : NULL;
	w->left = nest ? mnl_attr_get_payload_len(nest) : 0;
}

/* Past an element of LEN bytes and its padding. */
static void walk_on(struct netlink_walk *w, size_t len)
{
	len = MNL_ALIGN(len);
	w->at += len < w->left ? len : w->left;
	w->left -= len < w->left ? len : w->left;
}

const void *netlink_walk_attribute(struct netlink_walk *w, size_t len, uint16_t *type)
{
	while (w->left >= sizeof(struct nlattr)) {
		const struct nlattr *a = (const void *)w->at;

		if (!mnl_attr_ok(a, (int)w->left))
			return NULL;
		walk_on(w, a->nla_len);
		*type = mnl_attr_get_type(a);
		if (mnl_attr_get_payload_len(a) >= len)
			return mnl_attr_get_payload(a);
	}
	return NULL;
}

const void *netlink_walk_next(struct netlink_walk *w, size_t len, const struct nlattr **tb, int max)
{
	const char *element = w->at;
	uint16_t whole;

	if (w->left < len)
		return NULL;
	memcpy(&whole, element, sizeof(whole));
	if (whole < len || whole > w->left)
		return NULL;
	parse_bytes(tb, max, element + MNL_ALIGN(len),
		    whole > MNL_ALIGN(len) ? whole - MNL_ALIGN(len) : 0);
	walk_on(w, whole);
	return element;
}

const void *netlink_bytes(const struct nlattr *a, size_t len)
{
	return a && mnl_attr_get_payload_len(a) >= len ? mnl_attr_get_payload(a) : NULL;
}

uint8_t netlink_u8(const struct nlattr *a)
{
	const uint8_t *v = netlink_bytes(a, sizeof(*v));

	return v ? *v : 0;
}

uint16_t netlink_u16(const struct nlattr *a)
{
	const void *p = netlink_bytes(a, sizeof(uint16_t));
	uint16_t v = 0;

	if (p)
		memcpy(&v, p, sizeof(v));
	return v;
}

uint32_t netlink_u32(const struct nlattr *a)
{
	const void *p = netlink_bytes(a, sizeof(uint32_t));
	uint32_t v = 0;

	if (p)
		memcpy(&v, p, sizeof(v));
	return v;
}

uint64_t netlink_u64(const struct nlattr *a)
{
	const void *p = netlink_bytes(a, sizeof(uint64_t));
	uint64_t v = 0;

	if (p)
		memcpy(&v, p, sizeof(v));
	return v;
}

int32_t netlink_s32(const struct nlattr *a, int32_t missing)
{
	const void *p = netlink_bytes(a, sizeof(int32_t));

	if (p)
		memcpy(&missing, p, sizeof(missing));
	return missing;
}

const char *netlink_string(const struct nlattr *a)
{
	return a && mnl_attr_validate(a, MNL_TYPE_NUL_STRING) == 0 ? mnl_attr_get_str(a) : "";
}

const void *netlink_body(const struct nlmsghdr *h, size_t len)
{
	return mnl_nlmsg_get_payload_len(h) >= len ? mnl_nlmsg_get_payload(h) : NULL;
}
