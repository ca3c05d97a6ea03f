/* A picture in the language of Graphviz. Boxes are called n0, n1, ...: what people chose as names
 * stands in labels alone. */
#include "picture/diagram.h"
#include "picture/picture.h"

#include <string.h>

/* Within double quotes: \ and " are to be escaped; what is shown holds no newline. */
static void put_text(struct buf *out, const char *text)
{
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			buf_putc(out, '\\');
		buf_putc(out, *text);
	}
}

static void put_box(struct buf *out, const struct diagram_box *b, size_t number)
{
	static const char *const styles[] = {
		[GRAPH_HOST] = "shape=box",
		[GRAPH_SWITCH] = "shape=box, style=filled, fillcolor=\"#d6e4f5\"",
		[GRAPH_ROUTER] = "shape=box, style=\"filled,rounded\", fillcolor=\"#fbe3c0\"",
	};

	buf_printf(out, "\tn%zu [%s, label=\"", number, styles[b->kind]);
	put_text(out, b->name);
	if (b->kind != GRAPH_HOST)
		buf_printf(out, " %s", graph_kind_name(b->kind));
	for (size_t i = 0; i < b->n_lines; i++) {
		const struct diagram_line *l = &b->lines[i];

		buf_puts(out, "\\n");
		put_text(out, l->interface ? l->interface : "");
		buf_puts(out, l->interface && *l->text ? " " : "");
		put_text(out, l->text);
	}
	buf_puts(out, "\"];\n");
}

static void put_end(struct buf *out, const char *where, const struct diagram_end *e)
{
	buf_printf(out, ", %s=\"", where);
	put_text(out, e->label);
	if (e->note) {
		buf_puts(out, "\\n");
		put_text(out, e->note);
	}
	buf_putc(out, '"');
}

void picture_dot(const struct graph *g, struct buf *out)
{
	struct diagram d;

	diagram_read(&d, g);
	buf_puts(out, "graph lab {\n"
		      "\tgraph [rankdir=LR, nodesep=0.4, ranksep=1.6];\n"
		      "\tnode [fontname=\"sans-serif\", fontsize=16];\n"
		      "\tedge [fontname=\"sans-serif\", fontsize=11];\n");
	for (size_t i = 0; i < d.n_boxes; i++)
		put_box(out, &d.boxes[i], i);
	for (size_t i = 0; i < d.n_links; i++) {
		const struct diagram_link *l = &d.links[i];

		buf_printf(out, "\tn%zu -- n%zu [style=%s", l->a.box, l->b.box,
			   l->up ? "solid" : "dashed");
		put_end(out, "taillabel", &l->a);
		put_end(out, "headlabel", &l->b);
		buf_puts(out, "];\n");
	}
	buf_puts(out, "}\n");
	diagram_free(&d);
}
