/* The table of commands: each row stands in its cmd_*.c; adding one adds one word here. */
#include "command/command.h"

#include <string.h>

/* Grouped by family, in the order `help` shows. */
#define ROWS(ROW)                                                                                  \
	ROW(nodes)                                                                                 \
	ROW(net)                                                                                   \
	ROW(links)                                                                                 \
	ROW(intfs)                                                                                 \
	ROW(dump)                                                                                  \
	ROW(ports)                                                                                 \
	ROW(show)                                                                                  \
	ROW(routes)                                                                                \
	ROW(neigh)                                                                                 \
	ROW(events)                                                                                \
	ROW(map)                                                                                   \
	ROW(add_host)                                                                              \
	ROW(add_switch)                                                                            \
	ROW(add_router)                                                                            \
	ROW(add_link)                                                                              \
	ROW(del)                                                                                   \
	ROW(del_link)                                                                              \
	ROW(reset)                                                                                 \
	ROW(link)                                                                                  \
	ROW(pingall)                                                                               \
	ROW(pingpair)                                                                              \
	ROW(time)                                                                                  \
	ROW(wait)                                                                                  \
	ROW(sh)                                                                                    \
	ROW(term)                                                                                  \
	ROW(container)                                                                             \
	ROW(jobs)                                                                                  \
	ROW(fg)                                                                                    \
	ROW(bg)                                                                                    \
	ROW(kill)                                                                                  \
	ROW(load)                                                                                  \
	ROW(topologies)                                                                            \
	ROW(lua)                                                                                   \
	ROW(equals)                                                                                \
	ROW(source)                                                                                \
	ROW(save)                                                                                  \
	ROW(export)                                                                                \
	ROW(explain)                                                                               \
	ROW(help)                                                                                  \
	ROW(history)                                                                               \
	ROW(set)                                                                                   \
	ROW(detach)                                                                                \
	ROW(exit)                                                                                  \
	ROW(quit)

#define DECLARE(name) extern const struct command cmd_##name;
#define ENTRY(name)   &cmd_##name,

ROWS(DECLARE)

const struct command *const command_table[] = { ROWS(ENTRY) NULL };

const char *command_family_name(enum command_family f)
{
	static const char *const names[] = {
		[FAMILY_LOOK] = "look",	  [FAMILY_BUILD] = "build",	[FAMILY_CHANGE] = "change",
		[FAMILY_TEST] = "test",	  [FAMILY_RUN] = "run",		[FAMILY_SCRIPT] = "script",
		[FAMILY_LEARN] = "learn", [FAMILY_SESSION] = "session",
	};

	return names[f];
}

/* How many words of NAME the line begins with; 0: not all of them. */
static size_t name_matches(const char *name, const struct words *w)
{
	size_t used = 0;

	while (*name) {
		size_t len = strcspn(name, " ");

		if (used == w->n || strlen(w->v[used].text) != len ||
		    strncmp(w->v[used].text, name, len))
			return 0;
		used++;
		name += len + (name[len] == ' ');
	}
	return used;
}

const struct command *command_find(const struct words *w, size_t *used)
{
	const struct command *best = NULL;

	*used = 0;
	for (size_t i = 0; command_table[i]; i++) {
		size_t n = name_matches(command_table[i]->name, w);

		if (n > *used) {
			best = command_table[i];
			*used = n;
		}
	}
	return best;
}

bool command_has_first_word(const struct command *c, const char *word)
{
	size_t len = strcspn(c->name, " ");

	return strlen(word) == len && !strncmp(c->name, word, len);
}

bool command_is_reserved(const char *word)
{
	static const char *const own[] = {
		"sudo", "all",	     "root",	      "lua",   "lab",	 "default",
		"lo",	"localhost", "ip6-localhost", "ip",    "bridge", "tc",
		"sh",	"if",	     "for",	      "while", "until",	 "case"
	};

	for (size_t i = 0; i < sizeof(own) / sizeof(*own); i++)
		if (!strcmp(own[i], word))
			return true;
	for (size_t i = 0; command_table[i]; i++)
		if (command_has_first_word(command_table[i], word))
			return true;
	return false;
}
