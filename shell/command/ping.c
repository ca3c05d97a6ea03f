#include "command/ping.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "base/interrupt.h"
#include "base/mem.h"
#include "command/ping_neighbours.h"
#include "kernel/icmp.h"
#include "kernel/namespace.h"

/* Answers are read after so many requests: the kernel delivers most of them before sendto() comes
 * back, and a socket's buffer takes some 270. */
#define BATCH	64
#define LOOK_MS 100 /* how often ^C and progress are looked at while nothing comes */

/* So many may be without an answer while answers come, so that they fit into the queue of a slow
 * link. When nothing has come for twice the longest round trip they are lost: then it may be twice
 * as many, so a dead network is soon asked. None is sent again: a link that loses packets is seen.
 */
#define WINDOW	 128
#define QUIET_MS 20 /* before a round trip is known, and at least */
/* ns for each ms of the timeout: a quarter. One late answer is not to make the lost ones expensive.
 */
#define QUIET_MOST 250000ULL

struct source {
	struct icmp icmp;
	const struct graph_node *node;
};

struct sweep {
	struct session *s;
	struct pings *p;
	int epoll;
	struct source *sources;
	size_t n_sources, cap;
	size_t *current;   /* of each node, its source; SIZE_MAX: none yet */
	uint32_t *order;   /* the pings, in the order they are sent */
	uint64_t last;	   /* when the last one was sent */
	uint64_t reported; /* when progress was told */
	size_t done;	   /* in this round: answered, or refused */
	size_t window;	   /* in this round: how many may not be */
	uint64_t quiet;	   /* ns; how long no answer means anything */
	unsigned round;
};

/* ---- sockets ---- */

static int open_source(void *data, struct err *err)
{
	struct sweep *w = data;

	return icmp_open(&w->sources[w->n_sources].icmp, w->p->family, err);
}

/* A socket in NODE's namespace. Also where it has one: requests that wait for a neighbour who never
 * answers fill a socket's buffer. */
static int add_source(struct sweep *w, uint32_t node, struct err *err)
{
	const struct graph_node *n = w->p->nodes[node];
	struct lab_netns *ns = lab_netns_find(w->s->lab, n->name, err);
	struct epoll_event event = { .events = EPOLLIN, .data.u64 = w->n_sources };

	if (!ns)
		return -1;
	w->sources = mem_grow(w->sources, w->n_sources, &w->cap, sizeof(*w->sources));
	w->sources[w->n_sources].node = n;
	if (namespace_within(w->s->lab->root.fd, ns->fd, open_source, w, err))
		return err_wrap(err, "%s", n->shown);
	if (epoll_ctl(w->epoll, EPOLL_CTL_ADD, w->sources[w->n_sources].icmp.fd, &event) < 0) {
		icmp_close(&w->sources[w->n_sources].icmp);
		return err_errno(err, errno, "%s: cannot wait for answers", n->shown);
	}
	w->current[node] = w->n_sources++;
	return 0;
}

/* ---- answers ---- */

static void note_error(struct sweep *w, struct ping *ping, const struct ping_error *e)
{
	struct ping_error *copy;

	copy = mem_alloc(sizeof(*copy));
	*copy = *e;
	copy->next = w->p->errors;
	w->p->errors = copy;
	ping->error = copy;
	w->done++;
}

static void note_reply(struct sweep *w, struct ping *ping, uint64_t at)
{
	uint64_t trip = at > ping->sent_at ? at - ping->sent_at : 0;

	if (trip > w->p->timeout_ms * 1000000ULL)
		return;
	w->done++;
	if (2 * trip > w->quiet)
		w->quiet = 2 * trip < w->p->timeout_ms * QUIET_MOST ? 2 * trip
								    : w->p->timeout_ms * QUIET_MOST;
	if (w->p->warm && !w->round) {
		ping->first = trip;
		return;
	}
	if (!ping->received || trip < ping->min)
		ping->min = trip;
	if (trip > ping->max)
		ping->max = trip;
	ping->sum += trip;
	ping->received++;
}

static void read_source(struct sweep *w, const struct icmp *icmp)
{
	struct icmp_answer answers[BATCH];
	size_t n = icmp_read(icmp, answers, BATCH);

	for (size_t i = 0; i < n; i++) {
		const struct icmp_answer *a = &answers[i];
		struct ping *ping = &w->p->v[a->id % w->p->n];
		const struct ping_error e = { .type = a->type,
					      .code_of_type = a->code,
					      .from = a->from };

		/* One of an earlier round is too late, and a second answer is nobody's. */
		if (a->id / w->p->n != w->round || ping->heard > w->round)
			continue;
		ping->heard = w->round + 1;
		if (a->reply)
			note_reply(w, ping, a->at);
		else
			note_error(w, ping, &e);
	}
}

/* Read what there is; wait for some, TIMEOUT_MS at most. False on ^C. */
static bool attend(struct sweep *w, int timeout_ms)
{
	struct epoll_event events[BATCH];
	int n = epoll_wait(w->epoll, events, BATCH, timeout_ms);
	uint64_t now;

	for (int i = 0; i < n; i++)
		read_source(w, &w->sources[events[i].data.u64].icmp);
	now = icmp_now();
	if (w->p->told && now - w->reported > LOOK_MS * 1000000ULL) {
		w->p->told(w->s, w->round * w->p->n + w->done,
			   (w->p->count + w->p->warm) * w->p->n);
		w->reported = now;
	}
	return !interrupt_pending();
}

/* ---- sending ---- */

/* By distance, first to the next node: the first half resolves the neighbours of both directions,
 * and no node has more than a few requests in flight. */
static void choose_order(struct sweep *w)
{
	const struct pings *p = w->p;
	uint32_t *start = mem_resize(NULL, p->n_nodes + 1, sizeof(*start));

	memset(start, 0, (p->n_nodes + 1) * sizeof(*start));
	for (size_t i = 0; i < p->n; i++)
		start[(p->v[i].to + p->n_nodes - p->v[i].from) % p->n_nodes + 1]++;
	for (size_t i = 1; i <= p->n_nodes; i++)
		start[i] += start[i - 1];
	for (size_t i = 0; i < p->n; i++)
		w->order[start[(p->v[i].to + p->n_nodes - p->v[i].from) % p->n_nodes]++] =
			(uint32_t)i;
	free(start);
}

static int send_one(struct sweep *w, uint32_t index, struct err *err)
{
	struct ping *ping = &w->p->v[index];
	const struct prefix *to = &graph_node_address(w->p->nodes[ping->to], w->p->family)->prefix;
	const uint32_t id = index + w->round * (uint32_t)w->p->n;
	int code;

	if (w->current[ping->from] == SIZE_MAX && add_source(w, ping->from, err))
		return -1;
	ping->sent_at = w->last = icmp_now();
	code = icmp_send(&w->sources[w->current[ping->from]].icmp, to, id);
	if (code == EAGAIN || code == ENOBUFS) {
		if (add_source(w, ping->from, err))
			return -1;
		code = icmp_send(&w->sources[w->current[ping->from]].icmp, to, id);
	}
	if (code) {
		ping->heard = w->round + 1;
		note_error(w, ping, &(struct ping_error){ .code = code });
	}
	return 0;
}

/* SENT of this round are on their way: wait until another may be. False on ^C. */
static bool keep_window(struct sweep *w, size_t sent)
{
	uint64_t since = 0;

	while (sent >= w->done + w->window) {
		const size_t before = w->done;

		if (!since)
			since = icmp_now();
		if (!attend(w, QUIET_MS))
			return false;
		if (w->done > before)
			since = 0;
		else if (icmp_now() - since >= w->quiet)
			w->window *= 2;
	}
	return true;
}

static int interrupted(const struct sweep *w, struct err *err)
{
	err_set(err, "interrupted after %zu of %zu pings", w->round * w->p->n + w->done,
		(w->p->count + w->p->warm) * w->p->n);
	if (err)
		err->code = EINTR;
	return -1;
}

static int run_round(struct sweep *w, struct err *err)
{
	const struct pings *p = w->p;
	const uint64_t timeout = p->timeout_ms * 1000000ULL;
	uint64_t now;
	size_t before;

	w->done = 0;
	w->window = WINDOW;
	for (size_t i = 0; i < p->n; i++) {
		if (send_one(w, w->order[i], err))
			return -1;
		if ((i % BATCH == BATCH - 1 && !attend(w, 0)) || !keep_window(w, i + 1))
			return interrupted(w, err);
	}
	while (w->done < p->n && (now = icmp_now()) < w->last + timeout) {
		uint64_t left = (w->last + timeout - now) / 1000000 + 1;

		if (!attend(w, left > LOOK_MS ? LOOK_MS : (int)left))
			return interrupted(w, err);
	}
	/* What came in time may still be queued, where others had the processor meanwhile. */
	do {
		before = w->done;
		if (!attend(w, 0))
			return interrupted(w, err);
	} while (w->done > before && w->done < p->n);
	return 0;
}

static int run_rounds(struct sweep *w, struct err *err)
{
	const unsigned rounds = w->p->count + w->p->warm;

	for (w->round = 0; w->round < rounds; w->round++)
		if (run_round(w, err))
			return -1;
	for (size_t i = 0; i < w->p->n; i++)
		w->p->answered += w->p->v[i].received == w->p->count;
	return 0;
}

static void sweep_free(struct sweep *w)
{
	for (size_t i = 0; i < w->n_sources; i++)
		icmp_close(&w->sources[i].icmp);
	close(w->epoll);
	free(w->sources);
	free(w->current);
	free(w->order);
}

int ping_run(struct session *s, struct pings *p, struct err *err)
{
	struct sweep w = { .s = s, .p = p, .epoll = epoll_create1(EPOLL_CLOEXEC) };
	struct ping_neighbours given;
	int rc;

	if (w.epoll < 0)
		return err_errno(err, errno, "cannot wait for answers");
	if (!p->count)
		p->count = 1;
	w.current = mem_resize(NULL, p->n_nodes + 1, sizeof(*w.current));
	for (size_t i = 0; i < p->n_nodes; i++)
		w.current[i] = SIZE_MAX;
	w.order = mem_resize(NULL, p->n + 1, sizeof(*w.order));
	choose_order(&w);
	w.reported = icmp_now();
	w.quiet = QUIET_MS * 1000000ULL;
	rc = ping_neighbours_give(s, p, &given, err);
	p->permanent = given.n > 0;
	if (!rc)
		rc = run_rounds(&w, err);
	ping_neighbours_take(s, &given);
	sweep_free(&w);
	return rc;
}

void pings_free(struct pings *p)
{
	while (p->errors) {
		struct ping_error *next = p->errors->next;

		free(p->errors);
		p->errors = next;
	}
}

const char *ping_error_text(const struct ping *ping, int family, char *text, size_t size)
{
	const struct ping_error *e = ping->error;
	const char *why = strerror(e->code);
	char from[PREFIX_TEXT];

	if (e->code)
		snprintf(text, size, "not sent, %c%s", tolower(why[0]), why + 1);
	else
		snprintf(text, size, "%s (%s)", icmp_error_text(family, e->type, e->code_of_type),
			 address_format(from, &e->from));
	return text;
}
