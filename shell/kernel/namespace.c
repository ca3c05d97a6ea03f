#include "kernel/namespace.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/descriptor.h"

/* ---- by descriptor ---- */

static int open_own(const char *kind, struct err *err)
{
	char path[64];
	int fd;

	/* Of this thread: another may be elsewhere (lab/maker.c). */
	snprintf(path, sizeof(path), "/proc/thread-self/ns/%s", kind);
	fd = descriptor_raise(open(path, O_RDONLY | O_CLOEXEC));
	if (fd >= 0)
		return fd;
	err_errno(err, errno, "open %s", path);
	if (err && (err->code == EMFILE || err->code == ENFILE))
		err_hint(err, "every node takes a few descriptors: raise `ulimit -n`");
	return -1;
}

int namespace_open_self(struct err *err)
{
	return open_own("net", err);
}

unsigned long namespace_inode(int fd)
{
	struct stat st;

	return fd >= 0 && fstat(fd, &st) == 0 ? st.st_ino : 0;
}

int namespace_join(int net, int mnt, int uts)
{
	if (net >= 0 && setns(net, CLONE_NEWNET) < 0)
		return errno;
	if (uts >= 0 && setns(uts, CLONE_NEWUTS) < 0)
		return errno;
	if (mnt >= 0 && setns(mnt, CLONE_NEWNS) < 0)
		return errno;
	return 0;
}

/* Going on would configure the wrong world, perhaps the machine's. */
static _Noreturn void end_stranded(void)
{
	static const char text[] = "nslab: cannot return to the lab's own namespaces\n";

	if (write(STDERR_FILENO, text, sizeof(text) - 1) < 0)
		_exit(3);
	abort();
}

static void return_to(int home)
{
	if (setns(home, CLONE_NEWNET) < 0)
		end_stranded();
}

/* ---- network namespaces ---- */

int namespace_create_net(int home, int *fd, struct netlink *nl,
			 int (*setup)(void *data, struct err *err), void *data, struct err *err)
{
	int r = -1;

	if (unshare(CLONE_NEWNET) < 0) {
		err_errno(err, errno, "new network namespace");
		if (err && err->code == ENOSPC)
			err_hint(err, "the limit is user.max_net_namespaces (sysctl)");
		return -1;
	}
	*fd = open_own("net", err);
	if (*fd >= 0) {
		r = netlink_open(nl, err);
		if (r == 0 && setup && (r = setup(data, err)) < 0)
			netlink_close(nl);
		if (r < 0) {
			close(*fd);
			*fd = -1;
		}
	}
	return_to(home);
	return r;
}

int namespace_within(int home, int fd, int (*act)(void *data, struct err *err), void *data,
		     struct err *err)
{
	int r;

	if (setns(fd, CLONE_NEWNET) < 0)
		return err_errno(err, errno, "enter a network namespace");
	r = act(data, err);
	return_to(home);
	return r;
}

/* ---- a node's view ---- */

/* Where we are, while a view is being made. Joining a mount namespace moves to its root directory.
 */
struct here {
	int net, mnt, uts, cwd;
};

static void here_close(struct here *h)
{
	int fds[] = { h->net, h->mnt, h->uts, h->cwd };

	for (size_t i = 0; i < sizeof(fds) / sizeof(fds[0]); i++)
		if (fds[i] >= 0)
			close(fds[i]);
}

static int here_open(struct here *h, struct err *err)
{
	*h = (struct here){ -1, -1, -1, -1 };
	h->cwd = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
	h->net = open_own("net", err);
	if (h->net >= 0)
		h->mnt = open_own("mnt", err);
	if (h->mnt >= 0)
		h->uts = open_own("uts", err);
	if (h->uts >= 0)
		return 0;
	here_close(h);
	return -1;
}

static void here_return(struct here *h)
{
	if (namespace_join(h->net, h->mnt, h->uts) != 0)
		end_stranded();
	/* When it cannot be entered any more, / is as good as any. */
	syscall(SYS_fchdir, h->cwd);
	here_close(h);
}

/* A sysfs shows the network namespace it was mounted in. Where the machine's own is read-only (a
 * container), a writable one is refused. */
int namespace_mount_sysfs(void)
{
	unsigned long flags = MS_NOSUID | MS_NODEV | MS_NOEXEC;

	if (mount("sysfs", "/sys", "sysfs", flags, "") == 0)
		return 0;
	return mount("sysfs", "/sys", "sysfs", flags | MS_RDONLY, "");
}

/* As `ip netns exec`: what stands in /etc/netns/NAME is seen in /etc. A file without a namesake
 * there is passed over. */
static void bind_own_files(const char *name)
{
	char dir[PATH_MAX], from[PATH_MAX], to[PATH_MAX];
	struct dirent *e;
	DIR *d;

	snprintf(dir, sizeof(dir), "/etc/netns/%s", name);
	d = opendir(dir);
	if (!d)
		return;
	while ((e = readdir(d)))
		if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0 &&
		    snprintf(from, sizeof(from), "%s/%s", dir, e->d_name) < (int)sizeof(from) &&
		    snprintf(to, sizeof(to), "/etc/%s", e->d_name) < (int)sizeof(to))
			mount(from, to, "none", MS_BIND | MS_REC, "");
	closedir(d);
}

/* A /run of its own, FROM, still has what the lab needs there. */
static void bind_run(const char *from)
{
	static const char *const kept[] = { "/run/netns", "/run/nslab" };
	char path[64];
	int fds[2];

	for (int i = 0; i < 2; i++)
		fds[i] = open(kept[i], O_PATH | O_DIRECTORY | O_CLOEXEC);
	mount(from, "/run", "none", MS_BIND, "");
	for (int i = 0; i < 2; i++) {
		snprintf(path, sizeof(path), "/proc/self/fd/%d", fds[i]);
		mkdir(kept[i], 0755);
		mount(path, kept[i], "none", MS_BIND | MS_REC, "");
		close(fds[i]);
	}
}

/* The directories of its own, in the order in which they were asked for. */
static void bind_own_directories(const char *name)
{
	char list[PATH_MAX], dir[PATH_MAX], from[2 * PATH_MAX];
	FILE *file;

	snprintf(list, sizeof(list), NAMESPACE_NODES "/%s/mounts", name);
	file = fopen(list, "re");
	while (file && fgets(dir, sizeof(dir), file)) {
		dir[strcspn(dir, "\n")] = '\0';
		snprintf(from, sizeof(from), NAMESPACE_NODES "/%s/private%s", name, dir);
		if (strcmp(dir, "/run") == 0)
			bind_run(from);
		else
			mount(from, dir, "none", MS_BIND, "");
	}
	if (file)
		fclose(file);
}

int namespace_make_view(const char *name, struct err *err)
{
	/* EINVAL: no mount of its own. */
	static const char *const covered[] = { "/", "/sys", "/etc" };

	/* What is mounted here stays here. Only what lies below is left as it is: `ip netns add` in
	 * a node reaches the lab when /run/netns is shared. */
	for (size_t i = 0; i < sizeof(covered) / sizeof(covered[0]); i++)
		if (mount("none", covered[i], "none", MS_SLAVE, "") < 0 && errno != EINVAL)
			return err_errno(err, errno, "mounts of %s", name);
	/* The first process of a PID namespace that is still seen from outside. */
	if (getpid() == 1 &&
	    mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, "") < 0)
		return err_errno(err, errno, "/proc of %s", name);
	namespace_mount_sysfs();
	bind_own_directories(name);
	bind_own_files(name);
	if (sethostname(name, strlen(name)) < 0)
		return err_errno(err, errno, "host name of %s", name);
	return 0;
}

static int make_view(int net, const char *name, struct err *err)
{
	if (unshare(CLONE_NEWNS | CLONE_NEWUTS) < 0)
		return err_errno(err, errno, "new mount namespace for %s", name);
	if (setns(net, CLONE_NEWNET) < 0)
		return err_errno(err, errno, "enter the network namespace of %s", name);
	return namespace_make_view(name, err);
}

int namespace_create_view(int net, const char *name, int *mnt, int *uts, struct err *err)
{
	struct here here;
	int r;

	*mnt = *uts = -1;
	if (here_open(&here, err) < 0)
		return -1;
	r = make_view(net, name, err);
	if (r == 0 && (*mnt = open_own("mnt", err)) < 0)
		r = -1;
	if (r == 0 && (*uts = open_own("uts", err)) < 0) {
		close(*mnt);
		*mnt = -1;
		r = -1;
	}
	here_return(&here);
	return r;
}

int namespace_open_file(int net, int mnt, int uts, const char *path)
{
	struct here here;
	int fd = -1, code;

	if (here_open(&here, NULL) < 0)
		return -1;
	code = namespace_join(net, mnt, uts);
	if (!code) {
		/* Not to wait for who writes to a pipe. */
		fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
		code = errno;
	}
	here_return(&here);
	errno = code;
	return fd;
}

/* ---- another process's ---- */

static bool same_user_namespace(pid_t pid)
{
	char path[64];
	struct stat own, other;

	snprintf(path, sizeof(path), "/proc/%d/ns/user", (int)pid);
	return stat("/proc/self/ns/user", &own) == 0 && stat(path, &other) == 0 &&
	       own.st_ino == other.st_ino;
}

int namespace_enter_process(pid_t pid, struct err *err)
{
	int flags = CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWNET;
	int fd = (int)syscall(SYS_pidfd_open, pid, 0), code;
	bool other_user = !same_user_namespace(pid);

	if (fd < 0)
		return err_errno(err, errno, "find process %d", (int)pid);
	/* Entering the user namespace one is in already is refused. */
	if (other_user)
		flags |= CLONE_NEWUSER;
	code = setns(fd, flags) < 0 ? errno : 0;
	close(fd);
	if (code)
		return err_errno(err, code, "enter the namespaces of process %d", (int)pid);
	/* The machine's root is nobody in a user's lab, and would lose its rights at the next exec.
	 */
	if (other_user && (setresgid(0, 0, 0) < 0 || setresuid(0, 0, 0) < 0))
		return err_errno(err, errno, "become root in the lab");
	return 0;
}

/* ---- sysctls ---- */

/* As sysctl(8): dots are slashes, and a slash is a dot inside an interface's name
 * ("net.ipv4.conf.eth0/10.forwarding"). */
static int sysctl_path(char *path, size_t size, const char *name, struct err *err)
{
	static const char top[] = "/proc/sys/";
	int n = snprintf(path, size, "%s%s", top, name);

	if (n < 0 || (size_t)n >= size)
		return err_set(err, "sysctl %s: the name is too long", name);
	for (char *c = path + sizeof(top) - 1; *c; c++)
		*c = *c == '.' ? '/' : *c == '/' ? '.' : *c;
	return 0;
}

int sysctl_write(const char *name, const char *value, struct err *err)
{
	char path[PATH_MAX];
	ssize_t n;
	int fd;

	if (sysctl_path(path, sizeof(path), name, err) < 0)
		return -1;
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return err_errno(err, errno, "sysctl %s", name);
	n = write(fd, value, strlen(value));
	if (n < 0)
		err_errno(err, errno, "sysctl %s = %s", name, value);
	close(fd);
	return n < 0 ? -1 : 0;
}

int sysctl_read(const char *name, char *value, size_t size, struct err *err)
{
	char path[PATH_MAX];
	ssize_t n;
	int fd;

	if (sysctl_path(path, sizeof(path), name, err) < 0)
		return -1;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return err_errno(err, errno, "sysctl %s", name);
	n = read(fd, value, size - 1);
	if (n < 0)
		err_errno(err, errno, "sysctl %s", name);
	close(fd);
	if (n < 0)
		return -1;
	while (n > 0 && value[n - 1] == '\n')
		n--;
	value[n] = '\0';
	return 0;
}
