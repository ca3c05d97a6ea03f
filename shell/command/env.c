#include "command/env.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/name.h"

static void env_add(struct env *e, char *text)
{
	e->v = mem_grow(e->v, e->n, &e->cap, sizeof(*e->v));
	e->v[e->n++] = text;
}

void env_init(struct env *e)
{
	*e = (struct env){ 0 };
	for (char **p = environ; *p; p++)
		env_add(e, *p);
	e->ours = e->n;
}

void env_replace(struct env *e, char *text)
{
	size_t len = strcspn(text, "=") + 1;

	for (size_t i = 0; i < e->ours; i++) {
		if (strncmp(e->v[i], text, len))
			continue;
		memmove(e->v + i, e->v + i + 1, (e->n - i - 1) * sizeof(*e->v));
		e->n--;
		e->ours--;
		break;
	}
	env_add(e, text);
}

void env_free(struct env *e)
{
	for (size_t i = e->ours; i < e->n; i++)
		free(e->v[i]);
	free(e->v);
}

/* NAME=ADDRESS for a shell line that speaks of it. A variable of ours keeps its value: no node
 * called PATH breaks it. */
static void env_add_address(struct env *e, const char *line, const char *name,
			    const struct graph_address *address)
{
	char text[PREFIX_TEXT], variable[NAME_MAX_NODE + 2];

	snprintf(variable, sizeof(variable), "%s%s", isdigit((unsigned char)*name) ? "_" : "",
		 name);
	for (char *c = variable; *c; c++)
		if (!isalnum((unsigned char)*c))
			*c = '_';
	if (!address || !strstr(line, variable) || getenv(variable))
		return;
	env_add(e, mem_printf("%s=%s", variable, address_format(text, &address->prefix)));
}

/* An interface's IPv4 address, else its IPv6 one that is not link-local. */
static const struct graph_address *port_address(const struct graph_port *p)
{
	const struct graph_address *found = NULL;

	for (size_t i = 0; i < p->n_addresses; i++) {
		const struct graph_address *a = &p->addresses[i];

		if (a->prefix.family == AF_INET)
			return a;
		if (!found && a->scope == 0)
			found = a;
	}
	return found;
}

void env_add_nodes(struct env *e, const struct graph *g, const char *line)
{
	for (size_t i = 0; i < g->n_nodes; i++) {
		const struct graph_node *n = g->nodes[i];
		const struct graph_address *a = graph_node_address(n, AF_INET);

		env_add_address(e, line, n->name, a ? a : graph_node_address(n, AF_INET6));
		for (size_t k = 0; k < n->n_ports; k++)
			if (strcmp(n->ports[k]->name, "lo"))
				env_add_address(e, line, n->ports[k]->name,
						port_address(n->ports[k]));
	}
}

char *const *env_all(struct env *e)
{
	env_add(e, NULL);
	e->n--;
	return e->v;
}
