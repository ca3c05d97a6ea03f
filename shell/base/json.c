#include "base/out.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"

static void before_value(struct json *j)
{
	if (j->comma)
		buf_putc(j->buf, ',');
	j->comma = true;
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

static void put_string(struct buf *b, const char *text)
{
	const char *s = text;

	buf_putc(b, '"');
	while (*s) {
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
	j->comma = false;
}

void json_close(struct json *j, char bracket)
{
	buf_putc(j->buf, bracket);
	j->comma = true;
}

void json_key(struct json *j, const char *key)
{
	before_value(j);
	put_string(j->buf, key);
	buf_putc(j->buf, ':');
	j->comma = false;
}

void json_string(struct json *j, const char *s)
{
	before_value(j);
	if (s)
		put_string(j->buf, s);
	else
		buf_puts(j->buf, "null");
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
