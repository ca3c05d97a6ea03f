/* detach: leave the shell, keep the lab. */
#include "command/command.h"

#include "lab/init.h"

static int run_detach(struct session *s, const struct args *a, struct err *err)
{
	(void)a;
	if (init_keep(&s->lab->channel, err))
		return -1;
	out_printf(&s->out, "lab %s stays\ncome back: nslab attach %s\nend it:    nslab stop %s\n",
		   s->lab->name, s->lab->name, s->lab->name);
	s->detached = s->quit = true;
	return 0;
}

const struct command cmd_detach = {
	.name = "detach",
	.family = FAMILY_SESSION,
	.args = "",
	.summary = "leave the shell and keep the lab, with what runs in it",
	.details =
		"`nslab attach` comes back to it, `nslab stop` ends it, `nslab ls` lists the labs "
		"that run. What background jobs print meanwhile is lost.",
	.no_example = "the lab would stay",
	.run = run_detach,
};
