/* Pictures: names that others chose, files of other formats, and of many random labs that each fits. */
#include "picture/text.h"
#include "tests/unit/picture_graph.h"

/* ---- names that others chose ---- */

static void hostile(struct graph *g)
{
	open_graph(g);
	node(g, "a\"b<c>");
	node(g, "x\033[2J\n\xff");
	link_ports(veth(node(g, "a\"b<c>"), "e|f\"]"), veth(node(g, "x\033[2J\n\xff"), "&amp;"));
}

static void hostile_names_are_quoted(void **state)
{
	struct graph g;

	(void)state;
	hostile(&g);
	assert_picture(&g, 80, false,
		       "┌──────────┐                  ┌───────────┐\n"
		       "│ 'a\"b<c>' ├─'e|f\"]'──'&amp;'─┤ 'x?[2J?\?' │\n"
		       "└──────────┘                  └───────────┘\n");
	close_graph(&g);
}

static void hostile_names_break_no_format(void **state)
{
	struct buf dot = { 0 }, svg = { 0 }, mermaid = { 0 }, json = { 0 };
	struct graph g;

	(void)state;
	hostile(&g);
	picture_dot(&g, &dot);
	assert_non_null(strstr(buf_text(&dot), "label=\"'a\\\"b<c>'\"]"));
	assert_non_null(strstr(buf_text(&dot), "taillabel=\"'e|f\\\"]'\""));
	picture_svg(&g, &svg);
	assert_non_null(strstr(buf_text(&svg), ">'a\"b&lt;c&gt;'</text>"));
	assert_non_null(strstr(buf_text(&svg), ">'&amp;amp;'</text>"));
	picture_mermaid(&g, &mermaid);
	assert_non_null(strstr(buf_text(&mermaid), "n0[\"#39;a#34;b#60;c#62;#39;\"]"));
	picture_json(&g, &json);
	assert_non_null(strstr(buf_text(&json), "{\"name\":\"a\\\"b<c>\",\"kind\":\"host\""));
	assert_non_null(strstr(buf_text(&json), "\"x\\u001b[2J\\n\uFFFD\""));
	assert_null(strchr(buf_text(&dot), '\033'));
	assert_null(strchr(buf_text(&svg), '\033'));
	assert_null(strchr(buf_text(&mermaid), '\033'));
	buf_free(&dot);
	buf_free(&svg);
	buf_free(&mermaid);
	buf_free(&json);
	close_graph(&g);
}

/* ---- formats ---- */

static void formats_say_what_there_is(void **state)
{
	struct buf out = { 0 };
	struct graph g;

	(void)state;
	single(&g, 1);
	set_flags(&g, "s1", "s1-eth1", 0);
	picture_mermaid(&g, &out);
	assert_string_equal(buf_text(&out), "graph LR\n"
					    "    n0[\"h1<br>10.0.0.1/8\"]\n"
					    "    n1[[\"s1 switch\"]]\n"
					    "    n0 -.-|\"h1-eth0<br>s1-eth1 down\"| n1\n");
	buf_clear(&out);
	picture_dot(&g, &out);
	assert_non_null(strstr(buf_text(&out), "n0 -- n1 [style=dashed, taillabel=\"h1-eth0\", "
					       "headlabel=\"s1-eth1\\ndown\"];\n"));
	buf_clear(&out);
	picture_json(&g, &out);
	assert_non_null(
		strstr(buf_text(&out),
		       "\"links\":[{\"a\":{\"node\":\"h1\",\"interface\":\"h1-eth0\"},\"b\":{"
		       "\"node\":\"s1\",\"interface\":\"s1-eth1\"},\"state\":\"down\"}]}\n"));
	buf_free(&out);
	close_graph(&g);
}

/* ---- random labs ---- */

static unsigned next(unsigned *seed)
{
	*seed = *seed * 1103515245 + 12345;
	return *seed >> 16 & 0x7fff;
}

static void open_random(struct graph *g, unsigned seed)
{
	unsigned n = 1 + next(&seed) % 40, links = next(&seed) % (2 * n), used[64] = { 0 };
	char names[64][8];

	open_graph(g);
	for (unsigned i = 0; i < n; i++) {
		unsigned kind = next(&seed) % 4;

		snprintf(names[i], sizeof(names[i]), "%c%u", "hsrh"[kind], i % 1000);
		if (kind == 1)
			bridge(g, names[i]);
		node(g, names[i])->forwards = kind == 2;
	}
	for (unsigned i = 0; i < links; i++) {
		unsigned a = next(&seed) % n, b = next(&seed) % n;

		join(g, names[a], used[a]++, names[b], used[b]++);
		if (next(&seed) % 5 == 0)
			node(g, names[a])->ports[node(g, names[a])->n_ports - 1]->flags = 0;
	}
}

static void assert_fits(const struct buf *out, size_t columns, bool ascii)
{
	for (const char *at = buf_text(out), *end; *at; at = end + 1) {
		char *line;

		end = strchr(at, '\n');
		assert_non_null(end);
		line = mem_strndup(at, (size_t)(end - at));
		assert_true(text_width(line) <= columns);
		for (const char *c = line; ascii && *c; c++)
			assert_true(*c >= ' ' && *c <= '~');
		free(line);
	}
}

static void random_labs_fit_and_stay_the_same(void **state)
{
	static const size_t columns[] = { 1, 7, 20, 40, 80, 200 };

	(void)state;
	for (unsigned seed = 1; seed <= 400; seed++) {
		struct buf out = { 0 }, again = { 0 };
		struct graph g;

		open_random(&g, seed);
		for (size_t i = 0; i < sizeof(columns) / sizeof(*columns); i++) {
			buf_clear(&out);
			picture_map(&g, columns[i], i % 2, &out);
			assert_fits(&out, columns[i], i % 2);
		}
		picture_map(&g, 200, true, &again);
		assert_string_equal(buf_text(&out), buf_text(&again));
		picture_svg(&g, &out);
		picture_dot(&g, &out);
		picture_mermaid(&g, &out);
		picture_json(&g, &out);
		buf_free(&out);
		buf_free(&again);
		close_graph(&g);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hostile_names_are_quoted),
		cmocka_unit_test(hostile_names_break_no_format),
		cmocka_unit_test(formats_say_what_there_is),
		cmocka_unit_test(random_labs_fit_and_stay_the_same),
	};

	setlocale(LC_CTYPE, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
