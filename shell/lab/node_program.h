/* A line as a program of a node: what is run, and where. */
#ifndef NSLAB_LAB_NODE_PROGRAM_H
#define NSLAB_LAB_NODE_PROGRAM_H

#include "base/buf.h"
#include "base/words.h"
#include "kernel/process.h"
#include "lab/lab.h"

struct node_program {
	struct program program; /* its input is empty */
	struct words words;
	char **argv;
};

/* Is LINE for /bin/sh -c? Else it is a program and its arguments. */
bool node_program_needs_shell(const char *line);
/* NODE "" is the lab's root. LINE must live as long. */
int node_program_open(struct node_program *np, struct lab *lab, const char *node, const char *line,
		      struct err *err);
void node_program_close(struct node_program *np);

/* The last lines of what a program printed, for an error: behind ": ", or below it. */
void node_program_add_output(struct buf *out, const char *text);

#endif
