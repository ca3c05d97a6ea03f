/* What changes the lab passes here: printed, done, or both. */
#include "command/command.h"
#include "lab/lock.h"

static void tell_progress(void *data, size_t done, size_t n)
{
	struct session *s = data;

	out_printf(&s->out, "\r%zu of %zu operations\033[K", done, n);
	out_flush(&s->out);
}

static void tell_waiting(void *data)
{
	struct session *s = data;

	if (!out_columns(&s->out))
		return;
	out_puts(&s->out, "another shell changes the lab: waiting for it, until ^C\n");
	out_flush(&s->out);
}

int session_hold(struct session *s, struct err *err)
{
	s->lock = lab_lock(LOCK_CHANGE, tell_waiting, s, err);
	return s->lock < 0 ? -1 : 0;
}

void session_release(struct session *s)
{
	if (s->lock >= 0)
		lab_unlock(s->lock);
	s->lock = -1;
}

static int apply(struct session *s, struct plan *plan, struct err *err)
{
	bool held = s->lock >= 0;
	int rc;

	if (!held && session_hold(s, err))
		return -1;
	rc = plan_apply(plan, s->lab, s->graph, err);
	if (!held)
		session_release(s);
	return rc;
}

int session_apply(struct session *s, struct plan *plan, struct err *err)
{
	int rc;

	if (plan_check(plan, err))
		return -1;
	if (s->explain || s->dry) {
		plan_explain(plan, &s->out.buf);
		out_flush(&s->out);
	}
	if (s->dry)
		return 0;
	if (out_columns(&s->out)) {
		plan->told = tell_progress;
		plan->told_data = s;
	}
	rc = apply(s, plan, err);
	if (plan->told_yet)
		out_puts(&s->out, "\r\033[K");
	return rc;
}
