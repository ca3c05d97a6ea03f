/*
 * A command's arguments as one string:
 *
 *   <node>  <end>  <name>...   what must stand here, by type; `...`: one or more; <type:label> when the label differs
 *   up|down                    one of these words; it is stored under its place's label: the first word ("up")
 *   [...]                      may be left out
 *   ip=<addresses>             an option by name, anywhere on the line; always in [ ]
 *   --json  -4                 a flag, anywhere on the line; always in [ ]; [-4|-6]: at most one of them
 *
 *   "<end> <end> [ip=<addresses>] [mtu=<number>]"
 *   "[timeout=<time>] [<node>...] [-4|-6] [--json]"
 *
 * Types: see arg_types in grammar.c; each has a name, a meaning for `?`, a check and a completion.
 * <line> takes the rest of the line raw and must come last.
 */
#ifndef NSLAB_COMMAND_GRAMMAR_H
#define NSLAB_COMMAND_GRAMMAR_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/words.h"
#include "graph/graph.h"

enum arg_type {
	ARG_NODE,      /* a node that exists */
	ARG_NAME,      /* a node's name that is free */
	ARG_END,       /* NODE or NODE:INTERFACE; the node exists */
	ARG_ADDRESSES, /* ADDRESS/LENGTH or none, one for each end: 10.0.0.1/24,10.0.0.2/24 */
	ARG_NUMBER,    /* a whole number, not negative */
	ARG_TIME,      /* 500ms, 2s */
	ARG_TOPOLOGY,  /* a built-in's name, single,4, or a path ending in .lua */
	ARG_PARAM,     /* NAME=VALUE of the topology before it */
	ARG_FILE,
	ARG_COMMAND,   /* word of a command's name */
	ARG_JOB,       /* %1 or 1 */
	ARG_SIGNAL,    /* -INT, -9 */
	ARG_SETTING,   /* of `set` */
	ARG_WORD,      /* anything */
	ARG_LINE,      /* the rest of the line */
	ARG_CHOICE,    /* one of ->choices */
};

struct arg_type_info {
	const char *name;    /* "node" */
	const char *meaning; /* "a node of the lab" */
};
extern const struct arg_type_info arg_types[]; /* by enum arg_type, ARG_CHOICE not included */

enum spec_kind { SPEC_WORD, SPEC_OPTION, SPEC_FLAG };

struct arg_spec {
	enum spec_kind kind;
	enum arg_type type;
	char label[24];      /* "node"; an option's name "ip"; a flag as typed "--json" */
	char choices[8][16]; /* ARG_CHOICE */
	size_t n_choices;
	bool optional, repeat;
	int exclusive;       /* flags of one [-4|-6] share a number; 0: none */
};

struct grammar {
	struct arg_spec specs[16];
	size_t n;
};

/* A wrong grammar string is a defect of ours: a unit test compiles every row's. */
int grammar_compile(const char *text, struct grammar *g, struct err *err);

struct arg {
	const struct arg_spec *spec;
	const char *text;        /* unquoted */
	struct graph_node *node; /* ARG_NODE, ARG_END */
	long number;             /* ARG_NUMBER */
	uint64_t time_ns;        /* ARG_TIME */
};

struct args {
	const struct command *command;
	struct grammar grammar;
	struct words words;  /* owns the texts */
	struct arg *v;
	size_t n;
};

/* Match the words from FIRST on, resolve nodes, check types. Errors say what was asked, what is wrong and give the usage:
 * unknown options and flags with the nearest match. GRAPH may be NULL in unit tests: nodes are not looked up. */
int args_parse(struct args *a, const struct command *c, const char *line, size_t first, const struct graph *g,
	       struct err *err);
void args_free(struct args *a);

/* By label; the I-th of a repeated or of two with one label (<end> <end>). NULL: not given. */
const struct arg *args_at(const struct args *a, const char *label, size_t i);
const char *args_text(const struct args *a, const char *label); /* the first, or NULL */
size_t args_count(const struct args *a, const char *label);
bool args_has(const struct args *a, const char *flag);

/* Split NODE[:INTERFACE]: the interface, or NULL. */
const char *arg_interface(const struct arg *a);

/* "usage: add link <end> <end> [ip=<addresses>]" */
struct buf;
void command_usage(const struct command *c, struct buf *out);

#endif
