#include "lab/init.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kernel/fakeid.h"
#include "kernel/namespace.h"
#include "kernel/process.h"
#include "lab/environment.h"
#include "lab/mounts.h"
#include "lab/shell.h"

/* ---- the channel: the shell asks, init answers each request ---- */

enum op { OP_HOLD, OP_DROP };

struct request {
	enum op op;
	int number; /* OP_DROP */
};

struct answer {
	int number; /* OP_HOLD: the descriptor; -1 */
	int code;   /* then errno */
};

union control {
	struct cmsghdr header;
	char space[CMSG_SPACE(sizeof(int))];
};

static void put_descriptor(struct msghdr *m, union control *control, int fd)
{
	m->msg_control = control;
	m->msg_controllen = sizeof(*control);
	control->header = (struct cmsghdr){
		.cmsg_len = CMSG_LEN(sizeof(int)),
		.cmsg_level = SOL_SOCKET,
		.cmsg_type = SCM_RIGHTS,
	};
	memcpy(CMSG_DATA(&control->header), &fd, sizeof(fd));
}

/* The descriptor that came with M; -1 when none did, as when our table is full. */
static int take_descriptor(struct msghdr *m)
{
	struct cmsghdr *header = CMSG_FIRSTHDR(m);
	int fd = -1;

	if (header && header->cmsg_type == SCM_RIGHTS)
		memcpy(&fd, CMSG_DATA(header), sizeof(fd));
	return fd;
}

static int ask(int channel, const struct request *request, int fd, struct answer *answer)
{
	struct iovec iov = { (void *)request, sizeof(*request) };
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1 };
	union control control;
	ssize_t n;

	if (fd >= 0)
		put_descriptor(&m, &control, fd);
	do
		n = sendmsg(channel, &m, MSG_NOSIGNAL);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return errno;
	do
		n = recv(channel, answer, sizeof(*answer), 0);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return errno;
	return n == sizeof(*answer) ? answer->code : ECONNRESET;
}

int init_hold(int channel, int fd, int *number, struct err *err)
{
	struct answer answer = { -1, 0 };
	int code = ask(channel, &(struct request){ OP_HOLD, -1 }, fd, &answer);

	if (code) {
		err_errno(err, code, "the lab's init cannot hold a namespace");
		return code == EMFILE ? err_hint(err, "raise `ulimit -n`: each node takes one")
				      : -1;
	}
	*number = answer.number;
	return 0;
}

void init_drop(int channel, int number)
{
	struct answer answer;

	/* Waiting for the answer: afterwards the namespace is really given up. */
	ask(channel, &(struct request){ OP_DROP, number }, -1, &answer);
}

/* False at the shell's end. */
static bool serve(int channel)
{
	struct request request;
	struct iovec iov = { &request, sizeof(request) };
	union control control;
	struct msghdr m = { .msg_iov = &iov,
			    .msg_iovlen = 1,
			    .msg_control = &control,
			    .msg_controllen = sizeof(control) };
	struct answer answer = { -1, 0 };
	ssize_t n = recvmsg(channel, &m, MSG_CMSG_CLOEXEC);

	if (n <= 0)
		return n < 0 && errno == EINTR;
	if (request.op == OP_DROP) {
		close(request.number);
	} else {
		answer.number = take_descriptor(&m);
		answer.code = answer.number < 0 ? EMFILE : 0;
	}
	send(channel, &answer, sizeof(answer), MSG_NOSIGNAL);
	return true;
}

/* ---- the loop ---- */

enum { SIGNALS, LIFE, CHANNEL, DOOR, FDS };

/* Every child that has ended; when the shell has, so does the lab. */
static void reap(pid_t shell)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		if (pid == shell)
			_exit(WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
}

static void read_signal(int fd, pid_t shell)
{
	struct signalfd_siginfo info;

	if (read(fd, &info, sizeof(info)) != sizeof(info))
		return;
	if (info.ssi_signo == SIGCHLD)
		reap(shell);
	else
		kill(shell, (int)info.ssi_signo);
}

static _Noreturn void loop(pid_t shell, int signals, const struct init_start *start, int channel)
{
	struct pollfd fds[FDS] = {
		[SIGNALS] = { signals, POLLIN, 0 },
		[LIFE] = { start->life, POLLIN, 0 },
		[CHANNEL] = { channel, POLLIN, 0 },
		[DOOR] = { start->door, POLLIN, 0 },
	};

	for (;;) {
		if (poll(fds, FDS, -1) < 0)
			continue;
		/* Nothing is ever written there after the start: it is the end. */
		if (fds[LIFE].revents)
			_exit(128 + SIGKILL);
		if (fds[SIGNALS].revents)
			read_signal(signals, shell);
		if (fds[CHANNEL].revents && !serve(channel))
			fds[CHANNEL].fd = -1;
		/* Whoever comes only wants to know who we are, and has that from the connection. */
		if (fds[DOOR].revents)
			close(accept(start->door, NULL, NULL));
	}
}

/* ---- the start ---- */

void init_refuse(const struct init_start *start, enum refusal_step step, int code,
		 const struct err *err)
{
	struct init_report report = { .step = step, .code = code };

	if (err)
		report.err = *err;
	if (write(start->report, &report, sizeof(report)) < 0)
		_exit(128 + SIGPIPE);
	_exit(ERR_MACHINE);
}

/* A signalfd for what init acts on; all else stays blocked for good. */
static int block_signals(void)
{
	sigset_t all, ours;

	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	sigemptyset(&ours);
	sigaddset(&ours, SIGCHLD);
	sigaddset(&ours, SIGTERM);
	sigaddset(&ours, SIGHUP);
	return signalfd(-1, &ours, SFD_CLOEXEC);
}

/* Wait for the id maps, and be bound to the life of the process outside. */
static void await_go(struct lab *lab, int life)
{
	struct init_go go;

	if (read(life, &go, sizeof(go)) != sizeof(go))
		_exit(ERR_MACHINE);
	/* Only now: a change of ids would have cleared it. A parent that died before is seen by the
	 * loop. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	prctl(PR_SET_NAME, "nslab-init");
	lab->outer_init = go.pid;
	lab->single_id = go.single_id;
}

static void make_world(struct lab *lab, const struct init_start *start)
{
	enum refusal_step step;
	struct err err = ERR_INIT;

	if (mounts_make(lab, &step) < 0)
		init_refuse(start, step, errno, NULL);
	if (sethostname(lab->name, strlen(lab->name)) < 0)
		buf_printf(&lab->notes, "the lab's host name stays the machine's (%s)\n",
			   strerror(errno));
	if (lab->single_id && fakeid_install(&err) < 0)
		buf_printf(&lab->notes,
			   "%s: programs that give up root (tcpdump, su) fail; install newuidmap "
			   "(on Debian: apt install uidmap)\n",
			   err.text);
}

void init_main(struct lab *lab, const struct init_start *start)
{
	int signals = block_signals(), channel[2];
	struct err err = ERR_INIT;
	pid_t shell;

	await_go(lab, start->life);
	make_world(lab, start);
	if (signals < 0 || listen(start->door, 16) < 0 ||
	    socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, channel) < 0) {
		err_errno(&err, errno, "start the lab's init");
		init_refuse(start, REFUSAL_NONE, 0, &err);
	}
	shell = process_fork(0, &err);
	if (shell < 0)
		init_refuse(start, REFUSAL_FORK, err.code, &err);
	if (shell == 0) {
		close(signals);
		close(channel[0]);
		close(start->life);
		close(start->door);
		lab->channel = channel[1];
		shell_main(lab, start);
	}
	close(channel[1]);
	close(start->report);
	loop(shell, signals, start, channel[0]);
}
