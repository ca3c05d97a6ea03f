#include "lab/node_paths.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"

/* ---- paths ---- */

int node_path_check(const char *path, struct err *err)
{
	const char *part = path;

	if (*path != '/')
		return err_set(err, "%s is no absolute path", *path ? path : "\"\"");
	if (strlen(path) >= PATH_MAX / 2 || strchr(path, '\n'))
		return err_set(err, "%.40s...: no name for a file", path);
	while (*part) {
		size_t len = strcspn(++part, "/");

		if (len == 0 || strncmp(part, ".", len) == 0 || strncmp(part, "..", len) == 0)
			return err_set(err, "%s: write the path without empty parts, . and ..",
				       path);
		part += len;
	}
	return 0;
}

bool node_path_is_within(const char *path, const char *dir)
{
	size_t len = strlen(dir);

	return strncmp(path, dir, len) == 0 && path[len] == '/';
}

int node_path_check_links(const char *base, const char *path, struct err *err)
{
	char part[2 * NODE_PATH];
	struct stat st;
	size_t len;

	for (const char *end = path; *end; end += len) {
		len = strcspn(end + 1, "/") + 1;
		snprintf(part, sizeof(part), "%s%.*s", base, (int)(end + len - path), path);
		if (lstat(part, &st) == 0 && S_ISLNK(st.st_mode)) {
			err_set(err, "%s: %.*s is a symbolic link", path, (int)(end + len - path),
				path);
			return err_hint(err, "write the file it leads to, or remove it first");
		}
	}
	return 0;
}

int node_path_make_parents(const char *path, struct err *err)
{
	char dir[NODE_PATH];

	snprintf(dir, sizeof(dir), "%s", path);
	for (char *slash = dir; (slash = strchr(slash + 1, '/'));) {
		*slash = '\0';
		if (mkdir(dir, 0755) < 0 && errno != EEXIST)
			return err_errno(err, errno, "%s", dir);
		*slash = '/';
	}
	return 0;
}

/* ---- the contents of a file ---- */

char *node_text_read(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct buf text = { 0 };
	char chunk[16384];
	ssize_t n;

	if (fd < 0)
		return NULL;
	buf_puts(&text, "");
	while ((n = read(fd, chunk, sizeof(chunk))) > 0)
		buf_add(&text, chunk, (size_t)n);
	close(fd);
	if (n == 0)
		return text.data;
	buf_free(&text);
	return NULL;
}

int node_text_write(const char *path, const char *text, struct err *err)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644), code = 0;
	size_t len = strlen(text);

	if (fd < 0)
		return err_errno(err, errno, "%s", path);
	for (ssize_t n; len > 0 && !code; text += n, len -= (size_t)n) {
		n = write(fd, text, len);
		if (n < 0) {
			code = errno;
			break;
		}
	}
	close(fd);
	return code ? err_errno(err, code, "%s", path) : 0;
}

char *node_next_line(char **rest)
{
	char *line = *rest;

	if (!line || !*line)
		return NULL;
	*rest += strcspn(line, "\n");
	if (**rest)
		*(*rest)++ = '\0';
	return line;
}
