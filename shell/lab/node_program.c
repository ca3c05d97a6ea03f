#include "lab/node_program.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"

#define OUTPUT_LINES 4
#define OUTPUT_SHOWN 300 /* bytes */

bool node_program_needs_shell(const char *line)
{
	size_t len;

	return words_need_shell(line) || words_background(line, &len);
}

/* Its words, or sh's. */
static int read_line(struct node_program *np, const char *line, struct err *err)
{
	static const char *const shell[] = { "/bin/sh", "-c" };
	size_t n = 0;

	if (words_split(line, &np->words, err) < 0)
		return -1;
	np->argv = mem_resize(NULL, np->words.n + 4, sizeof(*np->argv));
	if (node_program_needs_shell(line)) {
		np->argv[n++] = (char *)shell[0];
		np->argv[n++] = (char *)shell[1];
		np->argv[n++] = (char *)line;
	} else {
		for (; n < np->words.n; n++)
			np->argv[n] = np->words.v[n].text;
	}
	np->argv[n] = NULL;
	return n ? 0 : err_set(err, "there is nothing to run");
}

int node_program_open(struct node_program *np, struct lab *lab, const char *node, const char *line,
		      struct err *err)
{
	*np = (struct node_program){ .program = PROGRAM_INIT };
	if (lab_place_program(lab, node, &np->program, err) < 0)
		return -1;
	if (read_line(np, line, err) < 0) {
		node_program_close(np);
		return -1;
	}
	np->program.argv = np->argv;
	/* Ours is the rest of a script, or a person's keyboard. */
	np->program.in = open("/dev/null", O_RDONLY | O_CLOEXEC);
	if (np->program.in >= 0)
		return 0;
	err_errno(err, errno, "open /dev/null");
	node_program_close(np);
	return -1;
}

void node_program_close(struct node_program *np)
{
	if (np->program.in >= 0)
		close(np->program.in);
	words_free(&np->words);
	free(np->argv);
	*np = (struct node_program){ .program = PROGRAM_INIT };
}

void node_program_add_output(struct buf *out, const char *text)
{
	size_t len = strlen(text), from, lines = 0;

	while (len && isspace((unsigned char)text[len - 1]))
		len--;
	for (from = len; from && len - from < OUTPUT_SHOWN; from--)
		if (text[from - 1] == '\n' && ++lines == OUTPUT_LINES)
			break;
	while (from < len && text[from] == '\n')
		from++;
	if (len == from)
		return;
	/* Several are easier to read below each other. */
	buf_puts(out, memchr(text + from, '\n', len - from) ? ":\n" : ": ");
	buf_add(out, text + from, len - from);
}
