/* Labs of other programs. The importer itself is lua/mininet.lua; here it gets its document. */
#ifndef NSLAB_LUA_IMPORT_H
#define NSLAB_LUA_IMPORT_H

#include "base/buf.h"
#include "base/err.h"
#include "plan/draft.h"

/* The lab of a MiniEdit file (.mn) into D. What has no counterpart here, or is another here, is a
 * line of NOTES, also on -1. Errors: it cannot be read, it is no JSON (line and column), it is none
 * of MiniEdit's (what, and where in it), it is a Python script (and what to do). */
int import_mininet(const char *path, struct draft *d, struct buf *notes, struct err *err);

#endif
