#include "command/iperf.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/interrupt.h"
#include "base/json_read.h"
#include "base/mem.h"
#include "kernel/process.h"

#define PORT	   5201 /* iperf3's own; the pairs count up from it, as two may share a server */
#define TRIES	   16	/* of ports, where others serve in that node */
#define OUTPUT_MAX ((size_t)4 << 20)
/* What a test gets beyond its seconds: to connect, on a busy machine, and to tell. */
#define GRACE_SECONDS 10
#define LOOK_MS	      100 /* how often ^C is looked at */

struct end {
	pid_t pid; /* 0: not running */
	int fd;	   /* what it prints; -1: all read */
	struct buf output;
};

struct pair {
	struct iperf *test;
	char port[8];
	struct end server, client;
};

/* ---- programs ---- */

static int end_start(struct session *s, const struct graph_node *node, char *const *argv,
		     struct end *end, struct err *err)
{
	struct lab_netns *ns = lab_netns_find(s->lab, node->name, err);
	struct program program = PROGRAM_INIT;
	int null, rc;

	if (!ns)
		return -1;
	null = open("/dev/null", O_RDONLY | O_CLOEXEC);
	program.argv = argv;
	program.net = ns->fd;
	program.in = null;
	program.group = true; /* ^C is ours to heed */
	program.with_us = true;
	rc = process_start_piped(&program, &end->pid, &end->fd, err);
	close(null);
	if (rc)
		*end = (struct end){ .fd = -1 };
	return rc;
}

static void end_close(struct end *end)
{
	struct process_status status;

	if (end->pid) {
		kill(end->pid, SIGKILL);
		while (process_wait(end->pid, 0, &status) == 0)
			;
	}
	if (end->fd >= 0)
		close(end->fd);
	buf_free(&end->output);
}

/* Without -1 a server that was never reached would stay; it tells when it listens. */
static int start_server(struct session *s, struct pair *p, struct err *err)
{
	char *argv[] = { (char *)"iperf3",
			 (char *)"-s",
			 (char *)"-1",
			 (char *)"--forceflush",
			 (char *)"-p",
			 p->port,
			 (char *)(p->test->family == AF_INET6 ? "-6" : "-4"),
			 NULL };

	return end_start(s, p->test->server, argv, &p->server, err);
}

static int start_client(struct session *s, struct pair *p, const struct iperf_options *o,
			struct err *err)
{
	const struct graph_address *address = graph_node_address(p->test->server, p->test->family);
	char to[PREFIX_TEXT], seconds[16], rate[32];
	char *argv[16] = { (char *)"iperf3", (char *)"-J", (char *)"-p", p->port,
			   (char *)"-t",     seconds,	   (char *)"-c", to };
	size_t n = 8;

	address_format(to, &address->prefix);
	snprintf(seconds, sizeof(seconds), "%u", o->seconds);
	snprintf(rate, sizeof(rate), "%llu", (unsigned long long)o->rate);
	if (o->udp)
		argv[n++] = (char *)"-u";
	if (o->udp || o->rate) {
		argv[n++] = (char *)"-b";
		argv[n++] = rate;
	}
	return end_start(s, p->test->client, argv, &p->client, err);
}

/* ---- waiting ---- */

/* What has come; at its end the program is collected. */
static void end_read(struct end *end)
{
	struct process_status status;
	char chunk[8192];
	ssize_t n = read(end->fd, chunk, sizeof(chunk));

	if (n > 0 && end->output.len < OUTPUT_MAX)
		buf_add(&end->output, chunk, (size_t)n);
	if (n > 0 || (n < 0 && (errno == EINTR || errno == EAGAIN)))
		return;
	close(end->fd);
	end->fd = -1;
	while (process_wait(end->pid, 0, &status) == 0)
		;
	end->pid = 0;
}

/* Read from all until IS_DONE says so of each pair, or the time is over. -1 on ^C. */
static int wait_all(struct pair *v, size_t n, bool (*is_done)(const struct pair *p),
		    unsigned seconds, struct err *err)
{
	struct pollfd *fds = mem_resize(NULL, 2 * n, sizeof(*fds));
	const int64_t end = clock_ms() + seconds * INT64_C(1000);
	size_t done = 0;

	while (done < n && !interrupt_pending() && clock_ms() < end) {
		for (size_t i = 0; i < n; i++) {
			fds[2 * i] = (struct pollfd){ .fd = v[i].server.fd, .events = POLLIN };
			fds[2 * i + 1] = (struct pollfd){ .fd = v[i].client.fd, .events = POLLIN };
		}
		if (poll(fds, 2 * n, LOOK_MS) < 0)
			continue;
		done = 0;
		for (size_t i = 0; i < n; i++) {
			if (v[i].server.fd >= 0 && fds[2 * i].revents)
				end_read(&v[i].server);
			if (v[i].client.fd >= 0 && fds[2 * i + 1].revents)
				end_read(&v[i].client);
			done += is_done(&v[i]);
		}
	}
	free(fds);
	if (!interrupt_pending())
		return 0;
	err_set(err, "interrupted");
	err->code = EINTR;
	return -1;
}

static bool server_listens(const struct pair *p)
{
	return strstr(buf_text(&p->server.output), "listening");
}

static bool server_is_decided(const struct pair *p)
{
	return p->server.fd < 0 || server_listens(p);
}

static bool client_has_ended(const struct pair *p)
{
	return p->client.fd < 0;
}

/* ---- results ---- */

static double read_number(const struct buf *json, const char *path)
{
	struct json_token t;
	char text[32] = "";

	if (json_find(buf_text(json), json->len, path, &t, NULL) == 0 && t.type == JSON_NUMBER &&
	    t.len < sizeof(text))
		memcpy(text, t.text, t.len);
	return strtod(text, NULL);
}

__attribute__((format(printf, 2, 3))) static void fail(struct pair *p, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(p->test->error, sizeof(p->test->error), fmt, ap);
	va_end(ap);
	/* What it printed may be more than a line. */
	p->test->error[strcspn(p->test->error, "\n")] = '\0';
}

static void read_numbers(struct iperf *test, const struct buf *json, bool udp)
{
	if (udp) {
		test->sent = read_number(json, "end.sum.bits_per_second");
		test->lost_percent = read_number(json, "end.sum.lost_percent");
		test->jitter_ms = read_number(json, "end.sum.jitter_ms");
		test->received = test->sent * (100 - test->lost_percent) / 100;
	} else {
		test->sent = read_number(json, "end.sum_sent.bits_per_second");
		test->received = read_number(json, "end.sum_received.bits_per_second");
		test->retransmits = (uint64_t)read_number(json, "end.sum_sent.retransmits");
	}
}

static void read_result(struct pair *p, const struct iperf_options *o)
{
	const struct buf *json = &p->client.output;
	struct json_token t;
	char why[160] = "";

	if (p->client.pid) {
		fail(p, "no answer within %u seconds", o->seconds + GRACE_SECONDS);
	} else if (json_find(buf_text(json), json->len, "error", &t, NULL) == 0 &&
		   t.type == JSON_STRING && t.len < sizeof(why)) {
		why[json_unescape(why, &t)] = '\0';
		fail(p, "iperf3 says: %s", why);
	} else if (json_find(buf_text(json), json->len, "end", &t, NULL) != 0) {
		fail(p, "iperf3 gave no result: %s", buf_text(json));
	} else {
		read_numbers(p->test, json, o->udp);
	}
}

/* ---- all of them ---- */

/* A server for each pair: where a port is taken, by whomever, the next that no other pair begins
 * with. */
static int start_servers(struct session *s, struct pair *v, size_t n, struct err *err)
{
	size_t busy = n;

	for (size_t tries = 0; busy && tries < TRIES; tries++) {
		for (size_t i = 0; i < n; i++) {
			if (v[i].server.pid || *v[i].test->error)
				continue;
			buf_clear(&v[i].server.output);
			snprintf(v[i].port, sizeof(v[i].port), "%zu", PORT + i + tries * n);
			if (start_server(s, &v[i], err))
				return -1;
		}
		if (wait_all(v, n, server_is_decided, GRACE_SECONDS, err))
			return -1;
		busy = 0;
		for (size_t i = 0; i < n; i++) {
			const char *said = buf_text(&v[i].server.output);

			if (v[i].server.pid || *v[i].test->error)
				continue;
			if (!strstr(said, "Address already in use"))
				fail(&v[i], "the server ended: %s", said);
			else if (tries + 1 == TRIES)
				fail(&v[i], "no free port for the server up to %s", v[i].port);
			else
				busy++;
		}
	}
	return 0;
}

static int run_pairs(struct session *s, struct pair *v, size_t n, const struct iperf_options *o,
		     struct err *err)
{
	if (start_servers(s, v, n, err))
		return -1;
	for (size_t i = 0; i < n; i++) {
		if (*v[i].test->error)
			continue;
		if (!server_listens(&v[i]))
			fail(&v[i], "the server does not listen");
		else if (start_client(s, &v[i], o, err))
			return -1;
	}
	if (wait_all(v, n, client_has_ended, o->seconds + GRACE_SECONDS, err))
		return -1;
	for (size_t i = 0; i < n; i++)
		if (!*v[i].test->error)
			read_result(&v[i], o);
	return 0;
}

int iperf_run(struct session *s, struct iperf *tests, size_t n, const struct iperf_options *o,
	      struct err *err)
{
	struct pair *v = mem_alloc(n * sizeof(*v));
	int rc;

	for (size_t i = 0; i < n; i++) {
		v[i].test = &tests[i];
		v[i].server.fd = v[i].client.fd = -1;
	}
	rc = run_pairs(s, v, n, o, err);
	for (size_t i = 0; i < n; i++) {
		end_close(&v[i].client);
		end_close(&v[i].server);
	}
	free(v);
	return rc;
}
