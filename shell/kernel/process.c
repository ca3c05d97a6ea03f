#include "kernel/process.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "kernel/namespace.h"

#define NOT_FOUND   127
#define NOT_RUNNING 126
#define SHELL_PATH  "/bin/sh"
/* What execvp and login give a user without PATH, with the administrator's directories. */
#define DEFAULT_PATH "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

/* Shared with the child, which runs in our memory until it execs. */
struct start {
	const struct program *program;
	const char *path;
	char *const *argv;
	char *const *env;
	const char *cwd; /* to return to; NULL: stay */
	pid_t parent;
	const char *failed; /* what went wrong other than the exec itself */
	int error;	    /* errno of the failure; 0: the program runs */
};

/* A mistake about program NAME, which a shell would tell with status CODE. */
static int refuse(struct err *err, int code, const char *name, const char *why)
{
	err_set(err, "%s: %s", name, why);
	if (err)
		err->code = code;
	return -1;
}

static int refuse_missing(struct err *err, const char *name)
{
	const char *package = process_package(name);

	refuse(err, NOT_FOUND, name, "command not found");
	if (package)
		err_hint(err, "on Debian: apt install %s", package);
	return -1;
}

/* What execve's errno means for the file PATH, called NAME. */
static int refuse_exec(struct err *err, const char *name, const char *path, int error)
{
	struct stat st;
	bool there = stat(path, &st) == 0;

	switch (error) {
	case ENOENT:
		if (!there)
			return refuse(err, NOT_FOUND, name, strerror(error));
		refuse(err, NOT_RUNNING, name, "the interpreter it asks for is missing");
		return err_hint(err, "its first line, or the loader it was linked for: file %s",
				path);
	case ENOTDIR:
		return refuse(err, NOT_FOUND, name, strerror(error));
	case EACCES:
		if (there && S_ISDIR(st.st_mode))
			return refuse(err, NOT_RUNNING, name, strerror(EISDIR));
		return refuse(err, NOT_RUNNING, name, strerror(error));
	case EPERM:
		refuse(err, NOT_RUNNING, name, strerror(error));
		return err_hint(err,
				"its file capabilities may go beyond what this "
				"container allows: getcap %s",
				path);
	default:
		return refuse(err, NOT_RUNNING, name, strerror(error));
	}
}

static const char *search_path(char *const *env)
{
	for (env = env ? env : environ; env && *env; env++)
		if (strncmp(*env, "PATH=", 5) == 0)
			return *env + 5;
	return DEFAULT_PATH;
}

/* 0: a file that may be executed; else why not, as execve would say. */
static int check_executable(const char *path)
{
	struct stat st;

	if (stat(path, &st) < 0)
		return errno;
	if (!S_ISREG(st.st_mode))
		return EACCES;
	return faccessat(AT_FDCWD, path, X_OK, AT_EACCESS) < 0 ? errno : 0;
}

int process_find(const char *name, char *const *env, char *path, size_t size, struct err *err)
{
	const char *dir = search_path(env);
	bool blocked = false;

	if (strchr(name, '/')) {
		int error = check_executable(name);

		snprintf(path, size, "%s", error ? "" : name);
		return error ? refuse_exec(err, name, name, error) : 0;
	}
	while (*name) {
		size_t len = strcspn(dir, ":");
		/* An empty element is the current directory. */
		int n = snprintf(path, size, "%.*s%s%s", (int)len, dir, len ? "/" : "./", name);

		if (n > 0 && (size_t)n < size) {
			struct stat st;

			/* Only a file that we see and may not run counts: a directory of
			 * PATH that we may not read also answers EACCES. */
			if (stat(path, &st) == 0 && S_ISREG(st.st_mode)) {
				if (faccessat(AT_FDCWD, path, X_OK, AT_EACCESS) == 0)
					return 0;
				blocked = true;
			}
		}
		if (dir[len] == '\0')
			break;
		dir += len + 1;
	}
	path[0] = '\0';
	if (blocked)
		return refuse(err, NOT_RUNNING, name, strerror(EACCES));
	return refuse_missing(err, name);
}

bool process_exists(const char *name)
{
	char path[PATH_MAX];

	return process_find(name, NULL, path, sizeof(path), NULL) == 0;
}

static void set_action(int signal, __sighandler_t handler)
{
	/* The kernel's struct sigaction, no larger: the handler, no flags, no mask. */
	unsigned long action[8] = { (unsigned long)handler };

	syscall(SYS_rt_sigaction, signal, action, NULL, (NSIG - 1) / 8);
}

/* What the terminal sent to our group while the program was still in it is for us to heed. A signal
 * that waits is dropped when it becomes an ignored one (sigaction(2)). */
static void drop_terminal_signals(void)
{
	set_action(SIGINT, SIG_IGN);
	set_action(SIGQUIT, SIG_IGN);
	set_action(SIGTSTP, SIG_IGN);
}

/* Handlers must be gone before the mask is lifted: in a CLONE_VM child they would run in the
 * parent's memory. By system call, since glibc keeps 32 and 33 for itself, which programs started
 * by make have ignored. */
static void reset_signals(void)
{
	sigset_t none;

	for (int signal = 1; signal < NSIG; signal++)
		set_action(signal, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

/* A table of descriptors of our own. It takes the few up to the last that the program is given: the
 * lab's, which lie above, are neither copied nor closed. */
static int unshare_descriptors(const struct program *p)
{
	int last = STDERR_FILENO;

	last = p->in > last ? p->in : last;
	last = p->out > last ? p->out : last;
	last = p->error > last ? p->error : last;
	if (close_range((unsigned)last + 1, ~0U, CLOSE_RANGE_UNSHARE) == 0)
		return 0;
	return unshare(CLONE_FILES);
}

/* Put the three descriptors in place; a source that is itself 0, 1 or 2 first moves out of the way.
 */
static int place_descriptors(const struct program *p)
{
	int from[3] = { p->in, p->out, p->error };

	for (int i = 0; i < 3; i++)
		if (from[i] >= 0 && from[i] < 3 && from[i] != i) {
			from[i] = fcntl(from[i], F_DUPFD_CLOEXEC, 3);
			if (from[i] < 0)
				return -1;
		}
	for (int i = 0; i < 3; i++) {
		if (from[i] < 0)
			continue;
		/* dup2 onto itself would leave FD_CLOEXEC set. */
		if (from[i] == i ? fcntl(i, F_SETFD, 0) < 0 : dup2(from[i], i) < 0)
			return -1;
	}
	/* Ours are O_CLOEXEC; this is for what we inherited without it. */
	close_range(3, ~0U, 0);
	return 0;
}

/*
 * The child between clone and exec: our memory, and our descriptors until it has its own; its own
 * signal handlers and file system view. It returns rather than calling _exit, since that would have
 * AddressSanitizer clean up the parent's stack.
 */
static int child_main(void *data)
{
	struct start *s = data;
	const struct program *p = s->program;

	if (p->session)
		setsid();
	else if (p->group)
		setpgid(0, 0);
	/* From a background group this raises SIGTTOU, which is blocked here. */
	if (p->foreground)
		tcsetpgrp(p->tty, getpgrp());
	if (p->with_us) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		/* Nobody is told of an end that came before. */
		if (getppid() != s->parent)
			return 1;
	}
	s->error = namespace_join(p->net, p->mnt, p->uts);
	if (s->error) {
		s->failed = "cannot enter its namespaces";
		return 1;
	}
	/* Joining a mount namespace moves to its root directory. */
	if (s->cwd && chdir(s->cwd) < 0 && chdir("/") < 0) {
		s->failed = "no directory to start in";
		s->error = errno;
		return 1;
	}
	if (unshare_descriptors(p) < 0 || place_descriptors(p) < 0) {
		s->failed = "cannot set up its standard input and output";
		s->error = errno;
		return 1;
	}
	if ((p->group || p->session) && !p->foreground)
		drop_terminal_signals();
	reset_signals();
	execve(s->path, s->argv, s->env);
	s->error = errno;
	return 1;
}

/* One attempt: 0 or, when S says why not or nothing could be cloned, -1. */
static int launch(struct start *s, pid_t *pid)
{
	/* Enough for child_main, which calls nothing deep; one start at a time uses it. */
	static _Alignas(16) char stack[64 * 1024];
	const struct program *p = s->program;
	sigset_t all, before;

	s->failed = NULL;
	s->error = 0;
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &before);
	*pid = clone(child_main, stack + sizeof(stack),
		     CLONE_VM | CLONE_VFORK | CLONE_FILES | SIGCHLD | (p->pidfd ? CLONE_PIDFD : 0),
		     s, p->pidfd);
	if (*pid < 0) {
		s->failed = "cannot start a process";
		s->error = errno;
	} else if (s->error) {
		waitpid(*pid, NULL, 0);
		if (p->pidfd)
			close(*p->pidfd);
		if (p->foreground)
			tcsetpgrp(p->tty, getpgrp());
	}
	sigprocmask(SIG_SETMASK, &before, NULL);
	return s->error ? -1 : 0;
}

/* A file that is no binary and has no #! line is a script for sh, as execvp and every shell have
 * it. */
static int launch_script(struct start *s, pid_t *pid)
{
	size_t n = 0;
	char **argv;
	int r;

	while (s->argv[n])
		n++;
	argv = mem_resize(NULL, n + 2, sizeof(*argv));
	argv[0] = (char *)SHELL_PATH;
	argv[1] = (char *)s->path;
	/* Without argv[0], with the NULL. */
	memcpy(argv + 2, s->argv + 1, n * sizeof(*argv));
	s->path = SHELL_PATH;
	s->argv = argv;
	r = launch(s, pid);
	free(argv);
	return r;
}

int process_start(const struct program *p, pid_t *pid, struct err *err)
{
	const char *name = p->argv[0];
	char path[PATH_MAX], cwd[PATH_MAX];
	struct start s = {
		.program = p, .path = path, .argv = p->argv, .cwd = p->cwd, .parent = getpid()
	};

	s.env = p->env ? p->env : environ;
	/* A name with a slash is looked up by execve itself, from the program's own directory. */
	if (strchr(name, '/'))
		s.path = name;
	else if (process_find(name, p->env, path, sizeof(path), err) < 0)
		return -1;
	if (!s.cwd && p->mnt >= 0)
		s.cwd = getcwd(cwd, sizeof(cwd)) ? cwd : "/";
	if (launch(&s, pid) == 0 || (s.error == ENOEXEC && launch_script(&s, pid) == 0))
		return 0;
	if (!s.failed)
		return refuse_exec(err, name, s.path, s.error);
	refuse(err, NOT_RUNNING, s.failed, strerror(s.error));
	if (err && (s.error == EAGAIN || s.error == ENOMEM || s.error == EMFILE))
		err->code = s.error; /* a shortage, which may pass: not the program's fault */
	return err_wrap(err, "%s", name);
}

pid_t process_fork(unsigned long namespaces, struct err *err)
{
	sigset_t all, before;
	pid_t pid;

	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &before);
	/* clone(2) without a stack is fork(2) with flags; the C library's clone() insists on a
	 * stack. The library's own fork handlers are for threads, and there are none. */
	pid = (pid_t)syscall(SYS_clone, namespaces | SIGCHLD, NULL, NULL, NULL, NULL);
	if (pid == 0) {
		reset_signals();
		return 0;
	}
	if (pid < 0)
		err_errno(err, errno, "cannot start a process%s",
			  namespaces ? " in new namespaces" : "");
	sigprocmask(SIG_SETMASK, &before, NULL);
	return pid;
}
