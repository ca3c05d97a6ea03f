/* JSON read back: tokens, what is refused and where, and what a path finds. */
#include "base/json_read.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json_write.h"
#include "base/mem.h"

/* TEXT as tokens, one word each: strings as they are meant. Or the error. */
static char *tokens(const char *text)
{
	static const char *const names[] = {
		[JSON_END] = "END",	   [JSON_OBJECT] = "{",	      [JSON_OBJECT_END] = "}",
		[JSON_ARRAY] = "[",	   [JSON_ARRAY_END] = "]",    [JSON_KEY] = "key:",
		[JSON_STRING] = "string:", [JSON_NUMBER] = "number:", [JSON_TRUE] = "true",
		[JSON_FALSE] = "false",	   [JSON_NULL] = "null",
	};
	struct json_token t = { .type = JSON_NULL };
	struct err err = ERR_INIT;
	struct json_reader r;
	struct buf out = { 0 };

	json_reader_init(&r, text, strlen(text));
	while (t.type != JSON_END) {
		if (json_next(&r, &t, &err) != 0) {
			buf_puts(&out, err.text);
			break;
		}
		buf_printf(&out, "%s%s", out.len ? " " : "", names[t.type]);
		if (t.type == JSON_KEY || t.type == JSON_STRING) {
			char *meant = mem_alloc(t.len + 1);

			buf_add(&out, meant, json_unescape(meant, &t));
			free(meant);
		} else if (t.type == JSON_NUMBER) {
			buf_add(&out, t.text, t.len);
		}
	}
	return out.data;
}

static void assert_tokens(const char *text, const char *wanted)
{
	char *got = tokens(text);

	assert_string_equal(got, wanted);
	free(got);
}

static void documents(void **state)
{
	(void)state;
	assert_tokens("{\"a\": [1, true, {}], \"b\":null}",
		      "{ key:a [ number:1 true { } ] key:b null } END");
	assert_tokens(" [ ] ", "[ ] END");
	assert_tokens("\xef\xbb\xbf"
		      "false\r\n",
		      "false END");
	assert_tokens("\"\"", "string: END");
}

static void numbers_stay_as_written(void **state)
{
	(void)state;
	assert_tokens("[0,-0,1.50,1E+5,-12.25e-3,123456789012345678901234567890]",
		      "[ number:0 number:-0 number:1.50 number:1E+5 number:-12.25e-3 "
		      "number:123456789012345678901234567890 ] END");
	assert_tokens("01", "line 1, column 1: a number that begins with 0");
	assert_tokens("[1.]", "[line 1, column 2: a number that lacks a digit");
	assert_tokens("-", "line 1, column 1: a number that lacks a digit");
	assert_tokens("1e", "line 1, column 1: a number that lacks a digit");
	assert_tokens("1e+", "line 1, column 1: a number that lacks a digit");
	assert_tokens("-a", "line 1, column 1: a number that lacks a digit");
	assert_tokens(".5", "line 1, column 1: a value should stand here, not .");
	assert_tokens("+1", "line 1, column 1: a value should stand here, not +");
	assert_tokens("NaN", "line 1, column 1: a value should stand here, not N");
}

static void strings(void **state)
{
	struct json_token t;
	struct json_reader r;
	char out[16];

	(void)state;
	assert_tokens("\"\\u00e9\\u20AC\\uD83d\\ude00\"",
		      "string:\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80 END");
	assert_tokens("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "string:\"\\/\b\f\n\r\t END");
	assert_tokens("\"\xc3\xa9\x7f\"", "string:\xc3\xa9\x7f END");
	json_reader_init(&r, "\"a\\u0000b\"", 10);
	assert_int_equal(json_next(&r, &t, NULL), 0);
	assert_int_equal(json_unescape(out, &t), 3);
	assert_memory_equal(out, "a\0b", 3);
	assert_tokens("\"\\ud83d\"",
		      "line 1, column 2: no such escape: \\\" \\\\ \\/ \\b \\f \\n \\r "
		      "\\t \\u00e9, and surrogates in pairs");
	for (const char *const *bad =
		     (const char *const[]){ "\"\\ud83d\\n\"", "\"\\ud83d\\u0041\"", "\"\\udc00\"",
					    "\"\\x41\"", "\"\\u12\"", "\"\\u123g\"", "\"\\", NULL };
	     *bad; bad++) {
		char *got = tokens(*bad);

		assert_non_null(strstr(got, "no such escape"));
		free(got);
	}
	assert_tokens("\"ab\xff\"", "line 1, column 4: no UTF-8");
	assert_tokens("\"\xc3\"", "line 1, column 2: no UTF-8");
	assert_tokens("\"\xed\xa0\x80\"", "line 1, column 2: no UTF-8");
	assert_tokens("\"a\tb\"",
		      "line 1, column 3: a control character within a string: write \\t, "
		      "\\u0000 and so on");
	assert_tokens("\"a\nb\"",
		      "line 1, column 3: a line's end within a string: is the \" missing? "
		      "Else write \\n");
	assert_tokens("[\"abc", "[line 1, column 2: a string that does not end");
}

static void shape(void **state)
{
	(void)state;
	assert_tokens("", "line 1, column 1: a value should stand here, not the end");
	assert_tokens("{\n  \"a\": 1,\n}",
		      "{ key:a number:1line 3, column 1: nothing follows the comma "
		      "before");
	assert_tokens("[1,]", "[ number:1line 1, column 4: nothing follows the comma before");
	assert_tokens("[1 2]", "[ number:1line 1, column 4: , or ] should stand here, not 2");
	assert_tokens("{\"\xc3\xa9\" 1}", "{line 1, column 6: : should stand here, not 1");
	assert_tokens("{\"a\": 1]",
		      "{ key:a number:1line 1, column 8: , or } should stand here, not ]");
	assert_tokens("{1: 2}",
		      "{line 1, column 2: a key in double quotes should stand here, not 1");
	assert_tokens("{'a': 2}",
		      "{line 1, column 2: a key in double quotes should stand here, not '");
	assert_tokens("['a']", "[line 1, column 2: strings stand in double quotes");
	assert_tokens("{\"a\":}", "{ key:aline 1, column 6: a value should stand here, not }");
	assert_tokens("[1] x", "[ number:1 ]line 1, column 5: the end should stand here, not x");
	assert_tokens("]", "line 1, column 1: a value should stand here, not ]");
	assert_tokens("[\x01]", "[line 1, column 2: a value should stand here, not a stray byte");
	assert_tokens("nul", "line 1, column 1: a value should stand here, not n");
}

static void depth_is_limited(void **state)
{
	char text[2 * JSON_DEPTH_MAX + 4] = "";
	struct json_token t = { .type = JSON_NULL };
	struct json_reader r;
	struct err err = ERR_INIT;

	(void)state;
	memset(text, '[', JSON_DEPTH_MAX);
	memset(text + JSON_DEPTH_MAX, ']', JSON_DEPTH_MAX);
	json_reader_init(&r, text, strlen(text));
	while (t.type != JSON_END)
		assert_int_equal(json_next(&r, &t, NULL), 0);
	memset(text, '[', JSON_DEPTH_MAX + 1);
	json_reader_init(&r, text, strlen(text));
	while (json_next(&r, &t, &err) == 0)
		assert_int_equal(t.type, JSON_ARRAY);
	assert_string_equal(err.text, "line 1, column 129: too many [ and { inside one another");
	assert_int_equal(r.depth, JSON_DEPTH_MAX);
}

static void assert_found(const char *text, const char *path, const char *wanted)
{
	struct err err = ERR_INIT;
	struct json_token t;
	char *got;

	if (json_find(text, strlen(text), path, &t, &err) != 0)
		got = mem_strdup(err.text);
	else
		got = mem_strndup(t.text, t.len);
	assert_string_equal(got, wanted);
	free(got);
}

static void paths(void **state)
{
	static const char text[] =
		"{\"start\":{\"a\":[{\"rate\":1}]},\"intervals\":[{\"x\":[1,2],\"rate\":2},[3,4]],"
		"\"end\":{\"\\u0072ate\":9.41e+08}} rest";

	(void)state;
	assert_found(text, "end.rate", "9.41e+08");
	assert_found(text, "intervals.0.rate", "2");
	assert_found(text, "intervals.1.1", "4");
	assert_found(text, "intervals.1", "[");
	assert_found(text, "", "{");
	assert_found(text, "end.ratio", "no \"ratio\" in it");
	assert_found(text, "end.rate.x", "no \"x\" in it");
	assert_found(text, "intervals.2", "no \"2\" in it");
	assert_found(text, "intervals.first", "no \"first\" in it");
	assert_found("{\"a\": 1,}", "b", "line 1, column 9: nothing follows the comma before");
}

static void pretty(void **state)
{
	struct buf b = { 0 };
	struct json j = { .buf = &b, .pretty = true };

	(void)state;
	json_open(&j, '{');
	json_key(&j, "a");
	json_open(&j, '[');
	json_number(&j, 1);
	json_string_of(&j, "x\0y", 3);
	json_close(&j, ']');
	json_key(&j, "b");
	json_open(&j, '{');
	json_close(&j, '}');
	json_close(&j, '}');
	assert_string_equal(buf_text(&b),
			    "{\n  \"a\": [\n    1,\n    \"x\\u0000y\"\n  ],\n  \"b\": {}\n}");
	buf_free(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(documents),	    cmocka_unit_test(numbers_stay_as_written),
		cmocka_unit_test(strings),	    cmocka_unit_test(shape),
		cmocka_unit_test(depth_is_limited), cmocka_unit_test(paths),
		cmocka_unit_test(pretty),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
