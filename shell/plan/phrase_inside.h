/* Inside the plan room: what both directions of routes share. */
#ifndef NSLAB_PLAN_PHRASE_INSIDE_H
#define NSLAB_PLAN_PHRASE_INSIDE_H

#include <stdbool.h>
#include <stdint.h>

struct phrase_name {
	const char *name; /* NULL: no more */
	uint32_t value;
};
extern const struct phrase_name phrase_route_types[], phrase_scopes[];

/* NULL: none. */
const struct phrase_name *phrase_name_of(const struct phrase_name *names, uint32_t value);
const struct phrase_name *phrase_named(const struct phrase_name *names, const char *name);

/* The scope that `ip route` chooses. */
uint8_t phrase_route_scope(uint8_t type, bool gateway);

#endif
