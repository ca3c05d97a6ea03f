/*
 * The line being edited takes one or more rows of the screen. libedit can draw it afresh from
 * wherever the cursor is (EL_REFRESH), but cannot print around it: for that we must know how many
 * rows it takes, which is computed here by the rules libedit draws by.
 */
#include "repl/editor.h"

#include <stdio.h>
#include <string.h>

#define BOLD   "\001\033[1m\001"
#define NORMAL "\001\033[0m\001"

struct place {
	int row, column;
};

static int repl_capability(struct repl *r, const char *name, int fallback)
{
	int value = 0;

	if (el_get(r->el, EL_GETTC, name, &value, NULL) < 0 || value <= 0)
		return fallback;
	return value;
}

int repl_columns(struct repl *r)
{
	return repl_capability(r, "co", 80);
}

int repl_rows(struct repl *r)
{
	return repl_capability(r, "li", 24);
}

/* How much of the lab's name the prompt shows: half a narrow screen is for the line. */
static int prompt_name_width(struct repl *r)
{
	int most = repl_columns(r) / 2 - 2, width = (int)strlen(r->session->lab->name);

	if (most < 3)
		most = 3;
	return width < most ? width : most;
}

/* It ends in a plain blank: libedit glues an escape sequence to the next visible character, and
 * loses one at the end. */
char *repl_prompt(EditLine *el)
{
	static char prompt[LAB_NAME_MAX + sizeof(BOLD) + sizeof(NORMAL) + 3];
	struct repl *r = repl_of(el);

	if (r->continued)
		return strcpy(prompt, "> ");
	snprintf(prompt, sizeof(prompt), "%s%.*s%s> ", r->colour ? BOLD : "", prompt_name_width(r),
		 r->session->lab->name, r->colour ? NORMAL : "");
	return prompt;
}

static int prompt_width(struct repl *r)
{
	return r->continued ? 2 : prompt_name_width(r) + 2;
}

/* Where the next character stands after C was drawn at P. */
static void place_advance(struct place *p, wchar_t c, int columns)
{
	int width = wcwidth(c);

	if (c == L'\n') {
		*p = (struct place){ p->row + 1, 0 };
		return;
	}
	if (c == L'\t')
		width = 8 - p->column % 8;
	else if (c < L' ' || c == 0x7f)
		width = 2; /* ^X */
	else if (width < 0)
		width = c <= 0xffff ? 7 : 8; /* \U+1234 */
	else if (width > 1 && p->column + width > columns)
		*p = (struct place){ p->row + 1, 0 };
	p->column += width;
	while (p->column >= columns)
		*p = (struct place){ p->row + 1, p->column - columns };
}

/* The row of the cursor, and the last row, on a screen of COLUMNS; the prompt starts in row 0. */
static void line_rows(struct repl *r, int columns, int *cursor, int *last)
{
	const LineInfoW *line = el_wline(r->el);
	struct place p = { 0, 0 };
	int most = repl_rows(r) - 1;

	for (int i = prompt_width(r); i > 0; i--)
		place_advance(&p, L'x', columns);
	*cursor = p.row;
	for (const wchar_t *c = line->buffer; c < line->lastchar; c++) {
		place_advance(&p, *c, columns);
		if (c + 1 == line->cursor)
			*cursor = p.row;
	}
	*last = p.row;
	/* A line taller than the screen scrolls within it. */
	if (*last > most) {
		*cursor = *cursor > *last - most ? *cursor - (*last - most) : 0;
		*last = most;
	}
}

void repl_print(const char *text)
{
	fputs(text, stdout);
	fflush(stdout);
}

/* To column 0 of the line's first row, and clear from there on. */
static void line_erase(struct repl *r, int rows)
{
	if (r->dumb) {
		putchar('\n');
		return;
	}
	if (rows > 0)
		printf("\033[%dA", rows);
	printf("\r\033[J");
}

void repl_print_above(struct repl *r, const char *text)
{
	int cursor, last;

	line_rows(r, repl_columns(r), &cursor, &last);
	line_erase(r, cursor);
	repl_print(text);
	el_set(r->el, EL_REFRESH);
}

void repl_print_below(struct repl *r, const char *text)
{
	int cursor, last;

	line_rows(r, repl_columns(r), &cursor, &last);
	if (last > cursor && !r->dumb)
		printf("\033[%dB", last - cursor);
	putchar('\n');
	repl_print(text);
	el_set(r->el, EL_REFRESH);
}

/* Some terminals wrap the line anew, some cut it: go up by what is sure to be the line's own. */
void repl_resize(struct repl *r)
{
	int before = repl_columns(r), cursor_before, cursor, last;

	line_rows(r, before, &cursor_before, &last);
	el_resize(r->el);
	line_rows(r, repl_columns(r), &cursor, &last);
	line_erase(r, cursor < cursor_before ? cursor : cursor_before);
	fflush(stdout);
	el_set(r->el, EL_REFRESH);
}
