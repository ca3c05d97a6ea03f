/* A scene in characters. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "picture/list.h"
#include "picture/picture.h"
#include "picture/scene.h"
#include "picture/text.h"

enum { NORTH = 1, EAST = 2, SOUTH = 4, WEST = 8, LEVEL = EAST | WEST, UPRIGHT = NORTH | SOUTH };

struct cell {
	const char *text; /* a character of a word; NULL: none */
	uint8_t bytes;	  /* of it; 0: the second half of a wide one */
	uint8_t border;	  /* which ways a box's border goes on from here */
	uint8_t lines;	  /* which ways a link's line does */
	uint8_t kind;	  /* enum graph_kind of the border */
	bool cut;	  /* the line is of a link that is not up */
};

struct canvas {
	struct cell *cells;
	size_t width, height;
	bool ascii;
};

static struct cell *cell_at(const struct canvas *c, size_t x, size_t y)
{
	return &c->cells[y * c->width + x];
}

static void draw_box(struct canvas *c, const struct scene_box *b)
{
	size_t right = b->x + b->w - 1, bottom = b->y + b->h - 1;

	for (size_t x = b->x; x <= right; x++) {
		uint8_t ways = (x > b->x ? WEST : 0) | (x < right ? EAST : 0);

		cell_at(c, x, b->y)->border |= ways;
		cell_at(c, x, bottom)->border |= ways;
		cell_at(c, x, b->y)->kind = cell_at(c, x, bottom)->kind = b->kind;
	}
	for (size_t y = b->y; y <= bottom; y++) {
		uint8_t ways = (y > b->y ? NORTH : 0) | (y < bottom ? SOUTH : 0);

		cell_at(c, b->x, y)->border |= ways;
		cell_at(c, right, y)->border |= ways;
		cell_at(c, b->x, y)->kind = cell_at(c, right, y)->kind = b->kind;
	}
}

static void draw_segment(struct canvas *c, size_t x1, size_t y1, size_t x2, size_t y2, bool cut)
{
	uint8_t on = x1 < x2 ? EAST : x1 > x2 ? WEST : y1 < y2 ? SOUTH : NORTH;
	uint8_t back = on == EAST ? WEST : on == WEST ? EAST : on == SOUTH ? NORTH : SOUTH;

	while (x1 != x2 || y1 != y2) {
		struct cell *from = cell_at(c, x1, y1), *to;

		x1 += (on == EAST) - (on == WEST);
		y1 += (on == SOUTH) - (on == NORTH);
		to = cell_at(c, x1, y1);
		from->lines |= on;
		to->lines |= back;
		from->cut |= cut;
		to->cut |= cut;
	}
}

static void draw_word(struct canvas *c, const struct scene_word *w)
{
	size_t x = w->x;

	for (const char *at = w->text, *next = at; *at; at = next) {
		wchar_t character = text_next(&next);
		struct cell *cell = cell_at(c, x, w->y);

		cell->text = character == TEXT_NO_CHARACTER ? "?" : at;
		cell->bytes = character == TEXT_NO_CHARACTER ? 1 : (uint8_t)(next - at);
		x += text_columns(character);
		if (text_columns(character) == 2)
			*cell_at(c, x - 1, w->y) = (struct cell){ .text = at };
	}
}

/* By the ways that go on. These characters are in every font of a terminal, the console's too. */
static const char *const thin[16] = { " ", "│", "─", "└", "│", "│", "┌", "├",
				      "─", "┘", "─", "┴", "┐", "┤", "┬", "┼" };

static const char *line_character(const struct cell *c, bool ascii)
{
	if (c->lines == LEVEL)
		return ascii ? (c->cut ? "." : "-") : c->cut ? "·" : "─";
	if (c->lines == UPRIGHT)
		return ascii ? (c->cut ? ":" : "|") : c->cut ? ":" : "│";
	/* Lines cross, they never join. */
	if (ascii)
		return !c->lines ? " " : c->lines == (LEVEL | UPRIGHT) ? "|" : "+";
	return thin[c->lines];
}

/* A host's border is thin, a switch's double, a router's double above and below. */
static const char *border_character(const struct cell *c)
{
	static const char *const twofold[16] = { " ", "║", "═", "╚", "║", "║", "╔", "╠",
						 "═", "╝", "═", "╩", "╗", "╣", "╦", "╬" };
	static const char *const half[16] = { " ", "│", "═", "╘", "│", "│", "╒", "╞",
					      "═", "╛", "═", "╧", "╕", "╡", "╤", "╪" };

	if (c->kind == GRAPH_HOST)
		return thin[c->border | c->lines];
	if (c->border == LEVEL && c->lines)
		return c->lines & NORTH ? "╧" : "╤";
	if (c->border == UPRIGHT && c->lines) {
		if (c->kind == GRAPH_ROUTER)
			return thin[c->border | c->lines];
		return c->lines == LEVEL ? "╫" : c->lines & EAST ? "╟" : "╢";
	}
	return c->kind == GRAPH_SWITCH ? twofold[c->border] : half[c->border];
}

static const char *ascii_border(const struct cell *c)
{
	if (c->border == LEVEL)
		return c->lines ? "+" : c->kind == GRAPH_HOST ? "-" : "=";
	if (c->border == UPRIGHT)
		return c->kind == GRAPH_SWITCH ? "#" : c->lines ? "+" : "|";
	return c->kind == GRAPH_SWITCH ? "#" : c->kind == GRAPH_ROUTER ? "*" : "+";
}

static void put_cell(const struct canvas *c, const struct cell *cell, struct buf *out)
{
	if (cell->text && c->ascii && cell->bytes != 1)
		buf_putc(out, '?');
	else if (cell->text)
		buf_add(out, cell->text, cell->bytes);
	else if (cell->border)
		buf_puts(out, c->ascii ? ascii_border(cell) : border_character(cell));
	else
		buf_puts(out, line_character(cell, c->ascii));
}

static void put_row(const struct canvas *c, size_t y, struct buf *out)
{
	size_t end = c->width;

	while (end > 0) {
		const struct cell *last = cell_at(c, end - 1, y);

		if (last->text || last->border || last->lines)
			break;
		end--;
	}
	for (size_t x = 0; x < end; x++)
		put_cell(c, cell_at(c, x, y), out);
	buf_putc(out, '\n');
}

static void draw_scene(const struct scene *s, bool ascii, struct buf *out)
{
	struct canvas c = { .width = s->width, .height = s->height, .ascii = ascii };

	c.cells = mem_alloc((c.width * c.height + 1) * sizeof(*c.cells));
	for (size_t i = 0; i < s->n_boxes; i++)
		draw_box(&c, &s->boxes[i]);
	for (size_t i = 0; i < s->n_lines; i++) {
		const struct scene_line *l = &s->lines[i];

		for (size_t k = 0; k + 1 < l->n; k++)
			draw_segment(&c, l->at[k].x, l->at[k].y, l->at[k + 1].x, l->at[k + 1].y,
				     !l->up);
	}
	for (size_t i = 0; i < s->n_words; i++)
		draw_word(&c, &s->words[i]);
	for (size_t y = 0; y < c.height; y++)
		put_row(&c, y, out);
	free(c.cells);
}

void picture_map(const struct graph *g, size_t columns, bool ascii, struct buf *out)
{
	struct diagram d;
	struct scene s;

	diagram_read(&d, g);
	diagram_fold(&d, SCENE_FOLD_FROM);
	if (scene_place(&s, &d, columns))
		draw_scene(&s, ascii, out);
	else
		list_draw(&d, columns ? columns : 1, ascii, out);
	scene_free(&s);
	diagram_free(&d);
}
