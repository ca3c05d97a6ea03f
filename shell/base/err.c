#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Cut what a too small buffer left of a UTF-8 character at the end of TEXT. */
static void trim_partial_character(char *text)
{
	size_t len = strlen(text), lead = len;
	unsigned char c;
	size_t want;

	while (lead > 0 && len - lead < 4 && ((unsigned char)text[lead - 1] & 0xc0) == 0x80)
		lead--;
	if (lead == 0)
		return;
	c = (unsigned char)text[--lead];
	want = c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : c >= 0xc0 ? 2 : 1;
	if (len - lead < want)
		text[lead] = '\0';
}

/* Names and file contents get into errors: none of their bytes may steer the terminal. */
static void hide_control_bytes(char *text)
{
	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;

		if ((c < 0x20 && c != '\n' && c != '\t') || c == 0x7f)
			*text = '?';
	}
}

/* Formatted aside first: an argument may point into OUT. */
__attribute__((format(printf, 3, 0))) static void put(char *out, size_t size, const char *fmt,
						      va_list ap)
{
	char text[sizeof(((struct err *)0)->text)];
	int len = vsnprintf(text, sizeof(text), fmt, ap);

	if (len < 0)
		text[0] = '\0';
	else if ((size_t)len >= sizeof(text))
		trim_partial_character(text);
	hide_control_bytes(text);
	snprintf(out, size, "%s", text);
}

__attribute__((format(printf, 4, 0))) static void start(struct err *err, enum err_class class,
							int code, const char *fmt, va_list ap)
{
	put(err->text, sizeof(err->text), fmt, ap);
	err->class = class;
	err->code = code;
	err->hint[0] = '\0';
}

static void append(struct err *err, const char *text)
{
	size_t len = strlen(err->text);
	size_t room = sizeof(err->text) - len;

	if ((size_t)snprintf(err->text + len, room, "%s", text) >= room)
		trim_partial_character(err->text);
}

int err_set(struct err *err, const char *fmt, ...)
{
	va_list ap;

	if (!err)
		return -1;
	va_start(ap, fmt);
	start(err, ERR_FAILED, 0, fmt, ap);
	va_end(ap);
	return -1;
}

int err_errno(struct err *err, int code, const char *fmt, ...)
{
	va_list ap;

	if (!err)
		return -1;
	va_start(ap, fmt);
	start(err, ERR_FAILED, code, fmt, ap);
	va_end(ap);
	append(err, ": ");
	append(err, strerror(code));
	return -1;
}

int err_usage(struct err *err, const char *fmt, ...)
{
	va_list ap;

	if (!err)
		return -1;
	va_start(ap, fmt);
	start(err, ERR_USAGE, 0, fmt, ap);
	va_end(ap);
	return -1;
}

int err_wrap(struct err *err, const char *fmt, ...)
{
	char inner[sizeof(err->text)];
	va_list ap;

	if (!err)
		return -1;
	memcpy(inner, err->text, sizeof(inner));
	va_start(ap, fmt);
	put(err->text, sizeof(err->text), fmt, ap);
	va_end(ap);
	append(err, ": ");
	append(err, inner);
	return -1;
}

int err_hint(struct err *err, const char *fmt, ...)
{
	va_list ap;

	if (!err)
		return -1;
	va_start(ap, fmt);
	put(err->hint, sizeof(err->hint), fmt, ap);
	va_end(ap);
	return -1;
}
