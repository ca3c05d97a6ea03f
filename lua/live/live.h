/*
 * The Lua world of a live lab: scripts (`nslab run FILE.lua`), and `lua` and `=` at the prompt. One
 * Lua state for a session, with Lua's whole library: what runs here is its owner's. `lab` and every
 * node are globals, and what is called happens at once.
 */
#ifndef NSLAB_LUA_LIVE_LIVE_H
#define NSLAB_LUA_LIVE_LIVE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

struct live;
struct session;

/* What the scripts of a session may use, unless `set lua.memory` says otherwise. */
#define LIVE_MEMORY	((size_t)256 << 20) /* bytes */
#define LIVE_MEMORY_MIN ((size_t)1 << 20)
#define LIVE_MEMORY_MAX ((size_t)1 << 40)

/* Each makes the session's world at its first call. 0 with the session's status set; -1 with err
 * "FILE:LINE: message" and the way there as its hint; a ^C is an err with code EINTR. */

/* Run TEXT, which errors call "lua". */
int live_run_text(struct session *s, const char *text, struct err *err);
/* Print the values of the expressions in TEXT. */
int live_print(struct session *s, const char *text, struct err *err);
/* Run the file at PATH with ARGS (NULL-terminated) as its `...` and in the table `arg`.
 * `os.exit(N)` in it is the session's status N and the end of the script, not of the shell. A file
 * that cannot be read is an err of class ERR_USAGE. */
int live_run_file(struct session *s, const char *path, const char *const *args, struct err *err);

/* Does TEXT end in the middle of a chunk, so that another line has to follow? EXPRESSION: of
 * live_print. */
bool live_is_open(struct session *s, const char *text, bool expression);

/* Where in TEXT, a chunk up to the cursor, the name that is being typed begins. */
const char *live_name(const char *text);
/* OFFER every name that could stand there, behind a dot or a colon those of the object: "run(", and
 * what it is: "method". Nothing of the script's runs. In quotes: the nodes. */
void live_complete(struct session *s, const char *text,
		   void (*offer)(void *data, const char *name, const char *kind), void *data);

/* End the session's world, where there is one. */
void live_close(struct session *s);

#endif
