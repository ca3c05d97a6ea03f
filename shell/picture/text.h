/* Names and words as pictures show them. What comes from outside may hold any byte. */
#ifndef NSLAB_PICTURE_TEXT_H
#define NSLAB_PICTURE_TEXT_H

#include <stddef.h>
#include <wchar.h>

#include "base/buf.h"

/* A name that others may have chosen, quoted where it needs that; to be freed. */
char *text_shown(const char *name);
/* The character at *S, which moves on; 0 at the end. */
wchar_t text_next(const char **s);
#define TEXT_NO_CHARACTER L'\ufffd' /* a byte that is none, or would not print */
size_t text_width(const char *s);   /* columns of a terminal */
/* The columns that C takes: 1 or 2. */
size_t text_columns(wchar_t c);

/* "eth1" and "eth40" as "eth1..40", "10.0.0.1/8" and "10.0.0.40/8" as "10.0.0.1..40/8": of the last
 * only the number that differs and what follows. */
void text_put_range(struct buf *out, const char *first, const char *last);

#endif
