/*
 * JSON, keys in the order written: json_open(j, '{'); json_put_string(j, "name", "h1");
 * json_close(j, '}'). The reader is json_read.h.
 */
#ifndef NSLAB_BASE_JSON_WRITE_H
#define NSLAB_BASE_JSON_WRITE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

struct json {
	struct buf *buf;
	bool pretty;	/* a line for each value, else all of it one line */
	unsigned depth; /* brackets open */
	bool comma;	/* a value stands before */
	bool after_key;
};
void json_open(struct json *j, char bracket);  /* '{' or '[' */
void json_close(struct json *j, char bracket); /* '}' or ']' */
void json_key(struct json *j, const char *key);
/* Invalid UTF-8 becomes U+FFFD; NULL becomes null. */
void json_string(struct json *j, const char *s);
/* The same of LEN bytes, zeros among them, with a NUL behind. */
void json_key_of(struct json *j, const char *key, size_t len);
void json_string_of(struct json *j, const char *s, size_t len);
void json_number(struct json *j, int64_t n);
void json_bool(struct json *j, bool b);
void json_real(struct json *j, double d);

/* A member of an object: its key, and that. */
void json_put_string(struct json *j, const char *key, const char *s);
void json_put_number(struct json *j, const char *key, int64_t n);
void json_put_bool(struct json *j, const char *key, bool b);
void json_put_real(struct json *j, const char *key, double d);
void json_put_open(struct json *j, const char *key, char bracket);

#endif
