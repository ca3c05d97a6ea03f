#include "picture/text.h"

#include <ctype.h>
#include <string.h>
#include <wctype.h>

#include "base/name.h"

/* Bytes of the character at S, 0 when it is none or has no column of its own: what steers a
 * terminal, or turns the direction of writing. */
static size_t printable(const char *s, wchar_t *c)
{
	mbstate_t state = { 0 };
	size_t n = mbrtowc(c, s, strlen(s), &state);

	if (n == 0 || n == (size_t)-1 || n == (size_t)-2)
		return 0;
	return iswprint((wint_t)*c) && wcwidth(*c) > 0 ? n : 0;
}

char *text_shown(const char *name)
{
	struct buf out = { 0 };

	name_show(&out, name);
	return out.data;
}

wchar_t text_next(const char **s)
{
	wchar_t c = 0;
	size_t n;

	if (!**s)
		return 0;
	n = printable(*s, &c);
	*s += n ? n : 1;
	return n ? c : TEXT_NO_CHARACTER;
}

size_t text_columns(wchar_t c)
{
	return wcwidth(c) == 2 ? 2 : 1;
}

size_t text_width(const char *s)
{
	size_t width = 0;
	wchar_t c;

	while ((c = text_next(&s)))
		width += text_columns(c);
	return width;
}

void text_put_range(struct buf *out, const char *first, const char *last)
{
	const char *end = strrchr(first, '/'), *last_end = strrchr(last, '/');
	size_t same = 0, start = 0;

	if (!end || !last_end || strcmp(end, last_end) != 0) {
		end = first + strlen(first);
		last_end = last + strlen(last);
	}
	if (end - first == last_end - last && !memcmp(first, last, (size_t)(end - first))) {
		buf_puts(out, first);
		return;
	}
	for (; first + same < end && first[same] == last[same]; same++)
		if (*end ? strchr(".:", first[same]) != NULL : !isdigit((unsigned char)first[same]))
			start = same + 1;
	buf_add(out, first, (size_t)(end - first));
	buf_puts(out, "..");
	buf_add(out, last + start, (size_t)(last_end - last) - start);
	buf_puts(out, end);
}
