/*
 * Programs: the only room that forks. A program starts by clone(CLONE_VM | CLONE_VFORK |
 * CLONE_FILES), so its cost grows neither with the shell nor with the lab; between clone and exec
 * only async-signal-safe calls are made.
 */
#ifndef NSLAB_KERNEL_PROCESS_H
#define NSLAB_KERNEL_PROCESS_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/err.h"

struct program {
	char *const *argv;  /* NULL-terminated; argv[0] is looked up in PATH of `env` */
	char *const *env;   /* NULL-terminated; NULL: ours */
	const char *cwd;    /* after joining; NULL: ours (falls back to / when it is gone there) */
	int net, mnt, uts;  /* namespaces to join, -1: stay */
	int in, out, error; /* descriptors for 0, 1, 2; -1: ours */
	bool group;	    /* a process group of its own */
	bool session;	    /* that, in a session of its own: no terminal to read from */
	bool with_us;	    /* killed when we end, however that comes about */
	bool foreground;    /* and that group gets the terminal `tty` */
	int tty;	    /* the terminal's descriptor, with foreground */
	int *pidfd;	    /* gets a descriptor that is readable when it has ended; NULL: none */
};
#define PROGRAM_INIT                                                                               \
	((struct program){                                                                         \
		.net = -1, .mnt = -1, .uts = -1, .in = -1, .out = -1, .error = -1, .tty = -1 })

/* Start it. *PID is its process id here. When exec fails nothing is left behind and err says why:
 * not found (with the Debian package that has it, where known), not executable, a namespace that is
 * gone. Signals are at their defaults in the program, its mask is empty, and only 0, 1, 2 are open.
 * err->code is 127 or 126 as in sh. */
int process_start(const struct program *p, pid_t *pid, struct err *err);

/* The same with its stdout and stderr in a pipe: *FD is the end to read, which does not wait. */
int process_start_piped(const struct program *p, pid_t *pid, int *fd, struct err *err);

/* The file that NAME means in PATH (its env's or ours): "" and -1 with err when none. An unreadable
 * directory in PATH is passed over. */
int process_find(const char *name, char *const *env, char *path, size_t size, struct err *err);
bool process_exists(const char *name); /* would process_find succeed */

/* The Debian package that has program NAME, for messages; NULL when not known. From a small table
 * in process_packages.c. */
const char *process_package(const char *name);

enum process_state { PROCESS_RUNNING, PROCESS_STOPPED, PROCESS_EXITED, PROCESS_KILLED };
struct process_status {
	enum process_state state;
	int value; /* exit status, or the signal */
};
/* waitpid; FLAGS as there (WNOHANG, WUNTRACED, WCONTINUED). 1: *status filled; 0: nothing
 * (WNOHANG), or EINTR (^C); -1: no such child. */
int process_wait(pid_t pid, int flags, struct process_status *status);
/* What sh calls $?: the exit status, or 128 + the signal. */
int process_exit_code(const struct process_status *status);

/* Run ARGV to its end with stdout and stderr collected in OUT (at most MAX bytes kept). For small
 * helpers (newuidmap). */
struct buf;
int process_capture(const struct program *p, struct buf *out, size_t max,
		    struct process_status *status, struct err *err);

/* A child that is a copy of this process (fork), with every signal at its default; 0 in the child.
 * For lab/ alone: init and the shell are such children. NAMESPACES: CLONE_NEW* flags. */
pid_t process_fork(unsigned long namespaces, struct err *err);

#endif
