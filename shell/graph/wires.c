/* Ethernet segments: union-find over veth pairs and bridges. */
#include "graph/graph.h"

/* The port that stands for the segment of P; the way there is shortened while it is walked. */
static struct graph_port *wire_of(struct graph_port *p)
{
	while (p->wire != p) {
		p->wire = p->wire->wire;
		p = p->wire;
	}
	return p;
}

static void join(struct graph_port *a, struct graph_port *b)
{
	if (b)
		wire_of(a)->wire = wire_of(b);
}

void graph_find_wires(struct graph *g)
{
	for (size_t i = 0; i <= g->n_nodes; i++) {
		struct graph_node *n = i < g->n_nodes ? g->nodes[i] : g->root;

		for (size_t k = 0; k < n->n_ports; k++)
			n->ports[k]->wire = n->ports[k];
	}
	for (size_t i = 0; i <= g->n_nodes; i++) {
		struct graph_node *n = i < g->n_nodes ? g->nodes[i] : g->root;

		for (size_t k = 0; k < n->n_ports; k++) {
			join(n->ports[k], graph_port_peer(g, n->ports[k]));
			join(n->ports[k], graph_port_bridge(n->ports[k]));
		}
	}
}

const struct graph_port *graph_port_wire(struct graph_port *p)
{
	return wire_of(p);
}
