/* nslab: parse the words, check the topology, start the lab, hand it to a front end. */
#include <errno.h>
#include <fcntl.h>
#include <langinfo.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/interrupt.h"
#include "command/command.h"
#include "command/grammar.h"
#include "lab/init.h"
#include "labs.h"
#include "lua/import.h"
#include "lua/live/live.h"
#include "lua/topology.h"
#include "options.h"
#include "plan/draft.h"
#include "plan/sysctls.h"
#include "repl/repl.h"
#include "report.h"

#ifndef NSLAB_VERSION
#define NSLAB_VERSION "0.1"
#endif

#define STATUS_INTERRUPTED 130 /* as sh: 128 + SIGINT */

/* What the shell process needs from the words. */
struct start {
	struct options *options;
	struct draft *draft; /* the topology, ready to be planned; NULL: an empty lab */
};

/* Names of the machine's files may come in any encoding, but what is typed here is UTF-8 or libedit
 * drops it. Only LC_CTYPE: the others would change how numbers are read and written. */
static void main_set_locale(void)
{
	if (!setlocale(LC_CTYPE, "") || strcmp(nl_langinfo(CODESET), "UTF-8") != 0)
		setlocale(LC_CTYPE, "C.UTF-8");
}

/* A descriptor 0, 1 or 2 that the caller closed would be given to the next socket. */
static void main_fill_standard_fds(void)
{
	int fd;

	do {
		fd = open("/dev/null", O_RDWR);
	} while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd >= 0)
		close(fd);
}

static int main_fail(const struct err *err)
{
	report_error(NULL, err);
	return err->class;
}

/* Build what the topology asked for. */
static int main_build(struct session *s, struct draft *draft, struct err *err)
{
	struct plan plan = { 0 };
	int r = draft_plan(draft, &plan, err);

	if (r == 0)
		r = session_apply(s, &plan, err);
	plan_free(&plan);
	out_flush(&s->out);
	return r;
}

static int main_script(struct session *s, const char *const *words)
{
	struct err err = ERR_INIT;

	if (live_run_file(s, words[0], words + 1, &err) == 0)
		return s->status;
	if (err.class == ERR_USAGE && topology_source(words[0]))
		err_hint(&err, "a lab and its shell: nslab %s", words[0]);
	main_fail(&err);
	return err.code == EINTR ? STATUS_INTERRUPTED : (int)err.class;
}

/* What works at the prompt works in lines from elsewhere, too: one's own commands. A script in Lua
 * says itself what it needs, and runs the same everywhere. */
static void main_read_init(struct session *s)
{
	const char *config = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
	bool own = config && *config == '/';
	struct buf path = { 0 };
	struct err err = ERR_INIT;

	if (own || (home && *home == '/')) {
		buf_printf(&path, "%s/%s", own ? config : home,
			   own ? "nslab/init.lua" : ".config/nslab/init.lua");
		if (access(buf_text(&path), F_OK) == 0 &&
		    live_run_file(s, buf_text(&path), NULL, &err) < 0)
			report_error(NULL, &err);
	}
	s->status = 0;
	buf_free(&path);
}

static int main_converse(struct session *s, struct options *o)
{
	struct err err = ERR_INIT;

	if (o->action == OPTIONS_RUN)
		return main_script(s, (const char *const *)o->rest);
	if (!o->no_init)
		main_read_init(s);
	if (o->script.n)
		return script_run(&o->script, s);
	if (repl_run(s, o->lab.quiet, &err) < 0)
		return main_fail(&err);
	return s->status;
}

/* At the end of a shell whose lab goes on. */
static void main_tell_stay(struct lab *lab)
{
	struct door_state state;
	struct buf text = { 0 };

	if (init_state(&lab->channel, &state, NULL) < 0 || !state.kept)
		return;
	buf_printf(&text, "lab %s stays: `nslab attach %s` comes back, `nslab stop %s` ends it\n",
		   lab->name, lab->name, lab->name);
	report_notes(buf_text(&text));
	buf_free(&text);
}

/* Inside the lab. */
static int main_shell(struct lab *lab, void *data)
{
	const struct start *start = data;
	struct options *o = start->options;
	struct graph graph = { 0 };
	struct session session = { 0 };
	struct err err = ERR_INIT;
	int status;

	interrupt_install();
	if (!o->lab.quiet)
		report_notes(buf_text(&lab->notes));
	if (sysctls_learn(lab, &err) < 0 || graph_open(&graph, lab, &err) < 0)
		return main_fail(&err);
	session_open(&session, lab, &graph, STDOUT_FILENO);
	session.explain = o->explain;
	session.json = o->json;
	if ((start->draft && main_build(&session, start->draft, &err) < 0) ||
	    (o->lab.keep && init_keep(&lab->channel, &err) < 0))
		status = main_fail(&err);
	else
		status = main_converse(&session, o);
	if (!o->lab.quiet && !session.detached &&
	    (lab->interactive || o->action == OPTIONS_LAB || o->action == OPTIONS_RUN))
		main_tell_stay(lab);
	session_close(&session);
	graph_close(&graph);
	return status;
}

/* Lines of -c and -f, else standard input; a person at a terminal gets a prompt. */
static void main_choose_input(struct options *o)
{
	if (o->action == OPTIONS_RUN)
		return;
	if (!o->script.n && !(isatty(STDIN_FILENO) && isatty(STDOUT_FILENO)))
		script_add_stdin(&o->script);
	o->lab.interactive = o->script.n == 0;
}

/* What the words ask for, drawn. */
static int main_draw(const struct options *o, struct draft *draft, struct err *err)
{
	struct buf said = { 0 };
	int status;

	if (o->import) {
		status = import_mininet(o->topology, draft, &said, err);
		if (!o->lab.quiet)
			report_notes(buf_text(&said));
	} else {
		status = topology_build(o->topology, o->params, o->n_params, draft, &said, err);
		fputs(buf_text(&said), stdout);
		fflush(stdout);
	}
	buf_free(&said);
	return status;
}

/* Run the topology's script first: what is wrong with it is known before there is a lab. A new lab
 * is empty, so the draft does not depend on it. */
static int main_lab(struct options *o)
{
	struct start start = { .options = o };
	struct draft draft;
	struct err err = ERR_INIT;
	int status = 0;

	main_choose_input(o);
	draft_init(&draft, NULL, command_is_reserved);
	if (o->topology) {
		status = main_draw(o, &draft, &err);
		start.draft = &draft;
	}
	if (status == 0)
		status = lab_run(&o->lab, main_shell, &start, &err);
	draft_free(&draft);
	return status < 0 ? main_fail(&err) : status;
}

/* `nslab help link`, `nslab topologies`: the rows of the table that look at no lab. */
static int main_command(const struct options *o)
{
	struct session session = { .out = { .fd = STDOUT_FILENO }, .json = o->json };
	struct args args = { 0 };
	struct buf line = { 0 };
	struct words w = { 0 };
	struct err err = ERR_INIT;
	const struct command *c;
	size_t used = 0;
	int r = -1;

	for (char **word = o->rest; *word; word++) {
		buf_put_quoted(&line, *word);
		buf_putc(&line, ' ');
	}
	if (words_split(buf_text(&line), &w, &err) == 0 && (c = command_find(&w, &used))) {
		r = args_parse(&args, c, buf_text(&line), used, NULL, &err);
		if (r == 0) {
			r = c->run(&session, &args, &err);
			args_free(&args);
		}
	}
	out_flush(&session.out);
	out_free(&session.out);
	words_free(&w);
	buf_free(&line);
	if (r < 0)
		err.class = ERR_USAGE;
	return r < 0 ? main_fail(&err) : session.status;
}

static int main_reference(void)
{
	struct out out = { .fd = STDOUT_FILENO };

	command_write_reference(&out);
	out_flush(&out);
	out_free(&out);
	return 0;
}

static int main_attach(struct options *o)
{
	struct start start = { .options = o };
	struct err err = ERR_INIT;
	int status;

	main_choose_input(o);
	status = lab_attach(o->target, o->lab.interactive, main_shell, &start, &err);
	return status < 0 ? main_fail(&err) : status;
}

static int main_act(struct options *o)
{
	switch (o->action) {
	case OPTIONS_LAB:
	case OPTIONS_RUN:
		return main_lab(o);
	case OPTIONS_COMMAND:
		if (o->rest[1] && strcmp(o->rest[1], "--markdown") == 0)
			return main_reference();
		return main_command(o);
	case OPTIONS_EXEC:
		return labs_exec(o->rest);
	case OPTIONS_ATTACH:
		return main_attach(o);
	case OPTIONS_LIST:
		return labs_list(o->json);
	case OPTIONS_STOP:
		return labs_stop(o->target);
	case OPTIONS_HELP:
		fputs(options_help, stdout);
		return 0;
	case OPTIONS_VERSION:
		puts("nslab " NSLAB_VERSION);
		return 0;
	}
	return ERR_USAGE;
}

int main(int argc, char **argv)
{
	struct options o = { 0 };
	struct err err = ERR_INIT;
	int status;

	main_fill_standard_fds();
	main_set_locale();
	/* A reader that went away is an error of write(); programs get the default back. */
	signal(SIGPIPE, SIG_IGN);
	signal(SIGCHLD, SIG_DFL); /* a parent that ignores it would have us wait for ever */
	status = options_parse(&o, argc, argv, &err) < 0 ? main_fail(&err) : main_act(&o);
	options_free(&o);
	return status;
}
