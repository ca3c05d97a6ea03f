/* What nodes hold besides interfaces. */
#include "command/look.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/name.h"
#include "lab/node_daemon.h"
#include "lab/node_files.h"

/* The root has nothing of its own: all that is there is the lab's. */
static char *list_own(const struct graph_node *n)
{
	return n->nsid < 0 ? NULL : node_files_list(n->name);
}

static char *list_daemons(const struct graph_node *n)
{
	return n->nsid < 0 ? NULL : node_daemon_names(n->name);
}

static void put_daemon(const struct graph_node *n, const char *name, struct buf *out)
{
	struct node_daemon d;
	const char *signal;

	if (!node_daemon_find(n->name, name, &d))
		return;
	buf_printf(out, "daemon %s: ", name);
	signal = d.status > 128 ? sigabbrev_np(d.status - 128) : NULL;
	if (!d.ended)
		buf_printf(out, "process %d", (int)d.pid);
	else if (signal)
		buf_printf(out, "ended by SIG%s", signal);
	else
		buf_printf(out, "ended with status %d", d.status);
	buf_printf(out, ", log " NODE_LOGS "/%s-%s.log\n", n->shown, name);
}

void look_contents(const struct graph_node *n, struct buf *out)
{
	char *own = list_own(n), *daemons = list_daemons(n), *rest = own;
	const char *line;

	while ((line = node_next_line(&rest))) {
		buf_puts(out, "own ");
		name_show(out, line);
		buf_putc(out, '\n');
	}
	rest = daemons;
	while ((line = node_next_line(&rest)))
		put_daemon(n, line, out);
	free(daemons);
	free(own);
}

static void json_daemon(struct json *j, const struct graph_node *n, const char *name)
{
	struct buf log = { 0 };
	struct node_daemon d;

	if (!node_daemon_find(n->name, name, &d))
		return;
	buf_printf(&log, NODE_LOGS "/%s-%s.log", n->name, name);
	json_open(j, '{');
	json_put_string(j, "name", name);
	json_put_number(j, "process", d.pid);
	json_key(j, "status");
	if (d.ended)
		json_number(j, d.status);
	else
		json_string(j, NULL);
	json_put_string(j, "log", buf_text(&log));
	json_close(j, '}');
	buf_free(&log);
}

void look_json_contents(struct json *j, const struct graph_node *n)
{
	char *own = list_own(n), *daemons = list_daemons(n), *rest = own;
	const char *line;

	json_put_open(j, "own", '[');
	while ((line = node_next_line(&rest)))
		json_string(j, line);
	json_close(j, ']');
	json_put_open(j, "daemons", '[');
	rest = daemons;
	while ((line = node_next_line(&rest)))
		json_daemon(j, n, line);
	json_close(j, ']');
	free(daemons);
	free(own);
}
