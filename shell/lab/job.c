#include "lab/job.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/interrupt.h"
#include "base/mem.h"
#include "base/words.h"
#include "lab/init.h"
#include "lab/job_terminal.h"

void jobs_init(struct jobs *jobs, struct lab *lab)
{
	*jobs = (struct jobs){ .lab = lab, .tty = lab->interactive ? terminal_open() : -1 };
}

static bool job_ended(const struct job *job)
{
	return job->status.state == PROCESS_EXITED || job->status.state == PROCESS_KILLED;
}

static void job_free(struct job *job)
{
	if (job->output >= 0)
		close(job->output);
	free(job->node);
	free(job->line);
	free(job);
}

/* Put JOB in the list, numbered after the last one. */
static void job_add(struct jobs *jobs, struct job *job)
{
	job->number = jobs->n ? jobs->v[jobs->n - 1]->number + 1 : 1;
	jobs->v = mem_grow(jobs->v, jobs->n, &jobs->cap, sizeof(struct job *));
	jobs->v[jobs->n++] = job;
}

/* To all that it has started, too: whatever is listed is a process group of its own. */
static int job_send(const struct job *job, int signal)
{
	return kill(-job->pid, signal);
}

bool job_read(struct job *job, struct buf *out)
{
	char chunk[8192];
	ssize_t n = 1;

	if (job->output < 0)
		return false;
	/* More than a pipe or a pseudo terminal holds, but an end for a program that never stops
	 * printing. */
	for (int chunks = 32; chunks > 0 && n > 0; chunks--) {
		n = read(job->output, chunk, sizeof(chunk));
		if (n > 0)
			buf_add(out, chunk, (size_t)n);
	}
	if (n > 0 || (n < 0 && (errno == EAGAIN || errno == EINTR)))
		return true;
	/* A pseudo terminal that nobody else has open any more answers EIO. */
	close(job->output);
	job->output = -1;
	return false;
}

/* Pass on to the terminal what background jobs have printed. */
static void relay_outputs(struct jobs *jobs)
{
	struct buf text = { 0 };

	for (size_t i = 0; i < jobs->n; i++) {
		job_read(jobs->v[i], &text);
		terminal_write(jobs->tty, &text);
	}
	buf_free(&text);
}

/* Sleep until a child changes, a background job prints, a node goes, or SIGINT arrives, which MASK
 * lets in. */
static void sleep_until_news(struct jobs *jobs, int children, const sigset_t *mask)
{
	struct pollfd *fds = mem_alloc((jobs->n + 2) * sizeof(*fds));
	struct signalfd_siginfo info;
	/* Under a full-screen program outputs wait in their pseudo terminals. */
	bool relay = jobs->tty >= 0 && terminal_reads_lines(jobs->tty);

	fds[0] = (struct pollfd){ .fd = children, .events = POLLIN };
	fds[1] = (struct pollfd){ .fd = jobs->lab->watch, .events = POLLIN };
	for (size_t i = 0; i < jobs->n; i++)
		fds[i + 2] =
			(struct pollfd){ .fd = relay ? jobs->v[i]->output : -1, .events = POLLIN };
	ppoll(fds, jobs->n + 2, NULL, mask);
	/* A node that another shell deletes is gone only when we let go of it, too. */
	if (fds[1].revents)
		lab_netns_follow(jobs->lab);
	while (read(children, &info, sizeof(info)) > 0)
		;
	if (relay && terminal_reads_lines(jobs->tty))
		relay_outputs(jobs);
	free(fds);
}

/*
 * Wait until JOB ends or, where there is job control, stops; background jobs print meanwhile. With
 * HEED, ^C ends the waiting, and the job is as it was. Signals are blocked between looking and
 * sleeping, so that none falls in between.
 */
static int attend(struct jobs *jobs, struct job *job, bool heed, struct err *err)
{
	int flags = WNOHANG | (jobs->tty >= 0 ? WUNTRACED : 0);
	sigset_t child, blocked, before, asleep;
	int children, r;

	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	blocked = child;
	sigaddset(&blocked, SIGINT);
	children = signalfd(-1, &child, SFD_CLOEXEC | SFD_NONBLOCK);
	if (children < 0)
		return err_errno(err, errno, "cannot wait for %s", job->line);
	sigprocmask(SIG_BLOCK, &blocked, &before);
	asleep = before;
	sigaddset(&asleep, SIGCHLD);
	while ((r = process_wait(job->pid, flags, &job->status)) == 0) {
		if (heed && interrupt_pending())
			break;
		sleep_until_news(jobs, children, &asleep);
	}
	sigprocmask(SIG_SETMASK, &before, NULL);
	close(children);
	if (r < 0)
		return err_errno(err, errno, "lost sight of %s", job->line);
	return r == 0 ? err_set(err, "interrupted") : 0;
}

/* Wait for the job in the foreground, then take the terminal back as it was. */
static int attend_foreground(struct jobs *jobs, struct job *job, bool heed,
			     const struct termios *modes, int *status, struct err *err)
{
	int r = attend(jobs, job, heed, err);

	if (jobs->tty >= 0)
		terminal_take(jobs->tty, modes);
	if (r < 0)
		return -1;
	job->background = false;
	job->changed = job->status.state == PROCESS_STOPPED;
	*status = process_exit_code(&job->status);
	return 0;
}

/* Where a background job reads and prints; *OUTPUT is our end, where the line editor shows what it
 * prints. */
static int open_background(const struct jobs *jobs, struct program *p, int *output, struct err *err)
{
	p->in = open("/dev/null", O_RDONLY | O_CLOEXEC);
	if (p->in < 0)
		return err_errno(err, errno, "cannot open /dev/null");
	if (jobs->tty < 0)
		return 0;
	*output = terminal_open_output(jobs->tty, &p->out);
	if (*output < 0) {
		int error = errno;

		close(p->in);
		return err_errno(err, error, "no terminal for a background job");
	}
	p->error = p->out;
	return 0;
}

/* Start what R asks for, as JOB. */
static int start(struct lab *lab, struct jobs *jobs, const struct job_request *r, struct job *job,
		 struct err *err)
{
	char *shell[] = { (char *)"/bin/sh", (char *)"-c", NULL, NULL };
	struct program p = PROGRAM_INIT;
	size_t len;
	int result;

	if (lab_place_program(lab, r->node, &p, err) < 0)
		return -1;
	p.env = r->env;
	p.tty = jobs->tty;
	/* Without job control ^C is for what runs in front and for us, as in sh. */
	p.group = jobs->tty >= 0 || r->background;
	p.foreground = p.group && !r->background;
	if (r->background && open_background(jobs, &p, &job->output, err) < 0)
		return -1;
	if (!r->background || !words_background(r->line, &len))
		len = strlen(r->line);
	shell[2] = mem_strndup(r->line, len);
	p.argv = r->argv ? r->argv : shell;
	result = process_start(&p, &job->pid, err);
	free(shell[2]);
	if (p.in >= 0)
		close(p.in);
	if (p.out >= 0)
		close(p.out);
	return result;
}

int job_run(struct lab *lab, struct jobs *jobs, const struct job_request *r, int *status,
	    struct err *err)
{
	struct job *job = mem_alloc(sizeof(*job));
	struct termios modes = { 0 };
	int result;

	job->node = mem_strdup(r->node);
	job->line = mem_strdup(r->line);
	job->background = r->background;
	job->output = -1;
	if (jobs->tty >= 0)
		tcgetattr(jobs->tty, &modes);
	result = start(lab, jobs, r, job, err);
	if (result == 0 && r->background)
		*status = 0;
	else if (result == 0)
		result = attend_foreground(jobs, job, false, &modes, status, err);
	if (result == 0 && (r->background || job->changed))
		job_add(jobs, job);
	else
		job_free(job);
	return result;
}

bool jobs_poll(struct jobs *jobs)
{
	bool news = false;

	for (size_t i = 0; i < jobs->n; i++) {
		struct job *job = jobs->v[i];

		while (!job_ended(job) &&
		       process_wait(job->pid, WNOHANG | WUNTRACED | WCONTINUED, &job->status) > 0)
			job->changed = job->status.state != PROCESS_RUNNING;
		news |= job->changed;
	}
	return news;
}

struct job *job_find(const struct jobs *jobs, const char *word, struct err *err)
{
	const char *name = word && *word == '%' ? word + 1 : word;
	struct job *found = NULL;

	if (!name || !*name || strcmp(name, "+") == 0 || strcmp(name, "%") == 0) {
		/* The newest, and of those one that still lives. */
		for (size_t i = 0; i < jobs->n; i++)
			if (!found || job_ended(found) || !job_ended(jobs->v[i]))
				found = jobs->v[i];
		if (!found)
			err_set(err, "there are no jobs");
		return found;
	}
	for (size_t i = 0; i < jobs->n; i++) {
		struct job *job = jobs->v[i];
		char *end;

		if (isdigit((unsigned char)*name) && strtol(name, &end, 10) == job->number && !*end)
			return job;
		if (*word == '%' && strncmp(job->line, name, strlen(name)) == 0)
			found = job;
	}
	if (!found) {
		err_usage(err, "no job %s", name);
		err_hint(err, jobs->n ? "`jobs` lists them" : "there are none");
	}
	return found;
}

static int refuse_ended(const struct job *job, struct err *err)
{
	return err_set(err, "job %d has ended: %s", job->number, job->line);
}

static int go_on(struct job *job, struct err *err)
{
	if (job_send(job, SIGCONT) < 0)
		return err_errno(err, errno, "job %d", job->number);
	job->status = (struct process_status){ PROCESS_RUNNING, 0 };
	job->changed = false;
	return 0;
}

int job_foreground(struct jobs *jobs, struct job *job, int *status, struct err *err)
{
	struct termios modes = { 0 };

	jobs_poll(jobs);
	if (job_ended(job))
		return refuse_ended(job, err);
	if (jobs->tty >= 0) {
		tcgetattr(jobs->tty, &modes);
		terminal_lend(jobs->tty, job->pid);
	}
	if (go_on(job, err) < 0) {
		if (jobs->tty >= 0)
			terminal_take(jobs->tty, &modes);
		return -1;
	}
	/* Without a terminal of its own ^C does not reach it: then it ends the waiting. */
	if (attend_foreground(jobs, job, jobs->tty < 0, &modes, status, err) < 0)
		return -1;
	/* What it printed last, before its end. */
	relay_outputs(jobs);
	return 0;
}

int job_background(struct jobs *jobs, struct job *job, struct err *err)
{
	jobs_poll(jobs);
	if (job_ended(job))
		return refuse_ended(job, err);
	if (job->status.state == PROCESS_RUNNING)
		return err_set(err, "job %d runs in the background already: %s", job->number,
			       job->line);
	job->background = true;
	return go_on(job, err);
}

int job_signal(struct jobs *jobs, struct job *job, int signal, struct err *err)
{
	jobs_poll(jobs);
	if (job_ended(job))
		return refuse_ended(job, err);
	if (job_send(job, signal) < 0)
		return err_errno(err, errno, "job %d", job->number);
	/* A stopped program would see its end only when it goes on. */
	if (job->status.state == PROCESS_STOPPED && (signal == SIGTERM || signal == SIGHUP))
		job_send(job, SIGCONT);
	return 0;
}

int job_wait(struct jobs *jobs, struct job *job, int *status, struct err *err)
{
	jobs_poll(jobs);
	if (job->status.state == PROCESS_RUNNING) {
		if (attend(jobs, job, true, err) < 0)
			return -1;
		job->changed = true;
	}
	if (job->status.state == PROCESS_STOPPED) {
		err_set(err, "job %d is stopped: %s", job->number, job->line);
		return err_hint(err, "`bg %d` lets it go on", job->number);
	}
	*status = process_exit_code(&job->status);
	return 0;
}

void jobs_forget(struct jobs *jobs)
{
	size_t kept = 0;

	for (size_t i = 0; i < jobs->n; i++) {
		if (job_ended(jobs->v[i]) && !jobs->v[i]->changed)
			job_free(jobs->v[i]);
		else
			jobs->v[kept++] = jobs->v[i];
	}
	jobs->n = kept;
}

static void jobs_clear(struct jobs *jobs)
{
	for (size_t i = 0; i < jobs->n; i++)
		job_free(jobs->v[i]);
	free(jobs->v);
	if (jobs->tty >= 0)
		close(jobs->tty);
	*jobs = (struct jobs){ .tty = -1 };
}

void jobs_free(struct jobs *jobs)
{
	jobs_poll(jobs);
	for (size_t i = 0; i < jobs->n; i++) {
		if (job_ended(jobs->v[i]))
			continue;
		job_send(jobs->v[i], SIGHUP);
		job_send(jobs->v[i], SIGCONT);
	}
	jobs_clear(jobs);
}

void jobs_leave(struct jobs *jobs)
{
	jobs_poll(jobs);
	/* Their pseudo terminals stay open in init: else the first line they print would fail. */
	for (size_t i = 0; i < jobs->n; i++)
		if (!job_ended(jobs->v[i]) && jobs->v[i]->output >= 0)
			init_drain(&jobs->lab->channel, jobs->v[i]->output);
	jobs_clear(jobs);
}
