#include "graph/hosts.h"

#include <linux/rtnetlink.h>

#include "base/buf.h"
#include "base/name.h"

/* What others have named in a way that no host can be called is not among them. */
static void put_name(struct buf *names, const char *name)
{
	if (name_check_node(name, NULL) == 0)
		buf_printf(names, " %s", name);
}

/* "10.0.0.1  h1 h1-eth0": the node's name stands at its first address of each family, so that one
 * name means one address. */
static void put_line(struct buf *b, const struct graph_node *n, const struct graph_port *p,
		     const struct graph_address *a)
{
	struct buf names = { 0 };
	char text[PREFIX_TEXT];

	if (a == graph_node_address(n, a->prefix.family)) {
		put_name(&names, n->name);
		for (size_t i = 0; i < n->n_aliases; i++)
			put_name(&names, n->aliases[i]);
	}
	put_name(&names, p->name);
	if (names.len)
		buf_printf(b, "%s\t%s\n", address_format(text, &a->prefix), names.data + 1);
	buf_free(&names);
}

static void put_node(struct buf *b, const struct graph_node *n)
{
	size_t i, k;

	for (i = 0; i < n->n_ports; i++)
		for (k = 0; k < n->ports[i]->n_addresses; k++) {
			const struct graph_address *a = &n->ports[i]->addresses[k];

			if (a->scope != RT_SCOPE_UNIVERSE)
				continue;
			put_line(b, n, n->ports[i], a);
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
