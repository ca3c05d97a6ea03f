/* A draft's files and programs: what is put into nodes once the network stands. */
#include "plan/draft.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/words.h"
#include "lab/node_files.h"
#include "lab/node_private.h"
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

int draft_add_exec(struct draft *d, const char *place, const char *line, struct err *err)
{
	struct draft_node *n = draft_find_place(d, place, err);

	if (!n || check_line(line, err) < 0)
		return -1;
	add_op(d, OP_EXEC, n, line);
	return 0;
}

/* ---- files ---- */

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
