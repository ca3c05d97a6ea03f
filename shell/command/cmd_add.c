/* add host, switch, router, link. */
#include "command/command.h"

#include <stdlib.h>
#include <string.h>

#include "command/grammar.h"
#include "plan/draft.h"

/* The draft's operations, printed or done. */
static int apply_draft(struct session *s, struct draft *d, struct err *err)
{
	struct plan plan = { 0 };
	int rc = draft_plan(d, &plan, err);

	if (!rc)
		rc = session_apply(s, &plan, err);
	plan_free(&plan);
	return rc;
}

/* "add host h3: ..." instead of what the draft calls wrong words. */
static int refuse(const struct args *a, const char *subject, struct err *err)
{
	if (err)
		err->class = ERR_FAILED;
	return err_wrap(err, "%s %s", a->command->name, subject);
}

static int add_nodes(struct session *s, const struct args *a, enum graph_kind kind,
		     const struct draft_node_options *options, struct err *err)
{
	struct draft d;
	int rc = 0;

	draft_init(&d, s->graph, command_is_reserved);
	for (size_t i = 0; !rc && i < args_count(a, "name"); i++) {
		const char *name = args_at(a, "name", i)->text;

		if (!draft_add_node(&d, kind, name, options, err))
			rc = refuse(a, name, err);
	}
	if (!rc)
		rc = apply_draft(s, &d, err);
	draft_free(&d);
	return rc;
}

/* One address of FAMILY at *TEXT (to the next), or none: *BARE. */
static int take_address(const char **text, int family, struct prefix *p, bool *bare, struct err *err)
{
	const char *shown = *text;

	if (addresses_next(text, p, err))
		return -1;
	if (!p->family) {
		*bare = true;
		return 0;
	}
	if (p->family != family)
		return err_set(err, "%.*s is no IPv%d address", (int)strcspn(shown, ","), shown,
			       family == AF_INET ? 4 : 6);
	return prefix_check_host(p, err);
}

