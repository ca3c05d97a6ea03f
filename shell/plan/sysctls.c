#include "plan/sysctls.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "kernel/namespace.h"

enum { HOST = 1 << GRAPH_HOST, SWITCH = 1 << GRAPH_SWITCH, ROUTER = 1 << GRAPH_ROUTER };

static struct sysctl {
	const char *name;
	unsigned kinds;
	const char *value;
	char inherited[16]; /* "": this machine has none of it */
} table[] = {
	{ "net.ipv4.ip_forward", HOST | SWITCH, "0", "" },
	{ "net.ipv4.ip_forward", ROUTER, "1", "" },
	{ "net.ipv6.conf.all.forwarding", ROUTER, "1", "" },
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
};

#define ROWS (sizeof(table) / sizeof(table[0]))

void sysctls_learn(void)
{
	size_t i;

	for (i = 0; i < ROWS; i++)
		if (sysctl_read(table[i].name, table[i].inherited, sizeof(table[i].inherited),
				NULL) < 0)
			table[i].inherited[0] = '\0';
}

bool sysctls_ipv6(void)
{
	return access("/proc/sys/net/ipv6", F_OK) == 0;
}

void sysctls_plan(enum graph_kind kind, const char *node, struct plan *plan)
{
	size_t i;

	for (i = 0; i < ROWS; i++) {
		const struct sysctl *s = &table[i];
		struct op *op;

		if (!(s->kinds & 1u << kind) || !s->inherited[0] ||
		    strcmp(s->inherited, s->value) == 0)
			continue;
		op = plan_add(plan, OP_SYSCTL);
		snprintf(op->end.netns, sizeof(op->end.netns), "%s", node);
		snprintf(op->key, sizeof(op->key), "%s", s->name);
		snprintf(op->value, sizeof(op->value), "%s", s->value);
	}
}
