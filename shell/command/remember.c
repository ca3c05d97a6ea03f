#include "command/remember.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/mem.h"
#include "command/env.h"
#include "command/grammar.h"
#include "command/missing.h"
#include "command/program.h"

#define STATUS_VARIABLE "NSLAB_STATUS"

static const char name_letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_";

static size_t name_length(const char *text)
{
	size_t n = strspn(text, name_letters);

	while (n && text[n] &&
	       (strchr(name_letters, text[n]) || (text[n] >= '0' && text[n] <= '9')))
		n++;
	return n;
}

/* What closes what is open, innermost last. */
struct nest {
	char closers[32];
	int n;
};

/* Take character *P, and the next with it where they belong together. False: the value ends before
 * it. */
static bool value_step(struct nest *nest, const char **p)
{
	char top = nest->n ? nest->closers[nest->n - 1] : 0, c = **p, open = 0;

	if (c == top) {
		nest->n--;
	} else if (top == '\'') {
		return true;
	} else if (c == '\\' && (*p)[1]) {
		++*p;
	} else if (c == '$' && ((*p)[1] == '(' || (*p)[1] == '{')) {
		open = *++*p == '(' ? ')' : '}';
	} else if (c == '"' || c == '`' || (c == '\'' && top != '"')) {
		open = c;
	} else if (c == '(' && top == ')') {
		open = ')';
	} else if (!top && strchr(" \t\n;&|<>()", c)) {
		return false;
	}
	if (open && nest->n < (int)sizeof(nest->closers))
		nest->closers[nest->n++] = open;
	return true;
}

/* Where the value that begins at P ends: at a blank or an operator outside quotes and $( ). */
static const char *value_end(const char *p)
{
	struct nest nest = { .n = 0 };

	while (*p && value_step(&nest, &p))
		p++;
	return p;
}

/* Behind NAME= and its value, or NULL. */
static const char *assignment_end(const char *p)
{
	size_t n = name_length(p);

	return n && p[n] == '=' ? value_end(p + n + 1) : NULL;
}

/* Does a command begin behind word W? */
static bool ends_command(const struct word *w)
{
	size_t len = strlen(w->text);

	return !w->quoted && len &&
	       (w->text[len - 1] == ';' || !strcmp(w->text, "&&") || !strcmp(w->text, "||"));
}

/* Also in `mkdir x && cd x`. */
static bool has_builtin(const char *line)
{
	static const char *const builtins[] = { "cd", "export", "unset" };
	struct words w;
	bool found = false;

	if (words_split(line, &w, NULL))
		return false;
	for (size_t i = 0; i < w.n && !found; i++) {
		size_t len = strcspn(w.v[i].text, ";");

		for (size_t k = 0; k < sizeof(builtins) / sizeof(*builtins); k++)
			found |= (!i || ends_command(&w.v[i - 1])) && !w.v[i].quoted &&
				 len == strlen(builtins[k]) &&
				 !strncmp(builtins[k], w.v[i].text, len);
	}
	words_free(&w);
	return found;
}

bool remember_wants(const char *line)
{
	const char *p = line + strspn(line, " \t"), *end;

	if (has_builtin(line))
		return true;
	if (!assignment_end(p))
		return false;
	while ((end = assignment_end(p)))
		p = end + strspn(end, " \t");
	return !*p || strchr("\n;&|#", *p);
}

/* The line inside NAME=$(...), to be freed, when that is all of LINE and a command of ours; else
 * NULL. */
static char *own_line(const char *line)
{
	const char *value = line + name_length(line) + 1, *end = assignment_end(line);
	const struct command *c = NULL;
	struct words w;
	struct grammar g;
	const char *chunk;
	char *inner;
	size_t used;

	if (!end || end[strspn(end, " \t")] || strncmp(value, "$(", 2) || end[-1] != ')')
		return NULL;
	inner = mem_strndup(value + 2, (size_t)(end - 1 - (value + 2)));
	if (command_find_lua(inner, &chunk))
		return inner;
	if (words_split(inner, &w, NULL) == 0) {
		c = command_find(&w, &used);
		words_free(&w);
	}
	/* What other lines print does not pass through here: sh can run those. */
	if (c && !grammar_compile(c->args, &g, NULL) &&
	    !(g.n && spec_takes_rest(&g.specs[g.n - 1])))
		return inner;
	free(inner);
	return NULL;
}

/* NAME=$(INNER), where INNER is a line of ours. */
static int run_own(struct session *s, const char *line, const char *inner, struct err *err)
{
	struct out out = s->out;
	struct buf *value = &s->out.buf;
	char *name = mem_strndup(line, name_length(line));
	int rc;

	out_flush(&out);
	s->out = (struct out){ .fd = -1 };
	rc = session_run(s, inner, err);
	while (value->len && value->data[value->len - 1] == '\n')
		value->data[--value->len] = '\0';
	if (!rc)
		setenv(name, buf_text(value), 1);
	out_free(&s->out);
	s->out = out;
	free(name);
	return rc;
}

/* Was this text in the environment that sh was given? */
static bool was_given(const struct env *given, const char *text)
{
	for (size_t i = 0; i < given->n; i++)
		if (!strcmp(given->v[i], text))
			return true;
	return false;
}

static bool names_variable(const char *text, const char *name, size_t len)
{
	return strlen(name) == len && !strncmp(text, name, len);
}

static void take_variable(const struct env *given, const char *text)
{
	static const char *const own[] = { STATUS_VARIABLE, "SHLVL", "_" };
	size_t len = name_length(text);
	char *name;

	for (size_t i = 0; i < sizeof(own) / sizeof(*own); i++)
		if (names_variable(text, own[i], len))
			return;
	if (!len || text[len] != '=' || was_given(given, text))
		return;
	name = mem_strndup(text, len);
	setenv(name, text + len + 1, 1);
	free(name);
}

/* Those of ours that sh no longer has among the N bytes at VARIABLES. */
static void drop_variables(const struct env *given, const char *variables, size_t n)
{
	for (size_t i = 0; i < given->ours; i++) {
		size_t len = name_length(given->v[i]);
		bool found = !len || given->v[i][len] != '=';
		char *name;

		for (size_t at = 0; at < n && !found; at += strlen(variables + at) + 1)
			found = !strncmp(variables + at, given->v[i], len + 1);
		if (found)
			continue;
		name = mem_strndup(given->v[i], len);
		unsetenv(name);
		free(name);
	}
}

/* What sh said at its end: its directory, then its variables, each with a NUL. Nothing, when the
 * line ended it before. */
static int take_state(const struct env *given, const struct buf *said, struct err *err)
{
	const char *directory = buf_text(said);
	size_t first = strlen(directory) + 1;

	if (said->len <= first)
		return 0;
	for (size_t at = first; at < said->len; at += strlen(said->data + at) + 1)
		take_variable(given, said->data + at);
	drop_variables(given, said->data + first, said->len - first);
	return chdir(directory) < 0 ? err_errno(err, errno, "cd %s", directory) : 0;
}

/* All of FD, from its beginning. */
static void read_all(int fd, struct buf *out)
{
	char chunk[8192];
	ssize_t n;

	lseek(fd, 0, SEEK_SET);
	while ((n = read(fd, chunk, sizeof(chunk))) > 0)
		buf_add(out, chunk, (size_t)n);
}

static int run_by_sh(struct session *s, const char *line, struct err *err)
{
	int fd = memfd_create("state", MFD_CLOEXEC), rc;
	char *script =
		mem_printf("set -a; %s\n" STATUS_VARIABLE "=$?\n"
			   "{ printf '%%s\\0' \"$(pwd)\"; command -p env -0; } >/proc/%d/fd/%d\n"
			   "exit $" STATUS_VARIABLE "\n",
			   line, (int)getpid(), fd);
	char *argv[] = { (char *)"/bin/sh", (char *)"-c", script, NULL };
	struct buf said = { 0 };
	struct env env;

	env_init(&env);
	env_add_nodes(&env, s->graph, line);
	rc = program_run_words(s, "", line, argv, env_all(&env), false, err);
	read_all(fd, &said);
	if (!rc)
		rc = take_state(&env, &said, err);
	if (!rc && s->status)
		rc = missing_check("", line, err);
	buf_free(&said);
	env_free(&env);
	free(script);
	close(fd);
	return rc;
}

int remember_run(struct session *s, const char *line, struct err *err)
{
	char *inner;
	int rc;

	line += strspn(line, " \t");
	inner = own_line(line);
	rc = inner ? run_own(s, line, inner, err) : run_by_sh(s, line, err);
	free(inner);
	return rc;
}
