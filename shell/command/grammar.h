/*
 * A command's arguments as one string:
 *
 *   <node>  <end>  <name>...   what must stand here, by type; `...`: one or more; <type:label> when
 * the label differs up|down                    one of these words; it is stored under its place's
 * label: the first word ("up") on|off|<line>              one of these words, or a value of that
 * type; stored under the type's label ("line")
 *   [...]                      may be left out
 *   ip=<addresses>             an option by name, anywhere on the line; always in [ ]
 *   stp=true|false             one of these words; yes, on, 1 and their opposites mean the same,
 * and are stored as the word given here
 *   --json  -4                 a flag, anywhere on the line; always in [ ]; [-4|-6]: at most one of
 * them
 *
 *   "<end> <end> [ip=<addresses>] [mtu=<number>]"
 *   "[timeout=<time>] [<node>...] [-4|-6] [--json]"
 *
 * Types: see arg_types in grammar.c; each has a name, a meaning for `?`, a check (args.c) and a
 * completion (complete.c). <line>, <program> and <lua> take the rest of the line raw and must come
 * last.
 */
#ifndef NSLAB_COMMAND_GRAMMAR_H
#define NSLAB_COMMAND_GRAMMAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/words.h"
#include "graph/graph.h"

struct command;

enum arg_type {
	ARG_NODE, /* a node that exists */
	ARG_HOST, /* one of that kind */
	ARG_SWITCH,
	ARG_ROUTER,
	ARG_NAME,      /* a node's name that is free */
	ARG_END,       /* NODE or NODE:INTERFACE; the node exists */
	ARG_ADDRESSES, /* ADDRESS/LENGTH or none, one for each end: 10.0.0.1/24,10.0.0.2/24 */
	ARG_NUMBER,    /* a whole number, not negative */
	ARG_TIME,      /* 500ms, 2s */
	ARG_RATE,      /* 10mbit: told from other words by its digit */
	ARG_TOPOLOGY,  /* a built-in's name, single,4, or a path ending in .lua */
	ARG_PARAM,     /* NAME=VALUE of the topology before it */
	ARG_FILE,
	ARG_COMMAND, /* word of a command's name */
	ARG_JOB,     /* %1 or 1 */
	ARG_SIGNAL,  /* -INT, -9: told from other words by its dash */
	ARG_WORD,    /* anything */
	ARG_LINE,    /* the rest of the line: a line for this shell */
	ARG_PROGRAM, /* the rest of the line: a line for /bin/sh */
	ARG_LUA,     /* the rest of the line: Lua, whose quotes are its own; the only place */
	ARG_CHOICE,  /* one of ->choices */
};

struct arg_type_info {
	const char *name;    /* "node" */
	const char *meaning; /* "a node of the lab" */
};
extern const struct arg_type_info arg_types[]; /* by enum arg_type */

enum spec_kind { SPEC_WORD, SPEC_OPTION, SPEC_FLAG };

struct arg_spec {
	enum spec_kind kind;
	enum arg_type type;  /* of the word, or of an option's value */
	char label[24];	     /* "node"; an option's name "ip"; a flag as typed "--json" */
	char choices[8][16]; /* the only values of ARG_CHOICE; with another type, words that stand
				for themselves */
	size_t n_choices;
	bool optional, repeat;
	int exclusive; /* flags of one [-4|-6] share a number; 0: none */
};

#define GRAMMAR_MAX 16

struct grammar {
	struct arg_spec specs[GRAMMAR_MAX];
	size_t n;
};

/* A wrong grammar string is a script's mistake or a defect of ours: a unit test compiles every
 * row's. */
int grammar_compile(const char *text, struct grammar *g, struct err *err);
/* As a person would write the place: "<end>", "up|down", "ip=<addresses>", "--json". */
void spec_describe(const struct arg_spec *spec, struct buf *out);
bool spec_has_choice(const struct arg_spec *spec, const char *word);
/* Is this a place for nodes of that KIND? */
bool spec_takes_kind(const struct arg_spec *spec, enum graph_kind kind);
/* Does a word show by its look whether it is one of this type, so that others may stand in its
 * place? */
bool spec_is_told_apart(const struct arg_spec *spec);
/* Does it take the rest of the line? */
bool spec_takes_rest(const struct arg_spec *spec);

/* ---- words given to places, one after the other: by the parser, by completion and by `?` ---- */

struct match {
	const struct grammar *grammar;
	size_t next;		/* the place for words that the next word is offered to */
	bool took;		/* that place repeats, and has one already */
	bool used[GRAMMAR_MAX]; /* options and flags that were given */
};

/* The place that word W takes; -1 with err: none. A place that takes the rest is given its first
 * word. */
int match_word(struct match *m, const struct word *w, const struct arg_spec **spec,
	       struct err *err);
/* The places that the next word could take, words first; how many. */
size_t match_expected(const struct match *m, const struct arg_spec *out[GRAMMAR_MAX]);
/* A place that must still be filled, or NULL. */
const struct arg_spec *match_missing(const struct match *m);

/* ---- a parsed line ---- */

struct arg {
	const struct arg_spec *spec;
	const char *text;	 /* unquoted; of an option its value */
	struct graph_node *node; /* ARG_NODE and its kinds, ARG_END */
	const char *interface;	 /* ARG_END: as typed after the colon, or NULL */
	long number;		 /* ARG_NUMBER */
	uint64_t time_ns;	 /* ARG_TIME */
	uint64_t rate;		 /* ARG_RATE: bits a second */
};

struct args {
	const struct command *command;
	struct grammar grammar;
	struct words words; /* owns the texts, save of what takes the rest: that is part of the
			       caller's line */
	struct arg *v;
	size_t n, cap;
};

/* Match the words from FIRST on, resolve nodes, check types. Errors say what was asked, what is
 * wrong and give the usage: unknown options and flags with the nearest match. GRAPH may be NULL in
 * unit tests: nodes are not looked up. A must stay where it is (its args point into it); on an
 * error it is already freed. */
int args_parse(struct args *a, const struct command *c, const char *line, size_t first,
	       const struct graph *g, struct err *err);
void args_free(struct args *a);

/* By label; the I-th of a repeated or of two with one label (<end> <end>). NULL: not given. */
const struct arg *args_at(const struct args *a, const char *label, size_t i);
const char *args_text(const struct args *a, const char *label); /* the first, or NULL */
size_t args_count(const struct args *a, const char *label);
bool args_has(const struct args *a, const char *flag);

/* One element of an ARG_ADDRESSES text, and where the next begins (NULL: it was the last). `none`
 * gives family 0. */
int addresses_next(const char **text, struct prefix *p, struct err *err);

/* "usage: add link <end> <end> [ip=<addresses>]" */
void command_usage(const struct command *c, struct buf *out);

#endif
