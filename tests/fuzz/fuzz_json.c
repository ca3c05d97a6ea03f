/* JSON: whatever comes, each token lies in the text, brackets pair, what is refused says where, and
 * the writer's version of a document reads as the same tokens. */
#include "base/json_read.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/json_write.h"
#include "base/mem.h"
#include "base/utf8.h"

#define CHECK(condition)                                                                           \
	do {                                                                                       \
		if (!(condition))                                                                  \
			abort();                                                                   \
	} while (0)

/* What a key or string means: UTF-8, and no longer than it was written. */
static char *check_string(const struct json_token *t)
{
	char *meant = mem_alloc(t->len + 1);
	size_t len = json_unescape(meant, t);

	CHECK(len <= t->len);
	meant[len] = '\0';
	for (const char *s = meant; s < meant + len; s += utf8_length(s))
		CHECK(utf8_length(s) > 0);
	return meant;
}

/* Write token T as the writer would; false: it cannot hold it (numbers, zero bytes). */
static bool copy_token(struct json *j, const struct json_token *t)
{
	char *meant;

	switch (t->type) {
	case JSON_OBJECT:
	case JSON_ARRAY:
	case JSON_OBJECT_END:
	case JSON_ARRAY_END:
		(t->type == JSON_OBJECT || t->type == JSON_ARRAY ? json_open
								 : json_close)(j, *t->text);
		return true;
	case JSON_KEY:
	case JSON_STRING:
		meant = check_string(t);
		(t->type == JSON_KEY ? json_key : json_string)(j, meant);
		free(meant);
		return !memmem(t->text, t->len, "u0000", 5);
	case JSON_TRUE:
	case JSON_FALSE:
		json_bool(j, t->type == JSON_TRUE);
		return true;
	case JSON_NULL:
		json_string(j, NULL);
		return true;
	case JSON_NUMBER:
		json_number(j, 0);
		return true;
	case JSON_END:
		break;
	}
	return true;
}

/* Tokens A and B say the same. */
static void check_same(const struct json_token *a, const struct json_token *b)
{
	CHECK(a->type == b->type);
	if (a->type == JSON_KEY || a->type == JSON_STRING) {
		char *x = check_string(a), *y = check_string(b);

		CHECK(strcmp(x, y) == 0);
		free(x);
		free(y);
	}
}

static void check_copy(const char *text, size_t len, const struct buf *copy)
{
	struct json_reader r, again;
	struct json_token t, other;

	json_reader_init(&r, text, len);
	json_reader_init(&again, buf_text(copy), copy->len);
	do {
		CHECK(json_next(&r, &t, NULL) == 0 && json_next(&again, &other, NULL) == 0);
		check_same(&t, &other);
	} while (t.type != JSON_END);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = mem_alloc(size + 1);
	struct err err = ERR_INIT;
	struct json_reader r;
	struct json_token t = { .type = JSON_NULL };
	struct buf copy = { 0 };
	struct json j = { .buf = &copy };
	bool whole = true;
	int rc = 0, depth = 0;

	memcpy(text, data, size);
	json_reader_init(&r, text, size);
	while (t.type != JSON_END && (rc = json_next(&r, &t, &err)) == 0) {
		CHECK(t.text >= text && t.text + t.len <= text + size + (t.type == JSON_END));
		depth += (t.type == JSON_OBJECT || t.type == JSON_ARRAY) -
			 (t.type == JSON_OBJECT_END || t.type == JSON_ARRAY_END);
		CHECK(depth >= 0 && depth <= JSON_DEPTH_MAX && (size_t)depth == r.depth);
		whole = copy_token(&j, &t) && whole;
	}
	if (rc != 0)
		CHECK(strncmp(err.text, "line ", 5) == 0);
	else if (whole)
		check_copy(text, size, &copy);
	json_find(text, size, "a.0.b", &t, NULL);
	buf_free(&copy);
	free(text);
	return 0;
}
