/* Files and directories of a node's own: lab/node_files.h. ip-netns(8), /etc/netns. */
#include "plan/op.h"

#include <string.h>

#include "lab/node_files.h"
#include "lab/node_private.h"

/* ---- files ---- */

static int file_check(const struct op *op, struct err *err)
{
	return node_path_check(op->words, err);
}

static int file_apply(struct op *op, struct lab *lab, struct err *err)
{
	if (node_file_write(lab, op->end.netns, op->words, op->text, &op->kept, err) < 0)
		return err_wrap(err, "file of %s", op->end.netns);
	return 0;
}

static void file_undo(struct op *op, struct lab *lab)
{
	node_file_restore(lab, op->end.netns, op->words, op->kept);
}

static void put_directory(struct buf *out, const char *path)
{
	struct buf dir = { 0 };

	buf_add(&dir, path, (size_t)(strrchr(path, '/') - path));
	buf_puts(out, "mkdir -p ");
	buf_put_quoted(out, buf_text(&dir));
	buf_putc(out, '\n');
	buf_free(&dir);
}

static void put_text(struct buf *out, const char *text, const char *path)
{
	buf_puts(out, "printf %s ");
	buf_put_quoted(out, text);
	buf_puts(out, " >");
	buf_put_quoted(out, path);
	buf_putc(out, '\n');
}

/* What is put over something in /etc needs that to be there. */
static void put_namesake(struct buf *out, const char *path)
{
	const char *slash = strchr(path + strlen("/etc/"), '/');
	struct buf top = { 0 };

	buf_add(&top, path, slash ? (size_t)(slash - path) : strlen(path));
	buf_puts(out, slash ? "mkdir -p " : ": >>");
	buf_put_quoted(out, buf_text(&top));
	buf_putc(out, '\n');
	buf_free(&top);
}

static void file_explain(const struct op *op, struct buf *out)
{
	struct buf path = { 0 };

	if (node_path_is_within(op->words, "/etc")) {
		buf_printf(&path, "/etc/netns/%s%s", op->end.netns, op->words + strlen("/etc"));
		put_namesake(out, op->words);
	} else {
		buf_printf(&path, NODE_FILES "/%s/private%s", op->end.netns, op->words);
	}
	put_directory(out, buf_text(&path));
	put_text(out, op->text, buf_text(&path));
	buf_free(&path);
}

const struct op_class op_file = {
	.check = file_check, .apply = file_apply, .undo = file_undo, .explain = file_explain
};

/* ---- directories ---- */

static int private_check(const struct op *op, struct err *err)
{
	return node_private_check(op->words, err);
}

static int private_apply(struct op *op, struct lab *lab, struct err *err)
{
	if (node_private_add(lab, op->end.netns, op->words, &op->made, err) < 0)
		return err_wrap(err, "directory of %s", op->end.netns);
	return 0;
}

static void private_undo(struct op *op, struct lab *lab)
{
	if (op->made)
		node_private_remove(lab, op->end.netns, op->words);
}

/* All that a view is made from: the next program in the node sees it. */
static void private_explain(const struct op *op, struct buf *out)
{
	struct buf dir = { 0 }, store = { 0 }, list = { 0 };

	buf_put_quoted(&dir, op->words);
	buf_printf(&store, NODE_FILES "/%s/private%s", op->end.netns, op->words);
	buf_printf(&list, NODE_FILES "/%s/mounts", op->end.netns);
	buf_puts(out, "mkdir -p ");
	if (node_path_is_within(op->words, "/run") && !strchr(op->words + strlen("/run/"), '/'))
		buf_printf(out, "%s ", buf_text(&dir));
	buf_put_quoted(out, buf_text(&store));
	/* Not there where it will be in another one of the node's own. */
	for (int i = 0; i < 2; i++) {
		buf_printf(out, "%s --reference=%s ", i ? " && chmod" : "\nchown", buf_text(&dir));
		buf_put_quoted(out, buf_text(&store));
	}
	buf_printf(out, " || :\necho %s >>", buf_text(&dir));
	buf_put_quoted(out, buf_text(&list));
	buf_putc(out, '\n');
	buf_free(&dir);
	buf_free(&store);
	buf_free(&list);
}

const struct op_class op_private = {
	.check = private_check,
	.apply = private_apply,
	.undo = private_undo,
	.explain = private_explain,
};
