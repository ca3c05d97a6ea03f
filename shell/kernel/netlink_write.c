/* Messages being written. */
#include "kernel/netlink.h"

#include <libmnl/libmnl.h>
#include <string.h>

void netlink_begin(struct netlink_message *m, uint16_t type, uint16_t flags, const void *body,
		   size_t len)
{
	m->full = false;
	mnl_nlmsg_put_header(m->data);
	m->header.nlmsg_type = type;
	m->header.nlmsg_flags = NLM_F_REQUEST | flags;
	memcpy(mnl_nlmsg_put_extra_header(&m->header, len), body, len);
}

void netlink_put(struct netlink_message *m, uint16_t type, const void *data, size_t len)
{
	if (!mnl_attr_put_check(&m->header, sizeof(m->data), type, len, data))
		m->full = true;
}

void netlink_put_u8(struct netlink_message *m, uint16_t type, uint8_t v)
{
	netlink_put(m, type, &v, sizeof(v));
}

void netlink_put_u16(struct netlink_message *m, uint16_t type, uint16_t v)
{
	netlink_put(m, type, &v, sizeof(v));
}

void netlink_put_u32(struct netlink_message *m, uint16_t type, uint32_t v)
{
	netlink_put(m, type, &v, sizeof(v));
}

void netlink_put_string(struct netlink_message *m, uint16_t type, const char *s)
{
	netlink_put(m, type, s, strlen(s) + 1);
}

void netlink_put_raw(struct netlink_message *m, const void *data, size_t len)
{
	if (m->header.nlmsg_len + MNL_ALIGN(len) > sizeof(m->data)) {
		m->full = true;
		return;
	}
	memcpy(mnl_nlmsg_get_payload_tail(&m->header), data, len);
	m->header.nlmsg_len += MNL_ALIGN(len);
}

struct nlattr *netlink_nest(struct netlink_message *m, uint16_t type)
{
	struct nlattr *nest = mnl_attr_nest_start_check(&m->header, sizeof(m->data), type);

	if (!nest)
		m->full = true;
	return nest;
}

void netlink_nest_end(struct netlink_message *m, struct nlattr *nest)
{
	if (nest)
		mnl_attr_nest_end(&m->header, nest);
}
