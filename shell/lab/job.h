/*
 * Programs started by the shell, as jobs: one in the foreground, others stopped or in the
 * background. The rules of sh: ^C and ^Z reach the foreground job alone, `wait`, `fg`, `bg`, `kill`
 * name jobs by number (%1 or 1). Terminal work happens only in an interactive lab.
 */
#ifndef NSLAB_LAB_JOB_H
#define NSLAB_LAB_JOB_H

#include "kernel/process.h"
#include "lab/lab.h"

struct job {
	int number; /* 1, 2, ... */
	pid_t pid;  /* also its process group, once it is listed */
	char *node; /* "" for the lab's root */
	char *line; /* what was typed */
	struct process_status status;
	bool background;
	bool changed; /* its end or stop was not yet told */
	int output; /* interactive background job: the pty master its output comes from; -1 else */
};

struct jobs {
	struct job **v;
	size_t n, cap;
	int tty; /* the terminal, or -1: no job control */
	struct lab *lab;
};

/* How a program is to be run. */
struct job_request {
	const char *node;  /* "" for the root */
	const char *line;  /* as typed: for /bin/sh -c when `argv` is NULL, and for listings */
	char *const *argv; /* or the words, for a straight exec */
	char *const *env;  /* NULL: ours */
	bool background;
};

void jobs_init(struct jobs *jobs, struct lab *lab);
/* Start and, for the foreground, wait: *STATUS is what sh calls $? (0 for a background start; 128 +
 * SIGTSTP when stopped). -1 with err when it could not be started. */
int job_run(struct lab *lab, struct jobs *jobs, const struct job_request *r, int *status,
	    struct err *err);
/* Reap without waiting. True when some job has news (->changed). */
bool jobs_poll(struct jobs *jobs);
/* The job that WORD means: "%1", "1", "%+" or NULL for the newest; NULL with err. */
struct job *job_find(const struct jobs *jobs, const char *word, struct err *err);
int job_foreground(struct jobs *jobs, struct job *job, int *status, struct err *err);
int job_background(struct jobs *jobs, struct job *job, struct err *err);
int job_signal(struct jobs *jobs, struct job *job, int signal, struct err *err);
/* Wait for one job to end; -1 with err "interrupted" on ^C. */
int job_wait(struct jobs *jobs, struct job *job, int *status, struct err *err);
/* Read what a background job has printed since; appended to OUT. False at its end. */
bool job_read(struct job *job, struct buf *out);
/* Forget ended jobs whose news was told. */
void jobs_forget(struct jobs *jobs);
/* At the shell's end: HUP and CONT to all, then all memory. */
void jobs_free(struct jobs *jobs);
/* When the shell leaves a lab that stays: the running ones go on, heard by nobody. */
void jobs_leave(struct jobs *jobs);

/* SIGINT -> 2; "INT", "SIGINT", "2" accepted; -1 with err listing near ones. */
int signal_parse(const char *text, struct err *err);

#endif
