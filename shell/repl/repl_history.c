/*
 * Lines typed before. In memory a plain list, which `history` prints and libedit asks about; on
 * disk one line each, appended as they are typed, so that two labs at once and a killed shell lose
 * none.
 */
#include "repl/editor.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"

#define HISTORY_LINES 10000
/* A file of more lines than this is cut to HISTORY_LINES at the next start. */
#define HISTORY_FILE_LINES (HISTORY_LINES + HISTORY_LINES / 5)
#define HISTORY_FILE_BYTES (16 << 20)

/* $XDG_STATE_HOME/nslab, or what stands in for it; NULL: nowhere. */
static char *history_directory(void)
{
	const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");

	if (state && *state == '/')
		return mem_printf("%s/nslab", state);
	if (home && *home == '/')
		return mem_printf("%s/.local/state/nslab", home);
	return NULL;
}

/* Make PATH and what leads to it. */
static void directory_make(char *path)
{
	for (char *slash = path + 1; (slash = strchr(slash, '/')); slash++) {
		*slash = '\0';
		mkdir(path, 0700);
		*slash = '/';
	}
	mkdir(path, 0700);
}

/* The directory, locked: who appends and who cuts take turns. -1: no history on this machine, which
 * is no error. */
static int history_lock(const struct repl *r)
{
	int dir;

	if (!r->history_dir)
		return -1;
	dir = open(r->history_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir >= 0)
		flock(dir, LOCK_EX);
	return dir;
}

/* The file, if it is one that we may use; only its owner may read it. */
static int history_file(int dir, const char *name, int flags)
{
	struct stat st;
	int fd = openat(dir, name, flags | O_CLOEXEC | O_NONBLOCK, 0600);

	if (fd < 0)
		return -1;
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode)) {
		close(fd);
		return -1;
	}
	if (st.st_mode & 077)
		fchmod(fd, 0600);
	return fd;
}

/* All or nothing, as far as a file goes. */
static bool write_whole(int fd, const char *data, size_t len)
{
	return write(fd, data, len) == (ssize_t)len;
}

static void history_keep(struct history *h, const char *line)
{
	if (h->n && strcmp(h->lines[h->n - 1], line) == 0)
		return;
	if (h->n == HISTORY_LINES) {
		free(h->lines[0]);
		memmove(h->lines, h->lines + 1, (h->n - 1) * sizeof(*h->lines));
		h->n--;
	}
	h->lines = mem_grow(h->lines, h->n, &h->cap, sizeof(*h->lines));
	h->lines[h->n++] = mem_strdup(line);
}

/* A line that can be shown: somebody else may have written the file. */
static bool history_is_text(const char *line)
{
	for (const char *c = line; *c; c++) {
		if (((unsigned char)*c < ' ' && *c != '\t') || *c == 0x7f)
			return false;
	}
	return *line && strlen(line) <= WORDS_LINE_MAX && mbstowcs(NULL, line, 0) != (size_t)-1;
}

/* Read the file's lines; returns how many it has. */
static size_t history_read(struct repl *r, int fd)
{
	struct buf b = { 0 };
	char chunk[65536];
	size_t lines = 0;
	ssize_t n;

	if (lseek(fd, 0, SEEK_END) > HISTORY_FILE_BYTES)
		lseek(fd, -HISTORY_FILE_BYTES, SEEK_END);
	else
		lseek(fd, 0, SEEK_SET);
	while ((n = read(fd, chunk, sizeof(chunk))) > 0)
		buf_add(&b, chunk, (size_t)n);
	for (char *line = b.data, *end; line && line < b.data + b.len; line = end + 1) {
		end = line + strcspn(line, "\n");
		*end = '\0';
		lines++;
		if (history_is_text(line))
			history_keep(&r->history, line);
	}
	buf_free(&b);
	return lines;
}

/* Write the file anew: first to another one, which then takes its name. */
static void history_cut(struct repl *r, int dir)
{
	struct buf b = { 0 };
	int fd = history_file(dir, "history.new", O_WRONLY | O_CREAT | O_TRUNC);

	if (fd < 0)
		return;
	for (size_t i = 0; i < r->history.n; i++)
		buf_printf(&b, "%s\n", r->history.lines[i]);
	if (write_whole(fd, b.data, b.len))
		renameat(dir, "history.new", dir, "history");
	else
		unlinkat(dir, "history.new", 0);
	close(fd);
	buf_free(&b);
}

void repl_history_open(struct repl *r)
{
	int dir, fd;

	r->session->history = &r->history;
	r->history_dir = history_directory();
	if (!r->history_dir)
		return;
	directory_make(r->history_dir);
	dir = history_lock(r);
	if (dir < 0)
		return;
	fd = history_file(dir, "history", O_RDONLY);
	if (fd >= 0) {
		if (history_read(r, fd) > HISTORY_FILE_LINES)
			history_cut(r, dir);
		close(fd);
	}
	close(dir);
}

void repl_history_add(struct repl *r, const char *line)
{
	char *text;
	int dir, fd;

	if (!history_is_text(line) || !line[strspn(line, " \t")])
		return;
	if (r->history.n && strcmp(r->history.lines[r->history.n - 1], line) == 0)
		return;
	history_keep(&r->history, line);
	dir = history_lock(r);
	if (dir < 0)
		return;
	fd = history_file(dir, "history", O_WRONLY | O_APPEND | O_CREAT);
	if (fd >= 0) {
		text = mem_printf("%s\n", line);
		write_whole(fd, text, strlen(text));
		free(text);
		close(fd);
	}
	close(dir);
}

void repl_history_close(struct repl *r)
{
	r->session->history = NULL;
	for (size_t i = 0; i < r->history.n; i++)
		free(r->history.lines[i]);
	free(r->history.lines);
	free(r->history_dir);
}

/* libedit calls the newest line the first, and goes `next` towards older ones. */
int repl_history_event(void *data, HistEvent *event, int op, ...)
{
	struct repl *r = data;
	size_t n = r->history.n, at = r->history_at;

	switch (op) {
	case H_FIRST:
		at = n - 1;
		break;
	case H_LAST:
		at = 0;
		break;
	case H_NEXT:
		at--;
		break;
	case H_PREV:
		at++;
		break;
	case H_CURR:
		break;
	default:
		return -1;
	}
	if (at >= n)
		return -1;
	r->history_at = at;
	event->num = (int)at + 1;
	event->str = r->history.lines[at];
	return 0;
}
