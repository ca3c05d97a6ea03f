/* term: a shell of a node in a window of its own. */
#include "command/command.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "command/grammar.h"
#include "command/program.h"
#include "kernel/process.h"

/* A pane of the tmux around us: its shell starts outside the lab and comes in by `nslab exec`. */
static int open_pane(struct session *s, const char *node, struct err *err)
{
	char self[4096];
	ssize_t len = readlink("/proc/self/exe", self, sizeof(self) - 1);
	struct buf command = { 0 };
	char *argv[] = { (char *)"tmux", (char *)"split-window", NULL, NULL };
	int rc;

	if (len <= 0)
		return err_set(err, "term %s: this program's own file is not known", node);
	self[len] = '\0';
	buf_puts(&command, "exec ");
	buf_put_quoted(&command, self);
	buf_puts(&command, " exec ");
	buf_put_quoted(&command, s->lab->name);
	buf_putc(&command, ' ');
	buf_put_quoted(&command, node);
	buf_puts(&command, " -- ");
	buf_put_quoted(&command, program_shell());
	argv[2] = command.data;
	rc = program_run_words(s, "", "tmux split-window", argv, NULL, false, err);
	buf_free(&command);
	return rc;
}

/* A window of X, whose server listens at a socket that is a file: any network namespace reaches it.
 */
static int open_window(struct session *s, const char *node, const char *terminal, struct err *err)
{
	char *argv[] = { (char *)terminal,	  (char *)"-T", (char *)node, (char *)"-e",
			 (char *)program_shell(), NULL };

	return program_run_words(s, node, terminal, argv, NULL, true, err);
}

static const char *find_terminal(void)
{
	const char *display = getenv("DISPLAY");

	if (!display || *display != ':')
		return NULL;
	if (process_exists("xterm"))
		return "xterm";
	return process_exists("x-terminal-emulator") ? "x-terminal-emulator" : NULL;
}

static int run_term(struct session *s, const struct args *a, struct err *err)
{
	const char *terminal = find_terminal();
	const char *tmux = getenv("TMUX");
	bool pane = tmux && *tmux;

	if (!pane && !terminal) {
		err_set(err,
			"term: no tmux around this shell, and no display with a terminal program");
		return err_hint(err, "in another terminal: nslab exec %s %s %s", s->lab->name,
				args_text(a, "node"), program_shell());
	}
	for (size_t i = 0; i < args_count(a, "node"); i++) {
		const char *node = args_at(a, "node", i)->text;

		if (pane ? open_pane(s, node, err) : open_window(s, node, terminal, err))
			return -1;
	}
	return 0;
}

const struct command cmd_term = {
	.name = "term",
	.family = FAMILY_RUN,
	.args = "<node>...",
	.summary = "open a shell of a node in a tmux pane or a terminal window",
	.no_example = "needs tmux or a display",
	.run = run_term,
};
