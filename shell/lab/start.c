#include "lab/start.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "base/name.h"
#include "kernel/process.h"
#include "lab/idmap.h"
#include "lab/init.h"
#include "lab/lab.h"
#include "lab/refusal.h"

/* ---- the name ---- */

socklen_t start_address(struct sockaddr_un *address, uid_t uid, const char *name)
{
	/* A leading zero byte: the name lives in the network namespace, and only as long as the
	 * socket. */
	int n = snprintf(address->sun_path + 1, sizeof(address->sun_path) - 1, "nslab/%u/%s",
			 (unsigned)uid, name);

	address->sun_family = AF_UNIX;
	address->sun_path[0] = '\0';
	return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + (size_t)n);
}

static int claim(int door, const char *name)
{
	struct sockaddr_un address;
	socklen_t len = start_address(&address, getuid(), name);

	return bind(door, (struct sockaddr *)&address, len) < 0 ? errno : 0;
}

/* A socket bound to the lab's name. */
static int claim_name(struct lab *lab, const char *wanted, struct err *err)
{
	int door, code = EADDRINUSE;

	if (wanted && name_check_node(wanted, err) < 0)
		return err_wrap(err, "the lab's name");
	door = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (door < 0)
		return err_errno(err, errno, "open a socket");
	snprintf(lab->name, sizeof(lab->name), "%s", wanted ? wanted : "lab");
	code = claim(door, lab->name);
	for (int n = 2; code == EADDRINUSE && !wanted && n < 10000; n++) {
		snprintf(lab->name, sizeof(lab->name), "lab%d", n);
		code = claim(door, lab->name);
	}
	if (code == 0)
		return door;
	close(door);
	if (code == EADDRINUSE) {
		err_set(err, "lab %s is running already", lab->name);
		return err_hint(
			err,
			"give this one another name (--name), or enter that one: nslab exec %s "
			"NODE COMMAND",
			lab->name);
	}
	return err_errno(err, code, "claim the name %s", lab->name);
}

/* ---- waiting ---- */

static int exit_code(int status)
{
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int start_wait(pid_t pid)
{
	static const int left[] = { SIGINT, SIGQUIT };
	struct sigaction ignore = { .sa_handler = SIG_IGN }, before[2];
	sigset_t ours, mask;
	int status = 0, signal;

	for (int i = 0; i < 2; i++)
		sigaction(left[i], &ignore, &before[i]);
	sigemptyset(&ours);
	sigaddset(&ours, SIGCHLD);
	sigaddset(&ours, SIGTERM);
	sigaddset(&ours, SIGHUP);
	sigprocmask(SIG_BLOCK, &ours, &mask);
	while (waitpid(pid, &status, WNOHANG) == 0) {
		signal = sigwaitinfo(&ours, NULL);
		if (signal == SIGTERM || signal == SIGHUP)
			kill(pid, signal);
	}
	sigprocmask(SIG_SETMASK, &mask, NULL);
	for (int i = 0; i < 2; i++)
		sigaction(left[i], &before[i], NULL);
	return exit_code(status);
}

/* ---- the terminal ---- */

struct terminal {
	bool ours; /* standard input is our controlling terminal */
	struct termios modes;
	pid_t group;
};

/* As shells do when started in the background: wait until `fg`. An orphaned group is never stopped.
 */
static void await_foreground(void)
{
	pid_t front;

	for (int tries = 0; tries < 100; tries++) {
		front = tcgetpgrp(STDIN_FILENO);
		if (front < 0 || front == getpgrp())
			return;
		kill(0, SIGTTIN);
	}
}

static void terminal_save(struct terminal *t, bool interactive)
{
	*t = (struct terminal){ .ours = false };
	if (!interactive)
		return;
	await_foreground();
	t->group = getpgrp();
	t->ours = tcgetpgrp(STDIN_FILENO) == t->group && tcgetattr(STDIN_FILENO, &t->modes) == 0;
}

/* Whatever the shell, or what killed it, has left behind. */
static void terminal_restore(const struct terminal *t)
{
	sigset_t ttou, mask;

	if (!t->ours)
		return;
	/* We are in the background now, where touching the terminal stops. */
	sigemptyset(&ttou);
	sigaddset(&ttou, SIGTTOU);
	sigprocmask(SIG_BLOCK, &ttou, &mask);
	tcsetpgrp(STDIN_FILENO, t->group);
	tcsetattr(STDIN_FILENO, TCSANOW, &t->modes);
	sigprocmask(SIG_SETMASK, &mask, NULL);
}

/* ---- the namespaces ---- */

static const struct {
	enum refusal_step step;
	unsigned long flag;
} kinds[] = {
	{ REFUSAL_USER, CLONE_NEWUSER }, { REFUSAL_MOUNT, CLONE_NEWNS },
	{ REFUSAL_PID, CLONE_NEWPID },	 { REFUSAL_IPC, CLONE_NEWIPC },
	{ REFUSAL_UTS, CLONE_NEWUTS },	 { REFUSAL_NET, CLONE_NEWNET },
};
#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

/* Root of a machine; in a container root may lack what a lab needs, and gets it in a user
 * namespace. */
static bool is_privileged(void)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = { 0 };
	const uint32_t needed = 1U << CAP_SYS_ADMIN | 1U << CAP_NET_ADMIN | 1U << CAP_NET_RAW |
				1U << CAP_SYS_CHROOT;

	return syscall(SYS_capget, &header, data) == 0 && (data[0].effective & needed) == needed;
}

/* One clone makes all namespaces, and one errno is all it says: find out which was refused by
 * adding one after the other. */
static enum refusal_step find_refused(unsigned long flags)
{
	unsigned long some = 0;

	for (size_t i = 0; i < KINDS; i++) {
		pid_t pid;

		if (!(flags & kinds[i].flag))
			continue;
		some |= kinds[i].flag;
		pid = process_fork(some, NULL);
		if (pid == 0)
			_exit(0);
		if (pid < 0)
			return kinds[i].step;
		waitpid(pid, NULL, 0);
	}
	return REFUSAL_FORK;
}

static int explain(enum refusal_step step, int code, struct err *err)
{
	struct refusal_facts facts;

	refusal_read_facts(&facts);
	return refusal_explain(step, code, &facts, err);
}

/* ---- all ---- */

/* Programs get it, too; more than a terminal's usual 1024 is what a lab of some hundred nodes
 * takes. */
static void raise_descriptor_limit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
		limit.rlim_cur = limit.rlim_max;
		setrlimit(RLIMIT_NOFILE, &limit);
	}
}

static void close_both(const int ends[2])
{
	close(ends[0]);
	close(ends[1]);
}

static int open_pipes(int life[2], int report[2], struct err *err)
{
	if (pipe2(life, O_CLOEXEC) < 0)
		return err_errno(err, errno, "make a pipe");
	if (pipe2(report, O_CLOEXEC) == 0)
		return 0;
	err_errno(err, errno, "make a pipe");
	close_both(life);
	return -1;
}

/* Init's process id; it waits until it is told to go. LIFE and REPORT are our ends of the pipes,
 * which it must not have. */
static pid_t start_init(struct lab *lab, const struct init_start *start, int life, int report,
			struct err *err)
{
	struct err why = ERR_INIT;
	unsigned long flags = 0;
	pid_t init;

	for (size_t i = 0; i < KINDS; i++)
		if (kinds[i].flag != CLONE_NEWUSER || lab->rootless)
			flags |= kinds[i].flag;
	/* What is still in the buffers would be written by every copy of us. */
	fflush(NULL);
	init = process_fork(flags, &why);
	if (init < 0)
		return explain(find_refused(flags), why.code, err);
	if (init == 0) {
		close(life);
		close(report);
		init_main(lab, start);
	}
	return init;
}

static int let_go(const struct lab *lab, pid_t init, int life, struct err *err)
{
	struct init_go go = { .pid = init };
	struct err why = ERR_INIT;

	if (lab->rootless && idmap_write(init, geteuid() == 0, &go.single_id, &why) < 0)
		return explain(REFUSAL_IDS, why.code, err);
	if (write(life, &go, sizeof(go)) < 0)
		return err_errno(err, errno, "start the lab's init");
	return 0;
}

/* What init or the shell wrote before it gave up, if they did. */
static int read_report(int fd, struct err *err)
{
	struct init_report report;

	if (read(fd, &report, sizeof(report)) != sizeof(report))
		return 0;
	if (report.step != REFUSAL_NONE)
		return explain(report.step, report.code, err);
	if (err) {
		*err = report.err;
		err->class = ERR_MACHINE;
	}
	return -1;
}

static int attend(const struct lab *lab, pid_t init, int life, int report, struct err *err)
{
	int r = let_go(lab, init, life, err), status;

	if (r < 0)
		kill(init, SIGKILL);
	status = start_wait(init);
	if (r == 0)
		r = read_report(report, err);
	return r < 0 ? -1 : status;
}

int lab_run(const struct lab_options *o, int (*shell)(struct lab *lab, void *data), void *data,
	    struct err *err)
{
	struct lab lab = { .rootless = o->rootless || !is_privileged() };
	struct init_start start = { .shell = shell, .data = data };
	struct terminal terminal;
	int life[2], report[2], r;
	pid_t init;

	raise_descriptor_limit();
	start.door = claim_name(&lab, o->name, err);
	if (start.door < 0)
		return -1;
	if (open_pipes(life, report, err) < 0) {
		close(start.door);
		return -1;
	}
	start.life = life[0];
	start.report = report[1];
	terminal_save(&terminal, o->interactive);
	lab.interactive = terminal.ours;
	init = start_init(&lab, &start, life[1], report[0], err);
	/* These are init's alone: its name goes with it, and reports end. */
	close(start.door);
	close(life[0]);
	close(report[1]);
	r = init < 0 ? -1 : attend(&lab, init, life[1], report[0], err);
	close(life[1]);
	close(report[0]);
	terminal_restore(&terminal);
	return r;
}
