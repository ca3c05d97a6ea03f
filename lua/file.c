#include "lua/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/interrupt.h"
#include "base/mem.h"
#include "base/name.h"
#include "lua/embedded.h"

#define FILE_MAX  ((size_t)1 << 20) /* bytes */
#define FILE_HEAD 256		    /* bytes in which only a binary file has a NUL */

/* As lua(1) does: a byte order mark and a first line starting with # are no part of the script. The
 * line's end stays, it counts. */
static void file_skip_head(struct file *f)
{
	size_t skip = 0;

	if (f->len >= 3 && memcmp(f->text, "\xef\xbb\xbf", 3) == 0)
		skip = 3;
	if (skip < f->len && f->text[skip] == '#')
		while (skip < f->len && f->text[skip] != '\n')
			skip++;
	f->text += skip;
	f->len -= skip;
}

/* The whole of FD, or a little more than MAX bytes of it. 0, or an errno value. */
static int file_read_all(struct file *f, int fd, size_t max)
{
	struct buf text = { 0 };
	char chunk[65536];
	ssize_t n = 1;
	int code = 0;

	while (!code && n && text.len <= max) {
		n = read(fd, chunk, sizeof(chunk));
		if (n > 0)
			buf_add(&text, chunk, (size_t)n);
		else if (n < 0 && (errno != EINTR || interrupt_pending()))
			code = errno;
	}
	f->read = text.data;
	f->text = buf_text(&text);
	f->len = text.len;
	return code;
}

static int file_read(struct file *f, size_t max, struct err *err)
{
	/* O_NONBLOCK: opening a FIFO must not wait for a writer. */
	int fd = open(f->script, O_RDONLY | O_CLOEXEC | O_NONBLOCK), code;
	struct stat st;

	if (fd < 0)
		return err_errno(err, errno, "%s", f->script);
	if (fstat(fd, &st) != 0 || !(S_ISREG(st.st_mode) || S_ISFIFO(st.st_mode))) {
		close(fd);
		return err_set(err, "%s: %s", f->script,
			       S_ISDIR(st.st_mode) ? "a directory" : "no regular file");
	}
	fcntl(fd, F_SETFL, O_RDONLY); /* but reading waits */
	code = file_read_all(f, fd, max);
	close(fd);
	if (code)
		return err_errno(err, code, "%s", f->script);
	if (f->len > max)
		return err_set(err, "%s: more than %zu MB, too large", f->script, max >> 20);
	return 0;
}

/* Is what was read a text of Lua? */
static int file_check_lua(struct file *f, struct err *err)
{
	if (f->len && f->text[0] == '\033')
		return err_set(
			err,
			"%s: compiled Lua (bytecode) is not run: give the text it was made from",
			f->script);
	if (memchr(f->text, '\0', f->len < FILE_HEAD ? f->len : FILE_HEAD))
		return err_set(err, "%s: a binary file, no script", f->script);
	file_skip_head(f);
	return 0;
}

static int file_find_embedded(struct file *f, const char *name, struct err *err)
{
	struct nearest near = { .word = name };

	for (const struct embedded *e = embedded_topologies; e->name; e++) {
		if (strcmp(e->name, name) == 0) {
			f->script = mem_strdup(e->path);
			f->text = e->text;
			f->len = e->size;
			return 0;
		}
		nearest_offer(&near, e->name);
	}
	err_set(err, "no topology \"%s\"", name);
	nearest_suggest(&near, err);
	return err_hint(
		err,
		"`topologies` lists those built in; a file of your own is a path ending in .lua");
}

/* RESULT of opening F: a file that is not there is a wrong word of the caller. */
static int file_opened(struct file *f, int result, struct err *err)
{
	if (result != 0) {
		file_close(f);
		if (err)
			err->class = ERR_USAGE;
	}
	return result;
}

int file_open_any(struct file *f, const char *path, struct err *err)
{
	*f = (struct file){ .script = mem_strdup(path) };
	return file_opened(f, file_read(f, FILE_MAX, err), err);
}

int file_open_script(struct file *f, const char *path, size_t max, struct err *err)
{
	int result;

	*f = (struct file){ .script = mem_strdup(path) };
	result = file_read(f, max, err);
	return file_opened(f, result ? result : file_check_lua(f, err), err);
}

int file_open(struct file *f, const char *name, struct err *err)
{
	size_t len = strlen(name);

	*f = (struct file){ 0 };
	if (len <= 4 || strcmp(name + len - 4, ".lua") != 0)
		return file_opened(f, file_find_embedded(f, name, err), err);
	return file_open_script(f, name, FILE_MAX, err);
}

void file_close(struct file *f)
{
	free(f->script);
	free(f->read);
	*f = (struct file){ 0 };
}
