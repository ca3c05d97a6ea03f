#include "command/program.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "command/env.h"
#include "command/missing.h"
#include "kernel/process.h"

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

/* A word of the grammar of sh, or a builtin that is no program. */
static bool is_of_sh(const char *word)
{
	static const char *const words[] = { "for", "if",      "while", "until", "case", "{",
					     ":",   "command", "type",	"eval",	 "exec", "." };

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (!strcmp(words[i], word))
			return true;
	return false;
}

bool program_begins_line(const char *word)
{
	/* "ls;" and "ls|wc" begin with ls. */
	char *name = mem_strndup(word, strcspn(word, ";|&<>"));
	bool begins = *word == '(' || is_of_sh(word) || (*name && process_exists(name));

	free(name);
	return begins;
}

bool program_is_open(const char *line)
{
	char *argv[] = { (char *)"/bin/sh", (char *)"-n", (char *)"-c", (char *)line, NULL };
	char *env[] = { (char *)"LC_ALL=C", NULL };
	struct program p = PROGRAM_INIT;
	struct process_status status;
	struct buf said = { 0 };
	char *first = mem_strndup(line, strcspn(line, " \t\n"));
	bool begins = *line == '(' || is_of_sh(first), open = false;

	free(first);
	p.argv = argv;
	p.env = env;
	/* All shells say it in nearly the same words. */
	if (begins && process_capture(&p, &said, 4096, &status, NULL) == 0)
		open = strstr(buf_text(&said), "end of file");
	buf_free(&said);
	return open;
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

/* With the addresses of nodes in the environment, and the status of the line before, for one that
 * asks. */
static void line_give_to_sh(struct program_line *l, const struct session *s, const char *line)
{
	l->text = strstr(line, "$?") ? mem_printf("(exit %d); %s", s->previous, line)
				     : mem_strdup(line);
	l->argv[0] = (char *)"/bin/sh";
	l->argv[1] = (char *)"-c";
	l->argv[2] = l->text;
	env_init(&l->env);
	env_add_nodes(&l->env, s->graph, line);
	l->envp = env_all(&l->env);
}

int program_line_open(struct program_line *l, const struct session *s, const char *node,
		      const char *line, struct err *err)
{
	size_t len;

	*l = (struct program_line){ 0 };
	if (words_split(line, &l->words, err))
		return -1;
	if (!l->words.n || !strcmp(l->words.v[0].text, "&")) {
		words_free(&l->words);
		return err_set(err, "nothing to run");
	}
	/* For either, the NULL included. */
	l->argv = mem_alloc((l->words.n + 4) * sizeof(*l->argv));
	if (!*node || words_need_shell(line) || words_background(line, &len))
		line_give_to_sh(l, s, line);
	else
		for (size_t i = 0; i < l->words.n; i++)
			l->argv[i] = l->words.v[i].text;
	return 0;
}

void program_line_close(struct program_line *l)
{
	free(l->argv);
	free(l->text);
	env_free(&l->env);
	words_free(&l->words);
}

/* Does a program that asks others stand first, and a node's name behind it? */
static bool asks_node(const struct graph *g, const struct words *w)
{
	static const char *const asking[] = { "ping",	"ping6", "traceroute", "tracepath",
					      "arping", "mtr",	 "curl",       "wget",
					      "nc",	"ssh",	 "telnet",     "fping",
					      "iperf3" };
	bool asks = false, names = false;

	for (size_t i = 0; w->n && i < sizeof(asking) / sizeof(*asking); i++)
		asks |= !strcmp(asking[i], w->v[0].text);
	for (size_t i = 1; i < w->n; i++)
		names |= *w->v[i].text && graph_node_find(g, w->v[i].text);
	return asks && names;
}

/* `ping h2` has failed. Who comes from Mininet may not know that it asks from the lab's root, which
 * is tied to nothing. */
static void hint_root(struct session *s, const char *line)
{
	struct words w;

	if (words_split(line, &w, NULL))
		return;
	if (asks_node(s->graph, &w))
		out_printf(&s->out,
			   "`%s` ran in the lab's root namespace; behind a node's name it runs "
			   "there: `h1 ping h2`\n",
			   w.v[0].text);
	words_free(&w);
}

int program_run_line(struct session *s, const char *node, const char *line, struct err *err)
{
	size_t len = strlen(line);
	bool background = words_background(line, &len);
	char *text = mem_strndup(line, len);
	bool shell = words_need_shell(text);
	struct program_line l;
	int rc = program_line_open(&l, s, node, text, err);

	if (!rc) {
		if (!shell && missing_check(node, text, err))
			rc = -1;
		else
			rc = program_run_words(s, node, text, l.argv, l.envp, background, err);
		/* sh has said what it did not find; what would do the same is for us to add. */
		if (!rc && shell && s->status)
			rc = missing_check(node, text, err);
		if (!rc && !*node && s->status && s->interactive)
			hint_root(s, text);
		program_line_close(&l);
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
	rc = program_run_words(s, node, shell, argv, env_all(&env), false, err);
	env_free(&env);
	return rc;
}
