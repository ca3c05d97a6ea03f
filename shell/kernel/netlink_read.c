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
