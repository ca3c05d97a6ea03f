#include "command/ping.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "base/interrupt.h"
#include "base/mem.h"
#include "kernel/process.h"

/* At once: enough for a dead network to cost seconds, few enough for a small machine. */
#define AT_ONCE 1024
/* What a ping gets beyond its timeout before it is killed: the time to start, on a busy machine. */
#define GRACE_MS 5000
#define LOOK_MS	 100 /* how often ^C and progress are looked at */

struct child {
	struct ping *ping;
	pid_t pid;
	int fd; /* pidfd: readable when it has ended */
	long long deadline;
};

struct sweep {
	struct session *s;
	char timeout[24];
	unsigned timeout_ms;
	int family;
	int null;   /* /dev/null */
	char **env; /* ours, without a locale: a decimal comma would change what -W means */
	struct child running[AT_ONCE];
	size_t n_running, at_once;
};

static long long now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000LL + t.tv_nsec / 1000000;
}

static char **env_without_locale(void)
{
	size_t n = 0;
	char **env;

	while (environ[n])
		n++;
	env = mem_resize(NULL, n + 2, sizeof(*env));
	env[0] = (char *)"LC_ALL=C";
	n = 1;
	for (char **p = environ; *p; p++)
		if (strncmp(*p, "LC_", 3) && strncmp(*p, "LANG", 4))
			env[n++] = *p;
	env[n] = NULL;
	return env;
}

/* Only the network namespace is joined: an address needs no /etc/hosts, and a view of each node
 * would cost more than its pings. A group of its own keeps the terminal's ^C and ^Z away: both are
 * ours to heed. */
static int start_ping(struct sweep *w, struct ping *ping, struct err *err)
{
	char address[PREFIX_TEXT];
	char *argv[] = { (char *)"ping", (char *)"-n", (char *)"-q", (char *)"-c1",
			 (char *)"-W",	 w->timeout,   address,	     NULL };
	struct lab_netns *ns = lab_netns_find(w->s->lab, ping->from->name, err);
	struct child *child = &w->running[w->n_running];
	struct program program = PROGRAM_INIT;

	if (!ns)
		return -1;
	address_format(address, &graph_node_address(ping->to, w->family)->prefix);
	program.argv = argv;
	program.env = w->env;
	program.net = ns->fd;
	program.in = program.out = program.error = w->null;
	program.group = true;
	if (process_start(&program, &child->pid, err))
		return -1;
	child->ping = ping;
	child->deadline = now_ms() + w->timeout_ms + GRACE_MS;
	child->fd = (int)syscall(SYS_pidfd_open, child->pid, 0);
	w->n_running++;
	return child->fd < 0 ? err_errno(err, errno, "cannot watch a program") : 0;
}

static void end_child(struct sweep *w, size_t i)
{
	struct child *child = &w->running[i];
	struct process_status status = { 0 };

	while (!process_wait(child->pid, 0, &status))
		;
	child->ping->answered = status.state == PROCESS_EXITED && status.value == 0;
	if (child->fd >= 0)
		close(child->fd);
	*child = w->running[--w->n_running];
}

static void kill_all(struct sweep *w)
{
	for (size_t i = 0; i < w->n_running; i++)
		kill(w->running[i].pid, SIGKILL);
	while (w->n_running)
		end_child(w, w->n_running - 1);
}

/* Wait for some to end, and see to those that should have. */
static void attend(struct sweep *w)
{
	struct pollfd fds[AT_ONCE];
	long long now;

	for (size_t i = 0; i < w->n_running; i++)
		fds[i] = (struct pollfd){ .fd = w->running[i].fd, .events = POLLIN };
	if (poll(fds, w->n_running, LOOK_MS) < 0)
		return;
	now = now_ms();
	/* Backwards: end_child moves the last one, already seen, into the gap. */
	for (size_t i = w->n_running; i-- > 0;) {
		if (now > w->running[i].deadline)
			kill(w->running[i].pid, SIGKILL);
		if (fds[i].revents)
			end_child(w, i);
	}
}

static bool is_shortage(const struct err *err)
{
	return err->code == EAGAIN || err->code == EMFILE || err->code == ENFILE ||
	       err->code == ENOMEM;
}

/* Start as many as may run. Where the machine allows fewer, those are enough. */
static int fill(struct sweep *w, struct ping *v, size_t n, size_t *next, struct err *err)
{
	struct err why = ERR_INIT;

	while (*next < n && w->n_running < w->at_once) {
		size_t before = w->n_running;

		if (!start_ping(w, &v[*next], &why)) {
			++*next;
			continue;
		}
		if (w->n_running > before) {
			kill(w->running[before].pid, SIGKILL);
			end_child(w, before);
		}
		if (!before || !is_shortage(&why)) {
			*err = why;
			return -1;
		}
		w->at_once = before;
	}
	return 0;
}

static int sweep_all(struct sweep *w, struct ping *v, size_t n,
		     void (*told)(struct session *s, size_t done, size_t n), struct err *err)
{
	size_t next = 0;

	while (next < n || w->n_running) {
		if (interrupt_pending())
			return err_set(err, "interrupted after %zu of %zu pings",
				       next - w->n_running, n);
		if (fill(w, v, n, &next, err))
			return -1;
		attend(w);
		if (told)
			told(w->s, next - w->n_running, n);
	}
	return 0;
}

int ping_run(struct session *s, struct ping *v, size_t n, int family, unsigned timeout_ms,
	     void (*told)(struct session *s, size_t done, size_t n), struct err *err)
{
	struct sweep *w = mem_alloc(sizeof(*w));
	int rc;

	w->s = s;
	w->family = family;
	w->timeout_ms = timeout_ms;
	w->at_once = AT_ONCE;
	/* Whole seconds without a point, which not every ping takes. */
	if (timeout_ms % 1000)
		snprintf(w->timeout, sizeof(w->timeout), "%u.%03u", timeout_ms / 1000,
			 timeout_ms % 1000);
	else
		snprintf(w->timeout, sizeof(w->timeout), "%u", timeout_ms / 1000);
	w->null = open("/dev/null", O_RDWR | O_CLOEXEC);
	if (w->null < 0) {
		free(w);
		return err_errno(err, errno, "cannot open /dev/null");
	}
	w->env = env_without_locale();
	rc = sweep_all(w, v, n, told, err);
	kill_all(w);
	free(w->env);
	close(w->null);
	free(w);
	return rc;
}
