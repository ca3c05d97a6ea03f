/* Any bytes as messages from the kernel: the reader of links, addresses, netconf, routes and qdiscs
 * never reads past them. */
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "graph/graph.h"
#include "graph/read.h"
#include "graph/store.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void feed(struct graph *g, const struct nlmsghdr *h, int len)
{
	struct routes_read routes = { 0 };
	struct qdiscs_read qdiscs = { 0 };

	for (; NLMSG_OK(h, len); h = NLMSG_NEXT(h, len)) {
		read_message(g, g->nodes[h->nlmsg_seq % g->n_nodes], h, h->nlmsg_pid & 1);
		read_route(&routes, h);
		read_qdisc(&qdiscs, h);
	}
	free(routes.v);
	free(qdiscs.v);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct graph g = { .watch = -1 };
	void *copy = malloc(size + 1); /* aligned, and its end watched by the sanitizer */
	size_t n, i;

	memcpy(copy, data, size);
	g.root = store_add_node(&g, "", -1);
	store_add_node(&g, "h1", 0);
	store_add_node(&g, "s1", 1);
	feed(&g, copy, size);
	free(graph_links(&g, &n));
	for (i = 0; i < g.n_nodes; i++)
		graph_node_kind(g.nodes[i]);
	while (g.n_nodes)
		store_remove_node(&g, g.nodes[0]);
	store_remove_node(&g, g.root);
	free(g.nodes);
	free(g.by_nsid);
	map_free(&g.by_name);
	free(copy);
	return 0;
}
