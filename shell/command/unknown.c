/* Lines that are nothing we know. */
#include "command/unknown.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/name.h"
#include "command/foreign.h"
#include "command/missing.h"
#include "command/program.h"

/* CANDIDATE's memory goes: copied. */
static void offer_copy(struct nearest *nearest, const char *candidate, char best[64])
{
	if (strlen(candidate) >= 64)
		return;
	nearest_offer(nearest, candidate);
	if (nearest->best == candidate)
		nearest->best = strcpy(best, candidate);
}

/* Programs of PATH, for one who mistyped. There are thousands: one that is not meant is always
 * somewhat near. */
static void offer_programs(struct nearest *nearest, char best[64])
{
	const char *path = getenv("PATH");
	char dir[512];

	while (path && *path) {
		size_t len = strcspn(path, ":");
		struct dirent *entry;
		DIR *d;

		snprintf(dir, sizeof(dir), "%.*s", (int)len, path);
		d = opendir(dir);
		while (d && (entry = readdir(d)))
			offer_copy(nearest, entry->d_name, best);
		if (d)
			closedir(d);
		path += len + (path[len] == ':');
	}
	if (nearest->distance > 1)
		nearest->best = NULL;
}

/* "add host", and "add", whatever the second word is. */
static void offer_commands(struct nearest *nearest, char best[64])
{
	for (size_t i = 0; command_table[i]; i++) {
		const char *name = command_table[i]->name;
		char first[64];

		nearest_offer(nearest, name);
		snprintf(first, sizeof(first), "%.*s", (int)strcspn(name, " "), name);
		offer_copy(nearest, first, best);
	}
}

/* "add hots": the first word of a command, and no second one. */
static int refuse_half_command(const char *first, const char *second, struct err *err)
{
	struct nearest nearest = { .word = second ? second : "" };
	struct buf choices = { 0 };

	for (size_t i = 0; command_table[i]; i++) {
		const char *name = command_table[i]->name;
		const char *blank = strchr(name, ' ');

		if (!blank || !command_has_first_word(command_table[i], first))
			continue;
		buf_printf(&choices, "%s%s", choices.len ? ", " : "", blank + 1);
		nearest_offer(&nearest, blank + 1);
	}
	if (!choices.len)
		return 0;
	err_set(err, "%s: expected %s%s%s%s%s", first, strchr(choices.data, ',') ? "one of " : "",
		buf_text(&choices), second ? ", not \"" : "", second ? second : "",
		second ? "\"" : "");
	nearest_suggest(&nearest, err);
	err_hint(err, "`help %s` says more", first);
	buf_free(&choices);
	return -1;
}

int unknown_refuse(const struct session *s, const char *line, const struct words *w,
		   struct err *err)
{
	const char *word = w->v[0].text;
	struct nearest nearest = { .word = word };
	struct err missing = ERR_INIT;
	char best[64], why[400];

	if (refuse_half_command(word, w->n > 1 ? w->v[1].text : NULL, err) ||
	    foreign_refuse(w, err))
		return -1;
	missing_check("", line, &missing);
	if (missing.hint[0]) {
		if (err)
			*err = missing;
		return -1;
	}
	if (program_ends_with_its_line(word)) {
		err_set(err, "%s would end with the shell of its line", word);
		return err_hint(err, "go on in the same line (sh cd /tmp && ls), or type a node's "
				     "name alone for a shell that stays");
	}
	if (graph_pending_reason(s->graph, word, why, sizeof(why))) {
		err_set(err, "no node %s", word);
		return err_hint(err, "%s", why);
	}
	offer_commands(&nearest, best);
	for (size_t i = 0; i < s->graph->n_nodes; i++)
		nearest_offer(&nearest, s->graph->nodes[i]->name);
	nearest_offer(&nearest, "sudo");
	if (!nearest.best)
		offer_programs(&nearest, best);
	err_set(err, "no command, node or program \"%s\"", word);
	return nearest_suggest(&nearest, err);
}
