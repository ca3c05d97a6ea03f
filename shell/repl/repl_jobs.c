/* News of jobs, for the terminal. */
#include "repl/editor.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* A job that prints no newline for this long is shown as it is. */
#define UNFINISHED_MAX 4096

static bool job_ended(const struct job *job)
{
	return job->status.state == PROCESS_EXITED || job->status.state == PROCESS_KILLED;
}

static struct buf *output_of(struct repl *r, int job)
{
	for (size_t i = 0; i < r->n_outputs; i++) {
		if (r->outputs[i].job == job)
			return &r->outputs[i].text;
	}
	r->outputs = mem_grow(r->outputs, r->n_outputs, &r->cap_outputs, sizeof(*r->outputs));
	r->outputs[r->n_outputs] = (struct repl_output){ .job = job };
	return &r->outputs[r->n_outputs++].text;
}

/* Move whole lines from what JOB printed to NEWS; at its end everything. */
static void output_take(struct repl *r, struct job *job, struct buf *news)
{
	struct buf *text = output_of(r, job->number);
	bool more = job_read(job, text);
	size_t whole = text->len;

	if (more && !job_ended(job) && text->len < UNFINISHED_MAX) {
		while (whole > 0 && text->data[whole - 1] != '\n')
			whole--;
	}
	if (whole > 0) {
		struct buf rest = { 0 };

		buf_add(news, text->data, whole);
		if (text->data[whole - 1] != '\n')
			buf_putc(news, '\n');
		buf_add(&rest, text->data + whole, text->len - whole);
		buf_free(text);
		*text = rest;
	}
}

static void job_describe(const struct job *job, char mark, struct buf *out)
{
	char state[40];

	switch (job->status.state) {
	case PROCESS_RUNNING:
		strcpy(state, "Running");
		break;
	case PROCESS_STOPPED:
		strcpy(state, "Stopped");
		break;
	case PROCESS_EXITED:
		if (job->status.value)
			snprintf(state, sizeof(state), "Exit %d", job->status.value);
		else
			strcpy(state, "Done");
		break;
	case PROCESS_KILLED:
		snprintf(state, sizeof(state), "%s", strsignal(job->status.value));
		break;
	}
	buf_printf(out, "[%d]%c %-8s %s%s%s\n", job->number, mark, state, job->node,
		   *job->node ? " " : "", job->line);
}

bool repl_jobs_news(struct repl *r, struct buf *news)
{
	struct jobs *jobs = &r->session->jobs;
	bool changed = jobs_poll(jobs);

	for (size_t i = 0; i < jobs->n; i++) {
		if (jobs->v[i]->output >= 0)
			output_take(r, jobs->v[i], news);
	}
	for (size_t i = 0; i < jobs->n; i++) {
		struct job *job = jobs->v[i];

		if (!job->changed)
			continue;
		job_describe(job, i + 1 == jobs->n ? '+' : i + 2 == jobs->n ? '-' : ' ', news);
		job->changed = false;
	}
	if (changed)
		jobs_forget(jobs);
	return news->len > 0;
}

bool repl_jobs_warn(struct repl *r, struct buf *warning)
{
	const struct jobs *jobs = &r->session->jobs;
	bool stopped = false, running = false;

	for (size_t i = 0; i < jobs->n; i++) {
		stopped |= jobs->v[i]->status.state == PROCESS_STOPPED;
		running |= jobs->v[i]->status.state == PROCESS_RUNNING;
	}
	if (!stopped && !running)
		return false;
	buf_printf(warning, "There are %s jobs; a second exit ends them.\n",
		   stopped ? "stopped" : "running");
	return true;
}

void repl_jobs_free(struct repl *r)
{
	for (size_t i = 0; i < r->n_outputs; i++)
		buf_free(&r->outputs[i].text);
	free(r->outputs);
}
