/* The start of a lab, from outside. */
#include "lab/lab.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kernel/process.h"
#include "lab/door.h"
#include "lab/idmap.h"
#include "lab/init.h"
#include "lab/outside.h"
#include "lab/refusal.h"

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
		flags |= kinds[i].flag;
	if (!lab->rootless)
		flags &= ~(unsigned long)CLONE_NEWUSER;
	if (lab->host_net)
		flags &= ~(unsigned long)CLONE_NEWNET;
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
	struct init_go go = { 0 };
	struct err why = ERR_INIT;

	if (lab->rootless && idmap_write(init, geteuid() == 0, &go.single_id, &why) < 0)
		return explain(REFUSAL_IDS, why.code, err);
	if (write(life, &go, sizeof(go)) < 0)
		return err_errno(err, errno, "start the lab's init");
	return 0;
}

/* What init or the shell wrote before it gave up, or init when a shell left a lab that stays. The
 * status, if that ends it; -1 with err; -2: nothing. */
static int read_report(int fd, struct err *err)
{
	struct init_report report;

	if (read(fd, &report, sizeof(report)) != sizeof(report))
		return -2;
	if (report.ended)
		return report.status;
	if (report.step != REFUSAL_NONE)
		return explain(report.step, report.code, err);
	if (err)
		*err = report.err;
	return -1;
}

/* Until there is something to say, or init is gone. */
static int attend(const struct lab *lab, pid_t init, int life, int report, struct err *err)
{
	int r = let_go(lab, init, life, err), status;

	if (r == 0) {
		outside_wait(report, init);
		r = read_report(report, err);
	}
	if (r >= 0)
		return r;
	if (r == -1)
		kill(init, SIGKILL);
	status = outside_reap(init);
	return r == -1 ? -1 : status;
}

static int refuse_host_net(struct err *err)
{
	err_set(err, "--host-net: only root may have the machine's own network as the lab's root");
	if (err)
		err->class = ERR_MACHINE;
	return err_hint(err, "sudo nslab --host-net; or a lab with a network of its own: nslab");
}

int lab_run(const struct lab_options *o, int (*shell)(struct lab *lab, void *data), void *data,
	    struct err *err)
{
	struct lab lab = { .rootless = o->rootless || !is_privileged(), .host_net = o->host_net };
	struct init_start start = { .shell = shell, .data = data };
	struct outside_terminal terminal;
	int life[2], report[2], r;
	pid_t init;

	if (lab.host_net && lab.rootless)
		return refuse_host_net(err);
	outside_raise_limits();
	outside_read_neighbours(lab.neighbours_max);
	start.door = door_claim(lab.name, o->name, err);
	if (start.door < 0)
		return -1;
	if (open_pipes(life, report, err) < 0) {
		close(start.door);
		return -1;
	}
	start.life = life[0];
	start.report = report[1];
	outside_save_terminal(&terminal, o->interactive);
	lab.interactive = o->interactive && terminal.ours;
	init = start_init(&lab, &start, life[1], report[0], err);
	/* These are init's alone: its name goes with it, and reports end. */
	close(start.door);
	close(life[0]);
	close(report[1]);
	r = init < 0 ? -1 : attend(&lab, init, life[1], report[0], err);
	close(life[1]);
	close(report[0]);
	outside_restore_terminal(&terminal, o->interactive);
	return r;
}
