#include "base/address.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

static unsigned bits_of(const struct prefix *p)
{
	return p->family == AF_INET ? 32 : 128;
}

static int length_parse(struct prefix *p, const char *length, const char *text, struct err *err)
{
	unsigned max = bits_of(p), n = 0;

	if (!*length)
		return err_usage(err, "%s: no prefix length after the /", text);
	if (length[strspn(length, "0123456789")])
		return err_usage(err, "%s: prefix length %s is not a number", text, length);
	for (const char *c = length; *c && n <= max; c++)
		n = n * 10 + (unsigned)(*c - '0');
	if (n > max)
		return err_usage(err, "%s: prefix length %s is not within 0 and %u", text, length,
				 max);
	p->length = (uint8_t)n;
	return 0;
}

int prefix_parse(struct prefix *p, const char *text, struct err *err)
{
	struct prefix result = { 0 };
	const char *slash = strchrnul(text, '/');
	size_t len = (size_t)(slash - text);
	char address[INET6_ADDRSTRLEN] = "";

	if (len < sizeof(address))
		memcpy(address, text, len);
	if (inet_pton(AF_INET, address, result.bytes) == 1)
		result.family = AF_INET;
	else if (inet_pton(AF_INET6, address, result.bytes) == 1)
		result.family = AF_INET6;
	else
		return err_usage(err, "%s: not an IPv4 or IPv6 address", *text ? text : "''");
	result.length = (uint8_t)bits_of(&result);
	if (*slash && length_parse(&result, slash + 1, text, err) < 0)
		return -1;
	*p = result;
	return 0;
}

const char *prefix_format(char out[PREFIX_TEXT], const struct prefix *p)
{
	size_t len = strlen(address_format(out, p));

	if (len > 0)
		snprintf(out + len, PREFIX_TEXT - len, "/%u", p->length);
	return out;
}

const char *address_format(char out[PREFIX_TEXT], const struct prefix *p)
{
	if (!p->family || !inet_ntop(p->family, p->bytes, out, PREFIX_TEXT))
		out[0] = '\0';
	return out;
}

bool prefix_same_address(const struct prefix *a, const struct prefix *b)
{
	return a->family == b->family && !memcmp(a->bytes, b->bytes, bits_of(a) / 8);
}

/* The bits of byte I that belong to the subnet. */
static uint8_t mask_byte(const struct prefix *p, unsigned i)
{
	unsigned before = i * 8;

	if (p->length >= before + 8)
		return 0xff;
	return p->length <= before ? 0 : (uint8_t)(0xff00 >> (p->length - before));
}

bool prefix_contains(const struct prefix *net, const struct prefix *address)
{
	if (!net->family || net->family != address->family)
		return false;
	for (unsigned i = 0; i < bits_of(net) / 8; i++) {
		if ((net->bytes[i] ^ address->bytes[i]) & mask_byte(net, i))
			return false;
	}
	return true;
}

/* The part of P behind the prefix: all zeros, all ones? (both when there is none) */
static void host_part(const struct prefix *p, bool *zeros, bool *ones)
{
	*zeros = *ones = true;
	for (unsigned i = 0; i < bits_of(p) / 8; i++) {
		uint8_t mask = (uint8_t)~mask_byte(p, i);

		*zeros &= (p->bytes[i] & mask) == 0;
		*ones &= (p->bytes[i] & mask) == mask;
	}
}

/* How many host addresses a subnet has, counted from 1 and as far as 32 bits count. */
static uint32_t hosts_of(const struct prefix *net)
{
	unsigned bits = bits_of(net) - net->length;
	uint32_t all_ones = bits >= 32 ? UINT32_MAX : (UINT32_C(1) << bits) - 1;

	/* A /31 is a point-to-point link without a broadcast address (RFC 3021). */
	return net->family == AF_INET && bits > 1 ? all_ones - 1 : all_ones;
}

int prefix_nth(const struct prefix *net, uint32_t n, struct prefix *out, struct err *err)
{
	struct prefix result = *net;
	unsigned size = bits_of(net) / 8;

	for (unsigned i = 0; i < size; i++)
		result.bytes[i] &= mask_byte(net, i);
	if (n == 0 || n > hosts_of(net)) {
		char text[PREFIX_TEXT];

		return err_usage(err, "%s has no address number %u: it has room for %u",
				 prefix_format(text, &result), n, hosts_of(net));
	}
	for (unsigned i = 0; i < 4; i++)
		result.bytes[size - 1 - i] |= (uint8_t)(n >> (8 * i));
	*out = result;
	return 0;
}

static const char *special_address(const struct prefix *p)
{
	static const uint8_t none[16], ones[4] = { 255, 255, 255, 255 };
	static const uint8_t loopback6[16] = { [15] = 1 };

	if (!memcmp(p->bytes, none, bits_of(p) / 8))
		return "the address that means none";
	if (p->family == AF_INET && p->bytes[0] == 127)
		return "a loopback address";
	if (p->family == AF_INET6 && !memcmp(p->bytes, loopback6, 16))
		return "the loopback address";
	if (p->family == AF_INET && !memcmp(p->bytes, ones, 4))
		return "the broadcast address";
	if (p->family == AF_INET ? (p->bytes[0] & 0xf0) == 0xe0 : p->bytes[0] == 0xff)
		return "a multicast address";
	return NULL;
}

int prefix_check_host(const struct prefix *p, struct err *err)
{
	char text[PREFIX_TEXT];
	const char *what;
	bool zeros, ones;

	if (p->family != AF_INET && p->family != AF_INET6)
		return err_usage(err, "no address");
	prefix_format(text, p);
	what = special_address(p);
	if (what)
		return err_usage(err, "%s: %s, not one of a host", text, what);
	/* With one bit or none left there are two ends of a link, and no subnet address or
	 * broadcast. */
	if (bits_of(p) - p->length <= 1)
		return 0;
	host_part(p, &zeros, &ones);
	if (zeros)
		return err_usage(err, "%s: the address of the subnet itself, not one of a host",
				 text);
	if (ones && p->family == AF_INET)
		return err_usage(err, "%s: the broadcast address of the subnet, not one of a host",
				 text);
	return 0;
}

const char *mac_format(char out[MAC_TEXT], const uint8_t mac[6])
{
	snprintf(out, MAC_TEXT, "%02x:%02x:%02x:%02x:%02x:%02x", mac[0], mac[1], mac[2], mac[3],
		 mac[4], mac[5]);
	return out;
}

/* The number of a name like h7; -1 for names of another form (h07 is one: it is not h7). */
static long number_of_name(const char *node)
{
	long n;

	if (node[0] < 'a' || node[0] > 'z' || (node[1] == '0' && node[2]))
		return -1;
	return number_parse(&n, node + 1, 0, 65535, NULL) < 0 ? -1 : n;
}

void mac_of_port(uint8_t mac[6], const char *node, unsigned n)
{
	long number = number_of_name(node);
	uint64_t hash = 0xcbf29ce484222325u; /* FNV-1a */

	if (number >= 0 && n <= 65535) {
		mac[0] = 0x02;
		mac[1] = (uint8_t)node[0];
		mac[2] = (uint8_t)(number >> 8);
		mac[3] = (uint8_t)number;
		mac[4] = (uint8_t)(n >> 8);
		mac[5] = (uint8_t)n;
		return;
	}
	for (; *node; node++)
		hash = (hash ^ (unsigned char)*node) * 0x100000001b3u;
	for (int i = 0; i < 4; i++)
		hash = (hash ^ (n >> (8 * i) & 0xff)) * 0x100000001b3u;
	mac[0] = 0x06;
	for (int i = 1; i < 6; i++)
		mac[i] = (uint8_t)(hash >> (8 * i));
}
