/* Addresses, numbers, times and names: what is accepted means one thing, what is refused is
 * explained. */
#include "base/address.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/name.h"

#define CHECK(condition)                                                                           \
	do {                                                                                       \
		if (!(condition))                                                                  \
			abort();                                                                   \
	} while (0)

/* A refusal is of class usage, and its text is whole. */
static void check_err(const struct err *err)
{
	CHECK(err->class == ERR_USAGE && err->text[0]);
	for (const char *c = err->text; *c; c++)
		CHECK((unsigned char)*c >= 0x20 || *c == '\n' || *c == '\t');
}

static void check_nth(const struct prefix *net, uint32_t n)
{
	struct err err = ERR_INIT;
	struct prefix host;

	if (prefix_nth(net, n, &host, &err) < 0) {
		check_err(&err);
		return;
	}
	CHECK(prefix_contains(net, &host) && prefix_contains(&host, net));
	CHECK(host.length == net->length);
	if (n > 1) {
		struct prefix other;

		CHECK(prefix_nth(net, n - 1, &other, NULL) == 0);
		CHECK(!prefix_same_address(&host, &other));
	}
	/* Special addresses apart, each of a subnet's host addresses is one for a host. */
	if (prefix_check_host(&host, &err) < 0)
		CHECK(!strstr(err.text, "of the subnet"));
}

static void check_prefix(const char *text, uint32_t n)
{
	struct err err = ERR_INIT;
	struct prefix p = { 0 }, again = { 0 };
	char out[PREFIX_TEXT];

	if (prefix_parse(&p, text, &err) < 0) {
		check_err(&err);
		CHECK(!p.family);
		return;
	}
	CHECK(p.family == AF_INET ? p.length <= 32 : p.length <= 128);
	CHECK(prefix_parse(&again, prefix_format(out, &p), NULL) == 0);
	CHECK(!memcmp(&p, &again, sizeof(p)));
	CHECK(prefix_parse(&again, address_format(out, &p), NULL) == 0);
	CHECK(prefix_same_address(&p, &again) && prefix_contains(&p, &again));
	if (prefix_check_host(&p, &err) < 0)
		check_err(&err);
	check_nth(&p, n);
	check_nth(&p, n & 7);
}

static void check_names(const char *text, unsigned n)
{
	struct err err = ERR_INIT;
	struct nearest nearest = { .word = text };
	char out[NAME_MAX_INTERFACE + 1];
	uint8_t mac[6];

	CHECK(name_compare(text, text) == 0);
	nearest_offer(&nearest, "h1-eth0");
	nearest_offer(&nearest, "pingall");
	mac_of_port(mac, text, n);
	CHECK(mac[0] == 0x02 || mac[0] == 0x06);
	if (name_check_node(text, &err) < 0) {
		check_err(&err);
		return;
	}
	name_interface(out, text, n);
	CHECK(name_check_interface(out, &err) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct err err = ERR_INIT;
	uint32_t n = 0;
	uint64_t ns;
	long number;
	char *text;

	/* The last four bytes are a number, the others a text. */
	if (size < sizeof(n))
		return 0;
	memcpy(&n, data + size - sizeof(n), sizeof(n));
	text = mem_strndup((const char *)data, size - sizeof(n));
	check_prefix(text, n);
	check_names(text, n);
	if (number_parse(&number, text, -1000, 1000, &err) < 0)
		check_err(&err);
	else
		CHECK(number >= -1000 && number <= 1000);
	if (time_parse(&ns, text, &err) < 0)
		check_err(&err);
	else
		CHECK(ns <= INT64_MAX);
	free(text);
	return 0;
}
