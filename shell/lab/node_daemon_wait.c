/* Waiting for what a daemon does: both its files tell of every change (inotify); only a port has to
 * be looked for. */
#include "lab/node_daemon.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/interrupt.h"
#include "kernel/namespace.h"
#include "lab/node_files.h"
#include "lab/node_program.h"

/* Between two looks for a port, in milliseconds: soon at first. */
#define LOOK_FIRST 1
#define LOOK_LAST  50

#define KILL_MS 5000 /* on a busy machine the end of a process takes its time */

/* ---- its files ---- */

/* A daemon that is waited for. */
struct wait {
	const char *node, *name;
	int fd;	      /* inotify */
	bool watched; /* there is one: giving it up takes the kernel 10 ms, so not before it is
			 needed */
	long long end;
};

static struct wait begin(const char *node, const char *name, int ms)
{
	return (struct wait){ .node = node, .name = name, .fd = -1, .end = clock_ms() + ms };
}

static void finish(const struct wait *w)
{
	if (w->fd >= 0)
		close(w->fd);
}

static void watch(struct wait *w)
{
	static const char *const files[] = { "daemons", "logs" };
	char path[NODE_PATH];

	w->watched = true;
	w->fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	for (int i = 0; w->fd >= 0 && i < 2; i++) {
		snprintf(path, sizeof(path), NODE_FILES "/%s/%s/%s", w->node, files[i], w->name);
		inotify_add_watch(w->fd, path, IN_MODIFY);
	}
}

static long long left(const struct wait *w)
{
	long long ms = w->end - clock_ms();

	return ms > 0 ? ms : 0;
}

/* Until one of its files may have changed, MS at most: the first time at once, since from then on
 * no change is missed. */
static void await(struct wait *w, long long ms)
{
	struct pollfd change = { .events = POLLIN };
	char events[4096];

	if (!w->watched) {
		watch(w);
		return;
	}
	/* Where there is no inotify for us, by looking. */
	if (w->fd < 0 && ms > LOOK_LAST)
		ms = LOOK_LAST;
	change.fd = w->fd;
	poll(&change, 1, (int)ms);
	while (w->fd >= 0 && read(w->fd, events, sizeof(events)) > 0)
		;
}

/* ---- ready ---- */

struct port {
	unsigned number;
	bool found;
};

/* A TCP socket that listens, a UDP socket that is bound and not connected: the kernel's numbers. */
static bool is_open(const char *protocol, unsigned state)
{
	return state == (*protocol == 't' ? 10 : 7);
}

static int look_for_port(void *data, struct err *err)
{
	static const char *const protocols[] = { "tcp", "tcp6", "udp", "udp6" };
	char path[64], line[512];
	struct port *p = data;
	unsigned number, state;
	FILE *file;

	(void)err;
	for (int i = 0; i < 4; i++) {
		snprintf(path, sizeof(path), "/proc/self/net/%s", protocols[i]);
		file = fopen(path, "re");
		while (file && !p->found && fgets(line, sizeof(line), file))
			p->found = sscanf(line, " %*d: %*[0-9A-F]:%x %*[0-9A-F]:%*x %x", &number,
					  &state) == 2 &&
				   number == p->number && is_open(protocols[i], state);
		if (file)
			fclose(file);
	}
	return 0;
}

static bool is_ready(struct lab *lab, const char *node, const char *name,
		     const struct node_daemon_ready *ready)
{
	struct lab_netns *ns = lab_netns_find(lab, node, NULL);
	struct port port = { .number = ready->port };
	char *log;

	if (ready->port)
		return ns &&
		       namespace_within(lab->root.fd, ns->fd, look_for_port, &port, NULL) == 0 &&
		       port.found;
	log = ready->text ? node_daemon_log(node, name) : NULL;
	port.found = log && strstr(log, ready->text);
	free(log);
	return port.found;
}

static int refuse(const char *node, const char *name, const struct node_daemon *d,
		  const struct node_daemon_ready *ready, int ms, struct err *err)
{
	char *log = node_daemon_log(node, name);
	struct buf text = { 0 };

	if (d->ended && d->status > 128)
		buf_printf(&text, "it was ended by signal %d", d->status - 128);
	else if (d->ended)
		buf_printf(&text, "it ended with status %d", d->status);
	else if (ready->port)
		buf_printf(&text, "nothing listens on port %u after %d s", ready->port, ms / 1000);
	else
		buf_printf(&text, "it has not printed \"%s\" after %d s", ready->text, ms / 1000);
	node_program_add_output(&text, log ? log : "");
	err_set(err, "%s", buf_text(&text));
	buf_free(&text);
	free(log);
	return -1;
}

int node_daemon_wait(struct lab *lab, const char *node, const char *name,
		     const struct node_daemon_ready *ready, int ms, struct err *err)
{
	bool asked = ready->port || ready->text, good = false, over = false;
	struct wait w = begin(node, name, ms);
	struct node_daemon d = { 0 };
	long long step = LOOK_FIRST;
	int r = 0;

	while (r == 0) {
		/* In this order: what it did before its end counts. */
		node_daemon_find(node, name, &d);
		good = asked && is_ready(lab, node, name, ready);
		/* One that ends well may have left another behind. */
		over = (d.ended && (d.status || !asked)) || !left(&w);
		if (good || over)
			break;
		await(&w, ready->port && step < left(&w) ? step : left(&w));
		step = step * 2 < LOOK_LAST ? step * 2 : LOOK_LAST;
		if (interrupt_pending())
			r = err_set(err, "interrupted");
	}
	finish(&w);
	if (over && !good && (asked || (d.ended && d.status)))
		r = refuse(node, name, &d, ready, ms, err);
	return r;
}

/* ---- the end ---- */

static bool await_end(const char *node, const char *name, int ms)
{
	struct wait w = begin(node, name, ms);
	struct node_daemon d;

	while (node_daemon_find(node, name, &d) && !d.ended && left(&w))
		await(&w, left(&w));
	finish(&w);
	return d.ended;
}

int node_daemon_stop(const char *node, const char *name, int ms, struct err *err)
{
	struct node_daemon d;

	if (!node_daemon_find(node, name, &d) || d.ended)
		return 0;
	/* It leads a session, and with it a group: what it has started ends as well. */
	kill(-d.pid, ms ? SIGTERM : SIGKILL);
	if (ms && !await_end(node, name, ms))
		kill(-d.pid, SIGKILL);
	if (await_end(node, name, KILL_MS))
		return 0;
	return err_set(err, "daemon %s of %s does not end, process %d", name, node, (int)d.pid);
}
