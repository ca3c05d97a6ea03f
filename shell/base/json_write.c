#include "base/json_write.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"

static void new_line(struct json *j)
{
	if (j->pretty)
		buf_printf(j->buf, "\n%*s", (int)(2 * j->depth), "");
}

static void before_value(struct json *j)
{
	if (j->comma)
		buf_putc(j->buf, ',');
	if (j->depth && !j->after_key)
		new_line(j);
	j->comma = true;
	j->after_key = false;
}

static void put_ascii(struct buf *b, unsigned char c)
{
	static const char short_form[] = "\"\"\\\\\bb\ff\nn\rr\tt";

	for (const char *s = short_form; *s; s += 2) {
		if ((unsigned char)*s == c) {
			buf_putc(b, '\\');
			buf_putc(b, s[1]);
			return;
		}
	}
	if (c < 0x20 || c == 0x7f)
		buf_printf(b, "\\u%04x", c);
	else
		buf_putc(b, (char)c);
}

static void put_string(struct buf *b, const char *s, size_t len)
{
	const char *end = s + len;

	buf_putc(b, '"');
	while (s < end) {
		size_t n = utf8_length(s);

		if (n == 0)
			buf_puts(b, "\uFFFD");
		else if (n == 1)
			put_ascii(b, (unsigned char)*s);
		else
			buf_add(b, s, n);
		s += n ? n : 1;
	}
	buf_putc(b, '"');
}

void json_open(struct json *j, char bracket)
{
	before_value(j);
	buf_putc(j->buf, bracket);
	j->depth++;
	j->comma = false;
}

void json_close(struct json *j, char bracket)
{
	j->depth--;
	if (j->comma)
		new_line(j);
	buf_putc(j->buf, bracket);
	j->comma = true;
}

void json_key(struct json *j, const char *key)
{
	json_key_of(j, key, strlen(key));
}

void json_key_of(struct json *j, const char *key, size_t len)
{
	before_value(j);
	put_string(j->buf, key, len);
	buf_puts(j->buf, j->pretty ? ": " : ":");
	j->comma = false;
	j->after_key = true;
}

void json_string(struct json *j, const char *s)
{
	if (s) {
		json_string_of(j, s, strlen(s));
		return;
	}
	before_value(j);
	buf_puts(j->buf, "null");
}

void json_string_of(struct json *j, const char *s, size_t len)
{
	before_value(j);
	put_string(j->buf, s, len);
}

void json_number(struct json *j, int64_t n)
{
	before_value(j);
	buf_printf(j->buf, "%" PRId64, n);
}

void json_bool(struct json *j, bool b)
{
	before_value(j);
	buf_puts(j->buf, b ? "true" : "false");
}

/* As few digits as read back as D. JSON has no infinity; the locale's decimal comma becomes a
 * point. */
void json_real(struct json *j, double d)
{
	char text[40];

	before_value(j);
	if (!isfinite(d)) {
		buf_puts(j->buf, "null");
		return;
	}
	for (int digits = 15; digits <= 17; digits++) {
		snprintf(text, sizeof(text), "%.*g", digits, d);
		if (strtod(text, NULL) == d)
			break;
	}
	for (const char *c = text; *c; c++)
		buf_putc(j->buf, strchr("0123456789+-e", *c) ? *c : '.');
}

void json_put_string(struct json *j, const char *key, const char *s)
{
	json_key(j, key);
	json_string(j, s);
}

void json_put_number(struct json *j, const char *key, int64_t n)
{
	json_key(j, key);
	json_number(j, n);
}

void json_put_bool(struct json *j, const char *key, bool b)
{
	json_key(j, key);
	json_bool(j, b);
}

void json_put_real(struct json *j, const char *key, double d)
{
	json_key(j, key);
	json_real(j, d);
}

void json_put_open(struct json *j, const char *key, char bracket)
{
	json_key(j, key);
	json_open(j, bracket);
}
