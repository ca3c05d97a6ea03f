#include "lua/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/name.h"
#include "lua/embedded.h"

#define FILE_MAX ((size_t)1 << 20) /* bytes */

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

/* The whole of FD, one byte more than FILE_MAX at most. */
static int file_read_all(struct file *f, int fd)
{
	ssize_t n;

	f->read = mem_alloc(FILE_MAX + 1);
	while (f->len <= FILE_MAX && (n = read(fd, f->read + f->len, FILE_MAX + 1 - f->len)) != 0) {
		if (n < 0 && errno != EINTR)
			return -1;
		if (n > 0)
			f->len += (size_t)n;
	}
	f->text = f->read;
	return 0;
}

static int file_read(struct file *f, struct err *err)
{
	/* O_NONBLOCK: opening a FIFO must not wait for a writer. */
	int fd = open(f->script, O_RDONLY | O_CLOEXEC | O_NONBLOCK), code;
	struct stat st;

	if (fd < 0)
		return err_errno(err, errno, "%s", f->script);
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
		close(fd);
		return err_set(err, "%s: no regular file", f->script);
	}
	code = file_read_all(f, fd) == 0 ? 0 : errno;
	close(fd);
	if (code)
		return err_errno(err, code, "%s", f->script);
	if (f->len > FILE_MAX)
		return err_set(err, "%s: more than 1 MB, too large for a topology", f->script);
	return 0;
}

static int file_read_lua(struct file *f, struct err *err)
{
	if (file_read(f, err) != 0)
		return -1;
	if (f->len && f->text[0] == '\033')
		return err_set(
			err,
			"%s: compiled Lua (bytecode) is not run: give the text it was made from",
			f->script);
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

int file_open(struct file *f, const char *name, struct err *err)
{
	size_t len = strlen(name);

	*f = (struct file){ 0 };
	if (len <= 4 || strcmp(name + len - 4, ".lua") != 0)
		return file_opened(f, file_find_embedded(f, name, err), err);
	f->script = mem_strdup(name);
	return file_opened(f, file_read_lua(f, err), err);
}

int file_open_any(struct file *f, const char *path, struct err *err)
{
	*f = (struct file){ .script = mem_strdup(path) };
	return file_opened(f, file_read(f, err), err);
}

void file_close(struct file *f)
{
	free(f->script);
	free(f->read);
	*f = (struct file){ 0 };
}
