#include "script.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/interrupt.h"
#include "base/mem.h"
#include "report.h"

#define STATUS_INTERRUPTED 130 /* as sh: 128 + SIGINT */

/* Where the next byte comes from. */
struct reader {
	const struct script_source *source;
	const char *text; /* what is left of source->text */
	char chunk[4096];
	size_t at, len;
};

static struct script_source *script_add(struct script *sc)
{
	sc->sources = mem_grow(sc->sources, sc->n, &sc->cap, sizeof(*sc->sources));
	sc->sources[sc->n] = (struct script_source){ .fd = -1 };
	return &sc->sources[sc->n++];
}

void script_add_text(struct script *sc, const char *text)
{
	struct script_source *source = script_add(sc);

	source->name = "-c";
	source->text = text;
}

int script_add_file(struct script *sc, const char *path, struct err *err)
{
	struct script_source *source;
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0) {
		err_errno(err, errno, "script %s", path);
		err->class = ERR_USAGE;
		return -1;
	}
	if (fstat(fd, &st) == 0 && S_ISDIR(st.st_mode)) {
		close(fd);
		return err_usage(err, "script %s: it is a directory", path);
	}
	source = script_add(sc);
	source->name = path;
	source->fd = fd;
	return 0;
}

void script_add_stdin(struct script *sc)
{
	struct script_source *source = script_add(sc);

	source->name = "stdin";
	source->fd = STDIN_FILENO;
	source->shared = true;
}

void script_free(struct script *sc)
{
	for (size_t i = 0; i < sc->n; i++) {
		if (sc->sources[i].fd > STDERR_FILENO)
			close(sc->sources[i].fd);
	}
	free(sc->sources);
	*sc = (struct script){ 0 };
}

/* A single -c: its program's own status is the answer, and needs no words. */
static bool script_is_lone(const struct script *sc)
{
	return sc->n == 1 && sc->sources[0].text;
}

/* The next byte, -1 at the end or ^C, -2 with err. */
static int reader_byte(struct reader *r, struct err *err)
{
	ssize_t n;

	if (r->source->text)
		return *r->text ? (unsigned char)*r->text++ : -1;
	if (r->at == r->len) {
		do {
			n = read(r->source->fd, r->chunk, r->source->shared ? 1 : sizeof(r->chunk));
		} while (n < 0 && errno == EINTR && !interrupt_pending());
		if (n < 0 && errno != EINTR) {
			err_errno(err, errno, "read");
			return -2;
		}
		if (n <= 0)
			return -1;
		r->at = 0;
		r->len = (size_t)n;
	}
	return (unsigned char)r->chunk[r->at++];
}

/* A line in LINE, without its newline; the last one may lack it. 1; 0 at the end; -1 with err. */
static int reader_line(struct reader *r, struct buf *line, struct err *err)
{
	size_t before = line->len;
	int c;

	while ((c = reader_byte(r, err)) >= 0 && c != '\n') {
		if (c == '\0')
			return err_set(err, "a NUL byte: this is no text");
		if (line->len >= WORDS_LINE_MAX)
			return err_set(err, "a line of more than %d bytes", WORDS_LINE_MAX);
		buf_putc(line, (char)c);
	}
	if (c == -2)
		return -1;
	if (line->len > before && line->data[line->len - 1] == '\r') /* written on Windows */
		line->data[--line->len] = '\0';
	return c == '\n' || line->len > before;
}

/* A line with those that belong to it, as in sh: behind a backslash, in quotes, of a here-document.
 * LINES counts them. */
static int reader_command(struct reader *r, struct session *s, struct buf *command, unsigned *lines,
			  struct err *err)
{
	int got;

	buf_clear(command);
	while ((got = reader_line(r, command, err)) > 0) {
		enum words_more more = session_more(s, buf_text(command));

		++*lines;
		if (more == WORDS_DONE)
			return 1;
		if (more == WORDS_JOIN)
			command->data[--command->len] = '\0';
		else
			buf_putc(command, '\n');
	}
	return got < 0 ? -1 : command->len > 0;
}

/* Say that a program gave STATUS; sh calls 128 + N a death by signal N. */
static void script_report_status(const char *where, const char *line, int status)
{
	const char *signal = status > 128 ? sigabbrev_np(status - 128) : NULL;
	struct buf text = { 0 };

	buf_printf(&text, "%.200s: exit status %d", line + strspn(line, " \t"), status);
	if (signal)
		buf_printf(&text, " (SIG%s)", signal);
	report_line(where, buf_text(&text));
	buf_free(&text);
}

/* A blank line or a comment does nothing and keeps the status: it is no second failure. */
static bool is_blank(const char *line)
{
	line += strspn(line, " \t\n");
	return *line == '\0' || *line == '#';
}

/* One command. True when it failed. */
static bool script_command(struct session *s, const char *where, const char *line, bool lone)
{
	struct err err = ERR_INIT;

	if (is_blank(line))
		return false;

	if (session_run(s, line, &err) < 0) {
		report_error(where, &err);
		return true;
	}
	if (s->status == 0 || s->quit)
		return false;
	if (!lone)
		script_report_status(where, line, s->status);
	return true;
}

/* A whole source; LINES counts on from the last one. True when it failed. */
static bool script_source(struct script *sc, const struct script_source *source, struct session *s,
			  unsigned *lines)
{
	struct reader r = { .source = source, .text = source->text };
	struct buf command = { 0 };
	struct err err = ERR_INIT;
	bool failed = false;
	int got = 0;

	while (!s->quit && !interrupt_pending() && !(failed && !sc->keep_going)) {
		unsigned first = *lines + 1;
		char where[300];

		got = reader_command(&r, s, &command, lines, &err);
		snprintf(where, sizeof(where), "%s:%u", source->name, got < 0 ? *lines + 1 : first);
		if (got < 0)
			report_error(where, &err);
		if (got <= 0)
			break;
		failed |= script_command(s, where, buf_text(&command), script_is_lone(sc));
	}
	buf_free(&command);
	return failed || got < 0;
}

int script_run(struct script *sc, struct session *s)
{
	unsigned lines = 0, *count;
	bool failed = false;

	for (size_t i = 0; i < sc->n && !s->quit && !interrupt_pending(); i++) {
		unsigned own = 0;

		count = sc->sources[i].text ? &lines : &own;
		failed |= script_source(sc, &sc->sources[i], s, count);
		if (failed && !sc->keep_going)
			break;
	}
	if (interrupt_pending())
		return STATUS_INTERRUPTED;
	if (s->quit || script_is_lone(sc))
		return s->status;
	return failed ? ERR_FAILED : 0;
}
