/* A scene in ink: for a projector, a handout, a page. No font of its own, no Graphviz; large, dark
 * on white, and light on black where the viewer's screen is dark. */
#include "picture/picture.h"

#include <stdlib.h>

#include "picture/scene.h"
#include "picture/text.h"

/* A cell in pixels, and what a letter of a label takes. A letter of 20 px is 12 px wide in every
 * fixed font; where another is put in its place, textLength keeps words in their boxes. */
#define WIDE   12
#define HIGH   28
#define LETTER 10
#define MARGIN 14

static const char style[] =
	"<style>\n"
	"svg { background: #fff }\n"
	"text { font-family: 'DejaVu Sans Mono', Menlo, Consolas, monospace; font-size: 20px; "
	"fill: "
	"#000; white-space: pre }\n"
	".name { font-weight: bold }\n"
	".label { font-size: 16.6px; fill: #333 }\n"
	".paper { fill: #fff }\n"
	"path, .host, .switch, .router { stroke: #000; stroke-width: 2; fill: none }\n"
	"path.cut { stroke: #b00000; stroke-width: 3; stroke-dasharray: 2 8; fill: none }\n"
	".host { fill: #fff }\n"
	".switch { fill: #d3e3f8; stroke-width: 4 }\n"
	".router { fill: #ffe3b3; stroke-width: 3 }\n"
	"@media (prefers-color-scheme: dark) {\n"
	"svg { background: #111 }\n"
	"text { fill: #fff }\n"
	".label { fill: #ddd }\n"
	".paper, .host { fill: #111 }\n"
	"path, .host, .switch, .router { stroke: #fff }\n"
	"path.cut { stroke: #ff8a80 }\n"
	".switch { fill: #16365c }\n"
	".router { fill: #5c3d0a }\n"
	"}\n"
	"</style>\n";

static size_t at_x(size_t x)
{
	return MARGIN + x * WIDE + WIDE / 2;
}

static size_t at_y(size_t y)
{
	return MARGIN + y * HIGH + HIGH / 2;
}

static void put_escaped(struct buf *out, const char *text)
{
	for (; *text; text++) {
		switch (*text) {
		case '&':
			buf_puts(out, "&amp;");
			break;
		case '<':
			buf_puts(out, "&lt;");
			break;
		case '>':
			buf_puts(out, "&gt;");
			break;
		default:
			buf_putc(out, *text);
		}
	}
}

static void put_box(struct buf *out, const struct scene_box *b)
{
	buf_printf(out, "<rect class=\"%s\" x=\"%zu\" y=\"%zu\" width=\"%zu\" height=\"%zu\"%s/>\n",
		   graph_kind_name(b->kind), at_x(b->x), at_y(b->y), (b->w - 1) * WIDE,
		   (b->h - 1) * HIGH, b->kind == GRAPH_ROUTER ? " rx=\"16\"" : "");
}

static void put_line(struct buf *out, const struct scene_line *l)
{
	buf_puts(out, l->up ? "<path d=\"" : "<path class=\"cut\" d=\"");
	for (size_t i = 0; i < l->n; i++)
		buf_printf(out, "%s%zu %zu", i ? " L" : "M", at_x(l->at[i].x), at_y(l->at[i].y));
	buf_puts(out, "\"/>\n");
}

/* A label stands above its line, so that both can be read. */
static void put_word(struct buf *out, const struct scene_word *w)
{
	static const char *const classes[] = {
		[SCENE_NAME] = "name", [SCENE_TEXT] = "text", [SCENE_LABEL] = "label"
	};
	bool label = w->role == SCENE_LABEL;
	size_t width = text_width(w->text);
	size_t x = MARGIN + (w->x + (w->to_end ? width : 0)) * WIDE;

	buf_printf(out, "<text class=\"%s\" x=\"%zu\" y=\"%zu\" textLength=\"%zu\"%s>",
		   classes[w->role], x,
		   at_y(w->y) + (w->on_line ? -5
				 : label    ? 5
					    : 7),
		   width * (label ? LETTER : WIDE), w->to_end ? " text-anchor=\"end\"" : "");
	put_escaped(out, w->text);
	buf_puts(out, "</text>\n");
}

static void put_scene(struct buf *out, const struct scene *s)
{
	size_t width = 2 * MARGIN + s->width * WIDE, height = 2 * MARGIN + s->height * HIGH;

	buf_printf(out,
		   "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%zu\" height=\"%zu\" "
		   "viewBox=\"0 0 %zu %zu\">\n",
		   width, height, width, height);
	buf_puts(out, style);
	buf_puts(out, "<rect class=\"paper\" width=\"100%\" height=\"100%\"/>\n");
	for (size_t i = 0; i < s->n_lines; i++)
		put_line(out, &s->lines[i]);
	for (size_t i = 0; i < s->n_boxes; i++)
		put_box(out, &s->boxes[i]);
	for (size_t i = 0; i < s->n_words; i++)
		put_word(out, &s->words[i]);
	buf_puts(out, "</svg>\n");
}

void picture_svg(const struct graph *g, struct buf *out)
{
	/* As wide as a page across, else as it must be. */
	static const size_t columns[] = { 120, SIZE_MAX };
	struct diagram d;
	struct scene s;

	diagram_read(&d, g);
	diagram_fold(&d, SCENE_FOLD_FROM);
	for (size_t i = 0; i < 2 && !scene_place(&s, &d, columns[i]); i++)
		;
	put_scene(out, &s);
	scene_free(&s);
	diagram_free(&d);
}
