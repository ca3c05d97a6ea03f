#include "command/missing.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/words.h"
#include "command/command.h"
#include "command/rewrite.h"
#include "kernel/process.h"

#define NOT_FOUND 127

/* Programs that run the one behind their own words. */
static const struct {
	const char *name;
	const char *valued; /* options that take the next word */
} wrappers[] = {
	{ "sudo", " -u -g -h -p -C -D -R -T -r -t --user --group --host --prompt --chdir " },
	{ "nsenter", " -t --target -S -G --setuid --setgid " },
	{ "unshare", " -S -G -R -w --setuid --setgid --root --wd " },
	{ "env", " -u --unset -C --chdir " },
	{ "nohup", "" },
	{ "setsid", "" },
	{ "stdbuf", " -i -o -e " },
	{ "nice", " -n " },
	{ "timeout", " -s -k " },
};

static bool is_among(const char *list, const char *word)
{
	size_t len = strlen(word);
	const char *found = strstr(list, word);

	return found && found > list && found[-1] == ' ' && found[len] == ' ';
}

/* Programs are found elsewhere behind it: another PATH, another root. */
static bool leads_elsewhere(const char *word)
{
	static const char *const options[] = { "--mount", "--all", "--root", "PATH=" };

	for (size_t i = 0; i < sizeof(options) / sizeof(*options); i++)
		if (!strncmp(options[i], word, strlen(options[i])))
			return true;
	return word[0] == '-' && word[1] != '-' && strpbrk(word, "amrR");
}

/* Where the program starts that V[0] runs; 0: it runs none, or one that is not for us to find. */
static size_t behind_wrapper(const char *const *v, size_t n)
{
	for (size_t k = 0; k < sizeof(wrappers) / sizeof(*wrappers); k++) {
		size_t i = 1;

		if (strcmp(wrappers[k].name, v[0]) != 0)
			continue;
		for (; i < n && (v[i][0] == '-' || strchr(v[i], '=')); i++) {
			if (leads_elsewhere(v[i]))
				return 0;
			i += is_among(wrappers[k].valued, v[i]);
		}
		return i + (strcmp(v[0], "timeout") == 0);
	}
	return 0;
}

/* `ip [OPTION...] netns exec NAME PROGRAM`, and `ip -all netns exec PROGRAM`. */
static size_t behind_netns_exec(const char *const *v, size_t n)
{
	size_t i = 1;
	bool all = false;

	if (strcmp(v[0], "ip") != 0)
		return 0;
	for (; i < n && v[i][0] == '-'; i++)
		all |= !strcmp(v[i], "-a") || !strcmp(v[i], "-all");
	if (i + 2 < n && !strcmp(v[i], "netns") && !strcmp(v[i + 1], "exec"))
		return i + (all ? 2 : 3);
	return 0;
}

/* What sh does itself, when it is its own line's first word. */
static bool is_builtin(const char *word)
{
	static const char list[] =
		" . : [ alias bg break cd command continue echo eval exec exit export false fg "
		"getopts hash jobs kill local printf pwd read readonly return set shift test times "
		"trap true type ulimit umask unalias unset wait for if while until case do done fi "
		"esac then else elif in ";

	return is_among(list, word);
}

/* The first of the words V that names a program which is not there; N: none does. */
static size_t find_missing(const char *const *v, size_t n)
{
	size_t i = 0;

	while (i < n) {
		size_t next;

		if (!*v[i] || strchr(v[i], '/') || strpbrk(v[i], "$`=*?[{(<>"))
			return n;
		if (!i && is_builtin(v[i]))
			return n;
		if (!process_exists(v[i]))
			return i;
		next = behind_wrapper(v + i, n - i);
		if (!next)
			next = behind_netns_exec(v + i, n - i);
		if (!next)
			return n;
		i += next;
	}
	return n;
}

/* Each line of ip that does the same on a line of its own, to be copied. */
static void put_lines(struct buf *hint, const struct buf *lines, const char *before,
		      const char *after)
{
	const char *line = buf_text(lines);

	while (*line) {
		size_t len = strcspn(line, "\n");

		buf_printf(hint, "\n  %s%.*s%s", before, (int)len, line, after);
		line += len + (line[len] == '\n');
	}
}

/* The N words of a command, of which the one AT is missing; what stands around it in its line. */
struct lack {
	const char **v;
	size_t n, at;
	char *before;
	const char *after;
};

static bool is_command(const char *word)
{
	for (size_t i = 0; command_table[i]; i++)
		if (command_has_first_word(command_table[i], word))
			return true;
	return false;
}

static int refuse(const struct lack *l, struct err *err)
{
	const char *package = process_package(l->v[l->at]);
	struct buf prefix = { 0 }, lines = { 0 }, hint = { 0 };

	for (size_t i = 0; i < l->at; i++) {
		buf_put_quoted(&prefix, l->v[i]);
		buf_putc(&prefix, ' ');
	}
	if (package)
		buf_printf(&hint, "on Debian: apt install %s", package);
	if (rewrite_command(l->v + l->at, l->n - l->at, buf_text(&prefix), &lines)) {
		buf_printf(&hint, "%sthe same without it:", package ? "; " : "");
		put_lines(&hint, &lines, l->before, l->after);
	}
	if (is_command(l->v[l->at]))
		buf_printf(&hint, "`%s` is a command of nslab, which stands alone on its line",
			   l->v[l->at]);
	err_set(err, "%s: command not found", l->v[l->at]);
	if (hint.len)
		err_hint(err, "%s", buf_text(&hint));
	if (err)
		err->code = NOT_FOUND;
	buf_free(&prefix);
	buf_free(&lines);
	buf_free(&hint);
	return -1;
}

static bool begins_command(const struct word *w)
{
	static const char *const words[] = { "|", "||", "&&",	";",	"&",	 "|&",	  "!", "{",
					     "(", "do", "then", "else", "while", "until", "if" };

	for (size_t i = 0; !w->quoted && i < sizeof(words) / sizeof(*words); i++)
		if (!strcmp(words[i], w->text))
			return true;
	return false;
}

static void cut_end(char *text, char c)
{
	size_t len = strlen(text);

	if (len && text[len - 1] == c)
		text[len - 1] = '\0';
}

/* The words of the simple command that begins at word FIRST, up to a redirection; where the next
 * may begin. */
static size_t take_words(struct words *w, size_t first, struct lack *l)
{
	bool redirected = false;
	size_t i = first;

	while (i < w->n && !begins_command(&w->v[i])) {
		struct word *word = &w->v[i++];
		size_t len = strlen(word->text);
		bool last = !word->quoted && len && word->text[len - 1] == ';';

		redirected |= !word->quoted && strpbrk(word->text, "<>");
		if (last)
			cut_end(word->text, ';');
		if (!redirected)
			l->v[l->n++] = word->text;
		if (last)
			break;
	}
	return i;
}

/* pid=$(docker inspect web): what stands inside. */
static void look_inside(struct lack *l)
{
	char *inside = l->n ? strstr(l->v[0], "=$(") : NULL;

	if (!inside)
		return;
	free(l->before);
	l->before = mem_strndup(l->v[0], (size_t)(inside + 3 - l->v[0]));
	l->after = ")";
	l->v[0] = inside + 3;
	cut_end((char *)l->v[l->n - 1], ')');
}

static int check_one(const char *node, struct words *w, size_t first, size_t *end, struct err *err)
{
	struct lack l = { .v = mem_resize(NULL, w->n - first + 1, sizeof(*l.v)), .after = "" };
	int rc = 0;

	l.before = mem_printf("%s%s", node, *node ? " " : "");
	*end = take_words(w, first, &l);
	look_inside(&l);
	l.at = find_missing(l.v, l.n);
	if (l.at < l.n)
		rc = refuse(&l, err);
	free(l.before);
	free(l.v);
	return rc;
}

int missing_check(const char *node, const char *line, struct err *err)
{
	struct words w;
	int rc = 0;

	if (words_split(line, &w, NULL))
		return 0;
	for (size_t i = 0, end; !rc && i<w.n; i = end> i ? end : i + 1)
		rc = check_one(node, &w, i, &end, err);
	words_free(&w);
	return rc;
}
