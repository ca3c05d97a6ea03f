#include "base/address.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int number_parse(long *out, const char *text, long min, long max, struct err *err)
{
	const char *digits = text + (*text == '-');
	long n;

	if (!*digits || digits[strspn(digits, "0123456789")])
		return err_usage(err, "%s: not a whole number", *text ? text : "''");
	errno = 0;
	n = strtol(text, NULL, 10);
	if (errno || n < min || n > max)
		return err_usage(err, "%s is not within %ld and %ld", text, min, max);
	*out = n;
	return 0;
}

int truth_parse(bool *out, const char *text, struct err *err)
{
	static const char *const words[][2] = {
		{ "no", "yes" }, { "false", "true" }, { "off", "on" }, { "0", "1" }
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		for (int value = 0; value < 2; value++) {
			if (strcmp(text, words[i][value]) != 0)
				continue;
			*out = value;
			return 0;
		}
	}
	return err_usage(err, "%s: neither yes nor no", *text ? text : "''");
}

struct unit {
	const char *name;
	uint64_t scale;
};
/* What is measured, in its units; SCALE tells how many of the smallest. */
struct measure {
	const char *noun, *examples, *names;
	const struct unit *units; /* ends with a NULL name */
};

/* The scale of UNIT; 0 with err when there is no such unit. */
static uint64_t unit_parse(const struct measure *m, const char *unit, const char *text,
			   struct err *err)
{
	for (const struct unit *u = m->units; u->name; u++) {
		if (!strcmp(unit, u->name))
			return u->scale;
	}
	if (*unit)
		err_usage(err, "%s: no unit of %s is called %s: %s", text, m->noun, unit, m->names);
	else
		err_usage(err, "%s: a %s needs a unit: %s (%s%s, %s%s)", text, m->noun, m->names,
			  text, m->units[1].name, text, m->units[2].name);
	return 0;
}

/* By whole numbers: strtod would want the decimal comma of some locales. */
static int measure_parse(const struct measure *m, uint64_t *out, const char *text, struct err *err)
{
	size_t whole = strspn(text, "0123456789");
	size_t fraction = text[whole] == '.' ? strspn(text + whole + 1, "0123456789") : 0;
	const char *unit = text + whole + (fraction ? fraction + 1 : 0);
	uint64_t scale, sum = 0;

	if (whole == 0 || *unit == '.')
		return err_usage(err, "%s: not a %s (%s)", *text ? text : "''", m->noun,
				 m->examples);
	scale = unit_parse(m, unit, text, err);
	if (!scale)
		return -1;
	for (size_t i = 0; i < whole; i++) {
		if (__builtin_mul_overflow(sum, 10, &sum) ||
		    __builtin_add_overflow(sum, (uint64_t)(text[i] - '0'), &sum))
			return err_usage(err, "%s: too large a %s", text, m->noun);
	}
	if (__builtin_mul_overflow(sum, scale, &sum) || sum > INT64_MAX - scale)
		return err_usage(err, "%s: too large a %s", text, m->noun);
	for (size_t i = 0; i < fraction; i++) {
		scale /= 10;
		sum += (uint64_t)(text[whole + 1 + i] - '0') * scale;
	}
	*out = sum;
	return 0;
}

int time_parse(uint64_t *ns, const char *text, struct err *err)
{
	static const struct unit units[] = {
		{ "us", 1000 }, { "ms", 1000000 }, { "s", 1000000000 }, { 0 }
	};
	static const struct measure time = { "time", "10ms, 1.5s, 200us", "us, ms or s", units };

	return measure_parse(&time, ns, text, err);
}

int rate_parse(uint64_t *bits, const char *text, struct err *err)
{
	static const struct unit units[] = {
		{ "kbit", 1000 }, { "mbit", 1000000 }, { "gbit", 1000000000 }, { 0 }
	};
	static const struct measure rate = { "rate", "500kbit, 10mbit, 1.5gbit",
					     "kbit, mbit or gbit", units };

	return measure_parse(&rate, bits, text, err);
}

int size_parse(uint64_t *bytes, const char *text, struct err *err)
{
	static const struct unit units[] = {
		{ "k", 1 << 10 }, { "M", 1 << 20 }, { "G", 1 << 30 }, { 0 }
	};
	static const struct measure size = { "size", "64k, 512M, 1G", "k, M or G", units };

	return measure_parse(&size, bytes, text, err);
}
