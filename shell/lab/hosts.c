#include "lab/hosts.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"

#define HOSTS	  "/etc/hosts"
#define HOSTS_NEW "/etc/.hosts.nslab.%d"

/* What stands above is the machine's, or was written by a student; below are the nodes. */
static const char mark[] = "# the lab's nodes\n";

/* Without it `ping h2` takes the IPv6 address: the one a lesson speaks of is 10.0.0.2. */
static const char gai[] = "precedence ::ffff:0:0/96 100\n";

/* The machine's name servers cannot be reached from a lab; their addresses may even be those of its
 * nodes, and each unknown name would wait for them. Without any, glibc asks 127.0.0.1 and is
 * refused at once. */
static const char resolv[] = "# No name server: /etc/hosts knows the nodes. One for a node alone: "
			     "mkdir -p /etc/netns/NODE, and write resolv.conf there\n";

/* A missing file is an empty one. */
static void read_text(const char *path, struct buf *out)
{
	char chunk[16384];
	struct stat st;
	ssize_t n;
	/* Not waiting for the writer of a pipe. */
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);

	if (fd < 0)
		return;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
		while ((n = read(fd, chunk, sizeof(chunk))) > 0)
			buf_add(out, chunk, (size_t)n);
	close(fd);
}

static int write_text(const char *path, const char *text, size_t len)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644), code = 0;

	if (fd < 0)
		return -1;
	/* Whatever our umask is, programs that dropped root read it, too. */
	fchmod(fd, 0644);
	while (len && code == 0) {
		ssize_t n = write(fd, text, len);

		if (n < 0 && errno != EINTR)
			code = errno;
		if (n > 0) {
			text += n;
			len -= (size_t)n;
		}
	}
	close(fd);
	errno = code;
	return code ? -1 : 0;
}

/* ---- nsswitch.conf ---- */

/* Answered by daemons outside the lab, which know nothing of its nodes and may know others of that
 * name. */
static bool lives_outside(const char *source, size_t len)
{
	static const char *const sources[] = { "resolve", "mymachines", "myhostname" };

	for (size_t i = 0; i < sizeof(sources) / sizeof(sources[0]); i++)
		if (strlen(sources[i]) == len && memcmp(source, sources[i], len) == 0)
			return true;
	return false;
}

/* The sources in LINE of LEN bytes, each with the [ACTION]s that follow it. */
static void rewrite_sources(const char *line, size_t len, struct buf *out)
{
	const char *end = line + len, *comment = memchr(line, '#', len);
	struct buf kept = { 0 };
	bool keep = true, files = false;

	if (comment)
		end = comment;
	while (line < end) {
		const char *word = line;

		if (*line == ' ' || *line == '\t') {
			line++;
			continue;
		}
		if (*line == '[') {
			while (line < end && *line++ != ']')
				;
		} else {
			line += strcspn(line, " \t[#\n");
			keep = !lives_outside(word, (size_t)(line - word));
			files |= line - word == 5 && memcmp(word, "files", 5) == 0;
		}
		if (keep) {
			buf_putc(&kept, ' ');
			buf_add(&kept, word, (size_t)(line - word));
		}
	}
	buf_printf(out, "hosts:%s%s\n", files ? "" : " files", buf_text(&kept));
	buf_free(&kept);
}

void hosts_rewrite_nsswitch(const char *text, struct buf *out)
{
	bool seen = false;

	while (*text) {
		size_t len = strcspn(text, "\n"), blank = strspn(text, " \t");

		if (strncmp(text + blank, "hosts:", 6) == 0) {
			seen = true;
			rewrite_sources(text + blank + 6, len - blank - 6, out);
		} else {
			buf_add(out, text, len);
			buf_putc(out, '\n');
		}
		text += len + (text[len] == '\n');
	}
	if (!seen)
		buf_puts(out, "hosts: files dns\n");
}

/* ---- installing and rewriting ---- */

static int put_file(const char *dir, const char *name, const struct buf *text)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return write_text(path, buf_text(text), text->len);
}

int hosts_install(const char *dir)
{
	struct buf hosts = { 0 }, nsswitch = { 0 }, sources = { 0 };
	const struct buf order = { .data = (char *)gai, .len = sizeof(gai) - 1 };
	const struct buf resolver = { .data = (char *)resolv, .len = sizeof(resolv) - 1 };
	char path[PATH_MAX];
	int r;

	read_text(HOSTS, &hosts);
	read_text("/etc/nsswitch.conf", &nsswitch);
	hosts_rewrite_nsswitch(buf_text(&nsswitch), &sources);
	r = put_file(dir, "hosts", &hosts);
	if (r == 0)
		r = put_file(dir, "nsswitch.conf", &sources);
	if (r == 0)
		r = put_file(dir, "gai.conf", &order);
	if (r == 0)
		r = put_file(dir, "resolv.conf", &resolver);
	snprintf(path, sizeof(path), "%s/netns", dir);
	if (r == 0)
		r = mkdir(path, 0755);
	buf_free(&hosts);
	buf_free(&nsswitch);
	buf_free(&sources);
	return r;
}

/* TEXT up to the mark, its last line whole. */
static void cut_at_mark(struct buf *text)
{
	char *at = text->len ? strstr(text->data, mark) : NULL;

	if (at) {
		text->len = (size_t)(at - text->data);
		*at = '\0';
	}
	if (text->len && text->data[text->len - 1] != '\n')
		buf_putc(text, '\n');
}

/* Does NAME stand in TEXT as a whole word? */
static bool names(const char *text, const char *name, size_t len)
{
	for (; (text = memmem(text, strlen(text), name, len)); text += len)
		if (strchr(" \t", text[-1]) && strchr(" \t\n", text[len]))
			return true;
	return false;
}

/* The machine's lines; those of a name that a node has, for as long as it has it, as comments:
 * glibc would mix their addresses, and prefer 127.0.1.1. */
static void add_machine(const char *machine, const char *nodes, struct buf *out)
{
	static const char hidden[] = "# a node has this name: ";

	while (*machine) {
		size_t len, at;
		bool taken = false;

		if (strncmp(machine, hidden, sizeof(hidden) - 1) == 0)
			machine += sizeof(hidden) - 1;
		len = strcspn(machine, "\n");
		at = strcspn(machine, " \t\n");

		while (at < len && machine[at] != '#') {
			size_t word = strspn(machine + at, " \t");

			at += word;
			word = strcspn(machine + at, " \t\n#");
			taken |= word && *nodes && names(nodes, machine + at, word);
			at += word;
		}
		buf_puts(out, taken ? hidden : "");
		buf_add(out, machine, len);
		buf_putc(out, '\n');
		machine += len + (machine[len] == '\n');
	}
}

/* A file that is renamed over another takes away what views had mounted there: nodes with an
 * /etc/hosts of their own need new ones. */
static void renew_own_hosts(void)
{
	DIR *all = opendir("/etc/netns");
	const struct dirent *e;
	char path[PATH_MAX];

	while (all && (e = readdir(all))) {
		snprintf(path, sizeof(path), "%s/hosts", e->d_name);
		if (*e->d_name != '.' && faccessat(dirfd(all), path, F_OK, 0) == 0)
			utimensat(dirfd(all), e->d_name, NULL, 0);
	}
	if (all)
		closedir(all);
}

int lab_write_hosts(struct lab *lab, const char *text, struct err *err)
{
	struct buf all = { 0 }, old = { 0 };
	char new[64];
	int r = 0;

	if (!lab->etc_private || strcmp(text, buf_text(&lab->hosts)) == 0)
		return 0;
	/* Read anew each time: other shells of the lab write it, too. */
	read_text(HOSTS, &old);
	cut_at_mark(&old);
	add_machine(buf_text(&old), text, &all);
	buf_puts(&all, mark);
	buf_puts(&all, text);
	/* By renaming, so that a program that reads it meets the old or the new text. */
	snprintf(new, sizeof(new), HOSTS_NEW, (int)getpid());
	if (write_text(new, all.data, all.len) < 0 || rename(new, HOSTS) < 0)
		r = err_errno(err, errno, "write %s", HOSTS);
	buf_free(&all);
	buf_free(&old);
	if (r < 0)
		return -1;
	renew_own_hosts();
	buf_clear(&lab->hosts);
	buf_puts(&lab->hosts, text);
	return 0;
}
