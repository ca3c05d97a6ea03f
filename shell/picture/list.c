#include "picture/list.h"

#include <stdlib.h>

#include "picture/arrange.h"
#include "picture/text.h"

struct list {
	const struct diagram *d;
	struct parts parts;
	size_t columns;
	bool ascii;
	struct buf *out;
};

static void put_line(const struct list *l, const char *text)
{
	bool cut = text_width(text) > l->columns;
	size_t room = l->columns - cut;

	for (const char *next = text; *text; text = next) {
		wchar_t c = text_next(&next);

		if (text_columns(c) > room)
			break;
		room -= text_columns(c);
		if (c == TEXT_NO_CHARACTER || (l->ascii && c >= 0x80))
			buf_putc(l->out, '?');
		else
			buf_add(l->out, text, (size_t)(next - text));
	}
	if (cut)
		buf_puts(l->out, l->ascii ? "~" : "…");
	buf_putc(l->out, '\n');
}

/* LINE with MORE behind it where that fits, else below it, further in. */
static void put_with(const struct list *l, struct buf *line, const char *more)
{
	if (text_width(buf_text(line)) + 1 + text_width(more) > l->columns) {
		put_line(l, buf_text(line));
		buf_clear(line);
		buf_puts(line, "     ");
	}
	buf_printf(line, " %s", more);
	put_line(l, buf_text(line));
}

/* Does a link to BOX say all there is to be said of it? */
static bool is_told(const struct list *l, size_t box)
{
	const struct diagram_box *b = &l->d->boxes[box];

	return l->parts.hangs_on[box] != ARRANGE_NONE && b->kind == GRAPH_HOST &&
	       (!b->n_lines || (b->n_lines == 1 && !b->lines[0].interface));
}

static void put_box(const struct list *l, const struct diagram_box *b)
{
	struct buf line = { 0 };

	buf_puts(&line, b->name);
	if (b->hosts > 1)
		buf_printf(&line, " %zu hosts", b->hosts);
	else if (b->kind != GRAPH_HOST)
		buf_printf(&line, " %s", graph_kind_name(b->kind));
	put_line(l, buf_text(&line));
	for (size_t i = 0; i < b->n_lines; i++) {
		const struct diagram_line *text = &b->lines[i];

		buf_clear(&line);
		buf_printf(&line, "  %s", text->interface ? text->brief : text->text);
		if (text->interface && *text->text)
			put_with(l, &line, text->text);
		else
			put_line(l, buf_text(&line));
	}
	buf_free(&line);
}

/* "  eth1 down -- h1 eth0 10.0.0.1/8" */
static void put_link(const struct list *l, const struct diagram_link *link, size_t box)
{
	const struct diagram_end *near = diagram_near(link, box), *far = diagram_far(link, box);
	const struct diagram_box *b = &l->d->boxes[far->box];
	struct buf text = { 0 };

	buf_putc(&text, ' ');
	if (*near->brief)
		buf_printf(&text, " %s", near->brief);
	if (near->note)
		buf_printf(&text, " %s", near->note);
	buf_printf(&text, " %s %s",
		   l->ascii   ? (link->up ? "--" : "..")
		   : link->up ? "──"
			      : "··",
		   b->name);
	if (*far->brief)
		buf_printf(&text, " %s", far->brief);
	if (far->note)
		buf_printf(&text, " %s", far->note);
	if (is_told(l, far->box) && b->hosts > 1)
		buf_printf(&text, " %zu hosts", b->hosts);
	if (is_told(l, far->box) && b->n_lines)
		put_with(l, &text, b->lines[0].text);
	else
		put_line(l, buf_text(&text));
	buf_free(&text);
}

void list_draw(const struct diagram *d, size_t columns, bool ascii, struct buf *out)
{
	struct list l = { .d = d, .columns = columns, .ascii = ascii, .out = out };

	parts_find(&l.parts, d);
	for (size_t i = 0; i < d->n_boxes; i++) {
		if (is_told(&l, i))
			continue;
		put_box(&l, &d->boxes[i]);
		for (size_t k = l.parts.first[i]; k < l.parts.first[i + 1]; k++)
			put_link(&l, &d->links[l.parts.all[k].link], i);
	}
	parts_free(&l.parts);
}
