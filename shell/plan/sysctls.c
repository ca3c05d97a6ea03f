#include "plan/sysctls.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "kernel/namespace.h"

enum { NONE, HOST = 1 << GRAPH_HOST, SWITCH = 1 << GRAPH_SWITCH, ROUTER = 1 << GRAPH_ROUTER };

static struct sysctl {
	const char *name;
	unsigned kinds;
	const char *value;
	char inherited[32]; /* "": this machine has none of it */
} table[] = {
	{ "net.ipv4.ip_forward", HOST | SWITCH, "0", "" },
	{ "net.ipv4.ip_forward", ROUTER, "1", "" },
	{ "net.ipv6.conf.all.forwarding", ROUTER, "1", "" },
	/* The link-local addresses of a router serve at once. */
	{ "net.ipv6.conf.default.accept_dad", ROUTER, "0", "" },
	/* Asymmetric routes work unless a lesson says otherwise. */
	{ "net.ipv4.conf.all.rp_filter", HOST | ROUTER, "0", "" },
	{ "net.ipv4.conf.default.rp_filter", HOST | ROUTER, "0", "" },
	/* A switch forwards frames and speaks no IP: with it each port floods MLD and DAD to all
	   others. */
	{ "net.ipv6.conf.default.disable_ipv6", SWITCH, "1", "" },
	/* Bridged packets stay out of iptables (br_netfilter). */
	{ "net.bridge.bridge-nf-call-iptables", SWITCH, "0", "" },
	{ "net.bridge.bridge-nf-call-ip6tables", SWITCH, "0", "" },
	{ "net.bridge.bridge-nf-call-arptables", SWITCH, "0", "" },
	/* Ours to leave alone, and to keep when a lab is saved. */
	{ "net.ipv4.conf.all.arp_filter", NONE, "", "" },
	{ "net.ipv4.conf.all.arp_ignore", NONE, "", "" },
	{ "net.ipv4.conf.all.arp_announce", NONE, "", "" },
	{ "net.ipv4.conf.all.arp_notify", NONE, "", "" },
	{ "net.ipv4.conf.default.arp_notify", NONE, "", "" },
	{ "net.ipv4.conf.all.proxy_arp", NONE, "", "" },
	{ "net.ipv4.fib_multipath_hash_policy", NONE, "", "" },
	{ "net.ipv6.fib_multipath_hash_policy", NONE, "", "" },
	{ "net.ipv4.icmp_echo_ignore_all", NONE, "", "" },
	{ "net.ipv4.ip_unprivileged_port_start", NONE, "", "" },
	{ "net.ipv4.ping_group_range", NONE, "", "" },
	{ "net.ipv6.conf.all.disable_ipv6", NONE, "", "" },
	{ "net.ipv6.conf.all.accept_dad", NONE, "", "" },
	{ "net.ipv6.conf.default.accept_ra", NONE, "", "" },
};

#define ROWS (sizeof(table) / sizeof(table[0]))

static int learn(void *data, struct err *err)
{
	size_t i;

	(void)data;
	(void)err;
	for (i = 0; i < ROWS; i++)
		if (sysctl_read(table[i].name, table[i].inherited, sizeof(table[i].inherited),
				NULL) < 0)
			table[i].inherited[0] = '\0';
	return 0;
}

int sysctls_learn(const struct lab *lab, struct err *err)
{
	struct netlink nl;
	int fd;

	if (lab->fresh)
		return learn(NULL, err);
	/* Somebody may have changed them in the root meanwhile. */
	if (namespace_create_net(lab->root.fd, &fd, &nl, learn, NULL, err) < 0)
		return -1;
	netlink_close(&nl);
	close(fd);
	return 0;
}

bool sysctls_ipv6(void)
{
	static int known = -1;

	if (known < 0)
		known = access("/proc/sys/net/ipv6", F_OK) == 0;
	return known;
}

static void add_op(const char *node, const char *name, const char *value, struct plan *plan)
{
	struct op *op = plan_add(plan, OP_SYSCTL);

	snprintf(op->end.netns, sizeof(op->end.netns), "%s", node);
	snprintf(op->key, sizeof(op->key), "%s", name);
	snprintf(op->value, sizeof(op->value), "%s", value);
}

/* Not every machine has br_netfilter. */
static bool is_everywhere(const struct sysctl *s)
{
	return strncmp(s->name, "net.bridge.", strlen("net.bridge.")) != 0;
}

void sysctls_plan(enum graph_kind kind, const char *node, bool anywhere, struct plan *plan)
{
	size_t i;

	for (i = 0; i < ROWS; i++) {
		const struct sysctl *s = &table[i];

		if (s->kinds & 1u << kind && s->inherited[0] &&
		    ((anywhere && is_everywhere(s)) || strcmp(s->inherited, s->value) != 0))
			add_op(node, s->name, s->value, plan);
	}
}

struct copying {
	const char *node;
	struct plan *plan;
};

/* Some have two rows, one after the other. */
static int copy_rows(void *data, struct err *err)
{
	const struct copying *c = data;
	const char *last = "";
	size_t i;

	for (i = 0; i < ROWS; i++) {
		const struct sysctl *s = &table[i];
		char value[sizeof(s->inherited)];

		if (!s->inherited[0] || strcmp(s->name, last) == 0)
			continue;
		last = s->name;
		if (sysctl_read(s->name, value, sizeof(value), err) < 0)
			return -1;
		if (strcmp(value, s->inherited) != 0)
			add_op(c->node, s->name, value, c->plan);
	}
	return 0;
}

int sysctls_copy(struct lab *lab, const char *node, struct plan *plan, struct err *err)
{
	struct lab_netns *ns = lab_netns_find(lab, node, err);
	struct copying c = { node, plan };

	return ns ? namespace_within(lab->root.fd, ns->fd, copy_rows, &c, err) : -1;
}
