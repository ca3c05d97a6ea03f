/* A draft's files and programs: what is put into nodes once the network stands. */
#include "plan/draft.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/words.h"
#include "kernel/process.h"
#include "lab/environment.h"
#include "lab/node_daemon.h"
#include "lab/node_files.h"
#include "lab/node_private.h"
#include "lab/node_program.h"
#include "plan/draft_inside.h"

static struct op *add_op(struct draft *d, enum op_kind kind, const struct draft_node *n,
			 const char *words)
{
	struct op *op = plan_add(&d->contents, kind);

	snprintf(op->end.netns, sizeof(op->end.netns), "%s", n->name);
	op->words = mem_strdup(words);
	return op;
}

/* A line that has a program in it. */
static int check_line(const char *line, struct err *err)
{
	struct words w;
	size_t n;

	if (words_split(line, &w, err) < 0)
		return -1;
	n = w.n;
	words_free(&w);
	/* Several lines are for sh, whatever the first holds. */
	return n || words_need_shell(line) ? 0 : err_set(err, "there is nothing to run");
}

/* The lab's root sees the lab's own /etc and directories: nothing there is a node's. */
static struct draft_node *find_node(struct draft *d, const char *name, const char *what,
				    struct err *err)
{
	struct draft_node *n = draft_find_place(d, name, err);

	if (!n || *n->name)
		return n;
	err_set(err, "the lab's root is no node: %s", what);
	return NULL;
}

int draft_add_exec(struct draft *d, const char *place, const char *line, struct err *err)
{
	struct draft_node *n = draft_find_place(d, place, err);

	if (!n || check_line(line, err) < 0)
		return -1;
	add_op(d, OP_EXEC, n, line);
	return 0;
}

/* ---- files and directories ---- */

int draft_add_private(struct draft *d, const char *node, const char *dir, struct err *err)
{
	struct draft_node *n = find_node(d, node, "a directory is a node's own", err);

	if (!n || node_private_check(dir, err) < 0)
		return -1;
	add_op(d, OP_PRIVATE, n, dir);
	return 0;
}

/* Will PATH be in a directory of N's own? */
static bool is_within_private(const struct draft *d, const struct draft_node *n, const char *path)
{
	for (size_t i = 0; i < d->contents.n; i++) {
		const struct op *op = &d->contents.ops[i];

		if (op->kind == OP_PRIVATE && strcmp(op->end.netns, n->name) == 0 &&
		    node_path_is_within(path, op->words))
			return true;
	}
	return node_private_holds(n->name, path);
}

int draft_add_file(struct draft *d, const char *node, const char *path, const char *text,
		   struct err *err)
{
	struct draft_node *n = find_node(d, node, "a file is a node's own", err);

	if (!n || node_path_check(path, err) < 0)
		return -1;
	if (!node_path_is_within(path, "/etc") && !is_within_private(d, n, path))
		return node_file_refuse(path, err);
	add_op(d, OP_FILE, n, path)->text = mem_strdup(text);
	return 0;
}

/* ---- daemons ---- */

/* The program of LINE: its first word, but for `exec`; "" when sh alone could say. */
static void program_of(const char *line, char program[PATH_MAX])
{
	struct words w;
	size_t i, len;

	*program = '\0';
	if (words_split(line, &w, NULL) < 0)
		return;
	i = w.n > 1 && strcmp(w.v[0].text, "exec") == 0;
	len = w.n ? strcspn(w.v[i].text, ";|&<>") : 0;
	if (len && strcspn(w.v[i].text, "=()$`*?[]{}~") >= len)
		snprintf(program, PATH_MAX, "%.*s", (int)len, w.v[i].text);
	words_free(&w);
}

/* The shell may stand outside a lab, where an ordinary user's PATH is shorter. */
static int find_program(const char *program, struct err *err)
{
	char *path = environment_path(), *variable = mem_printf("PATH=%s", path), found[PATH_MAX];
	char *const env[] = { variable, NULL };
	const char *base = strrchr(program, '/'), *package;
	int r = process_find(program, env, found, sizeof(found), err);

	package = process_package(base ? base + 1 : program);
	if (r < 0 && package)
		err_hint(err, "on Debian: apt install %s", package);
	free(variable);
	free(path);
	return r;
}

/* 1: left out. */
static int check_program(const struct draft_node *n, const struct draft_daemon *daemon,
			 const char *program, struct err *err)
{
	const char *base = strrchr(program, '/'), *package;

	base = base ? base + 1 : program;
	if (!*program || (!daemon->optional && node_program_needs_shell(daemon->line)))
		return 0;
	if (find_program(program, err) == 0)
		return 0;
	if (!daemon->optional)
		return -1;
	package = process_package(base);
	err_set(err, "%s: no %s: left out%s%s%s", n->name, base, package ? " (package " : "",
		package ? package : "", package ? ")" : "");
	return 1;
}

static const char *name_of_daemon(const struct draft_daemon *daemon, const char *program)
{
	const char *base = strrchr(program, '/');

	return daemon->name ? daemon->name : base ? base + 1 : program;
}

static bool has_daemon(const struct draft *d, const struct draft_node *n, const char *name)
{
	for (size_t i = 0; i < d->contents.n; i++) {
		const struct op *op = &d->contents.ops[i];

		if (op->kind == OP_DAEMON && strcmp(op->end.netns, n->name) == 0 &&
		    strcmp(op->key, name) == 0)
			return true;
	}
	return false;
}

int draft_add_daemon(struct draft *d, const char *node, const struct draft_daemon *daemon,
		     struct err *err)
{
	struct draft_node *n = find_node(d, node, "a daemon ends with its node", err);
	char program[PATH_MAX];
	struct op *op;
	const char *name;
	int left_out;

	if (!n || check_line(daemon->line, err) < 0)
		return -1;
	program_of(daemon->line, program);
	name = name_of_daemon(daemon, program);
	if (!*name)
		return err_set(err, "which name is the daemon to have? name = \"...\"");
	if (node_daemon_check_name(name, err) < 0)
		return -1;
	if (has_daemon(d, n, name)) {
		err_set(err, "%s has a daemon %s already", n->name, name);
		return err_hint(err, "give this one another name: name = \"%s2\"", name);
	}
	left_out = check_program(n, daemon, program, err);
	if (left_out)
		return left_out;
	op = add_op(d, OP_DAEMON, n, daemon->line);
	snprintf(op->key, sizeof(op->key), "%s", name);
	op->port = daemon->port;
	op->text = daemon->text ? mem_strdup(daemon->text) : NULL;
	return 0;
}
