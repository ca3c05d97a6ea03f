/* jobs, fg, bg, kill, wait: as in sh. */
#include "base/json_write.h"
#include "command/command.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "command/grammar.h"

static bool has_ended(const struct job *job)
{
	return job->status.state == PROCESS_EXITED || job->status.state == PROCESS_KILLED;
}

/* "running", "stopped", "exited", "killed" */
static const char *state_name(const struct job *job)
{
	static const char *const names[] = {
		[PROCESS_RUNNING] = "running",
		[PROCESS_STOPPED] = "stopped",
		[PROCESS_EXITED] = "exited",
		[PROCESS_KILLED] = "killed",
	};

	return names[job->status.state];
}

static void jobs_json(struct session *s)
{
	struct json j = { .buf = &s->out.buf };

	json_open(&j, '[');
	for (size_t i = 0; i < s->jobs.n; i++) {
		const struct job *job = s->jobs.v[i];

		json_open(&j, '{');
		json_put_number(&j, "number", job->number);
		json_put_string(&j, "node", *job->node ? job->node : NULL);
		json_put_string(&j, "line", job->line);
		json_put_number(&j, "pid", job->pid);
		json_put_string(&j, "state", state_name(job));
		json_close(&j, '}');
	}
	json_close(&j, ']');
	out_puts(&s->out, "\n");
}

static void jobs_table(struct session *s)
{
	struct table t;

	table_init(&t, 3, NULL);
	for (size_t i = 0; i < s->jobs.n; i++) {
		const struct job *job = s->jobs.v[i];

		table_cell(&t, "[%d]", job->number);
		if (has_ended(job))
			table_cell(&t, "%s %d", state_name(job), job->status.value);
		else
			table_cell(&t, "%s", state_name(job));
		table_cell(&t, "%s%s%s", job->node, *job->node ? " " : "", job->line);
	}
	table_print(&t, &s->out);
}

static int run_jobs(struct session *s, const struct args *a, struct err *err)
{
	(void)err;
	jobs_poll(&s->jobs);
	if (session_json(s, a))
		jobs_json(s);
	else
		jobs_table(s);
	/* This was the news of those that have ended. */
	for (size_t i = 0; i < s->jobs.n; i++)
		if (has_ended(s->jobs.v[i]))
			s->jobs.v[i]->changed = false;
	jobs_forget(&s->jobs);
	return 0;
}

const struct command cmd_jobs = {
	.name = "jobs",
	.family = FAMILY_RUN,
	.args = "[--json]",
	.summary = "list the programs in the background",
	.details = "A line that ends in & is one; ^Z makes one of the program in the foreground. "
		   "JSON: [{\"number\", \"node\" (null: the lab's root), \"line\", \"pid\", "
		   "\"state\"}, ...].",
	.example = "jobs",
	.run = run_jobs,
};

/* The I-th job that the line names, or the newest. */
static struct job *find_job(struct session *s, const struct args *a, size_t i, struct err *err)
{
	const struct arg *arg = args_at(a, "job", i);
	struct job *job = job_find(&s->jobs, arg ? arg->text : NULL, err);

	if (job)
		return job;
	err_wrap(err, "%s", a->command->name);
	if (err)
		err->class = ERR_FAILED;
	return NULL;
}

static int run_fg(struct session *s, const struct args *a, struct err *err)
{
	struct job *job = find_job(s, a, 0, err);
	int status;

	if (!job)
		return -1;
	out_printf(&s->out, "%s%s%s\n", job->node, *job->node ? " " : "", job->line);
	out_flush(&s->out);
	if (job_foreground(&s->jobs, job, &status, err))
		return -1;
	s->status = status;
	jobs_forget(&s->jobs);
	return 0;
}

const struct command cmd_fg = {
	.name = "fg",
	.family = FAMILY_RUN,
	.args = "[<job>]",
	.summary = "bring a job into the foreground",
	.details = "Without a number: the newest.",
	.no_example = "needs a job",
	.run = run_fg,
};

static int run_bg(struct session *s, const struct args *a, struct err *err)
{
	struct job *job = find_job(s, a, 0, err);

	if (!job || job_background(&s->jobs, job, err))
		return -1;
	out_printf(&s->out, "[%d] %s%s%s\n", job->number, job->node, *job->node ? " " : "",
		   job->line);
	return 0;
}

const struct command cmd_bg = {
	.name = "bg",
	.family = FAMILY_RUN,
	.args = "[<job>]",
	.summary = "let a stopped job go on in the background",
	.details = "Without a number: the newest. A program that was started without & writes to "
		   "the terminal itself, also over "
		   "the line being typed.",
	.no_example = "needs a stopped job",
	.run = run_bg,
};

/* Is it a shell of the lab, as we are? What another shell runs in is not always readable
 * (/proc/PID/exe), its name always. */
static bool is_shell(pid_t pid)
{
	char path[64], ours[16] = "", name[17] = "";
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/comm", pid);
	f = fopen(path, "re");
	if (f && !fgets(name, sizeof(name), f))
		*name = '\0';
	if (f)
		fclose(f);
	name[strcspn(name, "\n")] = '\0';
	prctl(PR_GET_NAME, ours);
	return !strcmp(name, ours);
}

/* No job: the pid of a process of the lab. ERR says already that it is no job. */
static int kill_process(const char *word, int signal, struct err *err)
{
	long pid;

	if (number_parse(&pid, word, 2, INT32_MAX, NULL) || kill((pid_t)pid, 0) < 0)
		return err_hint(err, "`jobs` lists them; or the pid of a process");
	if (is_shell((pid_t)pid)) {
		err_set(err, "kill: %s is no job, and process %s is %s", word, word,
			pid == getpid() ? "this shell" : "another shell of the lab");
		return err_hint(err, "`exit` ends %s", pid == getpid() ? "it" : "it there");
	}
	return kill((pid_t)pid, signal) < 0 ? err_errno(err, errno, "kill %s", word) : 0;
}

static int run_kill(struct session *s, const struct args *a, struct err *err)
{
	const char *name = args_text(a, "signal");
	int number = name ? signal_parse(name + 1, err) : SIGTERM;

	if (number < 0) {
		if (err)
			err->class = ERR_FAILED;
		return err_wrap(err, "kill");
	}
	for (size_t i = 0; i < args_count(a, "job"); i++) {
		struct job *job = find_job(s, a, i, err);

		if (!job && kill_process(args_at(a, "job", i)->text, number, err))
			return -1;
		if (job && job_signal(&s->jobs, job, number, err))
			return -1;
	}
	return 0;
}

const struct command cmd_kill = {
	.name = "kill",
	.family = FAMILY_RUN,
	.args = "[<signal>] <job>...",
	.summary = "send a signal to jobs, or to processes",
	.details =
		"TERM, unless another one is named: kill -INT 1. A number that is no job's is the "
		"pid of a process of the lab.",
	.no_example = "needs a job",
	.run = run_kill,
};

static int wait_job(struct session *s, struct job *job, struct err *err)
{
	int status;

	if (job_wait(&s->jobs, job, &status, err))
		return err_wrap(err, "wait");
	s->status = status;
	/* Whoever waited has the news; at a terminal it is told as well, with what the job printed
	 * last. */
	if (!s->interactive)
		job->changed = false;
	return 0;
}

static int run_wait(struct session *s, const struct args *a, struct err *err)
{
	size_t named = args_count(a, "job");
	int rc = 0;

	out_flush(&s->out);
	for (size_t i = 0; !rc && i < named; i++) {
		struct job *job = find_job(s, a, i, err);

		rc = job ? wait_job(s, job, err) : -1;
	}
	for (size_t i = 0; !rc && !named && i < s->jobs.n; i++) {
		if (s->jobs.v[i]->status.state != PROCESS_STOPPED)
			rc = wait_job(s, s->jobs.v[i], err);
		/* As in sh: having waited for all is success. */
		s->status = 0;
	}
	jobs_forget(&s->jobs);
	return rc;
}

const struct command cmd_wait = {
	.name = "wait",
	.family = FAMILY_TEST,
	.args = "[<job>...]",
	.summary = "wait until jobs have ended",
	.details = "Without numbers: all that run. ^C ends the waiting, not the jobs.",
	.example = "wait",
	.run = run_wait,
};
