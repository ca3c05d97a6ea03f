/* A growing text buffer, always ending in a NUL once anything was put in. */
#ifndef NSLAB_BASE_BUF_H
#define NSLAB_BASE_BUF_H

#include <stdarg.h>
#include <stddef.h>

struct buf {
	char *data; /* NULL while empty and never used; use buf_text() to read */
	size_t len, cap;
};

void buf_add(struct buf *b, const void *data, size_t len);
void buf_puts(struct buf *b, const char *s);
void buf_putc(struct buf *b, char c);
void buf_printf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void buf_vprintf(struct buf *b, const char *fmt, va_list ap) __attribute__((format(printf, 2, 0)));
/* The text quoted for /bin/sh when it needs quoting: a word that reads back as itself (as an
 * argument: NAME=x in front of a command would be an assignment). */
void buf_put_quoted(struct buf *b, const char *word);
const char *buf_text(const struct buf *b); /* "" when empty */
void buf_clear(struct buf *b);		   /* keeps the memory */
void buf_free(struct buf *b);

#endif
