/* What a qdisc does, in the words of `tc`. */
#include "graph/read.h"

#include <linux/pkt_sched.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"

/* Bytes per second as bits: 10mbit. */
static void put_rate(struct buf *b, uint64_t bytes)
{
	static const char *const units[] = { "bit", "kbit", "mbit", "gbit" };
	uint64_t bits = bytes * 8;
	size_t unit = 0;

	while (unit < 3 && bits >= 1000 && bits % 1000 == 0) {
		bits /= 1000;
		unit++;
	}
	buf_printf(b, "%llu%s", (unsigned long long)bits, units[unit]);
}

static void put_time(struct buf *b, uint64_t ns)
{
	if (ns % 1000000000 == 0)
		buf_printf(b, "%llus", (unsigned long long)(ns / 1000000000));
	else if (ns % 1000000 == 0)
		buf_printf(b, "%llums", (unsigned long long)(ns / 1000000));
	else
		buf_printf(b, "%gms", (double)ns / 1e6);
}

/* A chance out of 2^32. */
static void put_chance(struct buf *b, const char *what, uint32_t chance)
{
	if (chance)
		buf_printf(b, " %s %.3g%%", what, 100.0 * chance / UINT32_MAX);
}

/* The scheduler's clock ticks every 64 ns (PSCHED_SHIFT, include/net/pkt_sched.h). */
static uint64_t ticks_ns(uint64_t ticks)
{
	return ticks << 6;
}

static void describe_tbf(struct buf *b, const struct nlattr *options)
{
	const struct nlattr *tb[TCA_TBF_MAX + 1];
	const struct tc_tbf_qopt *q;
	uint64_t rate;

	netlink_parse_nested(tb, TCA_TBF_MAX, options);
	q = netlink_bytes(tb[TCA_TBF_PARMS], sizeof(*q));
	if (!q)
		return;
	rate = netlink_u64(tb[TCA_TBF_RATE64]);
	rate = rate ? rate : q->rate.rate;
	buf_puts(b, " rate ");
	put_rate(b, rate);
	/* `buffer` is the time that a burst takes at that rate. */
	buf_printf(b, " burst %.0fb", (double)ticks_ns(q->buffer) * (double)rate / 1e9);
	buf_printf(b, " limit %ub", q->limit);
}

static void describe_netem(struct buf *b, const struct nlattr *options)
{
	const struct tc_netem_qopt *q = netlink_bytes(options, sizeof(*q));
	const struct nlattr *tb[TCA_NETEM_MAX + 1];
	const struct tc_netem_reorder *reorder;
	const struct tc_netem_corrupt *corrupt;
	const struct tc_netem_rate *rate;
	const int64_t *delay, *jitter;

	if (!q)
		return;
	netlink_parse_nested_after(tb, TCA_NETEM_MAX, options, sizeof(*q));
	delay = netlink_bytes(tb[TCA_NETEM_LATENCY64], sizeof(*delay));
	jitter = netlink_bytes(tb[TCA_NETEM_JITTER64], sizeof(*jitter));
	if (q->latency) {
		buf_puts(b, " delay ");
		put_time(b, delay ? (uint64_t)netlink_u64(tb[TCA_NETEM_LATENCY64])
				  : ticks_ns(q->latency));
	}
	if (q->jitter) {
		buf_putc(b, ' ');
		put_time(b, jitter ? (uint64_t)netlink_u64(tb[TCA_NETEM_JITTER64])
				   : ticks_ns(q->jitter));
	}
	put_chance(b, "loss", q->loss);
	put_chance(b, "duplicate", q->duplicate);
	reorder = netlink_bytes(tb[TCA_NETEM_REORDER], sizeof(*reorder));
	if (reorder)
		put_chance(b, "reorder", reorder->probability);
	corrupt = netlink_bytes(tb[TCA_NETEM_CORRUPT], sizeof(*corrupt));
	if (corrupt)
		put_chance(b, "corrupt", corrupt->probability);
	rate = netlink_bytes(tb[TCA_NETEM_RATE], sizeof(*rate));
	if (rate && (rate->rate || tb[TCA_NETEM_RATE64])) {
		buf_puts(b, " rate ");
		put_rate(b, tb[TCA_NETEM_RATE64] ? netlink_u64(tb[TCA_NETEM_RATE64]) : rate->rate);
	}
	buf_printf(b, " limit %u", q->limit);
}

static void describe_htb(struct buf *b, const struct nlattr *options)
{
	const struct nlattr *tb[TCA_HTB_MAX + 1];
	const struct tc_htb_glob *q;

	netlink_parse_nested(tb, TCA_HTB_MAX, options);
	q = netlink_bytes(tb[TCA_HTB_INIT], sizeof(*q));
	if (q && q->defcls)
		buf_printf(b, " default 0x%x", q->defcls);
}

static void describe_fifo(struct buf *b, const struct nlattr *options)
{
	const struct tc_fifo_qopt *q = netlink_bytes(options, sizeof(*q));

	if (q)
		buf_printf(b, " limit %u", q->limit);
}

struct describer {
	const char *kind;
	void (*describe)(struct buf *b, const struct nlattr *options);
};

void qdisc_describe(char *out, size_t size, const char *kind, const struct nlattr *options)
{
	static const struct describer describers[] = {
		{ "tbf", describe_tbf },    { "netem", describe_netem }, { "htb", describe_htb },
		{ "pfifo", describe_fifo }, { "bfifo", describe_fifo },
	};
	struct buf b = { 0 };

	for (size_t i = 0; options && i < sizeof(describers) / sizeof(*describers); i++)
		if (strcmp(describers[i].kind, kind) == 0)
			describers[i].describe(&b, options);
	snprintf(out, size, "%s", b.len ? b.data + 1 : "");
	buf_free(&b);
}
