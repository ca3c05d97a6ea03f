/* From columns and order to places. Each end of a link has a row of its own at its box, so that
 * lines cross but never join. */
#include "picture/scene.h"

#include <stdlib.h>

#include "base/mem.h"
#include "picture/measure.h"
#include "picture/text.h"

/* Columns between parts that stand side by side. */
#define BETWEEN 3

struct placing {
	struct measure m;
	struct scene *scene;
};

static size_t max(size_t a, size_t b)
{
	return a > b ? a : b;
}

/* ---- what a scene is made of ---- */

/* W.text is the scene's from here on. */
static void put_word(struct scene *s, struct scene_word w)
{
	if (!*w.text) {
		free(w.text);
		return;
	}
	s->words = mem_grow(s->words, s->n_words, &s->cap_words, sizeof(*s->words));
	s->words[s->n_words++] = w;
	s->width = max(s->width, w.x + text_width(w.text));
	s->height = max(s->height, w.y + 1);
}

static void put_text(struct scene *s, size_t x, size_t y, enum scene_role role, char *text)
{
	put_word(s, (struct scene_word){ .x = x, .y = y, .text = text, .role = role });
}

/* On a level line: from column X on, or so that it ends before X. */
static void put_label(struct scene *s, size_t x, size_t y, bool to_end, char *label)
{
	put_word(s, (struct scene_word){
			    .x = to_end ? x - text_width(label) : x,
			    .y = y,
			    .text = label,
			    .role = SCENE_LABEL,
			    .on_line = true,
			    .to_end = to_end,
		    });
}

static void put_box(struct scene *s, struct scene_box b)
{
	s->boxes = mem_grow(s->boxes, s->n_boxes, &s->cap_boxes, sizeof(*s->boxes));
	s->boxes[s->n_boxes++] = b;
	s->width = max(s->width, b.x + b.w);
	s->height = max(s->height, b.y + b.h);
}

static void put_line(struct scene *s, struct scene_line l)
{
	s->lines = mem_grow(s->lines, s->n_lines, &s->cap_lines, sizeof(*s->lines));
	s->lines[s->n_lines++] = l;
}

static void put_level_line(struct placing *p, size_t x1, size_t x2, size_t y,
			   const struct diagram_link *l, size_t left)
{
	put_line(p->scene,
		 (struct scene_line){ .at = { { x1, y }, { x2, y } }, .n = 2, .up = l->up });
	put_label(p->scene, x1 + 2, y, false, measure_end(&p->m, diagram_near(l, left)));
	put_label(p->scene, x2 - 1, y, true, measure_end(&p->m, diagram_far(l, left)));
}

/* The links between two boxes side by side, from row Y on. */
static void put_level_lines(struct placing *p, size_t left, size_t right, size_t x1, size_t x2,
			    size_t y)
{
	const struct parts *parts = p->m.p;

	for (size_t k = parts->first[left]; k < parts->first[left + 1]; k++)
		if (parts->all[k].box == right)
			put_level_line(p, x1, x2, y++, &parts->d->links[parts->all[k].link], left);
}

static size_t count_links(const struct parts *p, size_t a, size_t b)
{
	size_t n = 0;

	for (size_t k = p->first[a]; k < p->first[a + 1]; k++)
		n += p->all[k].box == b;
	return n;
}

/* ---- what hangs to the right ---- */

static size_t text_rows(const struct diagram_box *b)
{
	return measure_is_inline(b) ? 1 : 1 + b->n_lines;
}

/* What is behind a name begins in column NAMES at least. */
static void put_box_text(struct placing *p, const struct diagram_box *b, size_t x, size_t y,
			 size_t names)
{
	put_text(p->scene, x, y, SCENE_NAME, measure_title(&p->m, b));
	if (measure_is_inline(b)) {
		x += max(names, text_width(b->name)) + 1;
		y--;
	}
	for (size_t i = 0; i < b->n_lines; i++)
		put_text(p->scene, x, y + 1 + i, SCENE_TEXT, measure_line(&p->m, b, i));
}

/* Boxes with a common border where they are of a kind, from row Y on. The row below them. */
static size_t place_hanging(struct placing *p, const struct columns *c, const struct stop *s,
			    size_t x, size_t y)
{
	const struct diagram *d = p->m.p->d;
	size_t left = x + c->gap, end = y;

	for (size_t i = 0; i < s->n_hanging; i++) {
		const struct diagram_box *b = &d->boxes[s->hanging[i]];
		size_t rows = max(text_rows(b), count_links(p->m.p, s->hanging[i], s->box));

		if (i && b->kind != d->boxes[s->hanging[i - 1]].kind)
			y++;
		put_box(p->scene, (struct scene_box){ left, y, c->hanging, rows + 2, b->kind });
		put_box_text(p, b, left + 2, y + 1, c->names);
		put_level_lines(p, s->box, s->hanging[i], x - 1, left, y + 1);
		y += rows + 1;
		end = y + 1;
	}
	return end;
}

/* ---- brackets ---- */

struct bracket_ends {
	size_t *tracks;
	size_t *rows[2]; /* of the upper and the lower end */
};

/* At a stop: those that come from above, inner ones first, then those that go down, outer ones
 * first: so the brackets of one box do not cross. The row below the last. */
static size_t seat_brackets(const struct chain *c, struct bracket_ends *e, size_t tracks,
			    size_t stop, size_t row)
{
	for (size_t track = 0; track < tracks; track++)
		for (size_t i = 0; i < c->n_brackets; i++)
			if (c->brackets[i].lower == stop && e->tracks[i] == track)
				e->rows[1][i] = row++;
	for (size_t track = tracks; track-- > 0;)
		for (size_t i = 0; i < c->n_brackets; i++)
			if (c->brackets[i].upper == stop && e->tracks[i] == track)
				e->rows[0][i] = row++;
	return row;
}

static void put_bracket(struct placing *p, const struct chain *c, const struct bracket_ends *e,
			size_t i, size_t x, size_t box)
{
	const struct diagram_link *l = &p->m.p->d->links[c->brackets[i].link];
	const size_t stops[] = { c->brackets[i].upper, c->brackets[i].lower };
	size_t top = e->rows[0][i], bottom = e->rows[1][i];

	put_line(p->scene,
		 (struct scene_line){
			 .at = { { box, top }, { x, top }, { x, bottom }, { box, bottom } },
			 .n = 4,
			 .up = l->up });
	for (size_t k = 0; k < 2; k++)
		put_label(p->scene, box - 1, e->rows[k][i], true,
			  measure_end(&p->m, diagram_near(l, c->stops[stops[k]].box)));
}

/* ---- chains ---- */

static size_t place_chain(struct placing *p, struct chain *c, size_t x, size_t y, size_t *box_x);

/* Everything to the right of stop S, whose box begins at row Y and ends before column X. The row
 * below it. */
static size_t place_right(struct placing *p, const struct columns *c, const struct stop *s,
			  size_t x, size_t y)
{
	size_t end = place_hanging(p, c, s, x, y);

	for (size_t i = 0; i < s->n_right; i++) {
		size_t top = end, box_x;

		end = place_chain(p, s->right[i], x + c->gap, top, &box_x);
		put_level_lines(p, s->box, s->right[i]->stops[0].box, x - 1, box_x, top + 1);
	}
	return end;
}

static void put_down(struct placing *p, const struct stop *s, size_t x, size_t top, size_t bottom)
{
	const struct diagram_link *l = &p->m.p->d->links[s->down];

	put_line(p->scene,
		 (struct scene_line){ .at = { { x, top }, { x, bottom } }, .n = 2, .up = l->up });
	put_text(p->scene, x + 2, top + 1, SCENE_LABEL,
		 measure_end(&p->m, diagram_near(l, s->box)));
	put_text(p->scene, x + 2, bottom - 1, SCENE_LABEL,
		 measure_end(&p->m, diagram_far(l, s->box)));
}

/* The last row of the box of stop I, which begins at row Y: as far as what stands beside it goes.
 */
static size_t place_stop(struct placing *p, const struct chain *c, const struct columns *w,
			 size_t i, struct bracket_ends *ends, size_t x, size_t y)
{
	const struct stop *s = &c->stops[i];
	const struct diagram_box *b = &p->m.p->d->boxes[s->box];
	size_t parents =
		i || c->parent == ARRANGE_NONE ? 0 : count_links(p->m.p, s->box, c->parent);
	size_t right = place_right(p, w, s, x + w->box, y);
	size_t left = seat_brackets(c, ends, w->tracks, i, y + 1 + parents);
	size_t last = max(max(left, y + 1 + text_rows(b)) + 1, right) - 1;

	put_box(p->scene, (struct scene_box){ x, y, w->box, last + 1 - y, b->kind });
	put_box_text(p, b, x + 2, y + 1, 0);
	return last;
}

/* The row below all of it; where its boxes begin is *BOX_X. */
static size_t place_chain(struct placing *p, struct chain *c, size_t x, size_t y, size_t *box_x)
{
	struct bracket_ends ends;
	struct columns w;
	size_t n = c->n_brackets + 1, last = y;

	measure_chain(&p->m, c, &w);
	ends.tracks = mem_resize(NULL, n, sizeof(size_t));
	ends.rows[0] = mem_resize(NULL, n, sizeof(size_t));
	ends.rows[1] = mem_resize(NULL, n, sizeof(size_t));
	measure_tracks(c, ends.tracks);
	*box_x = x + w.gutter;
	for (size_t i = 0; i < c->n_stops; i++) {
		const struct stop *s = &c->stops[i];

		last = place_stop(p, c, &w, i, &ends, *box_x, y);
		y = last + (s->down == ARRANGE_NONE ? 2 : 3);
		if (s->down != ARRANGE_NONE)
			put_down(p, s, *box_x + w.box / 2, last, y);
	}
	for (size_t i = 0; i < c->n_brackets; i++)
		put_bracket(p, c, &ends, i, x + 2 * (w.tracks - 1 - ends.tracks[i]), *box_x);
	free(ends.tracks);
	free(ends.rows[0]);
	free(ends.rows[1]);
	return last + 1;
}

/* ---- parts ---- */

/* The first arrangement of a part that fits: as a tree rather than as a column, with long names
 * rather than with short ones. */
static struct chain *choose(struct placing *p, size_t root, size_t columns, size_t *width)
{
	for (int try = 0; try < 4; try++) {
		struct chain *c = arrange(p->m.p, root, try >= 2);
		struct columns w;

		p->m.brief = try % 2;
		if (!c)
			continue;
		measure_chain(&p->m, c, &w);
		*width = w.width;
		if (w.width <= columns)
			return c;
		chain_free(c);
	}
	return NULL;
}

bool scene_place(struct scene *s, const struct diagram *d, size_t columns)
{
	struct placing p = { .scene = s };
	size_t x = 0, y = 0, below = 0;
	bool fits = true;
	struct parts parts;

	*s = (struct scene){ 0 };
	parts_find(&parts, d);
	p.m.p = &parts;
	for (size_t i = 0; fits && i < parts.n; i++) {
		size_t width, end, box_x;
		struct chain *c = choose(&p, parts.roots[i], columns, &width);

		fits = c != NULL;
		if (!fits)
			break;
		if (x && x + width > columns) {
			x = 0;
			y = below + 1;
		}
		end = place_chain(&p, c, x, y, &box_x);
		below = max(below, end);
		x += width + BETWEEN;
		chain_free(c);
	}
	parts_free(&parts);
	if (!fits)
		scene_free(s);
	return fits;
}

void scene_free(struct scene *s)
{
	for (size_t i = 0; i < s->n_words; i++)
		free(s->words[i].text);
	free(s->words);
	free(s->boxes);
	free(s->lines);
	*s = (struct scene){ 0 };
}
