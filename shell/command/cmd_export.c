/* export: a picture or a description of the lab for other programs. */
#include "command/command.h"

#include <string.h>

#include "command/grammar.h"
#include "command/save.h"
#include "picture/picture.h"

struct format {
	const char *name;
	int (*write)(struct graph *g, struct buf *out, struct err *err);
};

static int write_dot(struct graph *g, struct buf *out, struct err *err)
{
	(void)err;
	picture_dot(g, out);
	return 0;
}

static int write_svg(struct graph *g, struct buf *out, struct err *err)
{
	(void)err;
	picture_svg(g, out);
	return 0;
}

static int write_mermaid(struct graph *g, struct buf *out, struct err *err)
{
	(void)err;
	picture_mermaid(g, out);
	return 0;
}

static int write_json(struct graph *g, struct buf *out, struct err *err)
{
	(void)err;
	picture_json(g, out);
	return 0;
}

/* Each is a choice in the command's grammar, too. */
static const struct format formats[] = {
	{ "dot", write_dot },	{ "svg", write_svg }, { "mermaid", write_mermaid },
	{ "json", write_json }, { "sh", export_sh },
};

static const struct format *format_find(const char *name)
{
	const struct format *f = formats;

	while (strcmp(f->name, name) != 0)
		f++;
	return f;
}

static int run_export(struct session *s, const struct args *a, struct err *err)
{
	const struct format *f = format_find(args_text(a, "dot"));
	const char *path = args_text(a, "file");
	struct buf text = { 0 };
	int rc;

	if (graph_read_all_details(s->graph, err))
		return -1;
	rc = f->write(s->graph, &text, err);
	if (!rc && (!path || !strcmp(path, "-")))
		out_puts(&s->out, buf_text(&text));
	else if (!rc)
		rc = save_file(path, &text, err) ? err_wrap(err, "export") : 0;
	buf_free(&text);
	return rc;
}

const struct command cmd_export = {
	.name = "export",
	.family = FAMILY_SCRIPT,
	.args = "dot|svg|mermaid|json|sh [<file>]",
	.summary = "write a picture of the lab, or the ip lines that build it",
	.details =
		"To a file, or as the command's output. dot is for Graphviz, mermaid for pages in "
		"Markdown, svg for every browser, sh a script of plain ip lines that builds the "
		"lab on any machine. "
		"JSON: {\"nodes\": [{\"name\" (empty: the lab's root), \"kind\", "
		"\"interfaces\": [{\"interface\", \"kind\", \"state\", \"mac\", \"mtu\", "
		"\"addresses\": [\"10.0.0.1/8\", ...], \"bridge\": name or null, \"peer\": "
		"{\"node\", \"interface\"} or null, \"qdiscs\": [{\"kind\", \"parameters\"}, "
		"...]}, "
		"...]}, ...], \"links\": [{\"a\": {\"node\", \"interface\"}, \"b\": {\"node\", "
		"\"interface\"}, \"state\"}, ...]}.",
	.example = "export svg",
	.run = run_export,
};
