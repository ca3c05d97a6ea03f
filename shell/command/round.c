#include "command/round.h"

#include <errno.h>
#include <linux/icmp.h>
#include <linux/neighbour.h>
#include <netinet/icmp6.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* ---- who ---- */

static int default_family(const struct session *s)
{
	static const int families[] = { AF_INET, AF_INET6 };

	for (size_t f = 0; f < 2; f++)
		for (size_t i = 0; i < s->graph->n_nodes; i++)
			if (graph_node_address(s->graph->nodes[i], families[f]))
				return families[f];
	return AF_INET;
}

void round_init(struct round *r, const struct session *s, int family)
{
	*r = (struct round){ .pings = { .family = family ? family : default_family(s),
					.timeout_ms = s->timeout_ms } };
}

static void list_add(const struct graph_node ***v, size_t *n, size_t *cap,
		     const struct graph_node *node)
{
	*v = mem_grow(*v, *n, cap, sizeof(**v));
	(*v)[(*n)++] = node;
}

static void offer(struct round *r, const struct graph_node *node)
{
	if (graph_node_address(node, r->pings.family))
		list_add(&r->pings.nodes, &r->pings.n_nodes, &r->cap_nodes, node);
	else
		list_add(&r->skipped, &r->n_skipped, &r->cap_skipped, node);
}

void round_add(struct round *r, const struct graph_node *node)
{
	for (size_t i = 0; i < r->pings.n_nodes; i++)
		if (r->pings.nodes[i] == node)
			return;
	for (size_t i = 0; i < r->n_skipped; i++)
		if (r->skipped[i] == node)
			return;
	offer(r, node);
}

void round_add_all(struct round *r, const struct session *s, size_t most)
{
	for (size_t i = 0; i < s->graph->n_nodes && r->pings.n_nodes < most; i++)
		if (graph_node_kind(s->graph->nodes[i]) != GRAPH_SWITCH)
			offer(r, s->graph->nodes[i]);
}

int round_run(struct session *s, struct round *r, struct err *err)
{
	struct pings *p = &r->pings;
	const size_t n = p->n_nodes;

	if (n < 2)
		return 0;
	p->v = mem_alloc(n * (n - 1) * sizeof(*p->v));
	for (uint32_t i = 0; i < n; i++)
		for (uint32_t k = 0; k < n; k++)
			if (i != k)
				p->v[p->n++] = (struct ping){ .from = i, .to = k };
	return ping_run(s, p, err);
}

void round_free(struct round *r)
{
	pings_free(&r->pings);
	free(r->pings.v);
	free(r->pings.nodes);
	free(r->skipped);
}

/* ---- why not ---- */

struct reasons {
	struct round_reason *v;
	size_t n, cap;
};

static void add_reason(struct reasons *reasons, const char *text, const struct ping *ping)
{
	struct round_reason *r;
	size_t i = 0;

	while (i < reasons->n && strcmp(reasons->v[i].text, text) != 0)
		i++;
	if (i == reasons->n) {
		reasons->v = mem_grow(reasons->v, reasons->n, &reasons->cap, sizeof(*reasons->v));
		reasons->v[reasons->n] = (struct round_reason){ 0 };
		snprintf(reasons->v[reasons->n++].text, sizeof(reasons->v->text), "%s", text);
	}
	r = &reasons->v[i];
	r->v = mem_grow(r->v, r->n, &r->cap, sizeof(*r->v));
	r->v[r->n++] = ping;
}

/* Has NODE asked for ADDRESS, and nobody said that it is his? */
static bool is_unresolved(const struct graph_neighbour *list, size_t count,
			  const struct prefix *address)
{
	for (size_t i = 0; i < count; i++)
		if (prefix_same_address(&list[i].address, address))
			return list[i].state & (NUD_INCOMPLETE | NUD_FAILED);
	return false;
}

/* Has NODE's own kernel said that the host is unreachable? It does when it gives up asking. */
static bool is_given_up(const struct graph_node *node, const struct ping_error *e)
{
	const bool host_unreachable =
		e->from.family == AF_INET
			? e->type == ICMP_DEST_UNREACH && e->code_of_type == ICMP_HOST_UNREACH
			: e->type == ICMP6_DST_UNREACH && e->code_of_type == ICMP6_DST_UNREACH_ADDR;

	if (e->code || !host_unreachable)
		return false;
	for (size_t i = 0; i < node->n_ports; i++)
		for (size_t k = 0; k < node->ports[i]->n_addresses; k++)
			if (prefix_same_address(&node->ports[i]->addresses[k].prefix, &e->from))
				return true;
	return false;
}

/* Those of one row, from one node. */
static void read_row(struct session *s, const struct round *r, const struct ping *row,
		     struct reasons *reasons)
{
	const struct pings *p = &r->pings;
	const struct graph_node *from = p->nodes[row->from];
	struct graph_neighbour *list = NULL;
	bool read = false; /* there may be none */
	size_t count = 0;
	char text[96];

	for (size_t k = 0; k + 1 < p->n_nodes; k++) {
		const struct graph_address *to = graph_node_address(p->nodes[row[k].to], p->family);
		const struct ping_error *e = row[k].error;

		if (row[k].received == p->count)
			continue;
		if (!e && !read)
			graph_read_neighbours(s->graph, (struct graph_node *)from, &list, &count,
					      NULL);
		read |= !e;
		if (e ? is_given_up(from, e) : is_unresolved(list, count, &to->prefix))
			add_reason(reasons,
				   p->family == AF_INET ? "no answer to ARP"
							: "no answer to neighbour solicitation",
				   &row[k]);
		else if (e)
			add_reason(reasons, ping_error_text(&row[k], p->family, text, sizeof(text)),
				   &row[k]);
		else
			add_reason(reasons, "no answer", &row[k]);
	}
	free(list);
}

struct round_reason *round_reasons(struct session *s, const struct round *r, size_t *n)
{
	const struct pings *p = &r->pings;
	struct reasons reasons = { 0 };

	for (size_t i = 0; i < p->n; i += p->n_nodes - 1)
		read_row(s, r, &p->v[i], &reasons);
	*n = reasons.n;
	return reasons.v;
}

void round_reasons_free(struct round_reason *v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		free(v[i].v);
	free(v);
}
