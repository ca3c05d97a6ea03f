/*
 * Inside the graph room: which namespaces there are. inotify on /run/netns says what comes and
 * goes. A name may lead to a process (`ln -s /proc/PID/ns/net /run/netns/NAME`): it ends with that,
 * and only the process itself says so.
 */
#ifndef NSLAB_GRAPH_WATCH_H
#define NSLAB_GRAPH_WATCH_H

#include "graph/graph.h"

int watch_open(struct graph *g, struct err *err);
void watch_close(struct graph *g);
/* Bring the list of nodes up to now; each new one is read. */
int watch_refresh(struct graph *g, struct err *err);

#endif
