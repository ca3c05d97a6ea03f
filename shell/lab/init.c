#include "lab/init.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "kernel/fakeid.h"
#include "kernel/process.h"
#include "lab/channel.h"
#include "lab/holds.h"
#include "lab/mounts.h"
#include "lab/orphans.h"
#include "lab/shell.h"

enum { SIGNALS, LIFE, DOOR, WATCH, FIRST_GUEST };

/* What init watches: the fixed ones, then its guests: shells, and outputs that nobody else reads.
 */
struct init {
	const struct lab *lab;
	const struct init_start *start;
	struct holds holds;
	struct orphans orphans;
	pid_t shell; /* the first one; 0 when it has ended */
	bool kept;
	time_t began;
	struct pollfd *fds;
	bool *is_shell; /* of each in FDS */
	size_t n, cap, cap_shell;
};

static time_t now(void)
{
	struct timespec t;

	/* Counts while the machine sleeps, too. */
	clock_gettime(CLOCK_BOOTTIME, &t);
	return t.tv_sec;
}

static void watch(struct init *i, int fd, bool shell)
{
	i->fds = mem_grow(i->fds, i->n, &i->cap, sizeof(*i->fds));
	i->is_shell = mem_grow(i->is_shell, i->n, &i->cap_shell, sizeof(*i->is_shell));
	i->fds[i->n] = (struct pollfd){ fd, POLLIN, 0 };
	i->is_shell[i->n++] = shell;
}

/* ---- the lab's state, for whoever asks ---- */

static uint32_t count_nodes(void)
{
	DIR *d = opendir("/run/netns");
	const struct dirent *e;
	uint32_t n = 0;

	while (d && (e = readdir(d)))
		n += e->d_name[0] != '.';
	if (d)
		closedir(d);
	return n;
}

static struct door_state describe(const struct init *i)
{
	struct door_state state = {
		.protocol = DOOR_PROTOCOL,
		.nodes = count_nodes(),
		.seconds = now() - i->began,
		.kept = i->kept,
		.rootless = i->lab->rootless,
		.host_net = i->lab->host_net,
		.etc_private = i->lab->etc_private,
		.single_id = i->lab->single_id,
	};

	for (size_t k = FIRST_GUEST; k < i->n; k++)
		state.shells += i->fds[k].fd >= 0 && i->is_shell[k];
	return state;
}

/* ---- guests ---- */

/* From now on nothing outside ends the lab: not its parent's end, nor that of the terminal. */
static void keep(struct init *i)
{
	if (i->kept)
		return;
	i->kept = true;
	prctl(PR_SET_PDEATHSIG, 0);
	setsid();
}

/* All, or those before the first that cannot be: who asks undoes them, and two shells that want the
 * same names must not refuse each other. */
static void hold(struct init *i, const struct channel_request *request, const int *fds,
		 struct channel_answer *answer)
{
	for (unsigned k = 0; k < request->n; k++) {
		const char *name = request->names[k];
		int code = answer->code;

		if (!code) {
			code = fds[k] < 0 ? EMFILE : holds_add(&i->holds, name, fds[k]);
			answer->code = code;
			memcpy(answer->name, name, sizeof(answer->name));
		}
		if (code && fds[k] >= 0)
			close(fds[k]);
	}
}

static void serve(struct init *i, int channel, const struct channel_request *request,
		  const int *fds)
{
	struct channel_answer answer = { 0 };
	int fd = request->op == CHANNEL_HOLD ? -1 : fds[0];

	switch (request->op) {
	case CHANNEL_HOLD:
		hold(i, request, fds, &answer);
		break;
	case CHANNEL_DROP:
		answer.code = holds_drop(&i->holds, request->names[0], fd) ? 0 : ENOENT;
		break;
	case CHANNEL_KEEP:
		keep(i);
		break;
	case CHANNEL_DRAIN:
		if (fd >= 0)
			watch(i, fd, false);
		fd = -1;
		break;
	case CHANNEL_ADOPT:
		answer.code = fd < 0 ? EMFILE : 0;
		if (fd >= 0)
			orphans_add(&i->orphans, request->pid, fd);
		fd = -1;
		break;
	case CHANNEL_STATE:
		answer.state = describe(i);
		break;
	}
	if (fd >= 0)
		close(fd);
	channel_answer(channel, &answer);
}

/* False at its end. */
static bool drain(int fd)
{
	char chunk[8192];
	ssize_t n = read(fd, chunk, sizeof(chunk));

	return n > 0 || (n < 0 && (errno == EAGAIN || errno == EINTR));
}

static void attend_guest(struct init *i, size_t k)
{
	struct channel_request request;
	int fds[CHANNEL_BATCH], got;
	bool stays;

	if (i->is_shell[k]) {
		got = channel_receive(i->fds[k].fd, &request, fds);
		if (got > 0)
			serve(i, i->fds[k].fd, &request, fds);
		stays = got >= 0;
	} else {
		stays = drain(i->fds[k].fd);
	}
	if (stays)
		return;
	close(i->fds[k].fd);
	i->fds[k].fd = -1;
	i->fds[DOOR].events = POLLIN;
}

static void forget_guests(struct init *i)
{
	size_t kept = FIRST_GUEST;

	for (size_t k = FIRST_GUEST; k < i->n; k++) {
		if (i->fds[k].fd < 0)
			continue;
		i->fds[kept] = i->fds[k];
		i->is_shell[kept++] = i->is_shell[k];
	}
	i->n = kept;
}

/* Everyone hears the state. Who may ask for more is in the lab's PID namespace and root there, and
 * only the lab's owner and the machine's root can have gone in: from outside an owner and a
 * stranger may look the same to us, whose user namespace knows neither. */
static void open_door(struct init *i)
{
	int fd = accept4(i->start->door, NULL, NULL, SOCK_CLOEXEC);
	socklen_t size = sizeof(struct ucred);
	struct ucred peer = { 0 };
	struct door_state state;
	bool guest;

	if (fd < 0) {
		/* No descriptor left for it: until a guest goes. */
		if (errno == EMFILE || errno == ENFILE)
			i->fds[DOOR].events = 0;
		return;
	}
	guest = getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 && peer.uid == 0 &&
		peer.pid > 0;
	if (guest)
		watch(i, fd, true);
	state = describe(i);
	send(fd, &state, sizeof(state), MSG_NOSIGNAL | MSG_DONTWAIT);
	if (!guest)
		close(fd);
}

/* ---- children and signals ---- */

static void tell_outside(const struct init_start *start, const struct init_report *report)
{
	/* When nobody is there, nobody needs to know. */
	(void)!write(start->report, report, sizeof(*report));
}

static void shell_ended(struct init *i, int status)
{
	struct init_report report = { .ended = true };

	report.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
	if (!i->kept)
		_exit(report.status);
	i->shell = 0;
	tell_outside(i->start, &report);
}

/* Every child that has ended. */
static void reap(struct init *i)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		orphans_ended(&i->orphans, pid, status);
		if (pid == i->shell)
			shell_ended(i, status);
	}
}

static _Noreturn void stop(const struct init *i)
{
	struct init_report report = { .step = REFUSAL_NONE };

	err_set(&report.err, "lab %s was stopped", i->lab->name);
	if (i->shell)
		tell_outside(i->start, &report);
	_exit(128 + INIT_STOP);
}

static void read_signal(struct init *i)
{
	struct signalfd_siginfo info;

	if (read(i->fds[SIGNALS].fd, &info, sizeof(info)) != sizeof(info))
		return;
	if (info.ssi_signo == INIT_STOP)
		stop(i);
	if (info.ssi_signo == SIGCHLD)
		reap(i);
	/* What the kernel sends, a terminal's ^C, the shell gets as well. */
	else if (i->shell && (info.ssi_code <= 0 || info.ssi_signo == SIGHUP))
		kill(i->shell, (int)info.ssi_signo);
}

/* Nothing is ever written there after the start: the process outside is gone, and with it the
 * terminal of its shell. */
static void outside_ended(struct init *i)
{
	if (!i->kept)
		_exit(128 + SIGKILL);
	close(i->fds[LIFE].fd);
	i->fds[LIFE].fd = -1;
	if (i->shell)
		kill(i->shell, SIGHUP);
}

static _Noreturn void loop(struct init *i)
{
	for (;;) {
		size_t n = i->n;

		if (poll(i->fds, n, -1) < 0)
			continue;
		if (i->fds[LIFE].revents)
			outside_ended(i);
		if (i->fds[SIGNALS].revents)
			read_signal(i);
		if (i->fds[WATCH].revents)
			holds_follow(&i->holds);
		for (size_t k = FIRST_GUEST; k < n; k++)
			if (i->fds[k].revents)
				attend_guest(i, k);
		if (i->fds[DOOR].revents)
			open_door(i);
		forget_guests(i);
	}
}

/* ---- the start ---- */

void init_refuse(int fd, enum refusal_step step, int code, const struct err *err)
{
	struct init_report report = { .step = step, .code = code };

	if (err)
		report.err = *err;
	report.err.class = ERR_MACHINE;
	if (write(fd, &report, sizeof(report)) < 0)
		_exit(128 + SIGPIPE);
	_exit(ERR_MACHINE);
}

/* A signalfd for what init acts on; all else stays blocked for good. */
static int block_signals(void)
{
	static const int ours[] = { SIGCHLD, SIGTERM, SIGHUP, SIGINT, SIGQUIT, INIT_STOP };
	sigset_t set;

	sigfillset(&set);
	sigprocmask(SIG_SETMASK, &set, NULL);
	sigemptyset(&set);
	for (size_t i = 0; i < sizeof(ours) / sizeof(ours[0]); i++)
		sigaddset(&set, ours[i]);
	return signalfd(-1, &set, SFD_CLOEXEC);
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
	lab->single_id = go.single_id;
}

static void make_world(struct lab *lab, const struct init_start *start)
{
	enum refusal_step step;
	struct err err = ERR_INIT;

	if (mounts_make(lab, &step) < 0)
		init_refuse(start->report, step, errno, NULL);
	if (lab->host_net)
		buf_puts(&lab->notes, "the lab's root is this machine's own network (--host-net): "
				      "what is changed there stays\n");
	if (sethostname(lab->name, strlen(lab->name)) < 0)
		buf_printf(&lab->notes, "the lab's host name stays the machine's (%s)\n",
			   strerror(errno));
	if (lab->single_id && fakeid_install(&err) < 0)
		buf_printf(&lab->notes,
			   "%s: programs that give up root (tcpdump, su) fail; install newuidmap "
			   "(on Debian: apt install uidmap)\n",
			   err.text);
}

static _Noreturn void start_shell(struct init *i, struct lab *lab, int channel)
{
	const struct init_start *start = i->start;
	struct err err = ERR_INIT;

	for (size_t k = 0; k < i->n; k++)
		close(i->fds[k].fd);
	lab->channel.fd = channel;
	lab->fresh = !lab->host_net;
	if (shell_open(lab, &err) < 0)
		init_refuse(start->report, REFUSAL_NONE, 0, &err);
	close(start->report);
	shell_run(lab, start->shell, start->data);
}

/* A lab that stays must hold nobody's terminal, pipe or directory. */
static void let_go_of_outside(void)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	for (int fd = 0; null >= 0 && fd < 3; fd++)
		dup2(null, fd);
	if (null >= 0)
		close(null);
	(void)!chdir("/");
}

void init_main(struct lab *lab, const struct init_start *start)
{
	struct init i = { .lab = lab, .start = start, .began = now() };
	int signals = block_signals(), channel[2];
	struct err err = ERR_INIT;

	await_go(lab, start->life);
	make_world(lab, start);
	if (signals < 0 || listen(start->door, 16) < 0 || holds_open(&i.holds) < 0 ||
	    socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, channel) < 0) {
		err_errno(&err, errno, "start the lab's init");
		init_refuse(start->report, REFUSAL_NONE, 0, &err);
	}
	watch(&i, signals, false);
	watch(&i, start->life, false);
	watch(&i, start->door, false);
	watch(&i, i.holds.watch, false);
	watch(&i, channel[0], true);
	i.shell = process_fork(0, &err);
	if (i.shell < 0)
		init_refuse(start->report, REFUSAL_FORK, err.code, &err);
	if (i.shell == 0)
		start_shell(&i, lab, channel[1]);
	close(channel[1]);
	let_go_of_outside();
	loop(&i);
}
