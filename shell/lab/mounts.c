#include "lab/mounts.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "kernel/namespace.h"
#include "lab/environment.h"
#include "lab/hosts.h"

#define ETC	  "/run/nslab/etc"
#define ETC_UPPER ETC "/upper"
#define ETC_WORK  ETC "/work"

/* ---- a directory built anew ---- */

/* Entry NAME of the directory OLD, put into NEW: a link as it is, anything else by binding it. What
 * stands in NEW already stays. */
static void adopt(int old, int new, const char *name)
{
	char from[PATH_MAX], to[PATH_MAX], target[PATH_MAX];
	struct stat st;
	ssize_t n;
	int fd;

	if (fstatat(old, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return;
	if (S_ISLNK(st.st_mode)) {
		n = readlinkat(old, name, target, sizeof(target) - 1);
		target[n > 0 ? n : 0] = '\0';
		symlinkat(target, new, name);
		return;
	}
	snprintf(from, sizeof(from), "/proc/self/fd/%d/%s", old, name);
	snprintf(to, sizeof(to), "/proc/self/fd/%d/%s", new, name);
	if (S_ISDIR(st.st_mode)) {
		if (mkdirat(new, name, st.st_mode & 07777) < 0)
			return;
	} else {
		fd = openat(new, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
		if (fd < 0)
			return;
		close(fd);
	}
	/* In a user namespace what is mounted below may not be left out: hence MS_REC. */
	if (mount(from, to, "none", MS_BIND | MS_REC, "") < 0)
		unlinkat(new, name, S_ISDIR(st.st_mode) ? AT_REMOVEDIR : 0);
}

/* All of the directory OLD, which PATH now covers, into PATH. Closes OLD. */
static void adopt_all(int old, const char *path)
{
	int new = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = fdopendir(old);
	struct dirent *e;

	while (d && new >= 0 && (e = readdir(d)))
		if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
			adopt(old, new, e->d_name);
	if (new >= 0)
		close(new);
	if (d)
		closedir(d);
	else
		close(old);
}

/* ---- /run ---- */

static int make_run(void)
{
	int old = open("/run", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (old < 0)
		return -1;
	if (mount("nslab", "/run", "tmpfs", MS_NOSUID | MS_NODEV, "mode=755") < 0 ||
	    mkdir("/run/netns", 0755) < 0 || mkdir("/run/nslab", 0755) < 0 ||
	    mkdir(ENVIRONMENT_BIN, 0755) < 0 || environment_install() < 0) {
		close(old);
		return -1;
	}
	/* The C library asks nscd before it looks at the lab's /etc: an empty directory hides its
	 * socket. */
	if (faccessat(old, "nscd", F_OK, 0) == 0)
		mkdir("/run/nscd", 0755);
	adopt_all(old, "/run");
	/* `ip netns add` mounts there; being shared, what it mounts is seen by nodes whose view is
	 * older. */
	if (mount("nslab", "/run/netns", "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, "mode=755") < 0)
		return -1;
	return mount("none", "/run/netns", "none", MS_SHARED, "");
}

/* ---- /etc ---- */

static int overlay_etc(const struct lab *lab)
{
	char options[256];

	snprintf(options, sizeof(options), "lowerdir=/etc,upperdir=%s,workdir=%s%s", ETC_UPPER,
		 ETC_WORK, lab->rootless ? ",userxattr" : "");
	return mount("overlay", "/etc", "overlay", MS_NOSUID | MS_NODEV, options);
}

/* The nearest to an overlay: the lab's own files, and the machine's beside them, not to be written.
 */
static int rebuild_etc(void)
{
	struct statvfs st;
	unsigned long flags = 0;
	int old, code;

	if (statvfs("/etc", &st) == 0)
		flags = st.f_flag & (ST_NOSUID | ST_NODEV | ST_NOEXEC);
	/* Bound to itself to become a mount, which can be made read-only; the binds of its entries
	 * inherit that. */
	if (mount("/etc", "/etc", "none", MS_BIND | MS_REC, "") < 0 ||
	    mount("none", "/etc", "none", MS_BIND | MS_REMOUNT | MS_RDONLY | flags, "") < 0)
		return -1;
	old = open("/etc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (old < 0)
		return -1;
	if (mount(ETC_UPPER, "/etc", "none", MS_BIND, "") < 0) {
		code = errno;
		close(old);
		errno = code;
		return -1;
	}
	adopt_all(old, "/etc");
	return 0;
}

static void make_etc(struct lab *lab)
{
	int code;

	if (mkdir(ETC, 0700) < 0 || mkdir(ETC_UPPER, 0755) < 0 || mkdir(ETC_WORK, 0755) < 0 ||
	    hosts_install(ETC_UPPER) < 0) {
		buf_printf(&lab->notes,
			   "no /etc of the lab's own (%s): names of nodes are not found\n",
			   strerror(errno));
		return;
	}
	lab->etc_private = true;
	if (overlay_etc(lab) == 0)
		return;
	code = errno;
	if (rebuild_etc() == 0) {
		buf_printf(&lab->notes,
			   "no overlay on /etc here (%s): files of the machine's /etc cannot be "
			   "changed in the lab, new ones can be made\n",
			   strerror(code));
		return;
	}
	lab->etc_private = false;
	buf_printf(&lab->notes,
		   "no /etc of the lab's own (overlay: %s; bind: %s): names of nodes are not "
		   "found\n",
		   strerror(code), strerror(errno));
}

/* ---- all ---- */

static int make_all(struct lab *lab, enum refusal_step *step)
{
	/* The machine's later mounts arrive here, none of ours leave. */
	*step = REFUSAL_SLAVE;
	if (mount("none", "/", "none", MS_REC | MS_SLAVE, "") < 0)
		return -1;
	*step = REFUSAL_PROC;
	if (mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, "") < 0)
		return -1;
	/* With the machine's network its /sys is right as it is. */
	if (!lab->host_net && namespace_mount_sysfs() < 0)
		buf_printf(&lab->notes,
			   "no /sys of the lab's own (%s): /sys/class/net shows the machine's "
			   "interfaces\n",
			   strerror(errno));
	*step = REFUSAL_RUN;
	if (make_run() < 0)
		return -1;
	make_etc(lab);
	return 0;
}

int mounts_make(struct lab *lab, enum refusal_step *step)
{
	char *cwd = get_current_dir_name();
	mode_t mask = umask(022);
	int r = make_all(lab, step), code = errno;

	umask(mask);
	/* By name, so that a directory in /run or /etc is the lab's. One that is gone leaves us
	 * where we are. */
	if (r == 0 && cwd && chdir(cwd) < 0)
		code = errno;
	free(cwd);
	errno = code;
	return r;
}
