/* The net-tools: ifconfig, route, arp, netstat. */
#include "command/rewrite.h"

#include <stdint.h>
#include <string.h>

#include "base/address.h"

static bool is(const struct rewrite *r, size_t i, const char *word)
{
	return i < r->n && !strcmp(r->words[i], word);
}

/* All words are options. */
static bool only_options(const struct rewrite *r)
{
	for (size_t i = 0; i < r->n; i++)
		if (r->words[i][0] != '-')
			return false;
	return true;
}

static bool has_letter(const struct rewrite *r, char letter)
{
	for (size_t i = 0; i < r->n; i++)
		if (r->words[i][0] == '-' && r->words[i][1] != '-' && strchr(r->words[i], letter))
			return true;
	return false;
}

/* The length of netmask TEXT, or -1. */
static int mask_length(const char *text)
{
	struct prefix p;
	uint32_t mask = 0;
	int len = 0;

	if (prefix_parse(&p, text, NULL) || p.family != AF_INET || strchr(text, '/'))
		return -1;
	for (int i = 0; i < 4; i++)
		mask = mask << 8 | p.bytes[i];
	while (len < 32 && mask & (1U << (31 - len)))
		len++;
	return len == 32 || !(mask << len) ? len : -1;
}

/* ADDRESS with its length: its own, that of MASK, or what the class of the address was before 1993.
 */
static const char *with_length(char out[PREFIX_TEXT], const char *address, const char *mask)
{
	struct prefix p;
	int len = mask ? mask_length(mask) : 0;

	if (prefix_parse(&p, address, NULL) || len < 0)
		return NULL;
	if (mask)
		p.length = (uint8_t)len;
	else if (!strchr(address, '/') && p.family == AF_INET)
		p.length = p.bytes[0] < 128 ? 8 : p.bytes[0] < 192 ? 16 : 24;
	return prefix_format(out, &p);
}

/* ---- ifconfig ---- */

struct ifconfig {
	const char *dev, *address, *mask, *broadcast, *mtu, *mac, *added, *deleted;
	const char *flag, *flag_value; /* promisc on */
	const char *state;	       /* up, down */
};

static bool is_address(const char *word)
{
	struct prefix p;

	return prefix_parse(&p, word, NULL) == 0;
}

/* The words of one setting from I on: how many it takes, 0: not known. */
static size_t ifconfig_setting(const struct rewrite *r, size_t i, struct ifconfig *c)
{
	const struct {
		const char *word;
		const char **value;
	} valued[] = {
		{ "netmask", &c->mask }, { "broadcast", &c->broadcast }, { "mtu", &c->mtu },
		{ "add", &c->added },	 { "del", &c->deleted },
	};
	const char *word = r->words[i];

	for (size_t k = 0; k < sizeof(valued) / sizeof(*valued); k++)
		if (!strcmp(valued[k].word, word) && i + 1 < r->n) {
			*valued[k].value = r->words[i + 1];
			return 2;
		}
	if (!strcmp(word, "up") || !strcmp(word, "down")) {
		c->state = word;
	} else if (!strcmp(word, "promisc") || !strcmp(word, "arp") || !strcmp(word, "allmulti")) {
		c->flag = word;
		c->flag_value = "on";
	} else if (!strcmp(word, "-promisc") || !strcmp(word, "-arp") ||
		   !strcmp(word, "-allmulti")) {
		c->flag = word + 1;
		c->flag_value = "off";
	} else if (!strcmp(word, "hw") && is(r, i + 1, "ether") && i + 2 < r->n) {
		c->mac = r->words[i + 2];
		return 3;
	} else if (!c->address && is_address(word)) {
		c->address = word;
		if (!c->state)
			c->state = "up"; /* it says so without a word */
	} else if (strcmp(word, "inet") != 0) {
		return 0;
	}
	return 1;
}

static void ifconfig_lines(struct rewrite *r, const struct ifconfig *c, const char *address)
{
	if (c->mac)
		rewrite_line(r, "ip link set dev %s address %s", c->dev, c->mac);
	if (c->mtu)
		rewrite_line(r, "ip link set dev %s mtu %s", c->dev, c->mtu);
	if (c->flag)
		rewrite_line(r, "ip link set dev %s %s %s", c->dev, c->flag, c->flag_value);
	if (address)
		rewrite_line(r, "ip address add %s%s%s dev %s", address,
			     c->broadcast ? " broadcast " : "", c->broadcast ? c->broadcast : "",
			     c->dev);
	if (c->added)
		rewrite_line(r, "ip address add %s dev %s", c->added, c->dev);
	if (c->deleted)
		rewrite_line(r, "ip address del %s dev %s", c->deleted, c->dev);
	if (c->state)
		rewrite_line(r, "ip link set dev %s %s", c->dev, c->state);
}

bool rewrite_ifconfig(struct rewrite *r)
{
	struct ifconfig c = { 0 };
	char text[PREFIX_TEXT];
	const char *address = NULL;
	size_t i = 1, took;

	if (only_options(r)) {
		rewrite_line(r, "ip address");
		return true;
	}
	c.dev = r->words[0];
	if (r->n == 1) {
		rewrite_line(r, "ip address show dev %s", c.dev);
		return true;
	}
	if (is(r, 1, "inet6"))
		i++;
	for (; i < r->n; i += took) {
		took = ifconfig_setting(r, i, &c);
		if (!took)
			return false;
	}
	if (c.address) {
		address = with_length(text, c.address, c.mask);
		if (!address)
			return false;
	}
	ifconfig_lines(r, &c, address);
	return true;
}

/* ---- route ---- */

/* What the words after `add` or `del` say, as the words after `ip route add`. False: not
 * understood. */
static bool route_words(const struct rewrite *r, size_t i, bool v6, struct buf *out)
{
	const char *target = NULL, *mask = NULL, *dev = NULL, *gw = NULL, *metric = NULL;
	bool net = false;
	char text[PREFIX_TEXT];

	for (; i < r->n; i++) {
		bool more = i + 1 < r->n;

		if (is(r, i, "-net") || is(r, i, "-host"))
			net = is(r, i, "-net");
		else if (more && is(r, i, "netmask"))
			mask = r->words[++i];
		else if (more && (is(r, i, "gw") || is(r, i, "gateway")))
			gw = r->words[++i];
		else if (more && is(r, i, "metric"))
			metric = r->words[++i];
		else if (more && is(r, i, "dev"))
			dev = r->words[++i];
		else if (!target)
			target = r->words[i];
		else if (!dev && r->words[i][0] != '-')
			dev = r->words[i];
		else
			return false;
	}
	if (!target)
		return false;
	if (!strcmp(target, "default") || (mask && mask_length(mask) == 0))
		target = "default";
	else if (mask || net)
		target = v6 ? target : with_length(text, target, mask);
	if (!target)
		return false;
	buf_puts(out, target);
	if (gw)
		buf_printf(out, " via %s", gw);
	if (dev)
		buf_printf(out, " dev %s", dev);
	if (metric)
		buf_printf(out, " metric %s", metric);
	return true;
}

bool rewrite_route(struct rewrite *r)
{
	struct buf words = { 0 };
	bool v6 = false, add, done = false;
	size_t i = 0;

	for (; i < r->n && r->words[i][0] == '-'; i++) {
		v6 |= is(r, i, "-6") || (is(r, i, "-A") && is(r, i + 1, "inet6")) ||
		      is(r, i, "--inet6");
		i += is(r, i, "-A");
	}
	if (i >= r->n) {
		rewrite_line(r, "ip %sroute", v6 ? "-6 " : "");
		return true;
	}
	add = is(r, i, "add");
	if (add || is(r, i, "del") || is(r, i, "delete"))
		done = route_words(r, i + 1, v6, &words);
	if (done)
		rewrite_line(r, "ip %sroute %s %s", v6 ? "-6 " : "", add ? "add" : "del",
			     buf_text(&words));
	buf_free(&words);
	return done;
}

/* ---- arp ---- */

bool rewrite_arp(struct rewrite *r)
{
	const char *dev = NULL, *words[2] = { NULL, NULL };
	char act = 0;
	size_t n = 0;

	for (size_t i = 0; i < r->n; i++) {
		const char *word = r->words[i];

		if (!strcmp(word, "-i") && i + 1 < r->n)
			dev = r->words[++i];
		else if (!strcmp(word, "-s") || !strcmp(word, "-d"))
			act = word[1];
		else if (word[0] != '-' && n < 2)
			words[n++] = word;
	}
	if (act == 's' && n == 2)
		rewrite_line(r, "ip neigh replace %s lladdr %s dev %s", words[0], words[1],
			     dev ? dev : "INTERFACE");
	else if (act == 'd' && n >= 1)
		rewrite_line(r, "ip neigh del %s dev %s", words[0], dev ? dev : "INTERFACE");
	else if (act)
		return false;
	else
		rewrite_line(r, "ip neigh%s%s%s%s%s", n || dev ? " show" : "", n ? " to " : "",
			     n ? words[0] : "", dev ? " dev " : "", dev ? dev : "");
	return true;
}

/* ---- netstat ---- */

bool rewrite_netstat(struct rewrite *r)
{
	static const char kept[] = "tuwxnlpaeo46"; /* mean the same to ss */
	char flags[sizeof(kept)] = "";
	size_t n = 0;

	if (!only_options(r))
		return false;
	if (has_letter(r, 'r')) {
		rewrite_line(r, "ip route");
	} else if (has_letter(r, 'i')) {
		rewrite_line(r, "ip -s link");
	} else if (has_letter(r, 'g')) {
		rewrite_line(r, "ip maddress");
	} else if (has_letter(r, 's')) {
		rewrite_line(r, "nstat -a");
	} else {
		for (const char *c = kept; *c; c++)
			if (has_letter(r, *c))
				flags[n++] = *c;
		rewrite_line(r, "ss%s%s", n ? " -" : "", flags);
	}
	return true;
}
