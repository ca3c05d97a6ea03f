/*
 * A plan as facts: each operation in its smallest parts, said in one line, so that two plans can be
 * compared by what they leave behind.
 */
#ifndef NSLAB_PLAN_FACTS_H
#define NSLAB_PLAN_FACTS_H

#include "base/map.h"
#include "plan/plan.h"

struct facts {
	struct map by_text; /* the line -> its operation in `parts` */
	struct plan parts;
	char **texts; /* of each of the parts */
};

/* Ports of one bridge are numbered as they come, so a port's rank is part of the fact. */
void facts_of(struct facts *f, const struct plan *plan);
void facts_free(struct facts *f);
bool facts_have(const struct facts *f, const char *text);

#endif
