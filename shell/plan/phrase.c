#include "plan/phrase.h"

#include <linux/rtnetlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plan/phrase_inside.h"

const struct phrase_name phrase_scopes[] = {
	{ "global", RT_SCOPE_UNIVERSE },
	{ "site", RT_SCOPE_SITE },
	{ "link", RT_SCOPE_LINK },
	{ "host", RT_SCOPE_HOST },
	{ NULL, 0 },
};

const struct phrase_name *phrase_name_of(const struct phrase_name *names, uint32_t value)
{
	for (; names->name; names++)
		if (names->value == value)
			return names;
	return NULL;
}

const struct phrase_name *phrase_named(const struct phrase_name *names, const char *name)
{
	for (; names->name; names++)
		if (strcmp(names->name, name) == 0)
			return names;
	return NULL;
}

bool phrase_next(struct phrase *p)
{
	size_t len;

	p->rest += strspn(p->rest, " ");
	len = strcspn(p->rest, " ");
	snprintf(p->word, sizeof(p->word), "%.*s", (int)len, p->rest);
	p->rest += len;
	return len > 0;
}

bool phrase_skip(struct phrase *p, const char *word)
{
	struct phrase ahead = *p;

	if (!phrase_next(&ahead) || strcmp(ahead.word, word) != 0)
		return false;
	*p = ahead;
	return true;
}

int phrase_value(struct phrase *p, const char *option, struct err *err)
{
	return phrase_next(p) ? 0 : err_set(err, "%s: its value is missing", option);
}

int phrase_number(struct phrase *p, const char *option, uint32_t max, uint32_t *n, struct err *err)
{
	unsigned long long value;
	char *end;

	if (phrase_value(p, option, err) < 0)
		return -1;
	value = strtoull(p->word, &end, 0);
	if (*p->word < '0' || *p->word > '9' || *end || value > max)
		return err_set(err, "%s %s: a whole number up to %u is wanted", option, p->word,
			       max);
	*n = (uint32_t)value;
	return 0;
}

int phrase_address(struct phrase *p, const char *option, bool length, struct prefix *a,
		   struct err *err)
{
	if (phrase_value(p, option, err) < 0 || prefix_parse(a, p->word, err) < 0)
		return err_wrap(err, "%s", option);
	if (!length && strchr(p->word, '/'))
		return err_set(err, "%s %s: an address without a length is wanted", option,
			       p->word);
	return 0;
}

int phrase_interface(struct phrase *p, const char *option, const struct netlink *nl, int *index,
		     struct err *err)
{
	if (phrase_value(p, option, err) < 0)
		return -1;
	*index = nl ? netlink_ifindex(nl, p->word) : 0;
	return nl && !*index ? err_set(err, "%s: there is no interface %s", option, p->word) : 0;
}

size_t phrase_address_size(const struct prefix *a)
{
	return a->family == AF_INET ? 4 : 16;
}

struct prefix phrase_read_address(const struct nlattr *a, int family)
{
	struct prefix p = { .family = family };
	const void *bytes = netlink_bytes(a, phrase_address_size(&p));

	if (!bytes)
		return (struct prefix){ 0 };
	memcpy(p.bytes, bytes, phrase_address_size(&p));
	p.length = phrase_address_size(&p) * 8;
	return p;
}

bool phrase_find(const char *words, const char *option, char value[PHRASE_WORD])
{
	struct phrase p = { .rest = words };

	while (phrase_next(&p)) {
		bool found = strcmp(p.word, option) == 0;

		if (!phrase_next(&p))
			return false;
		if (found) {
			memcpy(value, p.word, sizeof(p.word));
			return true;
		}
	}
	return false;
}

void phrase_add(struct buf *out, const char *fmt, ...)
{
	va_list ap;

	if (out->len)
		buf_putc(out, ' ');
	va_start(ap, fmt);
	buf_vprintf(out, fmt, ap);
	va_end(ap);
}

void phrase_put_quoted(struct buf *out, const char *text)
{
	struct phrase p = { .rest = text };
	const char *blank = "";

	while (phrase_next(&p)) {
		buf_puts(out, blank);
		buf_put_quoted(out, p.word);
		blank = " ";
	}
}
