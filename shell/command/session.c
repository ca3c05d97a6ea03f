/* One line, whatever it is: a command, a program in a node, a line for /bin/sh, or a mistake. */
#include "command/command.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/mem.h"
#include "command/foreign.h"
#include "command/grammar.h"
#include "command/missing.h"
#include "command/program.h"
#include "command/prompt.h"
#include "command/remember.h"
#include "command/unknown.h"
#include "lua/live/live.h"

/* Lines that run lines (source, time) may stand in each other so deep. */
#define DEPTH_MAX 16

/* A word of progress, at a terminal. */
static void tell_wait(enum graph_wait how, long left_ms, void *data)
{
	struct session *s = data;

	if (s->out.fd < 0 || !isatty(s->out.fd))
		return;
	out_puts(&s->out, "\r\033[K");
	if (how == GRAPH_WAIT_GOES_ON)
		out_printf(&s->out, "spanning tree: %ld s", (left_ms + 999) / 1000);
	if (how == GRAPH_WAIT_INTERRUPTED)
		out_puts(&s->out,
			 "spanning tree: not waited for; `links` shows who still learns\n");
	out_flush(&s->out);
}

void session_open(struct session *s, struct lab *lab, struct graph *g, int fd)
{
	*s = (struct session){
		.lab = lab,
		.graph = g,
		.interactive = lab->interactive,
		.timeout_ms = 1000,
		.lua_memory = LIVE_MEMORY,
		.lock = -1,
	};
	g->waiting = tell_wait;
	g->waiting_data = s;
	jobs_init(&s->jobs, lab);
	s->out.fd = fd;
	s->out.colour = fd >= 0 && isatty(fd) && !getenv("NO_COLOR");
}

void session_close(struct session *s)
{
	live_close(s);
	out_flush(&s->out);
	out_free(&s->out);
	if (s->detached)
		jobs_leave(&s->jobs);
	else
		jobs_free(&s->jobs);
}

bool session_json(const struct session *s, const struct args *a)
{
	return s->json || args_has(a, "--json");
}

/* What a line is, by the rules of docs/commands.md: the first that fits. */
enum line_kind {
	LINE_BLANK,
	LINE_COMMAND,
	LINE_NODE,
	LINE_REMEMBER, /* changes this shell: cd, NAME=VALUE */
	LINE_ROOT,
	LINE_UNKNOWN
};

struct line {
	enum line_kind kind;
	const char *text;
	struct words words; /* of a command: up to `tail` */
	const char *tail;   /* `| grep h1`, `> file` behind a command; NULL: nothing */
	const struct command *command;
	size_t used;	  /* words of the command's name */
	const char *node; /* "" for the root */
	const char *rest; /* what runs there */
};

/* sudo, a program, `for`, or FOO=bar before one. */
static bool begins_for_sh(const struct words *w)
{
	const char *first = w->v[0].text;
	const char *equals = strchr(first, '=');

	return !strcmp(first, "sudo") || program_begins_line(first) ||
	       (equals > first && w->n > 1 && program_begins_line(w->v[1].text));
}

/* Behind a prompt that was copied with the line. Who types a # means a comment whatever follows. */
static const char *skip_prompt(const struct session *s, const char *text)
{
	const char *rest = prompt_skip(text);

	if (rest == text && s->pasted)
		rest = prompt_skip_hash(text);
	return rest + strspn(rest, " \t");
}

enum words_more session_more(struct session *s, const char *text)
{
	const struct command *lua;
	enum words_more more;
	const char *chunk;
	struct words w;

	text = skip_prompt(s, text);
	lua = command_find_lua(text, &chunk);
	if (lua)
		return live_is_open(s, chunk, *lua->name == '=') ? WORDS_MORE : WORDS_DONE;
	more = words_more(text);
	if (more != WORDS_DONE || words_split(text, &w, NULL))
		return more;
	/* Of `h1 for ...` too. */
	if (w.n && graph_node_find(s->graph, w.v[0].text) != NULL)
		text = words_rest(text, &w, 1);
	words_free(&w);
	return program_is_open(text) ? WORDS_MORE : WORDS_DONE;
}

static bool takes_line(const struct command *c)
{
	struct grammar g;

	return !grammar_compile(c->args, &g, NULL) && g.n && spec_takes_rest(&g.specs[g.n - 1]);
}

/* `kill $pid` needs sh, and sh's export takes NAME=VALUE, options, and variables that are there. */
static bool is_for_sh(const struct line *l)
{
	const char *word = l->words.n > 1 ? l->words.v[1].text : "";
	struct grammar g;

	if (!strcmp(l->command->name, "kill"))
		return strpbrk(l->text, "$`");
	return !strcmp(l->command->name, "export") &&
	       (*word == '-' || strpbrk(word, "=$`") || getenv(word)) &&
	       !grammar_compile(l->command->args, &g, NULL) && !spec_has_choice(&g.specs[0], word);
}

/* Is it a command of ours, with its words before the first operator? One that takes a line leaves
 * operators to that. */
static bool line_read_command(struct line *l)
{
	const char *tail = words_operator(l->text);
	struct words before = { 0 };
	const struct command *c = NULL;
	char *head;

	if (tail) {
		head = mem_strndup(l->text, (size_t)(tail - l->text));
		if (!words_split(head, &before, NULL))
			c = command_find(&before, &l->used);
		free(head);
	}
	if (c && !takes_line(c)) {
		words_free(&l->words);
		l->words = before;
		l->tail = tail;
	} else {
		words_free(&before);
		c = command_find(&l->words, &l->used);
	}
	l->command = c;
	if (c && is_for_sh(l))
		l->command = NULL;
	return l->command;
}

static int line_read(const struct session *s, const char *text, struct line *l, struct err *err)
{
	const struct graph_node *node;
	const char *first;
	size_t len;

	text = skip_prompt(s, text);
	*l = (struct line){ .kind = LINE_BLANK, .text = text, .node = "" };
	l->command = command_find_lua(text, &l->rest);
	if (l->command) {
		l->kind = LINE_COMMAND;
		return 0;
	}
	if (words_split(text, &l->words, err)) {
		if (err)
			err->class = ERR_FAILED;
		return -1;
	}
	if (!l->words.n)
		return 0;
	if (line_read_command(l)) {
		l->kind = LINE_COMMAND;
		return 0;
	}
	first = l->words.v[0].text;
	node = *first ? graph_node_find(s->graph, first) : NULL;
	if (node) {
		l->kind = LINE_NODE;
		l->node = node->name;
		l->rest = words_rest(text, &l->words, 1);
	} else if (*text == '!') {
		l->kind = LINE_ROOT;
		l->rest = text + 1;
	} else if (remember_wants(text) && !words_background(text, &len)) {
		l->kind = LINE_REMEMBER;
		l->rest = text;
	} else {
		l->kind = begins_for_sh(&l->words) ? LINE_ROOT : LINE_UNKNOWN;
		l->rest = text;
	}
	return 0;
}

static int run_arguments(struct session *s, const struct line *l, const char *text, struct err *err)
{
	/* Others may have changed the lab while we waited for them. */
	bool held = l->command->changes && !s->dry;
	struct args a;
	int rc;

	if (held && (session_hold(s, err) || graph_refresh(s->graph, err))) {
		session_release(s);
		return -1;
	}
	rc = args_parse(&a, l->command, text, l->used, s->graph, err);
	if (rc) {
		foreign_hint(l->command->name, &l->words, err);
	} else {
		rc = l->command->run(s, &a, err);
		args_free(&a);
	}
	if (held)
		session_release(s);
	return rc;
}

/* Run the command into a file in memory, then let /bin/sh read that: `cat | grep h1`, `cat > file`.
 */
static int run_piped(struct session *s, const struct line *l, struct err *err)
{
	struct out out = s->out;
	char *command = mem_strndup(l->text, (size_t)(l->tail - l->text)), *script;
	char *argv[] = { (char *)"/bin/sh", (char *)"-c", NULL, NULL };
	int fd = memfd_create("output", MFD_CLOEXEC), rc;

	if (fd < 0) {
		free(command);
		return err_errno(err, errno, "no memory for the output");
	}
	out_flush(&out);
	s->out = (struct out){ .fd = fd };
	rc = run_arguments(s, l, command, err);
	out_flush(&s->out);
	out_free(&s->out);
	s->out = out;
	script = mem_printf("cat /proc/%d/fd/%d %s", getpid(), fd, l->tail);
	argv[2] = script;
	if (!rc)
		rc = program_run_words(s, "", l->text, argv, NULL, false, err);
	if (!rc && s->status)
		rc = missing_check("", l->tail, err);
	free(script);
	free(command);
	close(fd);
	return rc;
}

/* Behind a command ; and & and their like; what stands behind them is TAIL. */
static int refuse_joined(const struct line *l, struct err *err)
{
	const char *rest = l->tail + strspn(l->tail, ";&| \t");
	size_t len = (size_t)(l->tail - l->text);

	while (len && strchr(" \t", l->text[len - 1]))
		len--;
	err_set(err, "commands of nslab stand alone on their line: `%.*s`%s%.100s%s",
		len < 100 ? (int)len : 100, l->text, *rest ? ", then `" : "", rest,
		*rest ? "`" : "");
	return *l->tail == '&' && !*rest ? err_hint(err, "only programs run in the background")
					 : -1;
}

static bool is_joined(const struct line *l)
{
	return l->tail && (strchr(";&", *l->tail) || !strncmp(l->tail, "||", 2));
}

static int run_command(struct session *s, const struct line *l, struct err *err)
{
	if (is_joined(l))
		return refuse_joined(l, err);
	return l->tail ? run_piped(s, l, err) : run_arguments(s, l, l->text, err);
}

static int line_run(struct session *s, const struct line *l, struct err *err)
{
	switch (l->kind) {
	case LINE_BLANK:
		s->status = s->previous;
		return 0;
	case LINE_COMMAND:
		return run_command(s, l, err);
	case LINE_NODE:
		if (l->words.n == 1)
			return program_run_shell(s, l->node, err);
		return program_run_line(s, l->node, l->rest, err);
	case LINE_REMEMBER:
		return remember_run(s, l->rest, err);
	case LINE_ROOT:
		return program_run_line(s, "", l->rest, err);
	case LINE_UNKNOWN:
		return unknown_refuse(s, l->text, &l->words, err);
	}
	return 0;
}

/* As sh has it: 127 for a program that is not found, 126 for one that cannot be run. */
static int failed_status(const struct err *err)
{
	if (!err)
		return ERR_FAILED;
	return err->code == 126 || err->code == 127 ? err->code : (int)err->class;
}

int session_run(struct session *s, const char *text, struct err *err)
{
	struct line l;
	int rc = -1;

	if (s->depth == DEPTH_MAX) {
		s->status = ERR_FAILED;
		return err_set(err, "lines that run lines stand %d deep in each other", DEPTH_MAX);
	}
	s->depth++;
	s->previous = s->status;
	s->status = 0;
	if (!graph_refresh(s->graph, err) && !line_read(s, text, &l, err)) {
		rc = line_run(s, &l, err);
		words_free(&l.words);
		if (graph_refresh(s->graph, rc ? NULL : err))
			rc = -1;
	}
	out_flush(&s->out);
	if (s->out.error && !rc)
		rc = err_errno(err, s->out.error, "write the answer");
	s->out.error = 0;
	s->depth--;
	if (rc)
		s->status = failed_status(err);
	return rc;
}

static int line_explain(struct session *s, const struct line *l, struct err *err)
{
	int rc;

	switch (l->kind) {
	case LINE_BLANK:
		return 0;
	case LINE_COMMAND:
		if (!l->command->changes)
			return err_set(err, "explain: `%s` has no `ip` lines of its own",
				       l->command->name);
		s->dry = true;
		rc = run_command(s, l, err);
		s->dry = false;
		return rc;
	case LINE_NODE:
		out_puts(&s->out, "ip netns exec ");
		buf_put_quoted(&s->out.buf, l->node);
		out_printf(&s->out, " %s\n", l->words.n > 1 ? l->rest : program_shell());
		return 0;
	case LINE_REMEMBER:
	case LINE_ROOT:
		out_printf(&s->out, "%s\n", l->rest);
		return 0;
	case LINE_UNKNOWN:
		return unknown_refuse(s, l->text, &l->words, err);
	}
	return 0;
}

int session_explain(struct session *s, const char *text, struct err *err)
{
	struct line l;
	int rc;

	if (line_read(s, text, &l, err))
		return -1;
	rc = line_explain(s, &l, err);
	words_free(&l.words);
	return rc;
}
