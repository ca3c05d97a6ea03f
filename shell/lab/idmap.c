#include "lab/idmap.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "kernel/process.h"

/* What programs that drop privileges ask for: nobody is 65534. */
#define IDS 65536

struct kind {
	const char *map, *program, *file;
	unsigned own;
};

bool idmap_find_range(const char *text, const char *user, uid_t id, struct idmap_range *range)
{
	char name[256];
	const char *line = text;

	while (*line) {
		size_t len = strcspn(line, "\n");
		char *end;

		if (sscanf(line, "%255[^:\n]:%lu:%lu", name, &range->start, &range->count) == 3 &&
		    range->count > 0 &&
		    ((user && strcmp(name, user) == 0) ||
		     (strtoul(name, &end, 10) == id && end != name && *end == '\0')))
			return true;
		line += len + (line[len] == '\n');
	}
	return false;
}

static int write_file(pid_t pid, const char *name, const char *text)
{
	char path[64];
	int fd, code = 0;

	snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, name);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return errno;
	if (write(fd, text, strlen(text)) < 0)
		code = errno;
	close(fd);
	return code;
}

static bool read_range(const struct kind *kind, struct idmap_range *range)
{
	char text[65536];
	struct passwd *user;
	int fd = open(kind->file, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	if (fd < 0)
		return false;
	n = read(fd, text, sizeof(text) - 1);
	close(fd);
	/* Asking for the name loads the C library's name services: not for an empty file. */
	if (n <= 0)
		return false;
	text[n] = '\0';
	user = getpwuid(getuid());
	return idmap_find_range(text, user ? user->pw_name : NULL, getuid(), range);
}

/* By the setuid program: 0 is us, 1 and up are the ids that the administrator has set aside for us.
 */
static bool write_by_program(pid_t pid, const struct kind *kind)
{
	struct idmap_range range;
	struct process_status status;
	struct buf out = { 0 };
	char words[4][24];
	char *argv[] = {
		(char *)kind->program, words[0], "0", words[1], "1", "1", words[2], words[3], NULL
	};
	struct program p = PROGRAM_INIT;
	bool done;

	if (!read_range(kind, &range) || !process_exists(kind->program))
		return false;
	snprintf(words[0], sizeof(words[0]), "%d", (int)pid);
	snprintf(words[1], sizeof(words[1]), "%u", kind->own);
	snprintf(words[2], sizeof(words[2]), "%lu", range.start);
	snprintf(words[3], sizeof(words[3]), "%lu", range.count < IDS ? range.count : IDS - 1);
	p.argv = argv;
	done = process_capture(&p, &out, 4096, &status, NULL) == 0 &&
	       process_exit_code(&status) == 0;
	buf_free(&out);
	return done;
}

/* 0: many ids, 1: one; -1: none, with errno. */
static int write_map(pid_t pid, const struct kind *kind, bool full)
{
	char text[64];
	int code;

	snprintf(text, sizeof(text), "0 0 %d\n", IDS);
	if (full && write_file(pid, kind->map, text) == 0)
		return 0;
	if (write_by_program(pid, kind))
		return 0;
	/* Without rights over the group ids, giving up groups must be given up first. */
	code = strcmp(kind->map, "gid_map") == 0 ? write_file(pid, "setgroups", "deny") : 0;
	snprintf(text, sizeof(text), "0 %u 1\n", kind->own);
	if (code == 0)
		code = write_file(pid, kind->map, text);
	errno = code;
	return code ? -1 : 1;
}

int idmap_write(pid_t pid, bool full, bool *single, struct err *err)
{
	const struct kind kinds[] = {
		{ "uid_map", "newuidmap", "/etc/subuid", geteuid() },
		{ "gid_map", "newgidmap", "/etc/subgid", getegid() },
	};

	*single = false;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		int r = write_map(pid, &kinds[i], full);

		if (r < 0)
			return err_errno(err, errno, "write %s", kinds[i].map);
		*single |= r == 1;
	}
	return 0;
}
