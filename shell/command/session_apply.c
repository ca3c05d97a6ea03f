/* What changes the lab passes here: printed, done, or both. */
#include "command/command.h"

static void tell_progress(void *data, size_t done, size_t n)
{
	struct session *s = data;

	out_printf(&s->out, "\r%zu of %zu operations\033[K", done, n);
	out_flush(&s->out);
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
	rc = plan_apply(plan, s->lab, s->graph, err);
	if (plan->told_yet)
		out_puts(&s->out, "\r\033[K");
	return rc;
}
