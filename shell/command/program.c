#include "command/program.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/name.h"
#include "kernel/process.h"

/* Environment: ours, and what is added. */
struct env {
	char **v;
	size_t n, cap, ours;
};

static void env_add(struct env *e, char *text)
{
	e->v = mem_grow(e->v, e->n, &e->cap, sizeof(*e->v));
	e->v[e->n++] = text;
}

static void env_init(struct env *e)
{
	*e = (struct env){ 0 };
	for (char **p = environ; *p; p++)
		env_add(e, *p);
	e->ours = e->n;
}

/* In place of one of ours of the same name. */
static void env_replace(struct env *e, char *text)
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

static void env_free(struct env *e)
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

/* $h2 and $h2_eth1 for the nodes and interfaces that LINE names. */
static void env_add_nodes(struct env *e, const struct graph *g, const char *line)
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

const char *program_shell(void)
{
	const char *shell = getenv("SHELL");

	return shell && *shell && process_exists(shell) ? shell : "/bin/sh";
}

bool program_ends_with_its_line(const char *name)
{
	static const char *const builtins[] = { "cd",	 "export", "alias", "unset",
						"umask", "ulimit", "set" };

	for (size_t i = 0; i < sizeof(builtins) / sizeof(*builtins); i++)
		if (!strcmp(builtins[i], name))
			return true;
	return false;
}

bool program_begins_line(const char *word)
{
	static const char *const grammar[] = { "for", "if", "while", "until", "case", "{" };

	/* "ls;" and "ls|wc" begin with ls. */
	char *name = mem_strndup(word, strcspn(word, ";|&<>"));
	bool begins = *word == '(' || (*name && process_exists(name));

	for (size_t i = 0; i < sizeof(grammar) / sizeof(*grammar); i++)
		begins |= !strcmp(grammar[i], word);
	free(name);
	return begins;
}

int program_run_words(struct session *s, const char *node, const char *line, char *const *argv,
		      char *const *env, bool background, struct err *err)
{
	struct job_request request = {
		.node = node, .line = line, .argv = argv, .env = env, .background = background
	};
	int status = 0;

	out_flush(&s->out);
	if (job_run(s->lab, &s->jobs, &request, &status, err)) {
		if (program_ends_with_its_line(argv[0]))
			err_hint(err,
				 "it would end with its line: type `%s` alone for a shell that "
				 "stays",
				 node);
		return -1;
	}
	s->status = status;
	if (background && s->jobs.n) {
		const struct job *job = s->jobs.v[s->jobs.n - 1];

		out_printf(&s->out, "[%d] %s%s%s\n", job->number, node, *node ? " " : "", line);
	}
	return 0;
}

static int run_by_sh(struct session *s, const char *node, const char *line, bool background,
		     struct err *err)
{
	char *argv[] = { (char *)"/bin/sh", (char *)"-c", (char *)line, NULL };
	struct env env;
	int rc;

	env_init(&env);
	env_add_nodes(&env, s->graph, line);
	env_add(&env, NULL);
	rc = program_run_words(s, node, line, argv, env.v, background, err);
	env_free(&env);
	return rc;
}

static int run_straight(struct session *s, const char *node, const char *line,
			const struct words *w, bool background, struct err *err)
{
	char **argv = mem_resize(NULL, w->n + 1, sizeof(*argv));
	int rc;

	for (size_t i = 0; i < w->n; i++)
		argv[i] = w->v[i].text;
	argv[w->n] = NULL;
	rc = program_run_words(s, node, line, argv, NULL, background, err);
	free(argv);
	return rc;
}

int program_run_line(struct session *s, const char *node, const char *line, struct err *err)
{
	size_t len = strlen(line);
	bool background = words_background(line, &len);
	char *text = mem_strndup(line, len);
	struct words w;
	int rc = words_split(text, &w, err);

	if (!rc) {
		if (!w.n || !strcmp(w.v[0].text, "&"))
			rc = err_set(err, "nothing to run");
		else if (!*node || words_need_shell(text))
			rc = run_by_sh(s, node, text, background, err);
		else
			rc = run_straight(s, node, text, &w, background, err);
		words_free(&w);
	}
	free(text);
	return rc;
}

int program_run_shell(struct session *s, const char *node, struct err *err)
{
	const char *shell = program_shell();
	char *argv[] = { (char *)shell, NULL };
	struct env env;
	int rc;

	env_init(&env);
	env_replace(&env, mem_printf("PS1=%s# ", node));
	env_add(&env, NULL);
	rc = program_run_words(s, node, shell, argv, env.v, false, err);
	env_free(&env);
	return rc;
}
