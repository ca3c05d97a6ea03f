#include "command/clear.h"

#include <stdio.h>

#include "plan/draft.h"

int clear_all(struct graph *g, bool in_root, struct plan *plan, struct err *err)
{
	if (draft_clear(g, in_root, plan, err))
		return -1;
	for (size_t i = 0; i < g->n_pending; i++) {
		struct op *op;

		if (!lab_netns_is_dead(g->pending[i]))
			continue;
		op = plan_add(plan, OP_NETNS_DEL);
		snprintf(op->end.netns, sizeof(op->end.netns), "%s", g->pending[i]);
	}
	return 0;
}
