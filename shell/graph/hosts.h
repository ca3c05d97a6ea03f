/* Inside the graph room: every node by name in the lab's /etc/hosts, so that programs find them. */
#ifndef NSLAB_GRAPH_HOSTS_H
#define NSLAB_GRAPH_HOSTS_H

#include "graph/graph.h"

/* Write it when names or addresses have changed since the last time. */
int hosts_refresh(struct graph *g, struct err *err);

#endif
