#include "command/prompt.h"

#include <stddef.h>
#include <string.h>

#include "base/words.h"

static const char *blanks(const char *text)
{
	return text + strspn(text, " \t");
}

/* The line behind the mark of a prompt and a blank, or NULL. */
static const char *behind_mark(const char *text, const char *marks)
{
	if (!*text || !strchr(marks, *text) || (text[1] != ' ' && text[1] != '\t'))
		return NULL;
	text = blanks(text + 1);
	return *text ? text : NULL;
}

/* Behind "(console 1)" or "[me@host ~]"; TEXT itself where there is none. */
static const char *behind_brackets(const char *text, const char *pair)
{
	size_t len = strcspn(text, ")]\n");

	return *text == pair[0] && text[len] == pair[1] ? text + len + 1 : text;
}

/* Behind "root@host:~/code"; TEXT itself where there is none. */
static const char *behind_host(const char *text)
{
	size_t user = strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789_.-");
	size_t len = strcspn(text, " \t\n#$%");

	return user && text[user] == '@' ? text + len : text;
}

const char *prompt_skip(const char *line)
{
	static const char mininet[] = "mininet> ";
	const char *text = blanks(line), *start, *rest;

	if (!strncmp(text, mininet, sizeof(mininet) - 1) && *blanks(text + sizeof(mininet) - 1))
		return blanks(text + sizeof(mininet) - 1);
	text = behind_brackets(text, "()");
	start = text;
	if (*text == '[' && memchr(text, '@', strcspn(text, "]")))
		text = behind_brackets(text, "[]");
	else
		text = behind_host(text);
	rest = behind_mark(text, text > start || start > blanks(line) ? "$#%" : "$");
	return rest ? rest : line;
}

/* The words that a command may go on with; NULL: any that is an option, or has a digit. */
static const struct {
	const char *program, *next;
} commands[] = {
	{ "arp", NULL },
	{ "brctl", " addbr delbr addif delif show showmacs showstp stp " },
	{ "bridge", " link fdb vlan mdb monitor " },
	{ "ethtool", NULL },
	{ "ifconfig", NULL },
	{ "ip", " l li link a ad addr address r ro route n neigh neighbour netns rule maddr mroute "
		"monitor tuntap xfrm " },
	{ "ip6tables", NULL },
	{ "iptables", NULL },
	{ "nft", " add delete list flush monitor insert " },
	{ "nsenter", NULL },
	{ "ping", NULL },
	{ "ping6", NULL },
	{ "route", " add del " },
	{ "sysctl", NULL },
	{ "tc", " qdisc class filter " },
	{ "tcpdump", NULL },
	{ "traceroute", NULL },
	{ "unshare", NULL },
};

static bool names_option_or_number(const struct words *w, size_t first)
{
	for (size_t i = first; i < w->n; i++)
		if (w->v[i].text[0] == '-' || strpbrk(w->v[i].text, "0123456789"))
			return true;
	return false;
}

static bool is_among(const char *word, const char *list)
{
	size_t len = strlen(word);

	for (const char *at = list; len && (at = strstr(at, word)); at++)
		if (at > list && at[-1] == ' ' && at[len] == ' ')
			return true;
	return false;
}

static bool is_command(const struct words *w)
{
	size_t first = w->n && !strcmp(w->v[0].text, "sudo");

	for (size_t i = 0; first < w->n && i < sizeof(commands) / sizeof(*commands); i++) {
		if (strcmp(commands[i].program, w->v[first].text))
			continue;
		if (first + 1 == w->n)
			return true;
		if (!commands[i].next)
			return names_option_or_number(w, first + 1);
		return w->v[first + 1].text[0] == '-' ||
		       is_among(w->v[first + 1].text, commands[i].next);
	}
	return false;
}

const char *prompt_skip_hash(const char *line)
{
	const char *rest = behind_mark(blanks(line), "#");
	struct words w;
	bool found;

	if (!rest)
		return line;
	words_split_partial(rest, strlen(rest), &w);
	found = is_command(&w);
	words_free(&w);
	return found ? rest : line;
}
