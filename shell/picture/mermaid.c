/* A flowchart in Mermaid, which pages in Markdown show. Boxes are called n0, n1, ...; a text stands
 * in double quotes, with the entities that Mermaid has for what would end or change it. */
#include "picture/diagram.h"
#include "picture/picture.h"

#include <string.h>

static void put_text(struct buf *out, const char *text)
{
	for (; *text; text++) {
		/* Also what Markdown would take for its own. */
		if (strchr("\"\\#&;<>`*_{}[]()|%~$'", *text))
			buf_printf(out, "#%d;", *text);
		else
			buf_putc(out, *text);
	}
}

static void put_box(struct buf *out, const struct diagram_box *b, size_t number)
{
	static const char *const open[] = {
		[GRAPH_HOST] = "[\"", [GRAPH_SWITCH] = "[[\"", [GRAPH_ROUTER] = "([\""
	};
	static const char *const close[] = {
		[GRAPH_HOST] = "\"]", [GRAPH_SWITCH] = "\"]]", [GRAPH_ROUTER] = "\"])"
	};

	buf_printf(out, "    n%zu%s", number, open[b->kind]);
	put_text(out, b->name);
	if (b->kind != GRAPH_HOST)
		buf_printf(out, " %s", graph_kind_name(b->kind));
	for (size_t i = 0; i < b->n_lines; i++) {
		const struct diagram_line *l = &b->lines[i];

		buf_puts(out, "<br>");
		put_text(out, l->interface ? l->interface : "");
		buf_puts(out, l->interface && *l->text ? " " : "");
		put_text(out, l->text);
	}
	buf_printf(out, "%s\n", close[b->kind]);
}

static void put_end(struct buf *out, const struct diagram_end *e)
{
	put_text(out, e->label);
	if (e->note) {
		buf_putc(out, ' ');
		put_text(out, e->note);
	}
}

void picture_mermaid(const struct graph *g, struct buf *out)
{
	struct diagram d;

	diagram_read(&d, g);
	buf_puts(out, "graph LR\n");
	for (size_t i = 0; i < d.n_boxes; i++)
		put_box(out, &d.boxes[i], i);
	for (size_t i = 0; i < d.n_links; i++) {
		const struct diagram_link *l = &d.links[i];

		buf_printf(out, "    n%zu %s|\"", l->a.box, l->up ? "---" : "-.-");
		put_end(out, &l->a);
		buf_puts(out, "<br>");
		put_end(out, &l->b);
		buf_printf(out, "\"| n%zu\n", l->b.box);
	}
	diagram_free(&d);
}
