#include "repl/repl.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/interrupt.h"
#include "base/mem.h"
#include "repl/editor.h"
#include "report.h"

#define STATUS_INTERRUPTED 130 /* as sh: 128 + SIGINT */
#define STATUS_STOPPED	   148 /* 128 + SIGTSTP */

static void greet(const struct session *s)
{
	static const char *const plural[] = { "s", "es", "s" };
	size_t count[3] = { 0 };
	struct buf b = { 0 };

	for (size_t i = 0; i < s->graph->n_nodes; i++)
		count[graph_node_kind(s->graph->nodes[i])]++;
	for (int kind = 0; kind < 3; kind++) {
		if (!count[kind])
			continue;
		buf_printf(&b, "%s%zu %s", b.len ? ", " : "", count[kind], graph_kind_name(kind));
		buf_puts(&b, count[kind] == 1 ? "" : plural[kind]);
	}
	if (!b.len)
		buf_puts(&b, "An empty lab");
	buf_puts(&b, "\nhelp: commands  Tab: complete  exit: end\n");
	repl_print(buf_text(&b));
	buf_free(&b);
}

/* Colours need a terminal that knows them and a person who wants them. */
static bool wants_colour(bool dumb)
{
	const char *no = getenv("NO_COLOR");

	return !dumb && !(no && *no);
}

static int open_editor(struct repl *r, struct err *err)
{
	char *up = NULL;

	r->el = el_init("nslab", stdin, stdout, stderr);
	if (!r->el)
		return err_set(err, "the line editor cannot use this terminal");
	/* One that cannot go up a line, or that nobody knows, is taken for a teletype. */
	r->dumb = el_get(r->el, EL_GETTC, "up", &up, NULL) < 0 || !up || !*up;
	r->colour = wants_colour(r->dumb);
	el_set(r->el, EL_CLIENTDATA, r);
	/* Its own signal handling sends signals on to the whole process group. */
	el_set(r->el, EL_SIGNAL, 0);
	el_set(r->el, EL_EDITOR, "emacs");
	el_set(r->el, EL_PROMPT_ESC, repl_prompt, '\001');
	el_set(r->el, EL_HIST, repl_history_event, r);
	el_set(r->el, EL_GETCFN, repl_getc);
	/* While a line is edited ^C, ^Z and ^\ are keys, not signals. */
	el_set(r->el, EL_SETTY, "-d", "-isig", NULL);
	if (repl_bind_keys(r->el, err) < 0) {
		el_end(r->el);
		return -1;
	}
	return 0;
}

/* One line from the terminal in LINE, without its newline. False at the end. */
static bool read_line(struct repl *r, struct buf *line)
{
	struct buf news = { 0 };
	const char *text;
	int n = 0;

	if (repl_jobs_news(r, &news))
		repl_print(buf_text(&news));
	buf_free(&news);
	r->cancelled = false;
	repl_input_begin(r);
	el_set(r->el, EL_PREP_TERM, 1); /* who sees the prompt may press any key */
	if (!r->dumb)
		repl_print("\033[?2004h");
	text = el_gets(r->el, &n);
	if (text) {
		while (n > 0 && (text[n - 1] == '\n' || text[n - 1] == '\r'))
			n--;
		buf_add(line, text, (size_t)n);
	}
	repl_input_end(r);
	if (!r->dumb)
		repl_print("\033[?2004l");
	return text != NULL;
}

/* A line with those that belong to it, as in sh: behind a backslash, in quotes, of a here-document.
 * ^D in the middle ends the line as it is. */
static bool read_command(struct repl *r, struct buf *command)
{
	enum words_more more = WORDS_MORE;
	bool got = true;

	buf_clear(command);
	r->command = command;
	r->session->pasted = false;
	while (got && more != WORDS_DONE) {
		got = read_line(r, command);
		more = r->cancelled ? WORDS_DONE : session_more(r->session, buf_text(command));
		if (!got && r->continued && !repl_input_fatal()) {
			repl_print("\n");
			r->continued = false;
			return true;
		}
		if (got && more == WORDS_JOIN)
			command->data[--command->len] = '\0';
		else if (got && more == WORDS_MORE)
			buf_putc(command, '\n');
		r->continued = more != WORDS_DONE;
	}
	r->continued = false;
	return got;
}

/* Lua reads a newline as a blank, save in comments and long strings. */
static bool joins(const char *command)
{
	const char *chunk;

	return command_find_lua(command, &chunk) && !strstr(chunk, "--") && !strstr(chunk, "[[") &&
	       !strstr(chunk, "[=") && !strstr(chunk, "\\\n");
}

/* As it can be typed again: a chunk of Lua as one line, else each of the lines. */
static void remember(struct repl *r, const struct buf *command)
{
	char *text = mem_strdup(buf_text(command)), *rest = text, *line;
	bool joined = joins(text);

	for (char *c = text; joined && *c; c++)
		*c = *c == '\n' ? ' ' : *c;

	while ((line = strsep(&rest, "\n")))
		if (*line)
			repl_history_add(r, line);
	free(text);
}

static void run_line(struct repl *r, const char *line)
{
	struct session *s = r->session;
	struct err err = ERR_INIT;
	bool failed;

	failed = session_run(s, line, &err) < 0;
	/* The terminal has shown ^C or ^Z, and the cursor stands behind it. */
	if (interrupt_pending() ||
	    (!failed && (s->status == STATUS_INTERRUPTED || s->status == STATUS_STOPPED)))
		repl_print("\n");
	if (interrupt_pending() || s->status == STATUS_INTERRUPTED)
		repl_paste_drop(r);
	if (failed)
		report_error(NULL, &err);
}

/* The shell is asked to end: once more if it would take jobs with it. */
static bool may_leave(struct repl *r, bool warned)
{
	struct buf warning = { 0 };
	bool jobs = !warned && !r->session->detached && repl_jobs_warn(r, &warning);

	if (jobs)
		repl_print(buf_text(&warning));
	buf_free(&warning);
	return !jobs;
}

static void converse(struct repl *r)
{
	struct session *s = r->session;
	struct buf command = { 0 };
	bool leave = false, warned = false;

	while (!leave) {
		bool asked;

		if (read_command(r, &command)) {
			if (r->cancelled || !command.len)
				continue;
			remember(r, &command);
			run_line(r, buf_text(&command));
			asked = s->quit;
		} else {
			if (repl_input_fatal())
				break;
			repl_print("exit\n");
			run_line(r, "exit");
			asked = true;
		}
		leave = asked && may_leave(r, warned);
		s->quit = leave;
		warned = asked;
	}
	buf_free(&command);
}

int repl_run(struct session *s, bool quiet, struct err *err)
{
	struct repl r = { .session = s };

	if (open_editor(&r, err) < 0)
		return -1;
	repl_history_open(&r);
	if (!quiet)
		greet(s);
	converse(&r);
	if (repl_input_fatal())
		s->status = 128 + repl_input_fatal();
	el_end(r.el);
	repl_history_close(&r);
	repl_paste_drop(&r);
	repl_jobs_free(&r);
	return 0;
}
