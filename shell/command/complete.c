/* Tab: the words that may stand where the cursor is. */
#include "command/command.h"

#include <dirent.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/name.h"
#include "base/utf8.h"
#include "command/place.h"
#include "lua/live/live.h"
#include "lua/topology.h"

/* What is being collected, and for which word. */
struct collect {
	struct session *s;
	const struct place *place;
	const char *typed;
	struct completion *c;
};

/* A candidate, when it begins with what was typed. */
__attribute__((format(printf, 2, 3))) static void offer(struct collect *k, const char *fmt, ...)
{
	struct buf text = { 0 };
	va_list ap;

	va_start(ap, fmt);
	buf_vprintf(&text, fmt, ap);
	va_end(ap);
	if (strncmp(buf_text(&text), k->typed, strlen(k->typed))) {
		buf_free(&text);
		return;
	}
	k->c->v = mem_grow(k->c->v, k->c->n, &k->c->cap, sizeof(*k->c->v));
	k->c->v[k->c->n++] = mem_strdup(buf_text(&text));
	buf_free(&text);
}

/* A name that others chose may be one that nobody can type. */
static void offer_name(struct collect *k, const char *name)
{
	for (const char *c = name; *c;) {
		size_t n = utf8_is_control(c) ? 0 : utf8_length(c);

		if (!n)
			return;
		c += n;
	}
	offer(k, "%s", name);
}

/* All nodes, or those that fit SPEC. */
static void offer_nodes(struct collect *k, const struct arg_spec *spec)
{
	for (size_t i = 0; i < k->s->graph->n_nodes; i++) {
		const struct graph_node *n = k->s->graph->nodes[i];

		if (spec && !spec_takes_kind(spec, graph_node_kind(n)))
			continue;
		offer_name(k, n->name);
		for (size_t a = 0; a < n->n_aliases; a++)
			offer_name(k, n->aliases[a]);
	}
}

/* NODE, and after its colon the interfaces: h1:eth0, or h1:h1-eth0 once that is begun. */
static void offer_ends(struct collect *k)
{
	const char *colon = strchr(k->typed, ':');
	struct graph_node *node;
	char *name;

	if (!colon) {
		offer_nodes(k, NULL);
		return;
	}
	name = mem_strndup(k->typed, (size_t)(colon - k->typed));
	node = *name ? graph_node_find(k->s->graph, name) : NULL;
	for (size_t i = 0; node && i < node->n_ports; i++) {
		const char *full = node->ports[i]->name;
		size_t len = strlen(name);
		bool is_short = !strncmp(full, name, len) && full[len] == '-';

		if (!strcmp(full, "lo"))
			continue;
		if (is_short)
			offer(k, "%s:%s", name, full + len + 1);
		if (!is_short || colon[1])
			offer(k, "%s:%s", name, full);
	}
	free(name);
}

/* Links to directories are directories too. */
static bool is_directory(DIR *dir, const struct dirent *entry)
{
	struct stat st;

	if (entry->d_type != DT_LNK && entry->d_type != DT_UNKNOWN)
		return entry->d_type == DT_DIR;
	return !fstatat(dirfd(dir), entry->d_name, &st, 0) && S_ISDIR(st.st_mode);
}

/* Files that the typed path could become, hidden ones only when their dot was typed; directories
 * end in /. */
static void offer_files(struct collect *k, const char *suffix)
{
	const char *slash = strrchr(k->typed, '/');
	const char *base = slash ? slash + 1 : k->typed;
	char *path = mem_strndup(k->typed, (size_t)(base - k->typed));
	const char *home = !strncmp(path, "~/", 2) ? getenv("HOME") : NULL;
	char *where = mem_printf("%s%s", home ? home : "", home ? path + 1 : *path ? path : ".");
	DIR *dir = opendir(where);
	struct dirent *entry;

	k->c->files = true;
	free(where);
	while (dir && (entry = readdir(dir))) {
		size_t len = strlen(entry->d_name), end = strlen(suffix);

		if (entry->d_name[0] == '.' && (*base != '.' || !strcmp(entry->d_name, ".")))
			continue;
		if (is_directory(dir, entry))
			offer(k, "%s%s/", path, entry->d_name);
		else if (len >= end && !strcmp(entry->d_name + len - end, suffix))
			offer(k, "%s%s", path, entry->d_name);
	}
	if (dir)
		closedir(dir);
	free(path);
}

/* Programs of PATH once a letter is typed, or the files of a path. */
static void offer_programs(struct collect *k)
{
	const char *path = getenv("PATH");
	size_t typed = strlen(k->typed);

	if (strchr(k->typed, '/')) {
		offer_files(k, "");
		return;
	}
	while (typed && path && *path) {
		size_t len = strcspn(path, ":");
		char *name = mem_strndup(path, len);
		DIR *dir = opendir(name);
		struct dirent *entry;

		while (dir && (entry = readdir(dir)))
			if (!strncmp(entry->d_name, k->typed, typed) && entry->d_name[0] != '.' &&
			    !faccessat(dirfd(dir), entry->d_name, X_OK, 0))
				offer(k, "%s", entry->d_name);
		if (dir)
			closedir(dir);
		free(name);
		path += len + (path[len] == ':');
	}
}

static void offer_first_words(struct collect *k)
{
	for (size_t i = 0; command_table[i]; i++)
		offer(k, "%.*s", (int)strcspn(command_table[i]->name, " "), command_table[i]->name);
}

static void offer_second_words(struct collect *k, const char *first)
{
	for (size_t i = 0; command_table[i]; i++) {
		const char *blank = strchr(command_table[i]->name, ' ');

		if (blank && command_has_first_word(command_table[i], first))
			offer(k, "%s", blank + 1);
	}
}

/* Parameters of the topology before the cursor, and the values of one that has a choice of them. */
static void offer_params(struct collect *k)
{
	struct topology t;

	if (!k->place->topology || topology_describe(k->place->topology, &t, NULL))
		return;
	for (size_t i = 0; i < t.n_params; i++) {
		const struct topology_param *p = &t.params[i];

		if (!strchr(k->typed, '='))
			offer(k, "%s=", p->name);
		for (char **choice = strchr(k->typed, '=') ? p->choices : NULL; choice && *choice;
		     choice++)
			offer(k, "%s=%s", p->name, *choice);
	}
	topology_free(&t);
}

static void offer_signals(struct collect *k)
{
	for (int signal = 1; signal < SIGRTMIN && *k->typed == '-'; signal++)
		if (sigabbrev_np(signal))
			offer(k, "-%s", sigabbrev_np(signal));
}

static void offer_values(struct collect *k, const struct arg_spec *spec)
{
	for (size_t i = 0; i < spec->n_choices; i++)
		offer(k, "%s", spec->choices[i]);
	switch (spec->type) {
	case ARG_NODE:
	case ARG_HOST:
	case ARG_SWITCH:
	case ARG_ROUTER:
		offer_nodes(k, spec);
		break;
	case ARG_END:
		offer_ends(k);
		break;
	case ARG_TOPOLOGY:
		for (const char *const *name = topology_names(); *name; name++)
			offer(k, "%s", *name);
		offer_files(k, ".lua");
		break;
	case ARG_PARAM:
		offer_params(k);
		break;
	case ARG_FILE:
		offer_files(k, "");
		break;
	case ARG_WORD:
		if (spec->repeat) /* the words of a script */
			offer_files(k, "");
		break;
	case ARG_COMMAND:
		if (k->place->words.n == 2)
			offer_first_words(k);
		else if (k->place->words.n == 3)
			offer_second_words(k, k->place->words.v[1].text);
		break;
	case ARG_JOB:
		for (size_t i = 0; i < k->s->jobs.n; i++)
			offer(k, "%%%d", k->s->jobs.v[i]->number);
		break;
	case ARG_SIGNAL:
		offer_signals(k);
		break;
	case ARG_ADDRESSES:
		offer(k, "none");
		break;
	case ARG_NAME:
	case ARG_NUMBER:
	case ARG_TIME:
	case ARG_RATE:
	case ARG_LINE:
	case ARG_PROGRAM:
	case ARG_LUA:
	case ARG_CHOICE:
		break;
	}
}

/* Values of an option as whole words: stp=true. */
static void offer_option(struct collect *k, const struct arg_spec *option)
{
	struct collect value = *k;
	size_t first = k->c->n;

	value.typed = strchr(k->typed, '=') + 1;
	offer_values(&value, option);
	for (size_t i = first; i < k->c->n; i++) {
		char *whole = mem_printf("%s=%s", option->label, k->c->v[i]);

		free(k->c->v[i]);
		k->c->v[i] = whole;
	}
}

static void offer_arguments(struct collect *k)
{
	const struct place *p = k->place;

	if (p->option) {
		offer_option(k, p->option);
		return;
	}
	if (p->in_name)
		offer_second_words(k, p->first);
	for (size_t i = 0; i < p->n_expected; i++) {
		const struct arg_spec *spec = p->expected[i];

		if (spec->kind == SPEC_WORD)
			offer_values(k, spec);
		else if (spec->kind == SPEC_OPTION && (p->complete || *k->typed))
			offer(k, "%s=", spec->label);
		else if (*k->typed == '-')
			offer(k, "%s", spec->label);
	}
}

static void offer_words(struct collect *k)
{
	const struct graph_node *node = k->place->node;

	offer_nodes(k, NULL);
	for (size_t i = 0; *k->typed && node && i < node->n_ports; i++)
		offer(k, "%s", node->ports[i]->name);
	offer_files(k, "");
}

static void offer_lua_name(void *data, const char *name, const char *kind)
{
	(void)kind;
	offer(data, "%s", name);
}

static void offer_place(struct collect *k)
{
	switch (k->place->kind) {
	case PLACE_LINE:
		for (size_t i = 0; k->place->instead && i < k->place->instead->n_choices; i++)
			offer(k, "%s", k->place->instead->choices[i]);
		offer_first_words(k);
		offer_nodes(k, NULL);
		/* A thousand programs would hide what is ours. */
		if (!k->c->n)
			offer_programs(k);
		break;
	case PLACE_SECOND:
		offer_second_words(k, k->place->first);
		break;
	case PLACE_COMMAND:
		offer_arguments(k);
		break;
	case PLACE_PROGRAM:
		offer_programs(k);
		break;
	case PLACE_WORD:
		offer_words(k);
		break;
	case PLACE_LUA:
		k->c->verbatim = true;
		live_complete(k->s, k->place->lua, offer_lua_name, k);
		break;
	case PLACE_UNKNOWN:
		break;
	}
}

static int compare_words(const void *a, const void *b)
{
	return name_compare(*(char *const *)a, *(char *const *)b);
}

static void sort_unique(struct completion *c)
{
	size_t kept = 0;

	if (c->n)
		qsort(c->v, c->n, sizeof(*c->v), compare_words);
	for (size_t i = 0; i < c->n; i++) {
		if (kept && !strcmp(c->v[kept - 1], c->v[i]))
			free(c->v[i]);
		else
			c->v[kept++] = c->v[i];
	}
	c->n = kept;
}

void command_complete(struct session *s, const char *line, size_t cursor, struct completion *c)
{
	struct place place;
	struct collect k = { .s = s, .place = &place, .c = c };

	*c = (struct completion){ 0 };
	place_find(s, line, cursor, &place);
	k.typed = place.typed;
	c->start = place.start;
	offer_place(&k);
	sort_unique(c);
	place_free(&place);
}

void completion_free(struct completion *c)
{
	for (size_t i = 0; i < c->n; i++)
		free(c->v[i]);
	free(c->v);
	*c = (struct completion){ 0 };
}
