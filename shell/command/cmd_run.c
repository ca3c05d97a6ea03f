/* sh, time, explain: lines that run lines. */
#include "command/command.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/mem.h"
#include "command/grammar.h"
#include "command/program.h"
#include "kernel/netlink.h"
#include "kernel/process.h"

/* `sh -c LINE` and `sh FILE`, as they stand in a page: the shell itself. */
static bool means_the_shell(const char *line)
{
	struct stat st;
	struct words w;
	bool means;

	if (words_split(line, &w, NULL))
		return false;
	means = w.n &&
		(w.v[0].text[0] == '-' || (!process_exists(w.v[0].text) &&
					   stat(w.v[0].text, &st) == 0 && S_ISREG(st.st_mode)));
	words_free(&w);
	return means;
}

static int run_sh(struct session *s, const struct args *a, struct err *err)
{
	const char *line = args_text(a, "program");
	char *shell = means_the_shell(line) ? mem_printf("sh %s", line) : NULL;
	int rc = program_run_line(s, "", shell ? shell : line, err);

	free(shell);
	return rc;
}

const struct command cmd_sh = {
	.name = "sh",
	.family = FAMILY_RUN,
	.args = "<program>",
	.summary = "run a line by /bin/sh in the lab's root namespace",
	.details = "The same as a line that begins with `!`, or with a program's name. `sudo` in "
		   "such a line does nothing: "
		   "inside the lab everybody is root.",
	.example = "sh ip -brief link",
	.run = run_sh,
};

static int run_time(struct session *s, const struct args *a, struct err *err)
{
	uint64_t requests = netlink_count();
	int64_t start = clock_ns();
	int rc = session_run(s, args_text(a, "line"), err);

	requests = netlink_count() - requests;
	out_printf(&s->out, "*** Elapsed time: %.6f secs", (double)(clock_ns() - start) / 1e9);
	if (requests)
		out_printf(&s->out, ", %llu netlink requests", (unsigned long long)requests);
	out_puts(&s->out, "\n");
	return rc;
}

const struct command cmd_time = {
	.name = "time",
	.family = FAMILY_TEST,
	.args = "<line>",
	.summary = "run a line and say how long it took",
	.details = "With the number of requests to the kernel, where there were any.",
	.example = "time pingall",
	.run = run_time,
};

static int run_explain(struct session *s, const struct args *a, struct err *err)
{
	const char *line = args_text(a, "line");

	if (spec_has_choice(args_at(a, "line", 0)->spec, line)) {
		s->explain = !strcmp(line, "on");
		return 0;
	}
	return session_explain(s, line, err);
}

const struct command cmd_explain = {
	.name = "explain",
	.family = FAMILY_LEARN,
	.args = "on|off|<line>",
	.summary = "show the ip commands that a line stands for",
	.details = "With a line: what it would do, and nothing is done. After `explain on` every "
		   "change is shown before it "
		   "is made. The lines that are shown can be typed here, or pasted into a shell of "
		   "root's.",
	.example = "explain add host h3",
	.run = run_explain,
};
