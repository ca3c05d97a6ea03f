/* What came of a round of pings, for people and as JSON. */
#include "base/json_write.h"
#include "command/round.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* Up to so many nodes a row has their names; up to so many it is one sign for each; of more only
 * the lost ones are told, and of a node's lost ones only the first. */
#define NAMES_MAX  16
#define MATRIX_MAX 64
#define LOST_MAX   8
#define TERMINAL   80 /* columns of a matrix that goes to no terminal */

static bool is_lost(const struct pings *p, const struct ping *ping)
{
	return ping->received < p->count;
}

/* ---- lists ---- */

/* Words with blanks between them, on further lines where a terminal ends. */
struct list {
	struct out *o;
	size_t column;
};

__attribute__((format(printf, 2, 3))) static void list_put(struct list *l, const char *fmt, ...)
{
	const size_t columns = out_columns(l->o);
	struct buf word = { 0 };
	va_list ap;

	va_start(ap, fmt);
	buf_vprintf(&word, fmt, ap);
	va_end(ap);
	if (l->column && columns && l->column + 1 + word.len > columns) {
		out_puts(l->o, "\n   ");
		l->column = 3;
	}
	out_printf(l->o, "%s%s", l->column ? " " : "", word.data);
	l->column += word.len + (l->column > 0);
	buf_free(&word);
}

/* ---- rows ---- */

static int name_width(const struct pings *p)
{
	size_t width = 0;

	for (size_t i = 0; i < p->n_nodes; i++)
		if (strlen(p->nodes[i]->shown) > width)
			width = strlen(p->nodes[i]->shown);
	return (int)width;
}

/* "h1 -> h2 X  h4": a name where there was an answer, in columns. */
static void print_names(struct out *o, const struct pings *p, const struct ping *row, int width)
{
	out_printf(o, "%-*s ->", width, p->nodes[row->from]->shown);
	for (size_t k = 0; k + 1 < p->n_nodes; k++) {
		const char *to = p->nodes[row[k].to]->shown;
		bool last = k + 2 == p->n_nodes;

		out_printf(o, " %-*s", last ? 0 : (int)strlen(to), is_lost(p, &row[k]) ? "X" : to);
	}
	out_puts(o, "\n");
}

/* "h1   -....X..": columns in the order of the rows. */
static void print_signs(struct out *o, const struct pings *p, const struct ping *row, int width)
{
	out_printf(o, "%-*s  ", width, p->nodes[row->from]->shown);
	for (size_t k = 0; k + 1 < p->n_nodes; k++) {
		if (k == row->from)
			out_puts(o, "-");
		out_puts(o, is_lost(p, &row[k]) ? "X" : ".");
	}
	out_puts(o, row->from + 1 == p->n_nodes ? "-\n" : "\n");
}

static bool has_lost(const struct pings *p, size_t from, size_t to)
{
	return is_lost(p, &p->v[from * (p->n_nodes - 1) + to - (to > from)]);
}

static size_t count_lost(const struct pings *p, size_t from)
{
	size_t lost = 0;

	for (size_t to = 0; to < p->n_nodes; to++)
		lost += to != from && has_lost(p, from, to);
	return lost;
}

/* Have A and B lost the same nodes, or both all others? */
static bool same_lost(const struct pings *p, size_t a, size_t b)
{
	const size_t all = p->n_nodes - 1;

	if (a == b)
		return true;
	if (has_lost(p, a, b) || has_lost(p, b, a))
		return count_lost(p, a) == all && count_lost(p, b) == all;
	for (size_t to = 0; to < p->n_nodes; to++)
		if (to != a && to != b && has_lost(p, a, to) != has_lost(p, b, to))
			return false;
	return true;
}

/* "h1 h4 lost h2 h3 (2 of 63)": all those that have lost what FROM has. */
static void print_alike(struct out *o, const struct pings *p, size_t from, bool *told)
{
	const size_t lost = count_lost(p, from), all = p->n_nodes - 1;
	struct list l = { .o = o };
	size_t alike = 0, shown = 0;

	for (size_t i = from; i < p->n_nodes; i++) {
		if (told[i] || !same_lost(p, from, i))
			continue;
		told[i] = true;
		if (alike++ < LOST_MAX)
			list_put(&l, "%s", p->nodes[i]->shown);
	}
	if (alike > LOST_MAX)
		list_put(&l, "... (%zu nodes)", alike);
	list_put(&l, lost == all ? "lost all others" : "lost");
	for (size_t to = 0; lost < all && to < p->n_nodes && shown < LOST_MAX; to++) {
		if (to == from || !has_lost(p, from, to))
			continue;
		list_put(&l, "%s", p->nodes[to]->shown);
		shown++;
	}
	list_put(&l, "%s(%zu of %zu)", lost < all && lost > LOST_MAX ? "... " : "", lost, all);
	out_puts(o, "\n");
}

static void print_lost(struct out *o, const struct pings *p)
{
	bool *told = mem_alloc(p->n_nodes * sizeof(*told));

	for (size_t i = 0; i < p->n_nodes; i++)
		if (!told[i] && count_lost(p, i))
			print_alike(o, p, i, told);
	free(told);
}

static void print_rows(struct out *o, const struct pings *p)
{
	const int width = name_width(p);
	const size_t columns = out_columns(o) ? out_columns(o) : TERMINAL;
	const bool names = p->n_nodes <= NAMES_MAX;
	const bool signs = p->n_nodes <= MATRIX_MAX && (size_t)width + 2 + p->n_nodes <= columns;

	if (!names && p->answered == p->n)
		return;
	if (!names && !signs) {
		print_lost(o, p);
		return;
	}
	for (size_t i = 0; i < p->n; i += p->n_nodes - 1) {
		if (names)
			print_names(o, p, &p->v[i], width);
		else
			print_signs(o, p, &p->v[i], width);
	}
}

/* ---- why ---- */

static void print_reasons(struct session *s, const struct round *r)
{
	const struct pings *p = &r->pings;
	size_t n;
	struct round_reason *reasons = round_reasons(s, r, &n);

	for (size_t i = 0; i < n; i++) {
		const struct round_reason *one = &reasons[i];
		struct list l = { .o = &s->out };

		list_put(&l, "%s:", one->text);
		for (size_t k = 0; k < one->n && k < LOST_MAX; k++)
			list_put(&l, "%s -> %s%s", p->nodes[one->v[k]->from]->shown,
				 p->nodes[one->v[k]->to]->shown, k + 1 < one->n ? "," : "");
		if (one->n > LOST_MAX)
			list_put(&l, "... (%zu pairs)", one->n);
		out_puts(&s->out, "\n");
	}
	round_reasons_free(reasons, n);
}

/* ---- times ---- */

static double ms(uint64_t ns)
{
	return (double)ns / 1e6;
}

static void print_pairs(struct out *o, const struct pings *p)
{
	struct table t;

	table_init(&t, 5,
		   (const char *const[]){ "from", "to", "received", "min/avg/max ms", "first ms" });
	for (size_t i = 0; i < p->n; i++) {
		const struct ping *ping = &p->v[i];

		table_cell(&t, "%s", p->nodes[ping->from]->shown);
		table_cell(&t, "%s", p->nodes[ping->to]->shown);
		table_cell(&t, "%u/%u", ping->received, p->count);
		if (ping->received)
			table_cell(&t, "%.3f/%.3f/%.3f", ms(ping->min),
				   ms(ping->sum) / ping->received, ms(ping->max));
		else
			table_cell(&t, "-");
		if (ping->first)
			table_cell(&t, "%.3f", ms(ping->first));
		else
			table_cell(&t, "-");
	}
	table_print(&t, o);
}

struct times {
	uint64_t min, max, sum;
	size_t n;
};

static void add_times(struct times *t, uint64_t min, uint64_t max, uint64_t sum, size_t n)
{
	if (!n)
		return;
	t->min = !t->n || min < t->min ? min : t->min;
	t->max = max > t->max ? max : t->max;
	t->sum += sum;
	t->n += n;
}

static void print_times(struct out *o, const char *what, const struct times *t)
{
	if (t->n)
		out_printf(o, "%s %.3f/%.3f/%.3f ms", what, ms(t->min), ms(t->sum) / (double)t->n,
			   ms(t->max));
}

static void print_total(struct out *o, const struct pings *p)
{
	struct times all = { 0 }, first = { 0 };

	for (size_t i = 0; i < p->n; i++) {
		const struct ping *ping = &p->v[i];

		add_times(&all, ping->min, ping->max, ping->sum, ping->received);
		add_times(&first, ping->first, ping->first, ping->first, ping->first > 0);
	}
	print_times(o, "rtt min/avg/max", &all);
	print_times(o, "; first:", &first);
	out_puts(o, all.n || first.n ? "\n" : "");
}

/* "0%" is nothing, and "100%" all. */
static void print_result(struct out *o, const struct pings *p)
{
	const size_t lost = p->n - p->answered, percent = (100 * lost + p->n / 2) / p->n;

	out_puts(o, "*** Results: ");
	if (lost && !percent)
		out_puts(o, "<1%");
	else if (p->answered && percent == 100)
		out_puts(o, ">99%");
	else
		out_printf(o, "%zu%%", percent);
	out_printf(o, " dropped (%zu/%zu received)\n", p->answered, p->n);
}

void round_print(struct session *s, const struct round *r, bool full)
{
	const struct pings *p = &r->pings;

	if (full && p->n_nodes <= NAMES_MAX)
		print_pairs(&s->out, p);
	else
		print_rows(&s->out, p);
	if (full)
		print_total(&s->out, p);
	if (p->answered < p->n)
		print_reasons(s, r);
	if (p->permanent)
		out_puts(&s->out, "(without ARP: for so many pairs, neighbours were set for the "
				  "time of this)\n");
	print_result(&s->out, p);
}

/* ---- JSON ---- */

static void json_ping(struct json *j, const struct pings *p, const struct ping *ping,
		      const char *why)
{
	json_open(j, '{');
	json_put_string(j, "from", p->nodes[ping->from]->name);
	json_put_string(j, "to", p->nodes[ping->to]->name);
	json_put_bool(j, "answered", !is_lost(p, ping));
	json_put_number(j, "received", ping->received);
	if (ping->received) {
		json_put_real(j, "min_ms", ms(ping->min));
		json_put_real(j, "avg_ms", ms(ping->sum) / ping->received);
		json_put_real(j, "max_ms", ms(ping->max));
	}
	if (ping->first) {
		json_put_real(j, "first_ms", ms(ping->first));
	}
	if (why) {
		json_put_string(j, "error", why);
	}
	json_close(j, '}');
}

static void json_pairs(struct json *j, struct session *s, const struct round *r)
{
	const struct pings *p = &r->pings;
	const char **why = mem_alloc((p->n + 1) * sizeof(*why));
	size_t n = 0;
	struct round_reason *reasons = p->answered < p->n ? round_reasons(s, r, &n) : NULL;

	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < reasons[i].n; k++)
			why[reasons[i].v[k] - p->v] = reasons[i].text;
	json_open(j, '[');
	for (size_t i = 0; i < p->n; i++)
		json_ping(j, p, &p->v[i], why[i]);
	json_close(j, ']');
	round_reasons_free(reasons, n);
	free(why);
}

void round_print_json(struct session *s, const struct round *r)
{
	const struct pings *p = &r->pings;
	struct json j = { .buf = &s->out.buf };

	json_open(&j, '{');
	json_put_string(&j, "family", p->family == AF_INET ? "ipv4" : "ipv6");
	json_put_number(&j, "sent", (int64_t)p->n);
	json_put_number(&j, "received", (int64_t)p->answered);
	json_put_bool(&j, "permanent_neighbours", p->permanent);
	json_put_open(&j, "skipped", '[');
	for (size_t i = 0; i < r->n_skipped; i++)
		json_string(&j, r->skipped[i]->name);
	json_close(&j, ']');
	json_key(&j, "pairs");
	json_pairs(&j, s, r);
	json_close(&j, '}');
	out_puts(&s->out, "\n");
}
