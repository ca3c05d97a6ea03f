#include "graph/hosts.h"

#include <linux/rtnetlink.h>

#include "base/buf.h"

/* "10.0.0.1  h1 h1-eth0": the node's name stands at its first address of each family, so that one
 * name means one address. */
static void put_node(struct buf *b, const struct graph_node *n)
{
	size_t i, k;

	for (i = 0; i < n->n_ports; i++)
		for (k = 0; k < n->ports[i]->n_addresses; k++) {
			const struct graph_address *a = &n->ports[i]->addresses[k];
			char text[PREFIX_TEXT];

			if (a->scope != RT_SCOPE_UNIVERSE)
				continue;
			buf_printf(b, "%s\t", address_format(text, &a->prefix));
			if (a == graph_node_address(n, a->prefix.family))
				buf_printf(b, "%s ", n->name);
			buf_printf(b, "%s\n", n->ports[i]->name);
		}
}

int hosts_refresh(struct graph *g, struct err *err)
{
	struct buf text = { 0 };
	size_t i;
	int done;

	if (!g->hosts_changed)
		return 0;
	for (i = 0; i < g->n_nodes; i++)
		put_node(&text, g->nodes[i]);
	done = lab_write_hosts(g->lab, buf_text(&text), err);
	buf_free(&text);
	g->hosts_changed = done < 0;
	return done;
}
