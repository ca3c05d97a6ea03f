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

static struct node_daemon *list_daemons(const struct graph_node *n, size_t *count)
{
	*count = 0;
	return n->nsid < 0 ? NULL : node_daemon_list(n->name, count);
}

/* The next line of what *REST begins with, which is cut off there; NULL: there is none. */
static const char *next_line(char **rest)
{
	char *line = *rest;

	if (!line || !*line)
		return NULL;
	*rest += strcspn(line, "\n");
	if (**rest)
		*(*rest)++ = '\0';
	return line;
}

void look_contents(const struct graph_node *n, struct buf *out)
{
	char *own = list_own(n), *rest = own;
	struct node_daemon *daemons;
	const char *line;
	size_t count;

	while ((line = next_line(&rest))) {
		buf_puts(out, "own ");
		name_show(out, line);
		buf_putc(out, '\n');
	}
	free(own);
	daemons = list_daemons(n, &count);
	for (size_t i = 0; i < count; i++) {
		const struct node_daemon *d = &daemons[i];

		buf_printf(out, "daemon %s: ", d->name);
		if (!d->ended)
			buf_printf(out, "process %d", (int)d->pid);
		else if (d->status > 128)
			buf_printf(out, "ended by SIG%s", sigabbrev_np(d->status - 128));
		else
			buf_printf(out, "ended with status %d", d->status);
		buf_printf(out, ", log " NODE_LOGS "/%s-%s.log\n", n->shown, d->name);
	}
	node_daemon_free_list(daemons, count);
}

static void json_daemon(struct json *j, const struct graph_node *n, const struct node_daemon *d)
{
	struct buf log = { 0 };

	buf_printf(&log, NODE_LOGS "/%s-%s.log", n->name, d->name);
	json_open(j, '{');
	json_key(j, "name");
	json_string(j, d->name);
	json_key(j, "process");
	json_number(j, d->pid);
	json_key(j, "status");
	if (d->ended)
		json_number(j, d->status);
	else
		json_string(j, NULL);
	json_key(j, "log");
	json_string(j, buf_text(&log));
	json_close(j, '}');
	buf_free(&log);
}

void look_json_contents(struct json *j, const struct graph_node *n)
{
	char *own = list_own(n), *rest = own;
	struct node_daemon *daemons;
	const char *line;
	size_t count;

	json_key(j, "own");
	json_open(j, '[');
	while ((line = next_line(&rest)))
		json_string(j, line);
	json_close(j, ']');
	free(own);
	daemons = list_daemons(n, &count);
	json_key(j, "daemons");
	json_open(j, '[');
	for (size_t i = 0; i < count; i++)
		json_daemon(j, n, &daemons[i]);
	json_close(j, ']');
	node_daemon_free_list(daemons, count);
}
