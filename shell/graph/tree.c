/* Has the spanning tree grown? */
#include "graph/graph.h"

#include <string.h>

#include "base/clock.h"
#include "base/interrupt.h"
#include "graph/read.h"

/* How long switches may need to agree, in ms: they hear of the root one after the other, with a
 * second or two between where they all speak at once. */
#define AGREE_MS 15000
/* What a port has heard changes without an event. */
#define LOOK_MS 100

/* The longest delay of a port that listens or learns; 0: none does. */
static long longest_delay(const struct graph *g)
{
	long longest = 0;

	for (size_t i = 0; i < g->n_nodes; i++) {
		const struct graph_node *n = g->nodes[i];

		for (size_t k = 0; k < n->n_ports; k++) {
			const struct graph_port *bridge = graph_port_bridge(n->ports[k]);

			if (bridge && bridge->stp &&
			    graph_port_state(n->ports[k]) == GRAPH_LEARNING &&
			    bridge->stp_delay > longest)
				longest = bridge->stp_delay;
		}
	}
	return longest;
}

static bool takes_part(const struct graph_port *p)
{
	const struct graph_port *bridge = graph_port_bridge(p);

	return bridge && bridge->stp && graph_port_state(p) > GRAPH_DISABLED;
}

/* P is a port between two switches with STP: its other end. */
static const struct graph_port *other_end(const struct graph *g, const struct graph_port *p)
{
	const struct graph_port *peer = takes_part(p) ? graph_port_peer(g, p) : NULL;

	return peer && takes_part(peer) ? peer : NULL;
}

/* Do both ends of each cable hold the same for the best on it? Then no message that is on its way
 * will change anything. */
static bool ends_agree(const struct graph *g)
{
	for (size_t i = 0; i < g->n_nodes; i++)
		for (size_t k = 0; k < g->nodes[i]->n_ports; k++) {
			const struct graph_port *p = g->nodes[i]->ports[k], *peer = other_end(g, p);

			if (peer && memcmp(p->stp_heard, peer->stp_heard, sizeof(p->stp_heard)))
				return false;
		}
	return true;
}

static bool has_grown(struct graph *g)
{
	if (longest_delay(g))
		return false;
	for (size_t i = 0; i < g->n_nodes; i++)
		for (size_t k = 0; k < g->nodes[i]->n_ports && !g->nodes[i]->stale; k++)
			g->nodes[i]->stale = other_end(g, g->nodes[i]->ports[k]) != NULL;
	return graph_refresh(g, NULL) == 0 && ends_agree(g) && !longest_delay(g);
}

static void tell(const struct graph *g, enum graph_wait how, long left_ms)
{
	if (g->waiting)
		g->waiting(how, left_ms, g->waiting_data);
}

bool graph_wait_tree(struct graph *g)
{
	long begin = clock_ms(), delay = 2 * longest_delay(g);
	bool grown = false;

	if (!delay)
		return true;
	do {
		long left = begin + delay - clock_ms();

		if (left < 1000)
			left = 1000;
		tell(g, GRAPH_WAIT_GOES_ON, left);
		/* While a port learns, until the next second is told. */
		read_wait(g, longest_delay(g) ? (left - 1) % 1000 + 1 : LOOK_MS);
		grown = graph_refresh(g, NULL) == 0 && has_grown(g);
	} while (!grown && !interrupt_pending() && clock_ms() < begin + delay + AGREE_MS);
	tell(g, grown || !interrupt_pending() ? GRAPH_WAIT_DONE : GRAPH_WAIT_INTERRUPTED, 0);
	return grown;
}
