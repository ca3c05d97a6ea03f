/* source: the lines of a file, one after the other. */
#include "command/command.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/interrupt.h"
#include "command/grammar.h"

/* One line of FILE. A program that fails stops the file as an error does, and it is said where. */
static int source_line(struct session *s, const char *file, unsigned number, const char *line,
		       struct err *err)
{
	if (session_run(s, line, err))
		return err_wrap(err, "%s:%u", file, number);
	if (!s->status || s->quit)
		return 0;
	return err_set(err, "%s:%u: %s: exit status %d", file, number, line + strspn(line, " \t"),
		       s->status);
}

static int source_lines(struct session *s, const char *file, FILE *f, struct err *err)
{
	unsigned number = 0;
	char *line = NULL;
	size_t size = 0;
	ssize_t len;
	int rc = 0;

	while (!rc && !s->quit && (len = getline(&line, &size, f)) >= 0) {
		number++;
		while (len && (line[len - 1] == '\n' || line[len - 1] == '\r'))
			line[--len] = '\0';
		if (interrupt_pending())
			rc = err_set(err, "%s:%u: interrupted", file, number);
		else if (strlen(line) != (size_t)len)
			rc = err_set(err, "%s:%u: the line has a NUL byte", file, number);
		else
			rc = source_line(s, file, number, line, err);
	}
	if (!rc && ferror(f))
		rc = err_errno(err, errno, "source: %s", file);
	free(line);
	return rc;
}

static int run_source(struct session *s, const struct args *a, struct err *err)
{
	const char *file = args_text(a, "file");
	FILE *f = fopen(file, "re");
	int rc;

	if (!f)
		return err_usage(err, "source: %s: %s", file, strerror(errno));
	rc = source_lines(s, file, f, err);
	fclose(f);
	return rc;
}

const struct command cmd_source = {
	.name = "source",
	.family = FAMILY_SCRIPT,
	.args = "<file>",
	.summary = "run the lines of a file",
	.details =
		"Stops at the first line that fails, with FILE:LINE. `exit` in it ends the shell.",
	.no_example = "needs a file",
	.run = run_source,
};
