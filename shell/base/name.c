#include "base/name.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"

#define LETTERS_DIGITS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

/* What nodes and interfaces have in common. */
static int check(const char *what, const char *name, size_t max, struct err *err)
{
	if (!*name)
		return err_usage(err, "an empty %s name", what);
	if (strlen(name) > max)
		return err_usage(err, "%s name %.64s: longer than %zu characters", what, name, max);
	if (name[strspn(name, LETTERS_DIGITS "_.-")])
		return err_usage(err, "%s name %s: only letters, digits, _ . and - are allowed",
				 what, name);
	if (!strspn(name, LETTERS_DIGITS))
		return err_usage(err, "%s name %s: the first character must be a letter or digit",
				 what, name);
	return 0;
}

int name_check_node(const char *name, struct err *err)
{
	if (check("node", name, NAME_MAX_NODE, err) < 0)
		return -1;
	if (!name[strspn(name, "0123456789")])
		return err_usage(err, "node name %s: needs a letter, as in h%s", name, name);
	return 0;
}

int name_check_interface(const char *name, struct err *err)
{
	if (check("interface", name, NAME_MAX_INTERFACE, err) < 0)
		return -1;
	if (!strcmp(name, "lo") || !strcmp(name, "all") || !strcmp(name, "default"))
		return err_usage(err, "interface name %s: the kernel uses it for something else",
				 name);
	return 0;
}

/* A file name, and no more than what is kept of it. */
static int check_file_name(const char *what, const char *name, size_t max, struct err *err)
{
	if (!*name)
		return err_usage(err, "an empty %s name", what);
	if (strlen(name) > max)
		return err_usage(err, "%s name %.64s: longer than %zu characters", what, name, max);
	if (strchr(name, '/') || !strcmp(name, ".") || !strcmp(name, ".."))
		return err_usage(err, "%s name %s: no / is allowed, nor . or .. alone", what, name);
	return 0;
}

int name_check_namespace(const char *name, struct err *err)
{
	return check_file_name("namespace", name, NAME_MAX_NODE, err);
}

int name_check_device(const char *name, struct err *err)
{
	if (check_file_name("interface", name, NAME_MAX_INTERFACE, err) < 0)
		return -1;
	if (name[strcspn(name, ": \t\n\v\f\r")])
		return err_usage(err, "interface name %s: no blank and no colon is allowed", name);
	return 0;
}

void name_interface(char out[NAME_MAX_INTERFACE + 1], const char *node, unsigned n)
{
	int len = snprintf(out, NAME_MAX_INTERFACE + 1, "%s-eth%u", node, n);

	if (len > NAME_MAX_INTERFACE || name_check_interface(out, NULL))
		snprintf(out, NAME_MAX_INTERFACE + 1, "eth%u", n);
}

#define SHOWN_MAX 48 /* bytes: half a screen */

void name_show(struct buf *out, const char *name)
{
	struct buf clean = { 0 };

	while (*name && clean.len < SHOWN_MAX) {
		size_t n = utf8_is_control(name) ? 0 : utf8_length(name);

		if (n)
			buf_add(&clean, name, n);
		else
			buf_putc(&clean, '?');
		name += n ? n : 1;
	}
	if (*name)
		buf_puts(&clean, "...");
	/* It would be read as an option. */
	if (*buf_text(&clean) == '-' && !strchr(clean.data, '\''))
		buf_printf(out, "'%s'", buf_text(&clean));
	else
		buf_put_quoted(out, buf_text(&clean));
	buf_free(&clean);
}

/* The runs of digits at A and B by value, of any length; both move behind their run. */
static int compare_numbers(const char **a, const char **b)
{
	const char *x = *a + strspn(*a, "0"), *y = *b + strspn(*b, "0");
	size_t nx = strspn(x, "0123456789"), ny = strspn(y, "0123456789");

	*a = x + nx;
	*b = y + ny;
	if (nx != ny)
		return nx < ny ? -1 : 1;
	return memcmp(x, y, nx);
}

int name_compare(const char *a, const char *b)
{
	const char *x = a, *y = b;

	while (*x && *y) {
		if (isdigit((unsigned char)*x) && isdigit((unsigned char)*y)) {
			int order = compare_numbers(&x, &y);

			if (order)
				return order;
		} else if (*x != *y) {
			break;
		} else {
			x++;
			y++;
		}
	}
	if (*x != *y)
		return (unsigned char)*x < (unsigned char)*y ? -1 : 1;
	return strcmp(a, b); /* h1 and h01 differ only here */
}

#define NEAR_MAX 64 /* longer words are compared as prefixes only */

static unsigned min(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

static bool same_letter(char a, char b)
{
	return tolower((unsigned char)a) == tolower((unsigned char)b);
}

/* Damerau-Levenshtein (optimal string alignment), case ignored. */
static unsigned edits(const char *a, size_t na, const char *b, size_t nb)
{
	unsigned rows[3][NEAR_MAX + 1];

	for (size_t j = 0; j <= nb; j++)
		rows[0][j] = (unsigned)j;
	for (size_t i = 1; i <= na; i++) {
		unsigned *row = rows[i % 3], *up = rows[(i + 2) % 3], *up2 = rows[(i + 1) % 3];

		row[0] = (unsigned)i;
		for (size_t j = 1; j <= nb; j++) {
			row[j] = min(min(up[j], row[j - 1]) + 1,
				     up[j - 1] + !same_letter(a[i - 1], b[j - 1]));
			if (i > 1 && j > 1 && same_letter(a[i - 1], b[j - 2]) &&
			    same_letter(a[i - 2], b[j - 1]))
				row[j] = min(row[j], up2[j - 2] + 1);
		}
	}
	return rows[na % 3][nb];
}

void nearest_offer(struct nearest *n, const char *candidate)
{
	size_t len = strlen(n->word), other = strlen(candidate);
	/* Of a single letter nothing would be left: everything is one edit away. */
	unsigned limit = len < 2 ? 0 : len <= 3 ? 1 : len <= 7 ? 2 : 3;
	unsigned distance = limit + 1;

	if (!strcmp(n->word, candidate))
		return;
	if (len <= NEAR_MAX && other <= NEAR_MAX)
		distance = edits(n->word, len, candidate, other);
	if (len >= 3 && !strncasecmp(n->word, candidate, len))
		distance = min(distance, limit);
	if (distance > limit || (n->best && distance >= n->distance))
		return;
	n->best = candidate;
	n->distance = distance;
}

int nearest_suggest(const struct nearest *n, struct err *err)
{
	size_t len;

	if (!err || !n->best)
		return -1;
	len = strlen(err->text);
	/* All of it or nothing. */
	if ((size_t)snprintf(err->text + len, sizeof(err->text) - len, " (did you mean %s?)",
			     n->best) >= sizeof(err->text) - len)
		err->text[len] = '\0';
	return -1;
}
