/* The lab as `ip` lines, by the same way as `explain` has them. */
#include "command/save.h"

static int put_script(const struct shape *s, struct buf *out, struct err *err)
{
	struct plan plan = { 0 };
	struct draft d;
	int failed;

	draft_init(&d, NULL, NULL);
	d.anywhere = true;
	failed = shape_draft(s, &d, err) < 0 || draft_plan(&d, &plan, err) < 0;
	if (!failed)
		plan_explain(&plan, out);
	plan_free(&plan);
	draft_free(&d);
	return failed ? -1 : 0;
}

int export_sh(struct graph *g, struct buf *out, struct err *err)
{
	struct buf count = { 0 };
	struct shape s = { 0 };
	int failed;

	if (shape_find(g, NULL, &s, err) < 0)
		return -1;
	save_count(&s, &count);
	buf_printf(out,
		   "#!/bin/sh\n"
		   "# A lab written by nslab: %s.\n"
		   "# Run it as root; it needs ip (iproute2) and sysctl. To take it away again:\n"
		   "# ip netns del, once for each name it adds, and ip link del for what it makes "
		   "outside them.\n",
		   buf_text(&count));
	save_left_out(&s, "#", out);
	buf_puts(out, "set -e\n\n");
	failed = put_script(&s, out, err);
	buf_free(&count);
	shape_free(&s);
	return failed;
}
