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
	/* Ours to leave alone, and to keep when a lab is saved: what belongs to a namespace, and
	   lessons turn on. (net.ipv4.conf.all.accept_redirects follows ip_forward by itself.) */
	{ "net.core.somaxconn", NONE, "", "" },
	{ "net.ipv4.conf.all.accept_source_route", NONE, "", "" },
	{ "net.ipv4.conf.all.arp_filter", NONE, "", "" },
	{ "net.ipv4.conf.all.arp_ignore", NONE, "", "" },
	{ "net.ipv4.conf.all.arp_announce", NONE, "", "" },
	{ "net.ipv4.conf.all.arp_notify", NONE, "", "" },
	{ "net.ipv4.conf.default.arp_notify", NONE, "", "" },
	{ "net.ipv4.conf.all.log_martians", NONE, "", "" },
	{ "net.ipv4.conf.all.proxy_arp", NONE, "", "" },
	{ "net.ipv4.conf.all.send_redirects", NONE, "", "" },
	{ "net.ipv4.conf.default.send_redirects", NONE, "", "" },
	{ "net.ipv4.fib_multipath_hash_policy", NONE, "", "" },
	{ "net.ipv4.icmp_echo_ignore_all", NONE, "", "" },
	{ "net.ipv4.icmp_echo_ignore_broadcasts", NONE, "", "" },
	{ "net.ipv4.icmp_ratelimit", NONE, "", "" },
	{ "net.ipv4.icmp_ratemask", NONE, "", "" },
	{ "net.ipv4.ip_default_ttl", NONE, "", "" },
	{ "net.ipv4.ip_local_port_range", NONE, "", "" },
	{ "net.ipv4.ip_no_pmtu_disc", NONE, "", "" },
	{ "net.ipv4.ip_nonlocal_bind", NONE, "", "" },
	{ "net.ipv4.ip_unprivileged_port_start", NONE, "", "" },
	{ "net.ipv4.neigh.default.base_reachable_time_ms", NONE, "", "" },
	{ "net.ipv4.ping_group_range", NONE, "", "" },
	{ "net.ipv4.tcp_congestion_control", NONE, "", "" },
	{ "net.ipv4.tcp_ecn", NONE, "", "" },
	{ "net.ipv4.tcp_fin_timeout", NONE, "", "" },
	{ "net.ipv4.tcp_keepalive_time", NONE, "", "" },
	{ "net.ipv4.tcp_mtu_probing", NONE, "", "" },
	{ "net.ipv4.tcp_rmem", NONE, "", "" },
	{ "net.ipv4.tcp_sack", NONE, "", "" },
	{ "net.ipv4.tcp_slow_start_after_idle", NONE, "", "" },
	{ "net.ipv4.tcp_syn_retries", NONE, "", "" },
	{ "net.ipv4.tcp_syncookies", NONE, "", "" },
	{ "net.ipv4.tcp_timestamps", NONE, "", "" },
	{ "net.ipv4.tcp_window_scaling", NONE, "", "" },
	{ "net.ipv4.tcp_wmem", NONE, "", "" },
	{ "net.ipv6.conf.all.accept_dad", NONE, "", "" },
	{ "net.ipv6.conf.all.disable_ipv6", NONE, "", "" },
	{ "net.ipv6.conf.default.accept_ra", NONE, "", "" },
	{ "net.ipv6.conf.default.hop_limit", NONE, "", "" },
	{ "net.ipv6.conf.default.use_tempaddr", NONE, "", "" },
	{ "net.ipv6.fib_multipath_hash_policy", NONE, "", "" },
	{ "net.ipv6.neigh.default.base_reachable_time_ms", NONE, "", "" },
};

#define ROWS (sizeof(table) / sizeof(table[0]))

static int learn(void *data, struct err *err)
{
	const bool *kept = data;
	size_t i;

	(void)err;
	for (i = 0; i < ROWS; i++)
		if ((table[i].kinds == NONE) == *kept &&
		    sysctl_read(table[i].name, table[i].inherited, sizeof(table[i].inherited),
				NULL) < 0)
			table[i].inherited[0] = '\0';
	return 0;
}

/* In a new namespace; KEPT: what is of interest only when a lab is saved. */
static int learn_anew(const struct lab *lab, bool kept, struct err *err)
{
	struct netlink nl;
	int fd;

	if (namespace_create_net(lab->root.fd, &fd, &nl, learn, &kept, err) < 0)
		return -1;
	netlink_close(&nl);
	close(fd);
	return 0;
}

int sysctls_learn(const struct lab *lab, struct err *err)
{
	bool kept = false;

	/* Somebody may have changed them in an older root. */
	return lab->fresh ? learn(&kept, err) : learn_anew(lab, kept, err);
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
	static bool learned;
	struct lab_netns *ns = lab_netns_find(lab, node, err);
	struct copying c = { node, plan };

	if (!learned && learn_anew(lab, true, err) < 0)
		return -1;
	learned = true;
	return ns ? namespace_within(lab->root.fd, ns->fd, copy_rows, &c, err) : -1;
}
