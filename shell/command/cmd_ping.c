/* pingall, pingpair, and with times: who reaches whom. */
#include "command/command.h"

#include <unistd.h>

#include "command/grammar.h"
#include "command/round.h"

static void tell_progress(struct session *s, size_t done, size_t n)
{
	out_printf(&s->out, "\r%zu of %zu pings\033[K", done, n);
	out_flush(&s->out);
}

static int read_options(const struct args *a, struct pings *p, struct err *err)
{
	const struct arg *timeout = args_at(a, "timeout", 0), *count = args_at(a, "count", 0);
	uint64_t ms = timeout ? timeout->time_ns / 1000000 : p->timeout_ms;

	if (ms < 1 || ms > 3600 * 1000)
		return err_set(err, "%s: timeout=%s is not within 1ms and 3600s", a->command->name,
			       timeout->text);
	if (count && (count->number < 1 || count->number > 1000))
		return err_set(err, "%s: count=%s is not within 1 and 1000", a->command->name,
			       count->text);
	p->timeout_ms = (unsigned)ms;
	p->count = count ? (unsigned)count->number : 1;
	return 0;
}

/* Run R and say what came of it. */
static int run_round(struct session *s, const struct args *a, bool full, struct round *r,
		     struct err *err)
{
	const bool as_json = session_json(s, a);
	const bool shown = !as_json && s->out.fd >= 0 && isatty(s->out.fd);

	for (size_t i = 0; !as_json && i < r->n_skipped; i++)
		out_printf(&s->out, "%s has no IPv%d address: skipped\n", r->skipped[i]->shown,
			   r->pings.family == AF_INET ? 4 : 6);
	if (r->pings.n_nodes < 2 && (!as_json || args_count(a, "node")))
		return err_set(err, "%s takes two nodes with an address", a->command->name);
	out_flush(&s->out);
	r->pings.told = shown ? tell_progress : NULL;
	r->pings.warm = full;
	if (round_run(s, r, err)) {
		out_puts(&s->out, shown ? "\r\033[K" : "");
		return err_wrap(err, "%s", a->command->name);
	}
	out_puts(&s->out, shown ? "\r\033[K" : "");
	if (as_json)
		round_print_json(s, r);
	else
		round_print(s, r, full);
	s->status = r->pings.answered < r->pings.n || !r->pings.n;
	return 0;
}

/* Among the nodes of the line, or the lab's first MOST hosts and routers. */
static int run_pings(struct session *s, const struct args *a, size_t most, bool full,
		     struct err *err)
{
	const size_t named = args_count(a, "node");
	struct round r;
	int rc;

	round_init(&r, s, args_has(a, "-6") ? AF_INET6 : args_has(a, "-4") ? AF_INET : 0);
	for (size_t i = 0; i < named; i++)
		round_add(&r, args_at(a, "node", i)->node);
	if (!named)
		round_add_all(&r, s, most);
	rc = read_options(a, &r.pings, err);
	if (!rc)
		rc = run_round(s, a, full, &r, err);
	round_free(&r);
	return rc;
}

static int run_pingall(struct session *s, const struct args *a, struct err *err)
{
	return run_pings(s, a, SIZE_MAX, false, err);
}

const struct command cmd_pingall = {
	.name = "pingall",
	.family = FAMILY_TEST,
	.args = "[timeout=<time>] [count=<number>] [<node>...] [-4|-6] [--json]",
	.summary = "ping from every host and router to every other, or among the nodes named",
	.details =
		"A row for each node: the names that answered, X where there was no answer in "
		"time. Of more than 16 nodes only what was lost is shown: a sign for each pair "
		"(columns in the order of the rows), of more than 64 a list, in which those stand "
		"together that lost the same. Below stands what is known of why: ICMP errors and "
		"who sent them, what the kernel refused to send, no answer to ARP. count=5 sends "
		"five to each, one after the other; a pair has answered when all came back. A loss "
		"makes the line's status 1, and so does nobody to ping. JSON: {\"family\", "
		"\"sent\", \"received\", \"permanent_neighbours\", \"skipped\": [name, ...], "
		"\"pairs\": [{\"from\", \"to\", \"answered\", \"received\", \"min_ms\", "
		"\"avg_ms\", \"max_ms\", \"error\"}, ...]}.",
	.example = "pingall",
	.run = run_pingall,
};

static int run_pingallfull(struct session *s, const struct args *a, struct err *err)
{
	return run_pings(s, a, SIZE_MAX, true, err);
}

const struct command cmd_pingallfull = {
	.name = "pingallfull",
	.family = FAMILY_TEST,
	.args = "[timeout=<time>] [count=<number>] [<node>...] [-4|-6] [--json]",
	.summary = "pingall with round-trip times",
	.details = "min/avg/max of each pair, of up to 16 nodes, and over all. A ping that is not "
		   "counted goes ahead; what ARP or neighbour discovery took is in its time alone, "
		   "which stands apart: `first`. JSON as at `pingall`, and "
		   "\"first_ms\" of each pair.",
	.example = "pingallfull count=3",
	.run = run_pingallfull,
};

static int check_pair(const struct args *a, struct err *err)
{
	size_t n = args_count(a, "node");

	if (n && n != 2)
		return err_set(err, "%s: two nodes, or none for the first two, not %zu",
			       a->command->name, n);
	return 0;
}

static int run_pingpair(struct session *s, const struct args *a, struct err *err)
{
	return check_pair(a, err) ? -1 : run_pings(s, a, 2, false, err);
}

const struct command cmd_pingpair = {
	.name = "pingpair",
	.family = FAMILY_TEST,
	.args = "[timeout=<time>] [count=<number>] [<node>...] [-4|-6] [--json]",
	.summary = "ping between the first two hosts, or the two named",
	.details = "What it prints is explained at `pingall`.",
	.example = "pingpair -6",
	.run = run_pingpair,
};

static int run_pingpairfull(struct session *s, const struct args *a, struct err *err)
{
	return check_pair(a, err) ? -1 : run_pings(s, a, 2, true, err);
}

const struct command cmd_pingpairfull = {
	.name = "pingpairfull",
	.family = FAMILY_TEST,
	.args = "[timeout=<time>] [count=<number>] [<node>...] [-4|-6] [--json]",
	.summary = "pingpair with round-trip times",
	.details = "What it prints is explained at `pingallfull`.",
	.example = "pingpairfull h1 h2 count=3",
	.run = run_pingpairfull,
};
