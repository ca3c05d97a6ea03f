#include "lab/node_private.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "lab/node_files.h"

#define ID_NOBODY 65534 /* the kernel's overflowuid and overflowgid */

void node_private_path(char store[NODE_PATH], const char *node, const char *path)
{
	snprintf(store, NODE_PATH, NODE_FILES "/%s/private%s", node, path);
}

static void list_path(char list[NODE_PATH], const char *node)
{
	snprintf(list, NODE_PATH, NODE_FILES "/%s/mounts", node);
}

char *node_private_list(const char *node)
{
	char list[NODE_PATH];

	list_path(list, node);
	return node_text_read(list);
}

/* The line of LIST that is DIR. */
static const char *find_line(const char *list, const char *dir)
{
	size_t len = strlen(dir);

	for (; *list; list += strcspn(list, "\n"), list += *list == '\n')
		if (strncmp(list, dir, len) == 0 && list[len] == '\n')
			return list;
	return NULL;
}

bool node_private_holds(const char *node, const char *path)
{
	char *list = node_private_list(node), dir[NODE_PATH];
	bool found = false;

	snprintf(dir, sizeof(dir), "%s", path);
	for (char *slash; list && !found && (slash = strrchr(dir, '/'));) {
		*slash = '\0';
		found = *dir && find_line(list, dir);
	}
	free(list);
	return found;
}

int node_private_check(const char *dir, struct err *err)
{
	static const char *const others[] = { "/proc", "/sys", "/dev", "/run/netns", "/run/nslab" };

	if (node_path_check(dir, err) < 0)
		return -1;
	if (strcmp(dir, "/etc") == 0 || node_path_is_within(dir, "/etc"))
		return err_set(err, "%s: in /etc a node has files of its own, not directories",
			       dir);
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (strcmp(dir, others[i]) == 0 || node_path_is_within(dir, others[i]))
			return err_set(err, "%s: %s is the kernel's or the lab's, not a node's",
				       dir, others[i]);
	return 0;
}

/* What is put over a directory needs that to be there, and by its own name: a link would lead the
 * node elsewhere. */
static int find_namesake(const char *node, const char *dir, struct stat *st, struct err *err)
{
	char *real;
	int r;

	/* In another one of its own it is a directory like any. */
	if (node_private_holds(node, dir)) {
		*st = (struct stat){ .st_mode = S_IFDIR | 0755 };
		return 0;
	}
	/* The lab's /run is its own, though not what it has taken over from the machine's. */
	if (node_path_is_within(dir, "/run") && !strchr(dir + strlen("/run/"), '/'))
		mkdir(dir, 0755);
	stat(dir, st);
	real = realpath(dir, NULL);
	if (!real)
		return err_errno(err, errno, "%s", dir);
	r = strcmp(real, dir) ? err_set(err, "%s is a link: name %s", dir, real) : 0;
	free(real);
	if (r == 0 && !S_ISDIR(st->st_mode))
		return err_set(err, "%s is no directory", dir);
	return r;
}

static int add_line(const char *node, const char *dir, struct err *err)
{
	char *old = node_private_list(node), list[NODE_PATH];
	struct buf text = { 0 };
	int r;

	buf_printf(&text, "%s%s\n", old ? old : "", dir);
	list_path(list, node);
	r = node_text_write(list, buf_text(&text), err);
	buf_free(&text);
	free(old);
	return r;
}

/* One that has no id in the lab is nobody: then it is root's. */
static unsigned id_of(unsigned id)
{
	return id == ID_NOBODY ? 0 : id;
}

int node_private_add(struct lab *lab, const char *node, const char *dir, bool *made,
		     struct err *err)
{
	char *list = node_private_list(node), store[NODE_PATH];
	struct stat st;

	*made = !list || !find_line(list, dir);
	free(list);
	if (!*made)
		return 0;
	if (node_private_check(dir, err) < 0 || find_namesake(node, dir, &st, err) < 0)
		return -1;
	node_private_path(store, node, dir);
	if (node_path_make_parents(store, err) < 0 || (mkdir(store, 0755) < 0 && errno != EEXIST))
		return err_errno(err, errno, "%s", store);
	/* /tmp is everyone's to write and stays so, /run/frr is frr's. */
	(void)!chown(store, id_of(st.st_uid), id_of(st.st_gid));
	chmod(store, st.st_mode & 07777);
	lab_netns_renew(lab, node);
	return add_line(node, dir, err);
}

void node_private_remove(struct lab *lab, const char *node, const char *dir)
{
	char *list = node_private_list(node), store[NODE_PATH];
	const char *line = list ? find_line(list, dir) : NULL;
	struct buf text = { 0 };

	if (line) {
		buf_add(&text, list, (size_t)(line - list));
		buf_puts(&text, line + strlen(dir) + 1);
		list_path(store, node);
		node_text_write(store, buf_text(&text), NULL);
		node_private_path(store, node, dir);
		node_files_remove(store);
		lab_netns_renew(lab, node);
	}
	buf_free(&text);
	free(list);
}
