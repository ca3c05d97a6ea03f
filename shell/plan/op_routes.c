/*
 * The routes of an interface that goes down for a while, kept in the lab's own /run/nslab/routes in
 * the format of `ip route save`: a magic number, then the kernel's messages as they came. The
 * kernel forgets them when the interface goes down.
 */
#include "plan/op.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define DIR_ROUTES "/run/nslab/routes"
#define MAGIC	   0x45311224 /* iproute2, ip/iproute.c: route_dump_magic */

#define FILE_NAME 320 /* bytes: the directory, a namespace, an interface */

static void file_name(char path[FILE_NAME], const struct op *op)
{
	snprintf(path, FILE_NAME, DIR_ROUTES "/%s/%s.%d", op->end.netns, op->end.name,
		 op->family == AF_INET ? 4 : 6);
}

void op_forget_routes(const char *netns)
{
	char path[FILE_NAME];
	struct dirent *e;
	DIR *dir;

	snprintf(path, sizeof(path), DIR_ROUTES "/%s", netns);
	dir = opendir(path);
	if (!dir)
		return;
	while ((e = readdir(dir)))
		unlinkat(dirfd(dir), e->d_name, 0);
	closedir(dir);
	rmdir(path);
}

static void explain_file(const struct op *op, const char *verb, char arrow, struct buf *out)
{
	char path[FILE_NAME];

	file_name(path, op);
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

/* ---- the way back ---- */

/* Routes to a subnet before routes through a gateway in it; those that the kernel made itself are
 * there already. */
static int send_routes(struct netlink *nl, const struct buf *file, bool gateways, struct err *err)
{
	const struct nlmsghdr *h = (const void *)(file->data + sizeof(uint32_t));
	size_t len = file->len - sizeof(uint32_t);
	struct netlink_message m;

	for (; NLMSG_OK(h, len); h = NLMSG_NEXT(h, len)) {
		const struct rtmsg *r = netlink_body(h, sizeof(*r));
		const struct nlattr *tb[RTA_MAX + 1];
		struct err why = ERR_INIT;

		if (!r || h->nlmsg_len > sizeof(m.data))
			continue;
		netlink_parse(tb, RTA_MAX, h, sizeof(*r));
		if ((tb[RTA_GATEWAY] || tb[RTA_VIA] || tb[RTA_MULTIPATH]) != gateways ||
		    r->rtm_protocol == RTPROT_KERNEL)
			continue;
		m.full = false;
		memcpy(m.data, h, h->nlmsg_len);
		m.header.nlmsg_flags = NLM_F_REQUEST | NLM_F_CREATE;
		if (netlink_do(nl, &m, &why) < 0 && why.code != EEXIST)
			return err_set(err, "%s", why.text);
	}
	return 0;
}

static int read_file(const char *path, struct buf *b)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	char chunk[16384];
	ssize_t n;

	if (fd < 0)
		return -1;
	while ((n = read(fd, chunk, sizeof(chunk))) > 0)
		buf_add(b, chunk, n);
	close(fd);
	return n < 0 || b->len < sizeof(uint32_t) ? -1 : 0;
}

static int bring_back(const struct op *op, struct lab *lab, struct err *err)
{
	struct netlink *nl = op_socket(lab, op->end.netns, err);
	char path[FILE_NAME];
	struct buf file = { 0 };
	int failed = 0;

	if (!nl)
		return -1;
	file_name(path, op);
	/* Where none were kept, it went down by someone else's hand. */
	if (read_file(path, &file) == 0)
		failed = send_routes(nl, &file, false, err) < 0 ||
			 send_routes(nl, &file, true, err) < 0;
	buf_free(&file);
	return failed ? err_wrap(err, "bring back the routes of %s", op->end.name) : 0;
}

static void forget(struct op *op, struct lab *lab)
{
	char path[FILE_NAME];

	(void)lab;
	file_name(path, op);
	unlink(path);
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

static int write_file(const struct op *op, const struct buf *b, struct err *err)
{
	char path[FILE_NAME];
	int fd, failed;

	snprintf(path, sizeof(path), DIR_ROUTES "/%s", op->end.netns);
	mkdir(DIR_ROUTES, 0755);
	mkdir(path, 0755);
	file_name(path, op);
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
	int failed;

	if (!nl)
		return -1;
	netlink_begin(&m, RTM_GETROUTE, 0, &r, sizeof(r));
	netlink_put_u32(&m, RTA_OIF, netlink_ifindex(nl, op->end.name));
	netlink_put_u32(&m, RTA_TABLE, RT_TABLE_MAIN);
	buf_add(&b, &magic, sizeof(magic));
	failed = netlink_dump(nl, &m, keep_message, start_over, &b, err) < 0 ||
		 write_file(op, &b, err) < 0;
	buf_free(&b);
	return failed ? err_wrap(err, "keep the routes of %s", op->end.name) : 0;
}

/* By then the interface is up again. */
static void save_undo(struct op *op, struct lab *lab)
{
	bring_back(op, lab, NULL);
	forget(op, lab);
}

static void save_explain(const struct op *op, struct buf *out)
{
	buf_puts(out, "mkdir -p " DIR_ROUTES "/");
	buf_put_quoted(out, op->end.netns);
	buf_putc(out, '\n');
	explain_file(op, "save", '>', out);
}

const struct op_class op_routes_save = { .apply = save_apply,
					 .undo = save_undo,
					 .explain = save_explain };

/* ---- restore ---- */

static int restore_apply(struct op *op, struct lab *lab, struct err *err)
{
	return bring_back(op, lab, err);
}

static void restore_explain(const struct op *op, struct buf *out)
{
	explain_file(op, "restore", '<', out);
}

const struct op_class op_routes_restore = { .apply = restore_apply,
					    .commit = forget,
					    .explain = restore_explain };
