/*
 * JSON as RFC 8259 has it, read piece by piece: json_next gives one token after the other until
 * JSON_END. Nothing is allocated, so a reader may stand anywhere, also where a longjmp passes by.
 * (The writer is in out.h.)
 *
 *   {"a": [1, true]}   OBJECT KEY(a) ARRAY NUMBER(1) TRUE ARRAY_END OBJECT_END END
 */
#ifndef NSLAB_BASE_JSON_READ_H
#define NSLAB_BASE_JSON_READ_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

#define JSON_DEPTH_MAX 128 /* arrays and objects inside one another */

enum json_type {
	JSON_END,
	JSON_OBJECT,
	JSON_OBJECT_END,
	JSON_ARRAY,
	JSON_ARRAY_END,
	JSON_KEY,
	JSON_STRING,
	JSON_NUMBER,
	JSON_TRUE,
	JSON_FALSE,
	JSON_NULL,
};

/* TEXT is the token as written, part of the reader's text; of a key or string, what is between the
 * quotes. */
struct json_token {
	enum json_type type;
	const char *text;
	size_t len;
};

struct json_reader {
	const char *text, *at, *end;
	size_t depth;
	bool object[JSON_DEPTH_MAX]; /* by depth: an object, else an array */
	enum {
		JSON_READ_VALUE, /* a value must follow */
		JSON_READ_FIRST, /* a value or key, or the end: after [ or { */
		JSON_READ_AFTER, /* a comma or the end: after a value */
	} next;
};

/* TEXT has LEN bytes and a NUL that LEN does not count; it must outlive the reader. */
void json_reader_init(struct json_reader *r, const char *text, size_t len);
/* The next token. -1 with err: "line 3, column 7: ...", and the reader is of no more use. */
int json_next(struct json_reader *r, struct json_token *t, struct err *err);
/* Go on behind the value that begins with T: T becomes its last token. */
int json_skip(struct json_reader *r, struct json_token *t, struct err *err);
/* A key or string as it is meant, in OUT: T->len bytes at most, no NUL added, and there may be some
 * inside. How many. */
size_t json_unescape(char *out, const struct json_token *t);
/* The first token of the value at PATH ("end.sum_received.bits_per_second", "intervals.0.sum") of a
 * document, whose rest is not looked at. -1 with err: it is not there, or no JSON. */
int json_find(const char *text, size_t len, const char *path, struct json_token *t,
	      struct err *err);

#endif
