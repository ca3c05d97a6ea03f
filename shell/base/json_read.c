#include "base/json_read.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/utf8.h"

#define JSON_BLANKS " \t\r\n"
#define JSON_DIGITS "0123456789"

/* ---- what is wrong, for people ---- */

/* The character at AT as people see it. */
static void json_show(char out[16], const struct json_reader *r, const char *at)
{
	size_t n = at < r->end && !utf8_is_control(at) ? utf8_length(at) : 0;

	if (at == r->end)
		strcpy(out, "the end");
	else if (n == 0)
		strcpy(out, "a stray byte");
	else
		memcpy(out, at, n), out[n] = '\0';
}

/* "line L, column C: WHAT", with the place of AT; columns count characters. */
static int json_refuse(const struct json_reader *r, const char *at, const char *what,
		       struct err *err)
{
	size_t line = 1, column = 1;

	for (const char *c = r->text; c < at; c++) {
		if (*c == '\n')
			line++, column = 1;
		else if (((unsigned char)*c & 0xc0) != 0x80)
			column++;
	}
	return err_set(err, "line %zu, column %zu: %s", line, column, what);
}

/* WANTED stands not at r->at. */
static int json_refuse_instead(const struct json_reader *r, const char *wanted, struct err *err)
{
	char found[16], *what;

	json_show(found, r, r->at);
	what = mem_printf("%s should stand here, not %s", wanted, found);
	json_refuse(r, r->at, what, err);
	free(what);
	return -1;
}

/* ---- strings ---- */

/* Four hexadecimal digits; -1: not that. */
static long json_hex(const char *s)
{
	long code = 0;

	for (int i = 0; i < 4; i++) {
		const char *digits = "0123456789abcdef";
		const char *d = s[i] ? strchr(digits, s[i] | (s[i] >= 'A' ? 0x20 : 0)) : NULL;

		if (!d)
			return -1;
		code = code * 16 + (d - digits);
	}
	return code;
}

static bool json_is_surrogate(long code, bool second)
{
	return (code & 0xfc00) == (second ? 0xdc00 : 0xd800);
}

/* How long the escape at S is; 0: it is none. A surrogate counts with its other half only. */
static size_t json_escape_length(const char *s)
{
	long code;

	if (s[1] != 'u')
		return s[1] && strchr("\"\\/bfnrt", s[1]) ? 2 : 0;
	code = json_hex(s + 2);
	if (code < 0 || json_is_surrogate(code, true))
		return 0;
	if (!json_is_surrogate(code, false))
		return 6;
	return s[6] == '\\' && s[7] == 'u' && json_is_surrogate(json_hex(s + 8), true) ? 12 : 0;
}

/* The string whose opening quote is at r->at. */
static int json_read_string(struct json_reader *r, struct json_token *t, struct err *err)
{
	const char *s = r->at + 1;

	t->text = s;
	while (s < r->end && *s != '"') {
		bool escape = *s == '\\';
		size_t n = escape ? json_escape_length(s) : utf8_length(s);

		if ((unsigned char)*s < 0x20)
			return json_refuse(r, s,
					   *s == '\n' ? "a line's end within a string: is the \" "
							"missing? Else write \\n"
						      : "a control character within a string: "
							"write \\t, \\u0000 and so on",
					   err);
		if (n == 0)
			return json_refuse(r, s,
					   escape ? "no such escape: \\\" \\\\ \\/ \\b \\f \\n \\r "
						    "\\t \\u00e9, and surrogates in pairs"
						  : "no UTF-8",
					   err);
		s += n;
	}
	if (s >= r->end)
		return json_refuse(r, r->at, "a string that does not end", err);
	t->len = (size_t)(s - t->text);
	r->at = s + 1;
	return 0;
}

static size_t json_put_utf8(char *out, uint32_t c)
{
	const size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
	static const unsigned char first[] = { 0, 0, 0xc0, 0xe0, 0xf0 };

	for (size_t i = n - 1; i > 0; i--, c >>= 6)
		out[i] = (char)(0x80 | (c & 0x3f));
	out[0] = (char)(first[n == 1 ? 0 : n] | c);
	return n;
}

/* The character that the escape at S, of N bytes, means. */
static uint32_t json_escaped(const char *s, size_t n)
{
	static const char pairs[] = "b\bf\fn\nr\rt\t";
	uint32_t c;

	if (n == 2) {
		for (const char *p = pairs; *p; p += 2)
			if (*p == s[1])
				return (uint32_t)p[1];
		return (unsigned char)s[1];
	}
	c = (uint32_t)json_hex(s + 2);
	if (n == 12)
		c = 0x10000 + ((c & 0x3ff) << 10) + ((uint32_t)json_hex(s + 8) & 0x3ff);
	return c;
}

size_t json_unescape(char *out, const struct json_token *t)
{
	const char *s = t->text, *end = t->text + t->len;
	size_t len = 0;

	while (s < end) {
		size_t n;

		if (*s != '\\') {
			out[len++] = *s++;
			continue;
		}
		n = json_escape_length(s);
		len += json_put_utf8(out + len, json_escaped(s, n));
		s += n;
	}
	return len;
}

/* Is this key NAME, of N bytes? */
static bool json_is(const struct json_token *t, const char *name, size_t n)
{
	char *meant = mem_alloc(t->len + 1);
	bool same = json_unescape(meant, t) == n && memcmp(meant, name, n) == 0;

	free(meant);
	return same;
}

/* ---- numbers and words ---- */

static int json_read_number(struct json_reader *r, struct json_token *t, struct err *err)
{
	const char *s = r->at + (*r->at == '-');
	size_t whole = strspn(s, JSON_DIGITS), digits = 1;

	t->type = JSON_NUMBER;
	t->text = r->at;
	if (whole > 1 && *s == '0')
		return json_refuse(r, r->at, "a number that begins with 0", err);
	s += whole;
	if (whole && *s == '.') {
		digits = strspn(++s, JSON_DIGITS);
		s += digits;
	}
	if (whole && digits && (*s == 'e' || *s == 'E')) {
		s += s[1] == '+' || s[1] == '-' ? 2 : 1;
		digits = strspn(s, JSON_DIGITS);
		s += digits;
	}
	if (!whole || !digits)
		return json_refuse(r, r->at, "a number that lacks a digit", err);
	t->len = (size_t)(s - t->text);
	r->at = s;
	return 0;
}

static int json_read_word(struct json_reader *r, struct json_token *t, struct err *err)
{
	static const struct {
		const char *word;
		enum json_type type;
	} words[] = { { "true", JSON_TRUE }, { "false", JSON_FALSE }, { "null", JSON_NULL } };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		size_t len = strlen(words[i].word);

		if (strncmp(r->at, words[i].word, len) != 0)
			continue;
		*t = (struct json_token){ words[i].type, r->at, len };
		r->at += len;
		return 0;
	}
	if (*r->at == '\'')
		return json_refuse(r, r->at, "strings stand in double quotes", err);
	return json_refuse_instead(r, "a value", err);
}

/* ---- the shape ---- */

static int json_open_bracket(struct json_reader *r, struct json_token *t, struct err *err)
{
	if (r->depth == JSON_DEPTH_MAX)
		return json_refuse(r, r->at, "too many [ and { inside one another", err);
	t->type = *r->at == '{' ? JSON_OBJECT : JSON_ARRAY;
	r->object[r->depth++] = t->type == JSON_OBJECT;
	r->next = JSON_READ_FIRST;
	r->at++;
	return 0;
}

static int json_close_bracket(struct json_reader *r, struct json_token *t)
{
	r->depth--;
	t->type = r->object[r->depth] ? JSON_OBJECT_END : JSON_ARRAY_END;
	r->next = JSON_READ_AFTER;
	r->at++;
	return 0;
}

static int json_read_value(struct json_reader *r, struct json_token *t, struct err *err)
{
	if (*r->at == '{' || *r->at == '[')
		return json_open_bracket(r, t, err);
	r->next = JSON_READ_AFTER;
	if (*r->at == '"') {
		t->type = JSON_STRING;
		return json_read_string(r, t, err);
	}
	if (*r->at == '-' || (*r->at >= '0' && *r->at <= '9'))
		return json_read_number(r, t, err);
	return json_read_word(r, t, err);
}

static int json_read_key(struct json_reader *r, struct json_token *t, struct err *err)
{
	if (*r->at != '"')
		return json_refuse_instead(r, "a key in double quotes", err);
	t->type = JSON_KEY;
	if (json_read_string(r, t, err) != 0)
		return -1;
	r->at += strspn(r->at, JSON_BLANKS);
	if (*r->at != ':')
		return json_refuse_instead(r, ":", err);
	r->at++;
	r->next = JSON_READ_VALUE;
	return 0;
}

/* After a value: the document's end, a bracket's end, or a comma and what follows. */
static int json_read_after(struct json_reader *r, struct json_token *t, struct err *err)
{
	bool object = r->depth && r->object[r->depth - 1];

	if (!r->depth) {
		t->type = JSON_END;
		return r->at == r->end ? 0 : json_refuse_instead(r, "the end", err);
	}
	if (*r->at == (object ? '}' : ']'))
		return json_close_bracket(r, t);
	if (*r->at != ',')
		return json_refuse_instead(r, object ? ", or }" : ", or ]", err);
	r->at++;
	r->at += strspn(r->at, JSON_BLANKS);
	t->text = r->at;
	if (*r->at == '}' || *r->at == ']')
		return json_refuse(r, r->at, "nothing follows the comma before", err);
	return object ? json_read_key(r, t, err) : json_read_value(r, t, err);
}

void json_reader_init(struct json_reader *r, const char *text, size_t len)
{
	*r = (struct json_reader){ .text = text, .at = text, .end = text + len };
	if (strncmp(text, "\xef\xbb\xbf", 3) == 0) /* a byte order mark, as the RFC allows */
		r->at += 3;
}

int json_next(struct json_reader *r, struct json_token *t, struct err *err)
{
	bool object = r->depth && r->object[r->depth - 1];

	r->at += strspn(r->at, JSON_BLANKS);
	*t = (struct json_token){ .text = r->at, .len = 1 };
	if (r->next == JSON_READ_AFTER)
		return json_read_after(r, t, err);
	if (r->next == JSON_READ_FIRST && *r->at == (object ? '}' : ']'))
		return json_close_bracket(r, t);
	if (r->next == JSON_READ_FIRST && object)
		return json_read_key(r, t, err);
	return json_read_value(r, t, err);
}

int json_skip(struct json_reader *r, struct json_token *t, struct err *err)
{
	size_t inside = r->depth;

	if (t->type != JSON_OBJECT && t->type != JSON_ARRAY)
		return 0;
	while (r->depth >= inside)
		if (json_next(r, t, err) != 0)
			return -1;
	return 0;
}

/* Go on to the member NAME (N bytes), or to the element of that number, of the value that T began.
 */
static int json_enter(struct json_reader *r, struct json_token *t, const char *name, size_t n,
		      struct err *err)
{
	const bool object = t->type == JSON_OBJECT;
	const bool number = strspn(name, JSON_DIGITS) == n && n > 0;
	const size_t index = number ? strtoul(name, NULL, 10) : 0;
	bool found = false;

	if (!object && (t->type != JSON_ARRAY || !number))
		return err_set(err, "no \"%s\" in it", name);
	for (size_t i = 0; !found; i++) {
		if (i > 0 && json_skip(r, t, err) != 0)
			return -1;
		if (json_next(r, t, err) != 0)
			return -1;
		if (t->type == JSON_OBJECT_END || t->type == JSON_ARRAY_END)
			return err_set(err, "no \"%s\" in it", name);
		found = object ? json_is(t, name, n) : i == index;
		if (object && json_next(r, t, err) != 0)
			return -1;
	}
	return 0;
}

int json_find(const char *text, size_t len, const char *path, struct json_token *t, struct err *err)
{
	struct json_reader r;
	int rc;

	json_reader_init(&r, text, len);
	rc = json_next(&r, t, err);
	while (rc == 0 && *path) {
		size_t n = strcspn(path, ".");

		rc = json_enter(&r, t, path, n, err);
		path += n + (path[n] == '.');
	}
	return rc;
}
