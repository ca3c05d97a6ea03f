/* The table of commands: each row stands in its cmd_*.c; adding one adds one word here. */
#include "command/command.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/name.h"

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
	ROW(pingallfull)                                                                           \
	ROW(pingpair)                                                                              \
	ROW(pingpairfull)                                                                          \
	ROW(iperf)                                                                                 \
	ROW(iperfudp)                                                                              \
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
	ROW(import)                                                                                \
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

static const struct command *const built_in[] = { ROWS(ENTRY) NULL };

#define N_BUILT_IN (sizeof(built_in) / sizeof(*built_in) - 1)

const struct command *const *command_table = built_in;

/* The same with the rows that scripts have added; nothing while there are none. */
static const struct command **with_own;
static size_t n_own;

const char *command_family_name(enum command_family f)
{
	static const char *const names[] = {
		[FAMILY_LOOK] = "look",	  [FAMILY_BUILD] = "build",	[FAMILY_CHANGE] = "change",
		[FAMILY_TEST] = "test",	  [FAMILY_RUN] = "run",		[FAMILY_SCRIPT] = "script",
		[FAMILY_LEARN] = "learn", [FAMILY_SESSION] = "session", [FAMILY_OWN] = "own",
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

/* `=` needs no blank behind it. */
const struct command *command_find_lua(const char *line, const char **chunk)
{
	for (size_t i = 0; command_table[i]; i++) {
		const char *name = command_table[i]->name;
		size_t len = strlen(name);

		if (strncmp(command_table[i]->args, "<lua", 4) || strncmp(line, name, len) ||
		    (strcmp(name, "=") && line[len] && !strchr(" \t\n", line[len])))
			continue;
		*chunk = line + len + strspn(line + len, " \t\n");
		return command_table[i];
	}
	return NULL;
}

bool command_has_first_word(const struct command *c, const char *word)
{
	size_t len = strcspn(c->name, " ");

	return strlen(word) == len && !strncmp(c->name, word, len);
}

/* A word of the shell's own that is no command of the table. */
static bool has_meaning(const char *word)
{
	static const char *const words[] = {
		"sudo", "all",	     "root",	      "lua",   "lab",	 "default",
		"lo",	"localhost", "ip6-localhost", "ip",    "bridge", "tc",
		"sh",	"if",	     "for",	      "while", "until",	 "case"
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (!strcmp(words[i], word))
			return true;
	return false;
}

bool command_is_reserved(const char *word)
{
	for (size_t i = 0; command_table[i]; i++)
		if (command_has_first_word(command_table[i], word))
			return true;
	return has_meaning(word);
}

/* ---- rows that scripts add ---- */

/* One or two words of letters, digits, - and _, each beginning with a letter. */
static bool is_name(const char *name)
{
#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	for (int words = 0; words < 2; words++) {
		size_t len = strspn(name, LETTERS "0123456789-_");

		if (len > NAME_MAX_NODE || !strspn(name, LETTERS))
			return false;
		name += len;
		if (*name != ' ')
			return !*name;
		name++;
	}
	return false;
}

static int check_name(const char *name, struct err *err)
{
	size_t len = strcspn(name, " ");
	char first[NAME_MAX_NODE + 1];

	if (!is_name(name))
		return err_set(err,
			       "\"%s\" is no name for a command: one or two words of letters, "
			       "digits, - and _",
			       name);
	for (size_t i = 0; i < N_BUILT_IN; i++)
		if (!strcmp(built_in[i]->name, name) ||
		    (!name[len] && command_has_first_word(built_in[i], name)))
			return err_set(err, "the command %s is built in", built_in[i]->name);
	memcpy(first, name, len);
	first[len] = '\0';
	if (has_meaning(first))
		return err_set(err, "\"%s\" has a meaning of its own", first);
	return 0;
}

int command_add(const struct command *c, struct err *err)
{
	if (check_name(c->name, err))
		return -1;
	for (size_t i = 0; i < n_own; i++) {
		if (strcmp(with_own[N_BUILT_IN + i]->name, c->name))
			continue;
		with_own[N_BUILT_IN + i] = c;
		return 0;
	}
	if (!with_own) {
		with_own = mem_alloc(sizeof(built_in));
		memcpy(with_own, built_in, sizeof(built_in));
	}
	with_own = mem_resize(with_own, N_BUILT_IN + n_own + 2, sizeof(*with_own));
	with_own[N_BUILT_IN + n_own++] = c;
	with_own[N_BUILT_IN + n_own] = NULL;
	command_table = with_own;
	return 0;
}

void command_remove(const struct command *c)
{
	for (size_t i = 0; i < n_own; i++) {
		const struct command **row = with_own + N_BUILT_IN + i;

		if (*row != c)
			continue;
		memmove(row, row + 1, (n_own - i) * sizeof(*row));
		n_own--;
		break;
	}
	if (n_own || !with_own)
		return;
	command_table = built_in;
	free(with_own);
	with_own = NULL;
}
