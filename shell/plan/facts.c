#include "plan/facts.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "plan/op.h"

/* One operation for each thing that OP does. */
static void split(struct plan *parts, const struct op *op)
{
	static const unsigned settings[] = { SET_MTU, SET_NO_LINK_LOCAL, SET_MASTER, SET_UP,
					     SET_DOWN };

	if (op->kind != OP_LINK_SET) {
		plan_copy(parts, op);
		/* A matter of taste, not of state. */
		parts->ops[parts->n - 1].end.index = parts->ops[parts->n - 1].peer.index = 0;
		return;
	}
	for (size_t i = 0; i < sizeof(settings) / sizeof(settings[0]); i++) {
		if (!(op->set & settings[i]))
			continue;
		plan_copy(parts, op);
		parts->ops[parts->n - 1].set = settings[i];
	}
}

/* The how-manieth port this is of its bridge; RANKS counts them. */
static uintptr_t next_rank(struct map *ranks, const struct op *op)
{
	struct buf bridge = { 0 };
	uintptr_t rank;

	buf_printf(&bridge, "%s %s", op->end.netns, op->master);
	rank = (uintptr_t)map_get(ranks, buf_text(&bridge)) + 1;
	map_put(ranks, buf_text(&bridge), (void *)rank);
	buf_free(&bridge);
	return rank;
}

void facts_of(struct facts *f, const struct plan *plan)
{
	struct map ranks = { 0 };

	*f = (struct facts){ 0 };
	for (size_t i = 0; i < plan->n; i++)
		split(&f->parts, &plan->ops[i]);
	f->texts = mem_resize(NULL, f->parts.n + 1, sizeof(*f->texts));
	for (size_t i = 0; i < f->parts.n; i++) {
		struct op *op = &f->parts.ops[i];
		struct buf text = { 0 };

		op_class(op->kind)->explain(op, &text);
		if (op->kind == OP_LINK_SET && op->set == SET_MASTER)
			buf_printf(&text, "%zu", (size_t)next_rank(&ranks, op));
		f->texts[i] = mem_strdup(buf_text(&text));
		map_put(&f->by_text, f->texts[i], op);
		buf_free(&text);
	}
	map_free(&ranks);
}

void facts_free(struct facts *f)
{
	for (size_t i = 0; i < f->parts.n; i++)
		free(f->texts[i]);
	free(f->texts);
	plan_free(&f->parts);
	map_free(&f->by_text);
}

bool facts_have(const struct facts *f, const char *text)
{
	return map_get(&f->by_text, text);
}
