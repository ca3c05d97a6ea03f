/* Addresses, MACs, numbers and times. */
#include "base/address.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <limits.h>
#include <string.h>

#define LEN(a) (sizeof(a) / sizeof((a)[0]))

static struct prefix parsed(const char *text)
{
	struct prefix p;
	struct err err = ERR_INIT;

	if (prefix_parse(&p, text, &err) < 0)
		fail_msg("%s", err.text);
	return p;
}

static void reads_and_prints_as_iproute2(void **state)
{
	static const char *const cases[][3] = {
		/* typed, with length, without */
		{ "10.0.0.1/8", "10.0.0.1/8", "10.0.0.1" },
		{ "10.0.0.1", "10.0.0.1/32", "10.0.0.1" },
		{ "0.0.0.0/0", "0.0.0.0/0", "0.0.0.0" },
		{ "fd00::1/64", "fd00::1/64", "fd00::1" },
		{ "FD00:0:0::0:1", "fd00::1/128", "fd00::1" },
		{ "::/0", "::/0", "::" },
		{ "::ffff:10.0.0.1/96", "::ffff:10.0.0.1/96", "::ffff:10.0.0.1" },
		{ "10.0.0.1/08", "10.0.0.1/8", "10.0.0.1" },
	};

	(void)state;
	for (size_t i = 0; i < LEN(cases); i++) {
		struct prefix p = parsed(cases[i][0]);
		char text[PREFIX_TEXT];

		assert_string_equal(prefix_format(text, &p), cases[i][1]);
		assert_string_equal(address_format(text, &p), cases[i][2]);
	}
}

static void says_what_is_malformed(void **state)
{
	static const char *const cases[][2] = {
		{ "10.0.0.300/8", "10.0.0.300/8: not an IPv4 or IPv6 address" },
		{ "10.0.0/8", "10.0.0/8: not an IPv4 or IPv6 address" },
		{ "010.0.0.1", "010.0.0.1: not an IPv4 or IPv6 address" },
		{ " 10.0.0.1", " 10.0.0.1: not an IPv4 or IPv6 address" },
		{ "fe80::1%eth0", "fe80::1%eth0: not an IPv4 or IPv6 address" },
		{ "fd00:::1", "fd00:::1: not an IPv4 or IPv6 address" },
		{ "", "'': not an IPv4 or IPv6 address" },
		{ "/8", "/8: not an IPv4 or IPv6 address" },
		{ "10.0.0.1/40", "10.0.0.1/40: prefix length 40 is not within 0 and 32" },
		{ "fd00::1/129", "fd00::1/129: prefix length 129 is not within 0 and 128" },
		{ "10.0.0.1/99999999999999999999", "10.0.0.1/99999999999999999999: prefix length "
						   "99999999999999999999 is not within 0 and 32" },
		{ "10.0.0.1/", "10.0.0.1/: no prefix length after the /" },
		{ "10.0.0.1/-1", "10.0.0.1/-1: prefix length -1 is not a number" },
		{ "10.0.0.1/8/8", "10.0.0.1/8/8: prefix length 8/8 is not a number" },
		{ "10.0.0.1/255.0.0.0",
		  "10.0.0.1/255.0.0.0: prefix length 255.0.0.0 is not a number" },
	};

	(void)state;
	for (size_t i = 0; i < LEN(cases); i++) {
		struct prefix p = { .family = 77 };
		struct err err = ERR_INIT;

		assert_int_equal(prefix_parse(&p, cases[i][0], &err), -1);
		assert_string_equal(err.text, cases[i][1]);
		assert_int_equal(err.class, ERR_USAGE);
		assert_int_equal(p.family, 77);
	}
}

static void subnets_contain_addresses(void **state)
{
	static const struct {
		const char *net, *address;
		bool inside;
	} cases[] = {
		{ "10.0.0.0/8", "10.255.0.1", true },	    { "10.0.0.0/8", "11.0.0.1", false },
		{ "10.1.2.0/23", "10.1.3.9", true },	    { "10.1.2.0/23", "10.1.4.0", false },
		{ "0.0.0.0/0", "1.2.3.4", true },	    { "10.0.0.1/32", "10.0.0.1", true },
		{ "10.0.0.1/32", "10.0.0.2", false },	    { "fd00::/65", "fd00::1", true },
		{ "fd00::/65", "fd00::8000:0:0:1", false }, { "::/0", "10.0.0.1", false },
	};
	struct prefix none = { 0 }, a = parsed("10.0.0.1/8"), b = parsed("10.0.0.1/24");

	(void)state;
	for (size_t i = 0; i < LEN(cases); i++) {
		struct prefix net = parsed(cases[i].net), address = parsed(cases[i].address);

		if (prefix_contains(&net, &address) != cases[i].inside)
			fail_msg("%s and %s", cases[i].net, cases[i].address);
	}
	assert_false(prefix_contains(&none, &none));
	assert_true(prefix_same_address(&a, &b));
	a.bytes[3] = 2;
	assert_false(prefix_same_address(&a, &b));
}

static void counts_the_addresses_of_a_subnet(void **state)
{
	static const struct {
		const char *net;
		uint32_t n;
		const char *address, *error;
	} cases[] = {
		{ "10.0.0.0/8", 3, "10.0.0.3/8", NULL },
		{ "10.0.0.0/8", 300, "10.0.1.44/8", NULL },
		{ "10.9.9.9/8", 1, "10.0.0.1/8", NULL },
		{ "10.0.0.0/30", 2, "10.0.0.2/30", NULL },
		{ "10.0.0.0/31", 1, "10.0.0.1/31", NULL },
		{ "fd00::/64", 17, "fd00::11/64", NULL },
		{ "fd00::/64", 4294967295u, "fd00::ffff:ffff/64", NULL },
		{ "fd00::/120", 255, "fd00::ff/120", NULL },
		{ "10.0.0.0/8", 0, NULL,
		  "10.0.0.0/8 has no address number 0: it has room for 16777214" },
		{ "10.0.0.0/30", 3, NULL,
		  "10.0.0.0/30 has no address number 3: it has room for 2" },
		{ "10.0.0.7/30", 4, NULL,
		  "10.0.0.4/30 has no address number 4: it has room for 2" },
		{ "10.0.0.1/32", 1, NULL,
		  "10.0.0.1/32 has no address number 1: it has room for 0" },
		{ "fd00::/120", 256, NULL,
		  "fd00::/120 has no address number 256: it has room for 255" },
	};

	(void)state;
	for (size_t i = 0; i < LEN(cases); i++) {
		struct prefix net = parsed(cases[i].net), got;
		struct err err = ERR_INIT;
		char text[PREFIX_TEXT];

		if (cases[i].address) {
			assert_int_equal(prefix_nth(&net, cases[i].n, &got, &err), 0);
			assert_string_equal(prefix_format(text, &got), cases[i].address);
		} else {
			assert_int_equal(prefix_nth(&net, cases[i].n, &got, &err), -1);
			assert_string_equal(err.text, cases[i].error);
		}
	}
}

static void knows_what_a_host_can_have(void **state)
{
	static const char *const good[] = {
		"10.0.0.1/8",
		"10.0.0.1/32",
		"10.0.0.0/32",
		"10.0.0.0/31",
		"10.0.0.1/31",
		"192.168.1.254/24",
		"fd00::1/64",
		"fe80::1/64",
		"fd00::/127",
		"10.0.1.0/16",
		"fd00::ffff:ffff:ffff:ffff/64",
	};
	static const char *const bad[][2] = {
		{ "224.0.0.1/24", "224.0.0.1/24: a multicast address, not one of a host" },
		{ "ff02::1/64", "ff02::1/64: a multicast address, not one of a host" },
		{ "0.0.0.0/8", "0.0.0.0/8: the address that means none, not one of a host" },
		{ "::/64", "::/64: the address that means none, not one of a host" },
		{ "127.0.0.1/8", "127.0.0.1/8: a loopback address, not one of a host" },
		{ "::1/128", "::1/128: the loopback address, not one of a host" },
		{ "255.255.255.255",
		  "255.255.255.255/32: the broadcast address, not one of a host" },
		{ "10.0.0.0/8", "10.0.0.0/8: the address of the subnet itself, not one of a host" },
		{ "fd00::/64", "fd00::/64: the address of the subnet itself, not one of a host" },
		{ "10.0.0.3/30",
		  "10.0.0.3/30: the broadcast address of the subnet, not one of a host" },
	};
	struct prefix none = { 0 };

	(void)state;
	for (size_t i = 0; i < LEN(good); i++) {
		struct prefix p = parsed(good[i]);
		struct err err = ERR_INIT;

		if (prefix_check_host(&p, &err) < 0)
			fail_msg("%s", err.text);
	}
	for (size_t i = 0; i < LEN(bad); i++) {
		struct prefix p = parsed(bad[i][0]);
		struct err err = ERR_INIT;

		assert_int_equal(prefix_check_host(&p, &err), -1);
		assert_string_equal(err.text, bad[i][1]);
	}
	assert_int_equal(prefix_check_host(&none, NULL), -1);
}

static void macs_follow_from_node_and_port(void **state)
{
	static const struct {
		const char *node;
		unsigned port;
		const char *mac; /* NULL: a hashed one */
	} cases[] = {
		{ "h7", 0, "02:68:00:07:00:00" },
		{ "s300", 1, "02:73:01:2c:00:01" },
		{ "h0", 65535, "02:68:00:00:ff:ff" },
		{ "h65535", 0, "02:68:ff:ff:00:00" },
		{ "h65536", 0, NULL },
		{ "h07", 0, NULL },
		{ "H7", 0, NULL },
		{ "edge", 0, NULL },
		{ "h", 0, NULL },
		{ "h-7", 0, NULL },
		{ "h7", 65536, NULL },
	};

	(void)state;
	for (size_t i = 0; i < LEN(cases); i++) {
		uint8_t mac[6], again[6], next[6];
		char text[MAC_TEXT];

		mac_of_port(mac, cases[i].node, cases[i].port);
		mac_of_port(again, cases[i].node, cases[i].port);
		mac_of_port(next, cases[i].node, cases[i].port + 1);
		mac_format(text, mac);
		if (cases[i].mac)
			assert_string_equal(text, cases[i].mac);
		else
			assert_int_equal(mac[0], 0x06);
		assert_memory_equal(mac, again, 6);
		assert_memory_not_equal(mac, next, 6);
	}
}

static void whole_numbers(void **state)
{
	static const struct {
		const char *text;
		long min, max, n;
		const char *error;
	} cases[] = {
		{ "5", 0, 10, 5, NULL },
		{ "-5", -10, 10, -5, NULL },
		{ "007", 0, 10, 7, NULL },
		{ "9223372036854775807", 0, LONG_MAX, LONG_MAX, NULL },
		{ "70000", 1, 65535, 0, "70000 is not within 1 and 65535" },
		{ "-1", 0, 10, 0, "-1 is not within 0 and 10" },
		{ "9223372036854775808", 0, LONG_MAX, 0,
		  "9223372036854775808 is not within 0 and 9223372036854775807" },
		{ "", 0, 10, 0, "'': not a whole number" },
		{ "-", 0, 10, 0, "-: not a whole number" },
		{ "+5", 0, 10, 0, "+5: not a whole number" },
		{ " 5", 0, 10, 0, " 5: not a whole number" },
		{ "5x", 0, 10, 0, "5x: not a whole number" },
		{ "1.5", 0, 10, 0, "1.5: not a whole number" },
		{ "0x10", 0, 99, 0, "0x10: not a whole number" },
	};

	(void)state;
	for (size_t i = 0; i < LEN(cases); i++) {
		struct err err = ERR_INIT;
		long n;

		if (cases[i].error) {
			assert_int_equal(
				number_parse(&n, cases[i].text, cases[i].min, cases[i].max, &err),
				-1);
			assert_string_equal(err.text, cases[i].error);
		} else {
			assert_int_equal(
				number_parse(&n, cases[i].text, cases[i].min, cases[i].max, &err),
				0);
			assert_int_equal(n, cases[i].n);
		}
	}
}

static void truths_have_many_names(void **state)
{
	static const char *const words[][2] = {
		{ "no", "yes" }, { "false", "true" }, { "off", "on" }, { "0", "1" }
	};
	struct err err = ERR_INIT;
	bool truth;

	(void)state;
	for (size_t i = 0; i < LEN(words); i++) {
		for (int value = 0; value < 2; value++) {
			assert_int_equal(truth_parse(&truth, words[i][value], &err), 0);
			assert_int_equal(truth, value);
		}
	}
	assert_int_equal(truth_parse(&truth, "", &err), -1);
	assert_string_equal(err.text, "'': neither yes nor no");
	assert_int_equal(truth_parse(&truth, "yess", NULL), -1);
}

static void times_have_units(void **state)
{
	static const struct {
		const char *text;
		uint64_t ns;
		const char *error;
	} cases[] = {
		{ "10ms", 10000000, NULL },
		{ "1.5s", 1500000000, NULL },
		{ "200us", 200000, NULL },
		{ "0s", 0, NULL },
		{ "0.000000001s", 1, NULL },
		{ "0.0019us", 1, NULL },
		{ "1.0000000000000000000001s", 1000000000, NULL },
		{ "9000000000s", UINT64_C(9000000000000000000), NULL },
		{ "5", 0, "5: a time needs a unit: us, ms or s (5ms, 5s)" },
		{ "1.5", 0, "1.5: a time needs a unit: us, ms or s (1.5ms, 1.5s)" },
		{ "5min", 0, "5min: no unit of time is called min: us, ms or s" },
		{ "5 ms", 0, "5 ms: no unit of time is called  ms: us, ms or s" },
		{ "-5ms", 0, "-5ms: not a time (10ms, 1.5s, 200us)" },
		{ "", 0, "'': not a time (10ms, 1.5s, 200us)" },
		{ "ms", 0, "ms: not a time (10ms, 1.5s, 200us)" },
		{ ".5s", 0, ".5s: not a time (10ms, 1.5s, 200us)" },
		{ "1.s", 0, "1.s: not a time (10ms, 1.5s, 200us)" },
		{ "1.2.3s", 0, "1.2.3s: not a time (10ms, 1.5s, 200us)" },
		{ "10000000000s", 0, "10000000000s: too large a time" },
		{ "99999999999999999999us", 0, "99999999999999999999us: too large a time" },
	};

	(void)state;
	for (size_t i = 0; i < LEN(cases); i++) {
		struct err err = ERR_INIT;
		uint64_t ns = 77;

		if (cases[i].error) {
			assert_int_equal(time_parse(&ns, cases[i].text, &err), -1);
			assert_string_equal(err.text, cases[i].error);
			assert_int_equal(ns, 77);
		} else {
			assert_int_equal(time_parse(&ns, cases[i].text, &err), 0);
			assert_int_equal(ns, cases[i].ns);
		}
	}
}

static void sizes_have_units(void **state)
{
	static const struct {
		const char *text;
		uint64_t bytes;
		const char *error;
	} cases[] = {
		{ "64k", 64 << 10, NULL },
		{ "512M", 512 << 20, NULL },
		{ "0G", 0, NULL },
		{ "8589934590G", UINT64_C(8589934590) << 30, NULL },
		{ "512", 0, "512: a size needs a unit: k, M or G (512M, 512G)" },
		{ "512m", 0, "512m: no unit of size is called m: k, M or G" },
		{ "5MB", 0, "5MB: no unit of size is called MB: k, M or G" },
		{ "-5M", 0, "-5M: not a size (64k, 512M, 1G)" },
		{ "", 0, "'': not a size (64k, 512M, 1G)" },
		{ "M", 0, "M: not a size (64k, 512M, 1G)" },
		{ "17179869184G", 0, "17179869184G: too large a size" },
		{ "99999999999999999999k", 0, "99999999999999999999k: too large a size" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct err err = ERR_INIT;
		uint64_t bytes = 7;
		int result = size_parse(&bytes, cases[i].text, &err);

		assert_int_equal(result, cases[i].error ? -1 : 0);
		assert_int_equal(bytes, cases[i].error ? 7 : cases[i].bytes);
		if (cases[i].error)
			assert_string_equal(err.text, cases[i].error);
	}
}

static void rates_have_units(void **state)
{
	static const struct {
		const char *text;
		uint64_t bits;
		const char *error;
	} cases[] = {
		{ "500kbit", 500000, NULL },
		{ "1.5gbit", 1500000000, NULL },
		{ "10", 0, "10: a rate needs a unit: kbit, mbit or gbit (10mbit, 10gbit)" },
		{ "10M", 0, "10M: no unit of rate is called M: kbit, mbit or gbit" },
		{ "fast", 0, "fast: not a rate (500kbit, 10mbit, 1.5gbit)" },
		{ "99999999999gbit", 0, "99999999999gbit: too large a rate" },
	};

	(void)state;
	for (size_t i = 0; i < LEN(cases); i++) {
		struct err err = ERR_INIT;
		uint64_t bits = 77;

		assert_int_equal(rate_parse(&bits, cases[i].text, &err), cases[i].error ? -1 : 0);
		if (cases[i].error)
			assert_string_equal(err.text, cases[i].error);
		assert_int_equal(bits, cases[i].error ? 77 : cases[i].bits);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_and_prints_as_iproute2),
		cmocka_unit_test(says_what_is_malformed),
		cmocka_unit_test(subnets_contain_addresses),
		cmocka_unit_test(counts_the_addresses_of_a_subnet),
		cmocka_unit_test(knows_what_a_host_can_have),
		cmocka_unit_test(macs_follow_from_node_and_port),
		cmocka_unit_test(whole_numbers),
		cmocka_unit_test(truths_have_many_names),
		cmocka_unit_test(times_have_units),
		cmocka_unit_test(sizes_have_units),
		cmocka_unit_test(rates_have_units),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
