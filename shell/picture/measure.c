#include "picture/measure.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "picture/text.h"

static size_t max(size_t a, size_t b)
{
	return a > b ? a : b;
}

/* The width of TEXT, which is freed. */
static size_t take_width(char *text)
{
	size_t width = text_width(text);

	free(text);
	return width;
}

char *measure_end(const struct measure *m, const struct diagram_end *e)
{
	const char *name = m->brief ? e->brief : e->label;

	return mem_printf("%s%s%s", name, *name && e->note ? " " : "", e->note ? e->note : "");
}

char *measure_title(const struct measure *m, const struct diagram_box *b)
{
	if (b->hosts > 1)
		return mem_printf("%s %zu hosts", b->name, b->hosts);
	if (b->kind == GRAPH_HOST || m->brief)
		return mem_strdup(b->name);
	return mem_printf("%s %s", b->name, graph_kind_name(b->kind));
}

char *measure_line(const struct measure *m, const struct diagram_box *b, size_t i)
{
	const struct diagram_line *l = &b->lines[i];
	const char *name = m->brief ? l->brief : l->interface;

	if (!name)
		return mem_strdup(l->text);
	return mem_printf("%s%s%s", name, *l->text ? " " : "", l->text);
}

bool measure_is_inline(const struct diagram_box *b)
{
	return b->kind == GRAPH_HOST && b->hosts == 1 && b->n_lines == 1;
}

/* With its borders. */
static size_t measure_box(const struct measure *m, const struct diagram_box *b, size_t names)
{
	size_t width = take_width(measure_title(m, b));

	if (measure_is_inline(b))
		return max(width, names) + 1 + take_width(measure_line(m, b, 0)) + 4;
	for (size_t i = 0; i < b->n_lines; i++)
		width = max(width, take_width(measure_line(m, b, i)));
	return width + 4;
}

static void measure_hanging(const struct measure *m, const struct stop *s, struct columns *c)
{
	const struct diagram_box *boxes = m->p->d->boxes;

	for (size_t i = 0; i < s->n_hanging; i++)
		if (measure_is_inline(&boxes[s->hanging[i]]))
			c->names = max(c->names, text_width(boxes[s->hanging[i]].name));
	for (size_t i = 0; i < s->n_hanging; i++)
		c->hanging = max(c->hanging, measure_box(m, &boxes[s->hanging[i]], c->names));
}

/* The gap must hold both labels of a level link. */
static void measure_gap(const struct measure *m, size_t box, size_t to, struct columns *c)
{
	const struct parts *p = m->p;

	for (size_t k = p->first[box]; k < p->first[box + 1]; k++) {
		const struct diagram_link *l = &p->d->links[p->all[k].link];

		if (p->all[k].box == to)
			c->gap = max(c->gap, take_width(measure_end(m, &l->a)) +
						     take_width(measure_end(m, &l->b)) + 4);
	}
}

/* The labels of a link downwards stand to the right of it. */
static void measure_down(const struct measure *m, const struct stop *s, struct columns *c)
{
	const struct diagram_link *l;
	size_t label;

	if (s->down == ARRANGE_NONE)
		return;
	l = &m->p->d->links[s->down];
	label = max(take_width(measure_end(m, &l->a)), take_width(measure_end(m, &l->b)));
	c->width = max(c->width, c->gutter + c->box / 2 + 2 + label);
}

/* Short brackets inside, long ones outside; each on the innermost track that is free for it. */
size_t measure_tracks(const struct chain *c, size_t *tracks)
{
	size_t used = 0;

	for (size_t i = 0; i < c->n_brackets; i++)
		tracks[i] = ARRANGE_NONE;
	for (size_t length = 1; length < c->n_stops; length++) {
		for (size_t i = 0; i < c->n_brackets; i++) {
			const struct bracket *b = &c->brackets[i];
			size_t track = 0;

			if (b->lower - b->upper != length)
				continue;
			for (size_t k = 0; k < c->n_brackets; k++) {
				const struct bracket *other = &c->brackets[k];

				if (tracks[k] == track && other->upper <= b->lower &&
				    b->upper <= other->lower) {
					track++;
					k = SIZE_MAX;
				}
			}
			tracks[i] = track;
			used = max(used, track + 1);
		}
	}
	return used;
}

static void measure_gutter(const struct measure *m, const struct chain *c, struct columns *out)
{
	size_t label = 0, *tracks;

	if (!c->n_brackets)
		return;
	tracks = mem_resize(NULL, c->n_brackets, sizeof(*tracks));
	out->tracks = measure_tracks(c, tracks);
	free(tracks);
	for (size_t i = 0; i < c->n_brackets; i++) {
		const struct diagram_link *l = &m->p->d->links[c->brackets[i].link];

		label = max(label, take_width(measure_end(m, &l->a)));
		label = max(label, take_width(measure_end(m, &l->b)));
	}
	out->gutter = 2 * out->tracks + label + 1;
}

void measure_chain(const struct measure *m, struct chain *c, struct columns *out)
{
	size_t beside = 0;

	*out = (struct columns){ 0 };
	measure_gutter(m, c, out);
	for (size_t i = 0; i < c->n_stops; i++) {
		const struct stop *s = &c->stops[i];

		out->box = max(out->box, measure_box(m, &m->p->d->boxes[s->box], 0));
		measure_hanging(m, s, out);
		for (size_t k = 0; k < s->n_hanging; k++)
			measure_gap(m, s->box, s->hanging[k], out);
		for (size_t k = 0; k < s->n_right; k++) {
			struct columns right;

			measure_gap(m, s->box, s->right[k]->stops[0].box, out);
			measure_chain(m, s->right[k], &right);
			beside = max(beside, right.width);
		}
	}
	beside = max(beside, out->hanging);
	for (size_t i = 0; i < c->n_stops; i++)
		measure_down(m, &c->stops[i], out);
	out->width = max(out->width, out->gutter + out->box + (beside ? out->gap + beside : 0));
}
