/* add host, switch, router, link. */
#include "command/command.h"

#include <stdlib.h>
#include <string.h>

#include "command/grammar.h"
#include "plan/draft.h"

/* The draft's operations, printed or done. */
static int apply_draft(struct session *s, struct draft *d, struct err *err)
{
	struct plan plan = { 0 };
	int rc = draft_plan(d, &plan, err);

	if (!rc)
		rc = session_apply(s, &plan, err);
	plan_free(&plan);
	return rc;
}

static int add_nodes(struct session *s, const struct args *a, enum graph_kind kind,
		     const struct draft_node_options *options, struct err *err)
{
	struct draft d;
	int rc = 0;

	draft_init(&d, s->graph, command_is_reserved);
	for (size_t i = 0; !rc && i < args_count(a, "name"); i++)
		if (!draft_add_node(&d, kind, args_at(a, "name", i)->text, options, err))
			rc = err_wrap(err, "%s", a->command->name);
	if (!rc)
		rc = apply_draft(s, &d, err);
	draft_free(&d);
	return rc;
}

static int run_add_host(struct session *s, const struct args *a, struct err *err)
{
	return add_nodes(s, a, GRAPH_HOST, NULL, err);
}

const struct command cmd_add_host = {
	.name = "add host",
	.family = FAMILY_BUILD,
	.args = "<name>...",
	.summary = "add hosts",
	.details = "A host is a network namespace with lo up. Its first link gives it an address: "
		   "the k-th host 10.0.0.k/8 "
		   "and fd00::k/64, or what `add link` says.",
	.example = "add host h3 h4",
	.changes = true,
	.run = run_add_host,
};

static int run_add_switch(struct session *s, const struct args *a, struct err *err)
{
	const char *stp = args_text(a, "stp");

	return add_nodes(s, a, GRAPH_SWITCH,
			 &(const struct draft_node_options){ .stp = stp && !strcmp(stp, "true") },
			 err);
}

const struct command cmd_add_switch = {
	.name = "add switch",
	.family = FAMILY_BUILD,
	.args = "<name>... [stp=true|false]",
	.summary = "add switches",
	.details = "A switch is a network namespace that holds a bridge of its name. With stp=true "
		   "it speaks the spanning tree protocol: its ports wait for 4 seconds before they "
		   "forward (by default Linux has 30), and a ring of switches is no storm.",
	.example = "add switch s2 s3 stp=true",
	.changes = true,
	.run = run_add_switch,
};

static int run_add_router(struct session *s, const struct args *a, struct err *err)
{
	return add_nodes(s, a, GRAPH_ROUTER, NULL, err);
}

const struct command cmd_add_router = {
	.name = "add router",
	.family = FAMILY_BUILD,
	.args = "<name>...",
	.summary = "add routers",
	.details = "A router is a network namespace that forwards. Its links have the addresses "
		   "that `add link` says.",
	.example = "add router r1",
	.changes = true,
	.run = run_add_router,
};

/* What the addresses of one option mean for the ends that take one. */
static int take_addresses(const char *option, const char *text, int family,
			  struct draft_end_options *const *ends, size_t n, struct err *err)
{
	struct prefix given[2] = { 0 };
	size_t n_given = 0;

	if (!n)
		return err_set(err, "%s=%s: a switch's ports take no address", option, text);
	for (const char *p = text; p; n_given++) {
		if (n_given == n)
			return err_set(err, "%s=%s: too many, there %s %zu to give", option, text,
				       n == 1 ? "is" : "are", n);
		if (addresses_next(&p, &given[n_given], err))
			return -1;
		if (given[n_given].family && given[n_given].family != family)
			return err_set(err, "%s=%s: not an IPv%d address", option, text,
				       family == AF_INET ? 4 : 6);
	}
	/* A lone `none` is for both ends. */
	if (n_given < n && given[0].family)
		return err_set(err, "%s=%s: two ends need an address each: %s=A,B", option, text,
			       option);
	for (size_t i = 0; i < n; i++) {
		if (!given[i].family)
			ends[i]->bare = true;
		else if (family == AF_INET)
			ends[i]->ip = given[i];
		else
			ends[i]->ip6 = given[i];
	}
	return 0;
}

static int link_options(const struct args *a, const struct arg *x, const struct arg *y,
			struct draft_link_options *options, struct err *err)
{
	const struct arg *ip = args_at(a, "ip", 0), *ip6 = args_at(a, "ip6", 0),
			 *mtu = args_at(a, "mtu", 0);
	const char *storm = args_text(a, "storm");
	struct draft_end_options *ends[2];
	size_t n = 0;

	options->a.interface = x->interface;
	options->b.interface = y->interface;
	options->mtu = mtu ? (uint32_t)mtu->number : 0;
	options->storm = storm && strcmp(storm, "true") == 0;
	/* What a veth takes; the kernel's own answer is "Invalid argument". */
	if (mtu && (mtu->number < 68 || mtu->number > 65535))
		return err_set(err, "add link %s-%s: mtu=%ld is not within 68 and 65535", x->text,
			       y->text, mtu->number);
	if (graph_node_kind(x->node) != GRAPH_SWITCH)
		ends[n++] = &options->a;
	if (graph_node_kind(y->node) != GRAPH_SWITCH)
		ends[n++] = &options->b;
	if ((ip && take_addresses("ip", ip->text, AF_INET, ends, n, err)) ||
	    (ip6 && take_addresses("ip6", ip6->text, AF_INET6, ends, n, err)))
		return err_wrap(err, "add link %s-%s", x->text, y->text);
	return 0;
}

static int run_add_link(struct session *s, const struct args *a, struct err *err)
{
	const struct arg *x = args_at(a, "end", 0), *y = args_at(a, "end", 1);
	struct draft_link_options options = { 0 };
	struct draft d;
	int rc;

	if (link_options(a, x, y, &options, err))
		return -1;
	draft_init(&d, s->graph, command_is_reserved);
	rc = draft_add_link(&d, x->node->name, y->node->name, &options, err);
	if (!rc)
		rc = apply_draft(s, &d, err);
	draft_free(&d);
	return rc;
}

const struct command cmd_add_link = {
	.name = "add link",
	.family = FAMILY_BUILD,
	.args = "<end> <end> [ip=<addresses>] [ip6=<addresses>] [mtu=<number>] [storm=true|false]",
	.summary = "connect two nodes by a cable",
	.details = "Interfaces are numbered on, or named: h1:eth5. A host's first link has the "
		   "host's own addresses, any "
		   "other link those of ip= and ip6=: one for each end that is no switch, in the "
		   "order of the ends; none "
		   "leaves the ends bare. A loop of switches without the spanning tree protocol is "
		   "refused: storm=true builds it.",
	.example = "add link h1 h2 ip=10.1.0.1/24,10.1.0.2/24",
	.changes = true,
	.run = run_add_link,
};
