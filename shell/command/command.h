/*
 * The command table: one row and one file (cmd_*.c) per command or small family. The grammar string
 * of a row drives parsing, usage, Tab completion, `help` and docs/commands.md; every example is run
 * by a test.
 */
#ifndef NSLAB_COMMAND_COMMAND_H
#define NSLAB_COMMAND_COMMAND_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/out.h"
#include "base/words.h"
#include "graph/graph.h"
#include "lab/job.h"
#include "lab/lab.h"
#include "plan/plan.h"

struct args;
struct live;

/* What a command works on: one per shell. */
struct session {
	struct lab *lab;
	struct graph *graph;
	struct jobs jobs;
	struct out out; /* what commands print */
	bool explain;	/* print the `ip` lines of a change before making it */
	bool dry;	/* only print them: `explain LINE` */
	bool json;	/* --json for every listing */
	bool interactive;
	bool pasted;		       /* the line came out of a paste: a # may be root's prompt */
	int lock;		       /* of its lab, while it plans a change; -1: not held */
	bool quit;		       /* the shell is to end, with `status` */
	bool detached;		       /* and leaves a lab that stays, and its jobs */
	int status;		       /* of the last line: 0, 1, or a program's own ($?) */
	int previous;		       /* of the line before: what a bare `exit` hands on */
	unsigned timeout_ms;	       /* of one ping (`set timeout 1s`) */
	unsigned depth;		       /* of lines run by lines: source, time */
	size_t lua_memory;	       /* bytes that its Lua may use (`set lua.memory 512M`) */
	struct live *live;	       /* its Lua (lua/live/live.h); NULL: not needed yet */
	const struct history *history; /* lines typed so far, oldest first; NULL: not kept */
};

struct history {
	char **lines;
	size_t n, cap;
};

enum command_family {
	FAMILY_LOOK,
	FAMILY_BUILD,
	FAMILY_CHANGE,
	FAMILY_TEST,
	FAMILY_RUN,
	FAMILY_SCRIPT,
	FAMILY_LEARN,
	FAMILY_SESSION,
	FAMILY_OWN, /* added by scripts */
};
const char *command_family_name(enum command_family f); /* "look" */

struct command {
	const char *name; /* "add host": one or two words */
	enum command_family family;
	const char *args;    /* grammar, see grammar.h */
	const char *summary; /* one line, a verb first, no full stop */
	const char *details; /* a paragraph for `help NAME` and the reference, or NULL */
	const char *example; /* a line that works in the lab `minimal` (a test runs it), or NULL
				with the reason in `no_example` */
	const char *no_example;
	bool changes; /* all it does is one session_apply, so `explain` can run it */
	/* 0, or -1 with err; a command that ran but whose answer is "no" (pingall with loss) sets
	 * s->status and returns 0. An own row may be gone when it returns. */
	int (*run)(struct session *s, const struct args *a, struct err *err);
};

/* NULL-terminated, grouped by family, in the order `help` shows; a script may add rows of its own
 * at the end (FAMILY_OWN). */
extern const struct command *const *command_table;

/* Add row C, which stays the caller's, in place of an own one of that name. -1: no such name can be
 * given, because it is not one or two words, or they mean something already. */
int command_add(const struct command *c, struct err *err);
/* Take row C away again, if it is there. */
void command_remove(const struct command *c);

/* The row that the line's first words name (longest match), and how many words that is. NULL: none.
 */
const struct command *command_find(const struct words *w, size_t *used);
/* The row of a LINE of Lua ("lua CHUNK", "= EXPR", "=EXPR"), and where in LINE the Lua begins.
 * NULL: it is none. To be asked before the line is split into words, as Lua has other quotes. */
const struct command *command_find_lua(const char *line, const char **chunk);
/* Is WORD the first word of C's name ("add" of "add host")? */
bool command_has_first_word(const struct command *c, const char *word);
/* Is this word the first of some command (so no node may be called that)? Also the shell's own
 * words (sudo, all, root). */
bool command_is_reserved(const char *word);

void session_open(struct session *s, struct lab *lab, struct graph *g, int fd);
void session_close(struct session *s);

/* Would another line have to follow TEXT, as in sh: an open quote or loop, a here-document, a | at
 * the end? Of Lua: an unfinished chunk. */
enum words_more session_more(struct session *s, const char *text);

/* Run one line, whatever it is (interface rules 1 to 6). 0 with s->status set, or -1 with err
 * (s->status is its class). A failed program is no err: s->status says. Output is flushed. The
 * graph is fresh before and after. */
int session_run(struct session *s, const char *line, struct err *err);

/* For commands that change something: print the plan (explain), apply it unless only explaining was
 * asked. */
int session_apply(struct session *s, struct plan *plan, struct err *err);
/* Keep other shells from changing the lab until session_release; -1 on ^C. The graph is to be
 * refreshed after it. */
int session_hold(struct session *s, struct err *err);
void session_release(struct session *s);
/* `explain LINE`: what LINE would do, nothing done. */
int session_explain(struct session *s, const char *line, struct err *err);

/* --json was given, or `set json on`. */
bool session_json(const struct session *s, const struct args *a);

/* ---- completion and help in place, for whoever draws the line ---- */

struct completion {
	char **v; /* whole words that may stand at `start`, sorted; one that ends in / = or : is not
		     finished: no blank after it */
	size_t n, cap;
	size_t start;  /* byte of the line where the word under the cursor starts */
	bool files;    /* some of the words are files */
	bool verbatim; /* they are Lua: nothing is quoted, no blank follows */
};
/* What could stand at byte CURSOR of LINE. Knows commands, nodes, interfaces (h1:e), options,
 * topologies and their parameters, files, programs. */
void command_complete(struct session *s, const char *line, size_t cursor, struct completion *c);
void completion_free(struct completion *c);
/* The lines that `?` prints at CURSOR: what may come next, each with its meaning. */
void command_help_at(struct session *s, const char *line, size_t cursor, struct out *out);

/* docs/commands.md, from the table. */
void command_write_reference(struct out *out);

#endif
