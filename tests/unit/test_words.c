/* A typed line as words. */
#include "base/words.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"

/* "[h1][ping][h2]": every word in brackets. */
static char *bracketed(const struct words *w)
{
	struct buf b = { 0 };

	buf_puts(&b, "");
	for (size_t i = 0; i < w->n; i++)
		buf_printf(&b, "[%s]", w->v[i].text);
	return b.data;
}

static void splits_as_sh_does(void **state)
{
	static const char *const cases[][2] = {
		{ "", "" },
		{ " \t ", "" },
		{ "nodes", "[nodes]" },
		{ "  h1 \t ping  -c1 h2 ", "[h1][ping][-c1][h2]" },
		{ "h1 echo 'a  b'", "[h1][echo][a  b]" },
		{ "h1 echo \"a  b\"", "[h1][echo][a  b]" },
		{ "a'b'\"c\"d", "[abcd]" },
		{ "'' \"\"", "[][]" },
		{ "a\\ b \\' \\\\", "[a b]['][\\]" },
		{ "'\\' x", "[\\][x]" },
		{ "\"\\a\\$\\\\\\\"\"", "[\\a$\\\"]" },
		{ "\"it's\" 'a \"b\"'", "[it's][a \"b\"]" },
		{ "'tab\there'", "[tab\there]" },
		{ "# all comment", "" },
		{ "nodes # the list", "[nodes]" },
		{ "a#b #c", "[a#b]" },
		{ "'#'x \\#y \"\"#z", "[#x][#y][#z]" },
		{ "h1 ping & ; | $x", "[h1][ping][&][;][|][$x]" },
		{ "h1 'a\nb' c", "[h1][a\nb][c]" },
		{ "h1 cat <<EOF\nit's\nEOF", "[h1][cat][<<EOF]" },
		{ "one # two\nthree", "[one]" },
		{ "caf\xc3\xa9 \xff\xfe", "[caf\xc3\xa9][\xff\xfe]" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct err err = ERR_INIT;
		struct words w;
		char *got;

		assert_int_equal(words_split(cases[i][0], &w, &err), 0);
		got = bracketed(&w);
		assert_string_equal(got, cases[i][1]);
		free(got);
		words_free(&w);
	}
}

static void finds_the_first_operator(void **state)
{
	static const char *const cases[][2] = {
		{ "nodes| wc -l", "| wc -l" },
		{ "nodes>/tmp/x", ">/tmp/x" },
		{ "pingpair timeout=1s| cat", "| cat" },
		{ "nodes <x", "<x" },
		{ "a; b", "; b" },
		{ "a&&b", "&&b" },
		{ "a &", "&" },
		{ "nodes 2>x", "2>x" },
		{ "nodes 12<x", "12<x" },
		{ "2>x", "2>x" },
		{ "load h2>x", ">x" },
		{ "load n=2>x", ">x" },
		{ "pingall 2|cat", "|cat" },
		{ "a '2'>x", ">x" },
		{ "a 2 >x", ">x" },
		{ "a\"|\"b'>'c\\;d | e", "| e" },
		{ "nodes # a; b", NULL },
		{ "nodes\nlinks; x", NULL },
		{ "add host 'a>b' timeout=1s", NULL },
		{ "a 'b | c", NULL },
		{ "", NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *found = words_operator(cases[i][0]);

		if (!cases[i][1])
			assert_null(found);
		else
			assert_string_equal(found, cases[i][1]);
	}
}

static void tells_where_words_stand(void **state)
{
	const char *line = " h1 'a b'c # end";
	struct words w;

	(void)state;
	assert_int_equal(words_split(line, &w, NULL), 0);
	assert_int_equal(w.n, 2);
	assert_int_equal(w.v[0].start, 1);
	assert_int_equal(w.v[0].end, 3);
	assert_false(w.v[0].quoted);
	assert_int_equal(w.v[1].start, 4);
	assert_int_equal(w.v[1].end, 10);
	assert_true(w.v[1].quoted);
	assert_string_equal(words_rest(line, &w, 0), "h1 'a b'c # end");
	assert_string_equal(words_rest(line, &w, 1), "'a b'c # end");
	assert_string_equal(words_rest(line, &w, 2), "# end");
	assert_string_equal(words_rest(line, &w, 9), "# end");
	words_free(&w);
}

static void refuses_what_nobody_types(void **state)
{
	static const char *const cases[][2] = {
		{ "h1 echo 'a", "unclosed quote '" },
		{ "h1 echo \"a", "unclosed quote \"" },
		{ "h1 echo \"a\\", "unclosed quote \"" },
		{ "h1 echo \\", "the line ends in a backslash" },
		{ "h1 \x01", "the line has a control byte (0x01)" },
		{ "'\x1b[2J'", "the line has a control byte (0x1b)" },
		{ "# \x7f", "the line has a control byte (0x7f)" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct err err = ERR_INIT;
		struct words w;

		assert_int_equal(words_split(cases[i][0], &w, &err), -1);
		assert_string_equal(err.text, cases[i][1]);
		assert_int_equal(err.class, ERR_USAGE);
		assert_int_equal(w.n, 0);
	}
}

static void refuses_endless_lines(void **state)
{
	char *line = malloc(WORDS_LINE_MAX + 2);
	struct err err = ERR_INIT;
	struct words w;

	(void)state;
	memset(line, 'x', WORDS_LINE_MAX + 1);
	line[WORDS_LINE_MAX + 1] = '\0';
	assert_int_equal(words_split(line, &w, &err), -1);
	assert_string_equal(err.text, "the line is longer than 65536 bytes");
	line[WORDS_LINE_MAX] = '\0';
	assert_int_equal(words_split(line, &w, &err), 0);
	assert_int_equal(w.n, 1);
	words_free(&w);
	free(line);
}

static void splits_a_line_being_typed(void **state)
{
	static const struct {
		const char *line, *words;
		char open;
		size_t start; /* of the last word */
	} cases[] = {
		{ "", "[]", 0, 0 },
		{ "  ", "[]", 0, 2 },
		{ "no", "[no]", 0, 0 },
		{ "nodes ", "[nodes][]", 0, 6 },
		{ "h1 p", "[h1][p]", 0, 3 },
		{ "h1 'a b", "[h1][a b]", '\'', 3 },
		{ "h1 'a ", "[h1][a ]", '\'', 3 },
		{ "h1 \"a", "[h1][a]", '"', 3 },
		{ "h1 a\\", "[h1][a]", '\\', 3 },
		{ "h1 # pi", "[h1][# pi]", 0, 3 },
		{ "h1 # pi ", "[h1][# pi ]", 0, 3 },
		{ "#", "[#]", 0, 0 },
		{ "a\x01\nb", "[a\x01][\nb]", 0, 2 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct words w;
		char *got;

		words_split_partial(cases[i].line, strlen(cases[i].line), &w);
		got = bracketed(&w);
		assert_string_equal(got, cases[i].words);
		assert_int_equal(w.open, cases[i].open);
		assert_int_equal(w.v[w.n - 1].start, cases[i].start);
		assert_int_equal(w.v[w.n - 1].end, strlen(cases[i].line));
		free(got);
		words_free(&w);
	}
}

static void splits_up_to_the_cursor(void **state)
{
	struct words w;

	(void)state;
	words_split_partial("nodes --json", 3, &w);
	assert_int_equal(w.n, 1);
	assert_string_equal(w.v[0].text, "nod");
	words_free(&w);
}

static void knows_what_needs_a_shell(void **state)
{
	static const char *const shell[] = {
		"ls | wc",     "ls && true", "ls ; ls",	  "ls > f",	"ls < f",    "(ls)",
		"echo $x",     "echo `ls`",  "ls *",	  "ls ?",	"ls [ab]",   "echo {a,b}",
		"cd ~",	       "~/bin/x",    "VAR=x cmd", " _v1=x c",	"a\nb",	     "a # c\nb",
		"echo \"$x\"", "echo \"`\"", "ls & ls",	  "ls && ls &", "ls & &",    "&",
		"ls |& wc &",  "ls &&",	     "ls >&",	  "\"a\"$x",	"'a'\"$b\"", "}",
	};
	static const char *const plain[] = {
		"",
		"ping -c1 h2",
		"ping h2 &",
		"ping h2& # later",
		"echo 'a|b&c;d<e>f(g)$h`i*j?k[l~m'",
		"echo \"a|b&c;d<e>f(g)*?[~{}'\"",
		"echo \"\\$x \\`\"",
		"echo \\$ \\* \\~",
		"echo a~b",
		"ip link set x=y",
		"2x=y",
		"./a=b",
		"= 1 + 2",
		"'VAR'=x",
		"ls # what * is $this?",
		"caf\xc3\xa9 \xff",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(shell) / sizeof(shell[0]); i++) {
		if (!words_need_shell(shell[i]))
			fail_msg("needs a shell: %s", shell[i]);
	}
	for (size_t i = 0; i < sizeof(plain) / sizeof(plain[0]); i++) {
		if (words_need_shell(plain[i]))
			fail_msg("needs no shell: %s", plain[i]);
	}
}

static void knows_jobs_for_the_background(void **state)
{
	static const struct {
		const char *line;
		int len; /* -1: no job */
	} cases[] = {
		{ "ping h2 &", 7 },   { "ping h2&  ", 7 }, { "ping h2 & # later", 7 },
		{ "echo '&'&", 8 },   { "echo \\&&", 7 },  { "a && b &", 6 },
		{ "ping h2", -1 },    { "a &&", -1 },	   { "a |&", -1 },
		{ "a >&", -1 },	      { "a & b", -1 },	   { "echo '&'", -1 },
		{ "echo \"&\"", -1 }, { "echo \\&", -1 },  { "# a &", -1 },
		{ "&", -1 },	      { " & x &", 4 },	   { "a & &", -1 },
		{ "a ; &", -1 },      { "\\&", -1 },	   { "a\\  &", 3 },
		{ "", -1 },	      { "echo 'x &", -1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		size_t len = 0;

		if (words_background(cases[i].line, &len) != (cases[i].len >= 0))
			fail_msg("wrong about %s", cases[i].line);
		if (cases[i].len >= 0)
			assert_int_equal(len, cases[i].len);
	}
}

static void quoted_words_read_back(void **state)
{
	static const char *const words[][2] = {
		{ "", "''" },
		{ "h1", "h1" },
		{ "a b", "'a b'" },
		{ "it's", "'it'\\''s'" },
		{ "delay=10ms", "delay=10ms" },
		{ "$x", "'$x'" },
		{ "#x", "'#x'" },
		{ "\\", "'\\'" },
		{ "fd00::1/64", "fd00::1/64" },
		{ "~", "'~'" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		struct buf b = { 0 };
		struct words w;

		buf_puts(&b, "echo ");
		buf_put_quoted(&b, words[i][0]);
		assert_string_equal(buf_text(&b) + 5, words[i][1]);
		assert_false(words_need_shell(buf_text(&b)));
		assert_int_equal(words_split(buf_text(&b), &w, NULL), 0);
		assert_int_equal(w.n, 2);
		assert_string_equal(w.v[1].text, words[i][0]);
		words_free(&w);
		buf_free(&b);
	}
}

static void knows_when_a_line_goes_on(void **state)
{
	static const struct {
		const char *line;
		enum words_more more;
	} cases[] = {
		{ "", WORDS_DONE },
		{ "h1 ping h2", WORDS_DONE },
		{ "# it's a comment \\", WORDS_DONE },
		{ "h1 echo a#'b'", WORDS_DONE },
		{ "h1 echo \\", WORDS_JOIN },
		{ "h1 echo \\\\", WORDS_DONE },
		{ "h1 echo '\\", WORDS_MORE },
		{ "h1 echo 'a", WORDS_MORE },
		{ "h1 echo 'a\nb'", WORDS_DONE },
		{ "h1 echo \"a\\\"", WORDS_MORE },
		{ "h1 echo \"it's\"", WORDS_DONE },
		{ "links |", WORDS_MORE },
		{ "links | # filtered", WORDS_MORE },
		{ "links |\ngrep h1", WORDS_DONE },
		{ "a || ", WORDS_MORE },
		{ "a && ", WORDS_MORE },
		{ "a |& ", WORDS_MORE },
		{ "h1 sleep 9 &", WORDS_DONE },
		{ "h1 cat >| f", WORDS_DONE },
		{ "echo '|'", WORDS_DONE },
		{ "echo \\|", WORDS_DONE },
		{ "echo 'a\x01", WORDS_DONE },
		{ "cat <<EOF", WORDS_MORE },
		{ "cat <<EOF\nit's", WORDS_MORE },
		{ "cat <<EOF\nit's\nEOF", WORDS_DONE },
		{ "cat <<EOF\nit's\n EOF", WORDS_MORE },
		{ "cat <<EOF\nit's\nEOF2", WORDS_MORE },
		{ "cat <<-EOF\n\tit's\n\tEOF", WORDS_DONE },
		{ "cat << 'E F' | tr a b\nx\nE F", WORDS_DONE },
		{ "cat <<\\EOF >f\nx\\\nEOF\n", WORDS_DONE },
		{ "cat <<A <<B\nA\nx", WORDS_MORE },
		{ "cat <<A <<B\nA\nx\nB", WORDS_DONE },
		{ "cat <<''\nx\n", WORDS_MORE },
		{ "cat <<A\nA\necho 'x", WORDS_MORE },
		{ "cat <<<word", WORDS_DONE },
		{ "echo $((1 << 2))", WORDS_DONE },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (words_more(cases[i].line) != cases[i].more)
			fail_msg("%s: %d", cases[i].line, words_more(cases[i].line));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(splits_as_sh_does),
		cmocka_unit_test(finds_the_first_operator),
		cmocka_unit_test(tells_where_words_stand),
		cmocka_unit_test(refuses_what_nobody_types),
		cmocka_unit_test(refuses_endless_lines),
		cmocka_unit_test(splits_a_line_being_typed),
		cmocka_unit_test(splits_up_to_the_cursor),
		cmocka_unit_test(knows_when_a_line_goes_on),
		cmocka_unit_test(knows_what_needs_a_shell),
		cmocka_unit_test(knows_jobs_for_the_background),
		cmocka_unit_test(quoted_words_read_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
