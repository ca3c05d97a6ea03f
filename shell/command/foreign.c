#include "command/foreign.h"

#include <ctype.h>
#include <string.h>

/* docs/from-mininet.md has them all. */
static const struct {
	const char *word, *here;
} foreign[] = {
	{ "switch", "`s1 ip link set s1 down` stops a switch, `up` starts it" },
	{ "py", "`= h1.name` evaluates Lua" },
	{ "px", "`lua n = 1` runs Lua" },
	{ "xterm", "`term h1` opens a terminal in h1" },
	{ "gterm", "`term h1` opens a terminal in h1" },
	{ "x", "`term h1` opens a terminal in h1; there is no tunnel for X" },
	{ "noecho", "`h1 vi`: every program has the terminal to itself" },
	{ "dpctl", "`s1 bridge fdb show` tells what a switch has learnt; there is no OpenFlow" },
	{ "plot", "`map` draws the lab" },
	{ "delete", "`del h1`, `del link h1 s1`" },
	{ "remove", "`del h1`, `del link h1 s1`" },
	{ "create", "`add host h3`, `add link h3 s1`" },
	{ "connect", "`add link h3 s1`" },
	{ "disconnect", "`del link h1 s1`, or `link h1 s1 down`" },
};

int foreign_refuse(const struct words *w, struct err *err)
{
	for (size_t i = 0; i < sizeof(foreign) / sizeof(*foreign); i++) {
		if (strcmp(foreign[i].word, w->v[0].text) != 0)
			continue;
		err_set(err, "no command, node or program \"%s\"", w->v[0].text);
		return err_hint(err, "%s", foreign[i].here);
	}
	return 0;
}

void foreign_hint(const char *name, const struct words *w, struct err *err)
{
	for (size_t i = 1; i < w->n; i++) {
		const char *word = w->v[i].text;
		size_t digits = strspn(word, "0123456789.");

		if (!digits)
			continue;
		if (!strncmp(name, "ping", 4) && !word[digits])
			err_hint(err, "a timeout in seconds: `%s timeout=%ss`", name, word);
		if (!strcmp(name, "iperfudp") && word[digits] && strchr("kKmMgG", word[digits]) &&
		    !word[digits + 1])
			err_hint(err, "rates have units: `iperfudp %.*s%cbit`", (int)digits, word,
				 tolower((unsigned char)word[digits]));
	}
}
