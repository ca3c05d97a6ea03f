/* The command line of the program. */
#ifndef NSLAB_OPTIONS_H
#define NSLAB_OPTIONS_H

#include <stdbool.h>

#include "base/err.h"
#include "lab/lab.h"
#include "script.h"

enum options_action {
	OPTIONS_LAB,	 /* a lab: its shell or its script */
	OPTIONS_RUN,	 /* a lab for a Lua script */
	OPTIONS_COMMAND, /* a command of the table that needs no lab: help, topologies */
	OPTIONS_EXEC,	 /* a program in a lab that runs already */
	OPTIONS_ATTACH,	 /* another shell in it */
	OPTIONS_LIST,	 /* the labs that run */
	OPTIONS_STOP,	 /* the end of one */
	OPTIONS_HELP,	 /* -h */
	OPTIONS_VERSION, /* -V */
};

struct options {
	enum options_action action;
	struct lab_options lab;
	struct script script;
	bool explain, json;
	bool no_init; /* the user's init.lua is not read */
	const char *target;   /* OPTIONS_ATTACH, OPTIONS_STOP: which lab */
	const char *topology; /* NULL: an empty lab */
	const char *import;   /* what wrote the file that `topology` is; NULL: it is one of ours */
	const char **params;  /* NAME=VALUE of the topology */
	size_t n_params, cap_params;
	char **rest; /* OPTIONS_COMMAND: its words; OPTIONS_EXEC: LAB NODE COMMAND...;
			OPTIONS_RUN: FILE ARG...;
			NULL-terminated */
};

/* Files of -f are opened. -1 with err, class ERR_USAGE. */
int options_parse(struct options *o, int argc, char **argv, struct err *err);
void options_free(struct options *o);
/* What -h prints. */
extern const char options_help[];

#endif
