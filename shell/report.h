/* Errors and notes on stderr, the same way in every front end: `error: TEXT`, then `hint: HINT`. */
#ifndef NSLAB_REPORT_H
#define NSLAB_REPORT_H

#include "base/err.h"

/* WHERE ("lab.txt:3") stands before the text; NULL: the prompt or the command line. */
void report_error(const char *where, const struct err *err);
/* A plain line, "WHERE: TEXT". */
void report_line(const char *where, const char *text);
/* One `note: ` per line of TEXT. */
void report_notes(const char *text);

#endif
