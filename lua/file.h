/* The text of a topology, compiled in or read from a file; and that of other files. */
#ifndef NSLAB_LUA_FILE_H
#define NSLAB_LUA_FILE_H

#include <stddef.h>

#include "base/err.h"

struct file {
	char *script;	  /* its name in errors: "topologies/tree.lua", "./mine.lua" */
	char *read;	  /* what was read; NULL: compiled in */
	const char *text; /* to be run */
	size_t len;
};

/* NAME is a built-in's ("tree") or a path ending in .lua. -1 with err of class ERR_USAGE: there is
 * none (nearest name), or it cannot be read, or it is no text. */
int file_open(struct file *f, const char *name, struct err *err);
/* The file at PATH, whatever it holds, up to 1 MB. -1 with err of class ERR_USAGE. */
int file_open_any(struct file *f, const char *path, struct err *err);
/* The script at PATH, of MAX bytes at most; it may come from a pipe. -1 as above. */
int file_open_script(struct file *f, const char *path, size_t max, struct err *err);
void file_close(struct file *f);

#endif
