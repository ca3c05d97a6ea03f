#include "command/rewrite.h"

#include <stdarg.h>
#include <string.h>

/*
 * Words in capitals stand for one word each, in the new lines too; WORD... repeats, and the new
 * lines with it.
 */
static const struct {
	const char *old, *new;
} patterns[] = {
	{ "brctl addbr BRIDGE", "ip link add name BRIDGE type bridge" },
	{ "brctl delbr BRIDGE", "ip link del dev BRIDGE" },
	{ "brctl addif BRIDGE PORT...", "ip link set dev PORT master BRIDGE" },
	{ "brctl delif BRIDGE PORT...", "ip link set dev PORT nomaster" },
	{ "brctl show", "ip -brief link show type bridge\nbridge link" },
	{ "brctl show BRIDGE...", "ip -brief link show master BRIDGE" },
	{ "brctl showmacs BRIDGE", "bridge fdb show br BRIDGE" },
	{ "brctl showstp BRIDGE",
	  "ip -details link show dev BRIDGE\nip -details link show master BRIDGE" },
	{ "brctl stp BRIDGE on", "ip link set dev BRIDGE type bridge stp_state 1" },
	{ "brctl stp BRIDGE yes", "ip link set dev BRIDGE type bridge stp_state 1" },
	{ "brctl stp BRIDGE off", "ip link set dev BRIDGE type bridge stp_state 0" },
	{ "brctl stp BRIDGE no", "ip link set dev BRIDGE type bridge stp_state 0" },
	{ "brctl setageing BRIDGE 0", "ip link set dev BRIDGE type bridge ageing_time 0" },
	{ "brctl setageing BRIDGE SECONDS",
	  "ip link set dev BRIDGE type bridge ageing_time SECONDS00" },
	{ "brctl setfd BRIDGE SECONDS",
	  "ip link set dev BRIDGE type bridge forward_delay SECONDS00" },
	{ "brctl sethello BRIDGE SECONDS",
	  "ip link set dev BRIDGE type bridge hello_time SECONDS00" },
	{ "brctl setmaxage BRIDGE SECONDS",
	  "ip link set dev BRIDGE type bridge max_age SECONDS00" },
	{ "brctl setbridgeprio BRIDGE N", "ip link set dev BRIDGE type bridge priority N" },
	{ "brctl setpathcost BRIDGE PORT N", "bridge link set dev PORT cost N" },
	{ "brctl setportprio BRIDGE PORT N", "bridge link set dev PORT priority N" },
	{ "brctl hairpin BRIDGE PORT on", "bridge link set dev PORT hairpin on" },
	{ "brctl hairpin BRIDGE PORT off", "bridge link set dev PORT hairpin off" },
	{ "vconfig add DEV ID", "ip link add link DEV name DEV.ID type vlan id ID" },
	{ "vconfig rem DEV", "ip link del dev DEV" },
	{ "pfcount -i DEV", "ip -s link show dev DEV\ntcpdump -n -i DEV" },
	{ "docker ps", "container" },
	{ "docker inspect NAME", "container NAME" },
	{ "docker inspect -f FORMAT NAME", "container NAME" },
	{ "docker inspect --format FORMAT NAME", "container NAME" },
};

#define WORDS_MAX 16

struct captures {
	const char *names[WORDS_MAX]; /* in the pattern; up to a blank */
	const char *values[WORDS_MAX];
	size_t n;
};

static size_t word_length(const char *p)
{
	return strcspn(p, " \n");
}

static bool is_variable(const char *word)
{
	return strspn(word, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") > 1 || !strcmp(word, "N") ||
	       !strncmp(word, "N ", 2);
}

/* Do the words fit? REPEATED: which of them the WORD... at the end stands for, or N. */
static bool fits(const char *pattern, const char *const *words, size_t n, struct captures *c,
		 size_t *repeated)
{
	size_t i = 0;

	c->n = 0;
	*repeated = n;
	while (*pattern) {
		size_t len = word_length(pattern);

		if (i == n)
			return false;
		if (is_variable(pattern)) {
			c->names[c->n] = pattern;
			c->values[c->n++] = words[i];
			if (len > 3 && !strncmp(pattern + len - 3, "...", 3)) {
				*repeated = i;
				return true;
			}
		} else if (strlen(words[i]) != len || strncmp(words[i], pattern, len)) {
			return false;
		}
		i++;
		pattern += len + (pattern[len] == ' ');
	}
	return i == n;
}

/* The value of the variable that P begins with, and its length; NULL: none. */
static const char *value_at(const struct captures *c, const char *p, size_t *len)
{
	*len = strspn(p, "ABCDEFGHIJKLMNOPQRSTUVWXYZ");
	for (size_t i = 0; *len && i < c->n; i++)
		if (strspn(c->names[i], "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == *len &&
		    !strncmp(c->names[i], p, *len))
			return c->values[i];
	return NULL;
}

static void fill(const char *new, const struct captures *c, const char *prefix, struct buf *out)
{
	buf_puts(out, prefix);
	while (*new) {
		size_t len;
		const char *value = value_at(c, new, &len);

		if (value) {
			buf_put_quoted(out, value);
			new += len;
			continue;
		}
		buf_putc(out, *new);
		if (*new ++ == '\n')
			buf_puts(out, prefix);
	}
	buf_putc(out, '\n');
}

static bool rewrite_pattern(const char *const *words, size_t n, const char *prefix, struct buf *out)
{
	struct captures c;
	size_t repeated;

	for (size_t i = 0; i < sizeof(patterns) / sizeof(*patterns); i++) {
		if (n > WORDS_MAX || !fits(patterns[i].old, words, n, &c, &repeated))
			continue;
		do {
			if (repeated < n)
				c.values[c.n - 1] = words[repeated];
			fill(patterns[i].new, &c, prefix, out);
		} while (++repeated < n);
		return true;
	}
	return false;
}

/* The value of --OPTION=VALUE or --OPTION VALUE among the words; NULL: none. */
static const char *option_value(const char *const *words, size_t n, const char *option)
{
	size_t len = strlen(option);

	for (size_t i = 0; i < n; i++) {
		if (strncmp(words[i], option, len))
			continue;
		if (words[i][len] == '=')
			return words[i] + len + 1;
		if (!words[i][len] && i + 1 < n)
			return words[i + 1];
	}
	return NULL;
}

/* `container` has no use for an image: what runs in the namespaces are programs of this machine. */
static bool rewrite_docker_run(const char *const *words, size_t n, struct buf *out)
{
	const char *name = option_value(words, n, "--name");
	const char *dns = option_value(words, n, "--dns");

	if (n < 2 || strcmp(words[1], "run") || !name)
		return false;
	buf_puts(out, "container ");
	buf_put_quoted(out, name);
	if (dns) {
		buf_puts(out, " --dns=");
		buf_put_quoted(out, dns);
	}
	buf_putc(out, '\n');
	return true;
}

void rewrite_line(struct rewrite *r, const char *fmt, ...)
{
	va_list ap;

	buf_puts(r->out, r->prefix);
	va_start(ap, fmt);
	buf_vprintf(r->out, fmt, ap);
	va_end(ap);
	buf_putc(r->out, '\n');
}

bool rewrite_command(const char *const *words, size_t n, const char *prefix, struct buf *out)
{
	static const struct {
		const char *name;
		bool (*rewrite)(struct rewrite *r);
	} tools[] = {
		{ "ifconfig", rewrite_ifconfig },
		{ "route", rewrite_route },
		{ "arp", rewrite_arp },
		{ "netstat", rewrite_netstat },
	};
	struct rewrite r = { words + 1, n - 1, prefix, out };

	if (!n)
		return false;
	for (size_t i = 0; i < sizeof(tools) / sizeof(*tools); i++)
		if (!strcmp(tools[i].name, words[0]))
			return tools[i].rewrite(&r);
	/* What stands for it is a command of ours, which no sudo can run. */
	if (!strcmp(words[0], "docker"))
		prefix = "";
	if (rewrite_pattern(words, n, prefix, out))
		return true;
	return !strcmp(words[0], "docker") && rewrite_docker_run(words, n, out);
}
