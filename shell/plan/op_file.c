/* Files of a node's own: lab/node_files.h. ip-netns(8), /etc/netns. */
#include "plan/op.h"

#include <stdlib.h>
#include <string.h>

#include "lab/node_files.h"

static int check(const struct op *op, struct err *err)
{
	return node_path_check(op->words, err);
}

static int apply(struct op *op, struct lab *lab, struct err *err)
{
	if (node_file_write(lab, op->end.netns, op->words, op->text, &op->kept, err) < 0)
		return err_wrap(err, "file of %s", op->end.netns);
	return 0;
}

static void undo(struct op *op, struct lab *lab)
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

static void explain(const struct op *op, struct buf *out)
{
	struct buf path = { 0 };

	buf_printf(&path, "/etc/netns/%s%s", op->end.netns, op->words + strlen("/etc"));
	put_namesake(out, op->words);
	put_directory(out, buf_text(&path));
	put_text(out, op->text, buf_text(&path));
	buf_free(&path);
}

const struct op_class op_file = {
	.check = check, .apply = apply, .undo = undo, .explain = explain
};
