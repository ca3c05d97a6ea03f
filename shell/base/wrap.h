/* Text on a terminal: the columns it takes, and where its lines break. */
#ifndef NSLAB_BASE_WRAP_H
#define NSLAB_BASE_WRAP_H

#include <stddef.h>

#include "base/buf.h"

/* Columns that TEXT takes; a byte that is no character takes one. */
size_t wrap_width(const char *text);
/* Columns of its widest word. */
size_t wrap_widest(const char *text);
/* TEXT, which begins at COLUMN, broken at its blanks so that no line passes COLUMNS, save for a
 * word that is wider than that; further lines begin with INDENT blanks. COLUMNS 0: as it is. */
void wrap_put(struct buf *out, const char *text, size_t column, size_t indent, size_t columns);
/* The same for each line of TEXT, which keeps the blanks it begins with; the first begins at COLUMN.
 * Each ends with a newline. */
void wrap_lines(struct buf *out, const char *text, size_t column, size_t indent, size_t columns);

#endif
