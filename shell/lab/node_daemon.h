/*
 * Daemons of a node: programs that run in the background until the node ends. They are children of
 * the lab's init, so it does not matter which shell has started one. What is known of them is below
 * NODE_FILES/NODE:
 *
 *   daemons/NAME   the process id and, once it has ended, its status, which init adds
 *   logs/NAME      what it prints; NODE_LOGS/NODE-NAME.log leads there
 */
#ifndef NSLAB_LAB_NODE_DAEMON_H
#define NSLAB_LAB_NODE_DAEMON_H

#include "lab/lab.h"
#include "lab/node_paths.h"

#define NODE_LOGS "/run/nslab/log"

struct node_daemon {
	pid_t pid;
	bool ended;
	int status; /* as sh has it */
};

/* How one knows that a daemon serves. Both unset: one does not. */
struct node_daemon_ready {
	unsigned port;	  /* something listens there, TCP or UDP; 0: not asked */
	const char *text; /* it has printed this; NULL: not asked */
};

/* Could a daemon have this name? */
int node_daemon_check_name(const char *name, struct err *err);
/* Refuses a name that another one has that runs. */
int node_daemon_start(struct lab *lab, const char *node, const char *name, const char *line,
		      struct err *err);
/* Wait until it serves, for MS at most. Fails when it does not, and with its last lines when it has
 * ended in failure. One that nothing is asked of has only not to fail for so long. */
int node_daemon_wait(struct lab *lab, const char *node, const char *name,
		     const struct node_daemon_ready *ready, int ms, struct err *err);
/* Ask it to end, and make it after MS; 0: at once. */
int node_daemon_stop(const char *node, const char *name, int ms, struct err *err);
/* Stop it, and forget that it was. */
void node_daemon_forget(const char *node, const char *name);

bool node_daemon_find(const char *node, const char *name, struct node_daemon *d);
/* Those of NODE, one a line, to be freed; NULL: none. */
char *node_daemon_names(const char *node);
/* What it has printed, to be freed; NULL with errno. */
char *node_daemon_log(const char *node, const char *name);

#endif
