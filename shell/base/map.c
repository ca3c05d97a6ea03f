#include "base/map.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* FNV-1a */
static size_t hash(const char *key)
{
	uint64_t h = 0xcbf29ce484222325u;

	for (; *key; key++)
		h = (h ^ (unsigned char)*key) * 0x100000001b3u;
	return (size_t)(h ^ h >> 32);
}

/* The slot of KEY, or the free one where it belongs. There always is a free one. */
static struct map_slot *find(const struct map *m, const char *key)
{
	size_t i = hash(key) & (m->cap - 1);

	while (m->slots[i].key && strcmp(m->slots[i].key, key) != 0)
		i = (i + 1) & (m->cap - 1);
	return &m->slots[i];
}

static void widen(struct map *m)
{
	struct map old = *m;

	m->cap = old.cap ? old.cap * 2 : 16;
	m->slots = mem_resize(NULL, m->cap, sizeof(*m->slots));
	memset(m->slots, 0, m->cap * sizeof(*m->slots));
	for (size_t i = 0; i < old.cap; i++) {
		if (old.slots[i].key)
			*find(m, old.slots[i].key) = old.slots[i];
	}
	free(old.slots);
}

void *map_get(const struct map *m, const char *key)
{
	return m->n ? find(m, key)->value : NULL;
}

void map_put(struct map *m, const char *key, void *value)
{
	struct map_slot *slot;

	if ((m->n + 1) * 4 > m->cap * 3)
		widen(m);
	slot = find(m, key);
	if (!slot->key) {
		slot->key = mem_strdup(key);
		m->n++;
	}
	slot->value = value;
}

void *map_remove(struct map *m, const char *key)
{
	struct map_slot *slot;
	size_t hole, mask = m->cap - 1;
	void *value;

	if (!m->n)
		return NULL;
	slot = find(m, key);
	if (!slot->key)
		return NULL;
	value = slot->value;
	free(slot->key);
	m->n--;

	/* Close the hole: a later one of the same run moves up unless its search starts behind the
	 * hole. */
	hole = (size_t)(slot - m->slots);
	for (size_t i = (hole + 1) & mask; m->slots[i].key; i = (i + 1) & mask) {
		size_t home = hash(m->slots[i].key) & mask;

		if (((i - home) & mask) >= ((i - hole) & mask)) {
			m->slots[hole] = m->slots[i];
			hole = i;
		}
	}
	m->slots[hole] = (struct map_slot){ 0 };
	return value;
}

void map_free(struct map *m)
{
	for (size_t i = 0; i < m->cap; i++)
		free(m->slots[i].key);
	free(m->slots);
	*m = (struct map){ 0 };
}
