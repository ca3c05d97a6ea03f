/* A map from names to pointers. Keys are copied; values belong to the caller. */
#ifndef NSLAB_BASE_MAP_H
#define NSLAB_BASE_MAP_H

#include <stdbool.h>
#include <stddef.h>

struct map_slot {
	char *key;
	void *value;
};

struct map {
	struct map_slot *slots;
	size_t n, cap; /* open addressing, a power of two, at most three quarters full */
};

void *map_get(const struct map *m, const char *key);	   /* NULL: not there */
void map_put(struct map *m, const char *key, void *value); /* VALUE not NULL; replaces */
void *map_remove(struct map *m, const char *key);	   /* what was there, or NULL */
void map_free(struct map *m);

#endif
