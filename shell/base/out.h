/*
 * Where a command's output goes: collected, then written out at once (one write for a table of 500
 * rows). Tables are aligned, uncoloured unless `colour`. (JSON: json_write.h.)
 */
#ifndef NSLAB_BASE_OUT_H
#define NSLAB_BASE_OUT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

struct out {
	struct buf buf;
	int fd;	     /* -1: keep in buf (a Lua script captures it) */
	int error;   /* an errno value: the last write failed, and its reader was not just gone */
	bool colour; /* a terminal, and NO_COLOR is not set */
	bool closed; /* nobody reads on: what prints for long may end */
};

void out_printf(struct out *o, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void out_puts(struct out *o, const char *s);
/* Write what is collected. A closed reader (EPIPE) is not an error of ours: the rest is dropped. */
void out_flush(struct out *o);
/* The columns of the terminal it goes to; 0: it goes to none. */
size_t out_columns(const struct out *o);
void out_free(struct out *o);

/* A table: cells in row order, columns separated by two blanks, the last one not padded; UTF-8
 * width counted. */
struct table {
	char **cells;
	size_t n, cap;
	size_t columns;
};
/* HEAD: column titles in small letters, or NULL for none. */
void table_init(struct table *t, size_t columns, const char *const *head);
/* A control byte in the text becomes a question mark. */
void table_cell(struct table *t, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void table_print(struct table *t, struct out *o); /* and frees the table */

#endif
