#include "graph/raw.h"

#include <linux/if_link.h>
#include <linux/rtnetlink.h>

static void keep(const struct nlmsghdr *h, void *data)
{
	buf_add(data, h, NLMSG_ALIGN(h->nlmsg_len));
}

static void start_over(void *data)
{
	buf_clear(data);
}

static int read_links(struct netlink *nl, struct buf *out, struct err *err)
{
	struct ifinfomsg i = { .ifi_family = AF_UNSPEC };
	struct netlink_message m;

	netlink_begin(&m, RTM_GETLINK, 0, &i, sizeof(i));
	netlink_put_u32(&m, IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS);
	return netlink_dump(nl, &m, keep, start_over, out, err);
}

static int read_addresses(struct netlink *nl, struct buf *out, struct err *err)
{
	struct ifaddrmsg i = { .ifa_family = AF_UNSPEC };
	struct netlink_message m;

	netlink_begin(&m, RTM_GETADDR, 0, &i, sizeof(i));
	return netlink_dump(nl, &m, keep, start_over, out, err);
}

static int read_routes(struct netlink *nl, struct buf *out, struct err *err)
{
	static const int families[] = { AF_INET, AF_INET6 };

	for (size_t i = 0; i < 2; i++) {
		struct rtmsg r = { .rtm_family = families[i] };
		struct buf routes = { 0 };
		struct netlink_message m;
		struct err why = ERR_INIT;
		int failed;

		netlink_begin(&m, RTM_GETROUTE, 0, &r, sizeof(r));
		failed = netlink_dump(nl, &m, keep, start_over, &routes, &why);
		if (routes.len)
			buf_add(out, routes.data, routes.len);
		buf_free(&routes);
		/* A machine without IPv6 has none of its routes. */
		if (failed && families[i] == AF_INET)
			return err_set(err, "%s", why.text);
	}
	return 0;
}

int raw_read(struct graph *g, const struct graph_node *n, struct raw *raw, struct err *err)
{
	struct lab_netns *ns = lab_netns_find(g->lab, n->name, err);
	struct netlink *nl = ns ? lab_netns_socket(g->lab, ns, err) : NULL;

	*raw = (struct raw){ 0 };
	if (!nl || read_links(nl, &raw->links, err) < 0 ||
	    read_addresses(nl, &raw->addresses, err) < 0 || read_routes(nl, &raw->routes, err) < 0)
		return err_wrap(err, "read %s", n->shown);
	return 0;
}

void raw_free(struct raw *raw)
{
	buf_free(&raw->links);
	buf_free(&raw->addresses);
	buf_free(&raw->routes);
}

const struct nlmsghdr *raw_next(const struct buf *messages, const struct nlmsghdr *h)
{
	const char *next = h ? (const char *)h + NLMSG_ALIGN(h->nlmsg_len) : messages->data;

	return messages->len && next < messages->data + messages->len ? (const void *)next : NULL;
}

const struct nlmsghdr *raw_link(const struct raw *raw, int ifindex)
{
	const struct nlmsghdr *h = NULL;

	while ((h = raw_next(&raw->links, h))) {
		const struct ifinfomsg *i = netlink_body(h, sizeof(*i));

		if (i && h->nlmsg_type == RTM_NEWLINK && i->ifi_index == ifindex)
			return h;
	}
	return NULL;
}
