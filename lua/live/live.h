/*
 * The Lua world of a live lab: scripts (`nslab run FILE.lua`), and `lua` and `=` at the prompt. One
 * Lua state for a session, with Lua's whole library: what runs here is its owner's. `lab` and every
 * node are globals, and what is called happens at once.
 */
#ifndef NSLAB_LUA_LIVE_LIVE_H
#define NSLAB_LUA_LIVE_LIVE_H

#include <stdbool.h>

#include "base/err.h"

struct live;
struct session;

/* Each makes the session's world at its first call. 0 with the session's status set; -1 with err
 * "FILE:LINE: message" and the way there as its hint; a ^C is an err with code EINTR. */

/* Run TEXT, which errors call NAME ("lua"). */
int live_run_text(struct session *s, const char *name, const char *text, struct err *err);
/* Print the values of the expressions in TEXT. */
int live_print(struct session *s, const char *text, struct err *err);
/* Run the file at PATH with ARGS (NULL-terminated) as its `...` and in the table `arg`.
 * `os.exit(N)` in it is the session's status N and the end of the script, not of the shell. */
int live_run_file(struct session *s, const char *path, const char *const *args, struct err *err);

/* Does TEXT end in the middle of a chunk, so that another line has to follow? EXPRESSION: of
 * live_print. */
bool live_is_open(struct session *s, const char *text, bool expression);

/* End the session's world, where there is one. */
void live_close(struct session *s);

#endif
