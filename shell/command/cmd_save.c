/* save. */
#include "command/command.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "command/grammar.h"
#include "command/save.h"

static int write_all(int fd, const struct buf *text)
{
	for (size_t done = 0; done < text->len;) {
		ssize_t n = write(fd, text->data + done, text->len - done);

		if (n < 0 && errno != EINTR)
			return -1;
		done += n > 0 ? (size_t)n : 0;
	}
	return 0;
}

/* What is to be replaced: the file itself, where PATH is a link to it. */
static char *target_of(const char *path)
{
	char *real = realpath(path, NULL);

	return real ? real : mem_strdup(path);
}

/* As a new file would be, or as the one it replaces is. */
static void set_mode(int fd, const char *path)
{
	mode_t mask = umask(0);
	struct stat st;

	umask(mask);
	fchmod(fd, stat(path, &st) == 0 ? st.st_mode & 0777 : 0666 & ~mask);
}

static int write_beside(const char *path, const struct buf *text, struct err *err)
{
	char *temporary = mem_printf("%s.XXXXXX", path);
	int fd = mkostemp(temporary, O_CLOEXEC), code = 0;

	if (fd < 0) {
		free(temporary);
		return err_errno(err, errno, "write %s", path);
	}
	set_mode(fd, path);
	if (write_all(fd, text) < 0 || close(fd) < 0 || rename(temporary, path) < 0)
		code = errno;
	if (code)
		unlink(temporary);
	free(temporary);
	return code ? err_errno(err, code, "write %s", path) : 0;
}

int save_file(const char *path, const struct buf *text, struct err *err)
{
	char *target = target_of(path);
	struct stat st;
	int fd, failed = 0;

	/* A pipe or a device is written to, not replaced. */
	if (stat(target, &st) < 0 || S_ISREG(st.st_mode)) {
		failed = write_beside(target, text, err);
	} else {
		fd = open(target, O_WRONLY | O_CLOEXEC);
		if (fd < 0 || write_all(fd, text) < 0)
			failed = err_errno(err, errno, "write %s", path);
		if (fd >= 0)
			close(fd);
	}
	free(target);
	return failed;
}

static bool ends_in_lua(const char *path)
{
	size_t len = strlen(path);

	return len > 4 && strcmp(path + len - 4, ".lua") == 0;
}

/* As `load` wants it: a path. */
static char *loadable(const char *file)
{
	if (strcmp(file, "-") == 0)
		return mem_strdup("./saved.lua");
	return strchr(file, '/') ? mem_strdup(file) : mem_printf("./%s", file);
}

static int run_save(struct session *s, const struct args *a, struct err *err)
{
	const char *file = args_text(a, "file");
	bool to_output = strcmp(file, "-") == 0;
	struct shape shape = { 0 };
	struct buf text = { 0 };
	char *name;
	int failed;

	if (!to_output && !ends_in_lua(file)) {
		err_usage(err, "save %s: a topology's name ends in .lua", file);
		return err_hint(err, "save %s.lua", file);
	}
	if (shape_find(s->graph, command_is_reserved, &shape, err) < 0)
		return err_wrap(err, "save");
	name = loadable(file);
	save_lua(&shape, name, &text);
	free(name);
	if (to_output)
		out_puts(&s->out, buf_text(&text));
	failed = to_output ? 0 : save_file(file, &text, err);
	buf_free(&text);
	shape_free(&shape);
	return failed ? err_wrap(err, "save") : 0;
}

const struct command cmd_save = {
	.name = "save",
	.family = FAMILY_SCRIPT,
	.args = "<file>",
	.summary = "write the lab as a topology that builds it again",
	.details =
		"Whatever made it: commands, a topology, or `ip` lines typed by hand. FILE ends in "
		".lua; - is the output. Hosts, routers, switches and links are written as a person "
		"would, the rest piece by piece: namespaces, veth pairs, bridges, addresses, "
		"routes, and the sysctls of a namespace that lessons turn on (forwarding, "
		"rp_filter, "
		"tcp_sack and their like; none of a single interface). What cannot be built again "
		"(programs and their devices, files, tc) is named in a comment.",
	.example = "save -",
	.run = run_save,
};
