/*
 * What the kernel alone costs: the namespaces, links and addresses of `nslab single hosts=N`, made
 * by the same requests in the same order, and nothing else.
 *
 *   floor build N   a lab of N hosts around a bridge; prints the ms it took, and ends
 *   floor hold N    the same; says "ready", and ends when its standard input does
 *   floor run N     a program started in a namespace N times, by vfork and exec; the us of one
 *
 *   floor fork N    the same by fork
 */
#include <errno.h>
#include <fcntl.h>
#include <libmnl/libmnl.h>
#include <linux/if.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tool.h"

#define PORTS 1000 /* of a bridge */

static char buffer[8192];
static unsigned sequence;

/* ---- requests ---- */

struct space {
	int fd;
	struct mnl_socket *nl;
};

static void request(const struct space *s, struct nlmsghdr *h)
{
	struct nlmsgerr *e;
	char answer[4096];

	h->nlmsg_flags |= NLM_F_REQUEST | NLM_F_ACK;
	h->nlmsg_seq = ++sequence;
	if (mnl_socket_sendto(s->nl, h, h->nlmsg_len) < 0 ||
	    mnl_socket_recvfrom(s->nl, answer, sizeof(answer)) < 0)
		die("netlink");
	e = mnl_nlmsg_get_payload((struct nlmsghdr *)answer);
	if (e->error) {
		errno = -e->error;
		die("request");
	}
}

static struct nlmsghdr *begin_link(unsigned short flags, int index, bool up)
{
	struct nlmsghdr *h = mnl_nlmsg_put_header(buffer);
	struct ifinfomsg *i;

	h->nlmsg_type = RTM_NEWLINK;
	h->nlmsg_flags = flags;
	i = mnl_nlmsg_put_extra_header(h, sizeof(*i));
	i->ifi_index = index;
	i->ifi_flags = i->ifi_change = up ? IFF_UP : 0;
	return h;
}

static struct space make_space(int home)
{
	struct space s;

	if (unshare(CLONE_NEWNET) < 0)
		die("unshare");
	s.fd = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	s.nl = mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC);
	if (s.fd < 0 || !s.nl || mnl_socket_bind(s.nl, 0, MNL_SOCKET_AUTOPID) < 0)
		die("namespace");
	if (setns(home, CLONE_NEWNET) < 0)
		die("setns");
	return s;
}

static void no_ipv6(const struct space *s, int home)
{
	int fd;

	if (setns(s->fd, CLONE_NEWNET) < 0)
		die("setns");
	fd = open("/proc/sys/net/ipv6/conf/default/disable_ipv6", O_WRONLY | O_CLOEXEC);
	if (fd >= 0) {
		if (write(fd, "1", 1) < 0)
			perror("disable_ipv6");
		close(fd);
	}
	if (setns(home, CLONE_NEWNET) < 0)
		die("setns");
}

/* Index 2, as the first device of a namespace. */
static void make_bridge(const struct space *s)
{
	struct nlmsghdr *h = begin_link(NLM_F_CREATE | NLM_F_EXCL, 0, false);
	struct nlattr *info, *data;

	mnl_attr_put_strz(h, IFLA_IFNAME, "s1");
	info = mnl_attr_nest_start(h, IFLA_LINKINFO);
	mnl_attr_put_strz(h, IFLA_INFO_KIND, "bridge");
	data = mnl_attr_nest_start(h, IFLA_INFO_DATA);
	mnl_attr_put_u8(h, IFLA_BR_MCAST_SNOOPING, 0);
	mnl_attr_nest_end(h, data);
	mnl_attr_nest_end(h, info);
	request(s, h);
}

/* Both ends where they belong, up where that can be said already. */
static void make_link(const struct space *host, const struct space *bridge, int n)
{
	struct nlmsghdr *h = begin_link(NLM_F_CREATE | NLM_F_EXCL, 0, false);
	struct ifinfomsg *peer;
	struct nlattr *info, *data, *nest;
	char name[32];

	snprintf(name, sizeof(name), "h%d-eth0", n);
	mnl_attr_put_strz(h, IFLA_IFNAME, name);
	mnl_attr_put_u32(h, IFLA_NET_NS_FD, (uint32_t)host->fd);
	mnl_attr_put_u32(h, IFLA_NUM_TX_QUEUES, 1);
	mnl_attr_put_u32(h, IFLA_NUM_RX_QUEUES, 1);
	info = mnl_attr_nest_start(h, IFLA_LINKINFO);
	mnl_attr_put_strz(h, IFLA_INFO_KIND, "veth");
	data = mnl_attr_nest_start(h, IFLA_INFO_DATA);
	nest = mnl_attr_nest_start(h, VETH_INFO_PEER);
	peer = mnl_nlmsg_get_payload_tail(h);
	memset(peer, 0, sizeof(*peer));
	h->nlmsg_len += MNL_ALIGN(sizeof(*peer));
	snprintf(name, sizeof(name), "s1-eth%d", n);
	mnl_attr_put_strz(h, IFLA_IFNAME, name);
	mnl_attr_put_u32(h, IFLA_NET_NS_FD, (uint32_t)bridge->fd);
	mnl_attr_put_u32(h, IFLA_NUM_TX_QUEUES, 1);
	mnl_attr_put_u32(h, IFLA_NUM_RX_QUEUES, 1);
	mnl_attr_nest_end(h, nest);
	mnl_attr_nest_end(h, data);
	mnl_attr_nest_end(h, info);
	request(bridge, h);

	h = begin_link(0, 2 + n, true);
	mnl_attr_put_u32(h, IFLA_MASTER, 2);
	request(bridge, h);

	h = begin_link(0, 2, true);
	info = mnl_attr_nest_start(h, IFLA_AF_SPEC);
	data = mnl_attr_nest_start(h, AF_INET6);
	mnl_attr_put_u8(h, IFLA_INET6_ADDR_GEN_MODE, 1); /* none */
	mnl_attr_nest_end(h, data);
	mnl_attr_nest_end(h, info);
	request(host, h);
}

static void make_address(const struct space *host, int family, int n)
{
	struct nlmsghdr *h = mnl_nlmsg_put_header(buffer);
	unsigned char bytes[16] = { 0 };
	struct ifaddrmsg *a;
	size_t len = family == AF_INET ? 4 : 16;

	bytes[0] = family == AF_INET ? 10 : 0xfd;
	bytes[len - 2] = (unsigned char)(n >> 8);
	bytes[len - 1] = (unsigned char)n;
	h->nlmsg_type = RTM_NEWADDR;
	h->nlmsg_flags = NLM_F_CREATE | NLM_F_EXCL;
	a = mnl_nlmsg_put_extra_header(h, sizeof(*a));
	a->ifa_family = (unsigned char)family;
	a->ifa_prefixlen = family == AF_INET ? 8 : 64;
	a->ifa_flags = family == AF_INET ? 0 : IFA_F_NODAD;
	a->ifa_index = 2;
	mnl_attr_put(h, IFA_LOCAL, len, bytes);
	mnl_attr_put(h, IFA_ADDRESS, len, bytes);
	request(host, h);
}

static struct space start_node(int home)
{
	struct space s = make_space(home);

	request(&s, begin_link(0, 1, true)); /* lo */
	return s;
}

/* More than a bridge takes are several LANs. */
static void build(int hosts)
{
	int home = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC), i;
	struct space bridge, *all = calloc((size_t)hosts, sizeof(*all));

	for (i = 0; i < hosts; i++)
		all[i] = start_node(home);
	for (i = 0; i < hosts; i++) {
		if (i % PORTS == 0) {
			bridge = start_node(home);
			no_ipv6(&bridge, home);
			make_bridge(&bridge);
		}
		make_link(&all[i], &bridge, i % PORTS + 1);
		make_address(&all[i], AF_INET, i + 1);
		make_address(&all[i], AF_INET6, i + 1);
		if (i % PORTS == PORTS - 1 || i == hosts - 1)
			request(&bridge, begin_link(0, 2, true));
	}
}

/* ---- a namespace of our own, whoever we are ---- */

static void enter(void)
{
	struct rlimit limit;

	getrlimit(RLIMIT_NOFILE, &limit);
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
	if (unshare((geteuid() ? CLONE_NEWUSER : 0) | CLONE_NEWNET) < 0)
		die("unshare");
}

/* ---- programs ---- */

static char *const program[] = { (char *)"true", NULL };

static void start(int space, bool by_vfork)
{
	pid_t pid = by_vfork ? vfork() : fork();
	int status;

	if (pid == 0) {
		if (setns(space, CLONE_NEWNET) == 0)
			execv("/bin/true", program);
		_exit(127);
	}
	if (waitpid(pid, &status, 0) < 0 || status)
		die("true");
}

static void bench_run(int times, bool by_vfork)
{
	int home, begin_at = times / 10;
	struct space s;
	double begin = 0;

	enter();
	home = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	s = make_space(home);
	for (int i = 0; i < times + begin_at; i++) {
		if (i == begin_at)
			begin = now_ms();
		start(s.fd, by_vfork);
	}
	printf("%.2f\n", (now_ms() - begin) * 1e3 / times);
}

int main(int argc, char **argv)
{
	const char *what = argc == 3 ? argv[1] : "";
	int n = argc == 3 ? atoi(argv[2]) : 0;
	double begin;

	if (n > 0 && strcmp(what, "build") == 0) {
		begin = now_ms();
		enter();
		build(n);
		printf("%.2f\n", now_ms() - begin);
		fflush(stdout);
		_exit(0);
	} else if (n > 0 && strcmp(what, "hold") == 0) {
		enter();
		build(n);
		puts("ready");
		fflush(stdout);
		while (getchar() != EOF)
			;
		_exit(0);
	} else if (n > 0 && strcmp(what, "run") == 0) {
		bench_run(n, true);
	} else if (n > 0 && strcmp(what, "fork") == 0) {
		bench_run(n, false);
	} else {
		fprintf(stderr, "usage: floor build|hold|run|fork N\n");
		return 2;
	}
	return 0;
}
