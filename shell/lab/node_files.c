#include "lab/node_files.h"

#include <dirent.h>
#include <errno.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "lab/node_private.h"

/* ---- files in /etc ---- */

/* An entry of /etc, or a file below one. */
struct etc_path {
	char top[NAME_MAX + 1]; /* of /etc/frr/frr.conf: frr */
	bool nested;		/* that is a directory */
	char shown[NODE_PATH];	/* /etc/netns/r1/frr/frr.conf */
	char link[NODE_PATH];	/* /etc/netns/r1/frr, which leads to */
	char store[NODE_PATH];	/* /run/nslab/nodes/r1/etc/frr */
};

static void etc_path_of(struct etc_path *p, const char *node, const char *path)
{
	const char *rest = path + strlen("/etc/");
	size_t len = strcspn(rest, "/");

	snprintf(p->top, sizeof(p->top), "%.*s", (int)len, rest);
	p->nested = rest[len];
	snprintf(p->shown, sizeof(p->shown), "/etc/netns/%s/%s", node, rest);
	snprintf(p->link, sizeof(p->link), "/etc/netns/%s/%s", node, p->top);
	snprintf(p->store, sizeof(p->store), NODE_FILES "/%s/etc/%s", node, p->top);
}

/* Where a link in /etc leads may be hidden by a directory of the node's own, as /run/systemd:
 * the lab's /etc gets a copy of the file instead. */
static int replace_link(const char *path, struct err *err)
{
	char *text = node_text_read(path);
	int r;

	if (unlink(path) < 0)
		r = err_errno(err, errno, "%s", path);
	else
		r = node_text_write(path, text ? text : "", err);
	free(text);
	return r;
}

/* What the view shows needs a namesake in the lab's /etc, to be put over: empty where the machine
 * has none. */
static int make_namesake(const struct etc_path *p, struct err *err)
{
	char path[NODE_PATH];
	struct stat st;

	snprintf(path, sizeof(path), "/etc/%s", p->top);
	if (lstat(path, &st) < 0) {
		if (!p->nested)
			return node_text_write(path, "", err);
		return mkdir(path, 0755) < 0 ? err_errno(err, errno, "%s", path) : 0;
	}
	if (S_ISLNK(st.st_mode) && !p->nested)
		return replace_link(path, err);
	if (stat(path, &st) == 0 && S_ISDIR(st.st_mode) != p->nested)
		return err_set(err, "%s is %s", path, p->nested ? "no directory" : "a directory");
	return 0;
}

/* /etc/netns/NODE has the entry; somebody may have put one there, then that is it. */
static int make_entry(const struct etc_path *p, struct err *err)
{
	if (node_path_make_parents(p->link, err) < 0 || node_path_make_parents(p->store, err) < 0)
		return -1;
	if (symlink(p->store, p->link) < 0 && errno != EEXIST)
		return err_errno(err, errno, "%s", p->link);
	/* Also for a link of an earlier node. */
	if (p->nested && mkdir(p->store, 0755) < 0 && errno != EEXIST)
		return err_errno(err, errno, "%s", p->store);
	return node_path_make_parents(p->shown, err);
}

/* The one link on the way to it is ours. */
static int check_entry(const struct etc_path *p, const char *path, struct err *err)
{
	const char *rest = path + strlen("/etc/") + strlen(p->top);
	char to[NODE_PATH];
	ssize_t n = readlink(p->link, to, sizeof(to) - 1);

	to[n > 0 ? n : 0] = '\0';
	if (n >= 0 && strcmp(to, p->store) != 0)
		return err_set(err, "%s is a symbolic link to %s", p->link, to);
	return node_path_check_links(n < 0 ? p->link : p->store, rest, err);
}

int node_file_refuse(const char *path, struct err *err)
{
	err_set(err, "%s is in no directory of the node's own", path);
	return err_hint(err, "below /etc every node has files of its own; elsewhere give it the "
			     "directory first: private");
}

/* The directories that are empty now, up to UNTIL. */
static void remove_parents(const char *path, const char *until)
{
	char dir[NODE_PATH];
	char *slash;

	snprintf(dir, sizeof(dir), "%s", path);
	while ((slash = strrchr(dir, '/')) && (size_t)(slash - dir) > strlen(until)) {
		*slash = '\0';
		if (rmdir(dir) < 0)
			return;
	}
}

void node_file_restore(struct lab *lab, const char *node, const char *path, const char *old)
{
	char store[NODE_PATH];
	struct etc_path p;

	node_private_path(store, node, path);
	etc_path_of(&p, node, path);
	if (old) {
		node_text_write(node_path_is_within(path, "/etc") ? p.shown : store, old, NULL);
		return;
	}
	if (!node_path_is_within(path, "/etc")) {
		unlink(store);
		return;
	}
	unlink(p.nested ? p.shown : p.store);
	remove_parents(p.shown, p.link);
	if (p.nested && rmdir(p.store) < 0)
		return;
	unlink(p.link);
	remove_parents(p.link, "/etc/netns");
	lab_netns_renew(lab, node);
}

static int write_etc(struct lab *lab, const char *node, const char *path, const char *text,
		     char **old, struct err *err)
{
	struct etc_path p;

	if (!lab->etc_private)
		return err_set(err, "%s: this lab has no /etc of its own to change", path);
	etc_path_of(&p, node, path);
	if (check_entry(&p, path, err) < 0)
		return -1;
	*old = node_text_read(p.shown);
	if (make_namesake(&p, err) < 0 || make_entry(&p, err) < 0)
		return -1;
	lab_netns_renew(lab, node);
	if (node_text_write(p.shown, text, err) == 0)
		return 0;
	node_file_restore(lab, node, path, *old);
	return -1;
}

int node_file_write(struct lab *lab, const char *node, const char *path, const char *text,
		    char **old, struct err *err)
{
	char store[NODE_PATH];

	*old = NULL;
	if (node_path_check(path, err) < 0)
		return -1;
	if (node_path_is_within(path, "/etc"))
		return write_etc(lab, node, path, text, old, err);
	if (!node_private_holds(node, path))
		return node_file_refuse(path, err);
	node_private_path(store, node, "");
	if (node_path_check_links(store, path, err) < 0)
		return -1;
	node_private_path(store, node, path);
	*old = node_text_read(store);
	if (node_path_make_parents(store, err) == 0 && node_text_write(store, text, err) == 0)
		return 0;
	node_file_restore(lab, node, path, *old);
	return -1;
}

static int is_entry(const struct dirent *e)
{
	return strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0;
}

char *node_files_list(const char *node)
{
	char path[NODE_PATH], *directories = node_private_list(node);
	struct dirent **entries = NULL;
	struct buf list = { 0 };
	int n;

	snprintf(path, sizeof(path), "/etc/netns/%s", node);
	n = scandir(path, &entries, is_entry, alphasort);
	for (int i = 0; i < n; i++) {
		buf_printf(&list, "/etc/%s\n", entries[i]->d_name);
		free(entries[i]);
	}
	free(entries);
	if (directories)
		buf_puts(&list, directories);
	free(directories);
	return list.data;
}

/* ---- with the node ---- */

/* Where others look for what stands in these directories: a node's name and the entry's. */
static const struct {
	const char *directory, *before, *between, *after;
} outside[] = {
	{ "etc", "/etc/netns/", "/", "" },
	{ "logs", "/run/nslab/log/", "-", ".log" },
};

/* Have what is outside lead to NODE's entries of DIRECTORY I, which is at PATH now, or no longer.
 */
static void link_all(const char *node, const char *path, int i, bool there)
{
	char link[NODE_PATH], store[NODE_PATH], directory[NODE_PATH];
	const struct dirent *e;
	DIR *dir;

	snprintf(directory, sizeof(directory), "%s/%s", path, outside[i].directory);
	dir = opendir(directory);
	while (dir && (e = readdir(dir))) {
		if (!is_entry(e))
			continue;
		snprintf(link, sizeof(link), "%s%s%s%s%s", outside[i].before, node,
			 outside[i].between, e->d_name, outside[i].after);
		snprintf(store, sizeof(store), NODE_FILES "/%s/%s/%s", node, outside[i].directory,
			 e->d_name);
		if (there)
			(void)(node_path_make_parents(link, NULL) < 0 || symlink(store, link) < 0);
		else if (readlink(link, store, sizeof(store)) > 0)
			unlink(link);
	}
	if (dir)
		closedir(dir);
}

char *node_files_hide(const char *node)
{
	static unsigned count;
	char *hidden = mem_printf(NODE_FILES "/.%d.%u", (int)getpid(), count++);
	char path[NODE_PATH];

	snprintf(path, sizeof(path), NODE_FILES "/%s", node);
	if (rename(path, hidden) < 0) {
		free(hidden);
		return NULL;
	}
	for (int i = 0; i < 2; i++)
		link_all(node, hidden, i, false);
	/* Where somebody else has put something there, it stays. */
	snprintf(path, sizeof(path), "/etc/netns/%s", node);
	rmdir(path);
	return hidden;
}

void node_files_restore(const char *node, const char *hidden)
{
	char path[NODE_PATH];

	snprintf(path, sizeof(path), NODE_FILES "/%s", node);
	if (rename(hidden, path) == 0)
		for (int i = 0; i < 2; i++)
			link_all(node, path, i, true);
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	remove(path);
	return 0;
}

void node_files_remove(const char *path)
{
	nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
}

void node_files_forget(const char *name)
{
	char *hidden = node_files_hide(name);

	if (hidden)
		node_files_remove(hidden);
	free(hidden);
}
