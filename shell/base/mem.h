/* Memory: running out of it ends the program (a shell has no better answer); everything else is
 * checked. */
#ifndef NSLAB_BASE_MEM_H
#define NSLAB_BASE_MEM_H

#include <stddef.h>

void *mem_alloc(size_t size); /* zeroed */
/* n * size bytes, checked for overflow; the grown part is not zeroed. */
void *mem_resize(void *p, size_t n, size_t size);
char *mem_strdup(const char *s);
char *mem_strndup(const char *s, size_t n);
char *mem_printf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Room for one more element in a growing array of N elements with capacity *CAP (doubling). */
void *mem_grow(void *p, size_t n, size_t *cap, size_t size);

#endif
