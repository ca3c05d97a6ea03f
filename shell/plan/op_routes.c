/*
 * The routes of an interface that goes down for a while, kept in the lab's own /run/nslab/routes in
 * the format of `ip route save`: a magic number, then the kernel's messages as they came. The
 * kernel forgets them when the interface goes down.
 */
#include "plan/op.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define DIR_ROUTES "/run/nslab/routes"
#define MAGIC	   0x45311224 /* iproute2, ip/iproute.c: route_dump_magic */

static void file_name(char *path, size_t size, const struct op *op)
{
	snprintf(path, size, DIR_ROUTES "/%s.%s.%d", op->end.netns, op->end.name,
		 op->family == AF_INET ? 4 : 6);
}

static void explain_file(const struct op *op, const char *verb, char arrow, struct buf *out)
{
	char path[128];

	file_name(path, sizeof(path), op);
	op_put_ip(out, op->end.netns);
	buf_puts(out, op->family == AF_INET6 ? "-6 " : "");
	buf_printf(out, "route %s ", verb);
	if (strcmp(verb, "save") == 0) {
		buf_puts(out, "dev ");
		buf_put_quoted(out, op->end.name);
		buf_putc(out, ' ');
	}
	buf_printf(out, "%c", arrow);
	buf_put_quoted(out, path);
	buf_putc(out, '\n');
}

/* ---- save ---- */

static void keep_message(const struct nlmsghdr *h, void *data)
{
	struct buf *b = data;

	if (h->nlmsg_type == RTM_NEWROUTE)
		buf_add(b, h, NLMSG_ALIGN(h->nlmsg_len));
}

static void start_over(void *data)
{
	struct buf *b = data;

	b->len = sizeof(uint32_t);
}

static int write_file(const char *path, const struct buf *b, struct err *err)
{
	int fd, failed;

	mkdir(DIR_ROUTES, 0755);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (fd < 0)
		return err_errno(err, errno, "keep routes in %s", path);
	failed = write(fd, b->data, b->len) != (ssize_t)b->len;
	close(fd);
	return failed ? err_set(err, "keep routes in %s: no room", path) : 0;
}

static int save_apply(struct op *op, struct lab *lab, struct err *err)
{
	struct rtmsg r = { .rtm_family = op->family, .rtm_table = RT_TABLE_MAIN };
	struct netlink *nl = op_socket(lab, op->end.netns, err);
	uint32_t magic = MAGIC;
	struct buf b = { 0 };
	struct netlink_message m;
	char path[128];
	int failed;

	if (!nl)
		return -1;
	netlink_begin(&m, RTM_GETROUTE, 0, &r, sizeof(r));
	netlink_put_u32(&m, RTA_OIF, netlink_ifindex(nl, op->end.name));
	netlink_put_u32(&m, RTA_TABLE, RT_TABLE_MAIN);
	buf_add(&b, &magic, sizeof(magic));
	file_name(path, sizeof(path), op);
	failed = netlink_dump(nl, &m, keep_message, start_over, &b, err) < 0 ||
		 write_file(path, &b, err) < 0;
	buf_free(&b);
	return failed ? err_wrap(err, "keep the routes of %s", op->end.name) : 0;
}

static void save_undo(struct op *op, struct lab *lab)
{
	char path[128];

	(void)lab;
	file_name(path, sizeof(path), op);
	unlink(path);
}

static void save_explain(const struct op *op, struct buf *out)
{
	buf_puts(out, "mkdir -p " DIR_ROUTES "\n");
	explain_file(op, "save", '>', out);
}

const struct op_class op_routes_save = { .apply = save_apply,
					 .undo = save_undo,
					 .explain = save_explain };

/* ---- restore ---- */

/* Routes to a subnet before routes through a gateway in it; those that the kernel made itself are
 * there already. */
static int send_routes(struct netlink *nl, const char *data, size_t len, bool gateways)
{
	const struct nlmsghdr *h = (const void *)data;
	struct netlink_message m;
	struct err why = ERR_INIT;

	for (; NLMSG_OK(h, len); h = NLMSG_NEXT(h, len)) {
		const struct rtmsg *r = netlink_body(h, sizeof(*r));
		const struct nlattr *tb[RTA_MAX + 1];

		if (!r || h->nlmsg_len > sizeof(m.data))
			continue;
		netlink_parse(tb, RTA_MAX, h, sizeof(*r));
		if (!!tb[RTA_GATEWAY] != gateways || r->rtm_protocol == RTPROT_KERNEL)
			continue;
		m.full = false;
		memcpy(m.data, h, h->nlmsg_len);
		m.header.nlmsg_flags = NLM_F_REQUEST | NLM_F_CREATE;
		if (netlink_do(nl, &m, &why) < 0 && why.code != EEXIST)
			return err_set(NULL, "refused");
	}
	return 0;
}

static int restore_apply(struct op *op, struct lab *lab, struct err *err)
{
	struct netlink *nl = op_socket(lab, op->end.netns, err);
	char path[128], data[65536];
	ssize_t n;
	int fd;

	if (!nl)
		return -1;
	file_name(path, sizeof(path), op);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return 0; /* no routes were kept: it went down by someone else's hand */
	n = read(fd, data, sizeof(data));
	close(fd);
	if (n < (ssize_t)sizeof(uint32_t) || send_routes(nl, data + 4, n - 4, false) < 0 ||
	    send_routes(nl, data + 4, n - 4, true) < 0)
		return err_set(err, "bring back the routes of %s: the kernel refuses one of them",
			       op->end.name);
	unlink(path);
	return 0;
}

static void restore_explain(const struct op *op, struct buf *out)
{
	explain_file(op, "restore", '<', out);
}

const struct op_class op_routes_restore = { .apply = restore_apply, .explain = restore_explain };
