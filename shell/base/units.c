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

static const struct {
	const char *name;
	uint64_t ns;
} units[] = {
	{ "us", 1000 },
	{ "ms", 1000000 },
	{ "s", 1000000000 },
};

/* Nanoseconds of UNIT; 0 with err when there is no such unit. */
static uint64_t unit_parse(const char *unit, const char *text, struct err *err)
{
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (!strcmp(unit, units[i].name))
			return units[i].ns;
	}
	if (*unit)
		err_usage(err, "%s: no unit of time is called %s: us, ms or s", text, unit);
	else
		err_usage(err, "%s: a time needs a unit: us, ms or s (%sms, %ss)", text, text,
			  text);
	return 0;
}

/* By whole numbers: strtod would want the decimal comma of some locales. */
int time_parse(uint64_t *ns, const char *text, struct err *err)
{
	size_t whole = strspn(text, "0123456789");
	size_t fraction = text[whole] == '.' ? strspn(text + whole + 1, "0123456789") : 0;
	const char *unit = text + whole + (fraction ? fraction + 1 : 0);
	uint64_t scale, sum = 0;

	if (whole == 0 || *unit == '.')
		return err_usage(err, "%s: not a time (10ms, 1.5s, 200us)", *text ? text : "''");
	scale = unit_parse(unit, text, err);
	if (!scale)
		return -1;
	for (size_t i = 0; i < whole; i++) {
		if (__builtin_mul_overflow(sum, 10, &sum) ||
		    __builtin_add_overflow(sum, (uint64_t)(text[i] - '0'), &sum))
			return err_usage(err, "%s: too long a time", text);
	}
	if (__builtin_mul_overflow(sum, scale, &sum) || sum > INT64_MAX - scale)
		return err_usage(err, "%s: too long a time", text);
	for (size_t i = 0; i < fraction; i++) {
		scale /= 10;
		sum += (uint64_t)(text[whole + 1 + i] - '0') * scale;
	}
	*ns = sum;
	return 0;
}

int size_parse(uint64_t *bytes, const char *text, struct err *err)
{
	static const char letters[] = "kMG"; /* of 10, 20 and 30 bits */
	size_t digits = strspn(text, "0123456789");
	const char *unit = text + digits, *letter;
	uint64_t n;

	if (digits == 0)
		return err_usage(err, "%s: not a size (64k, 512M, 1G)", *text ? text : "''");
	if (!*unit)
		return err_usage(err, "%s: a size needs a unit: k, M or G (%sM)", text, text);
	letter = strchr(letters, *unit);
	if (!letter || unit[1])
		return err_usage(err, "%s: no unit of size is called %s: k, M or G", text, unit);
	errno = 0;
	n = strtoull(text, NULL, 10);
	if (errno || n > UINT64_MAX >> 10 * (letter - letters + 1))
		return err_usage(err, "%s: too large a size", text);
	*bytes = n << 10 * (letter - letters + 1);
	return 0;
}
