/* Lines that are nothing we know. */
#include "command/unknown.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/name.h"
#include "command/missing.h"
#include "command/program.h"

/* Programs of PATH, for one who mistyped: copied, as the directory's memory goes. */
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
		while (d && (entry = readdir(d))) {
			if (strlen(entry->d_name) >= 64)
				continue;
			nearest_offer(nearest, entry->d_name);
			if (nearest->best == entry->d_name)
				nearest->best = strcpy(best, entry->d_name);
		}
		if (d)
			closedir(d);
		path += len + (path[len] == ':');
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
	if (refuse_half_command(word, w->n > 1 ? w->v[1].text : NULL, err))
		return -1;
	if (graph_pending_reason(s->graph, word, why, sizeof(why))) {
		err_set(err, "no node %s", word);
		return err_hint(err, "%s", why);
	}
	for (size_t i = 0; command_table[i]; i++)
		if (!strchr(command_table[i]->name, ' '))
			nearest_offer(&nearest, command_table[i]->name);
	for (size_t i = 0; i < s->graph->n_nodes; i++)
		nearest_offer(&nearest, s->graph->nodes[i]->name);
	nearest_offer(&nearest, "sudo");
	if (!nearest.best)
		offer_programs(&nearest, best);
	err_set(err, "no command, node or program \"%s\"", word);
	return nearest_suggest(&nearest, err);
}
