/* Jobs by name, signals by name, and jobs of a lab without a terminal. */
#include "lab/job.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/interrupt.h"

static void signals_by_name(void **state)
{
	struct err err = ERR_INIT;

	(void)state;
	assert_int_equal(signal_parse("SIGINT", NULL), SIGINT);
	assert_int_equal(signal_parse("INT", NULL), SIGINT);
	assert_int_equal(signal_parse("int", NULL), SIGINT);
	assert_int_equal(signal_parse("2", NULL), SIGINT);
	assert_int_equal(signal_parse("9", NULL), SIGKILL);
	assert_int_equal(signal_parse("sigusr1", NULL), SIGUSR1);
	assert_int_equal(signal_parse("trm", &err), -1);
	assert_string_equal(err.text, "no signal trm (did you mean TERM?)");
	assert_int_equal(err.class, ERR_USAGE);
	for (const char *const *bad =
		     (const char *const[]){ "", "SIG", "0", "65", "-9", "9x", "SIG9",
					    "INTERRUPTION", "99999999999999999999", NULL };
	     *bad; bad++)
		assert_int_equal(signal_parse(*bad, NULL), -1);
}

static void jobs_by_name(void **state)
{
	struct job sleeping = { .number = 1, .line = "sleep 60", .output = -1 };
	struct job ping = { .number = 3, .line = "ping h2", .output = -1 };
	struct job ended = { .number = 12, .line = "true", .output = -1 };
	struct job *list[] = { &sleeping, &ping, &ended };
	struct jobs none = { .tty = -1 }, jobs = { .v = list, .n = 3, .tty = -1 };
	struct err err = ERR_INIT;

	(void)state;
	ended.status.state = PROCESS_EXITED;
	assert_ptr_equal(job_find(&jobs, "1", NULL), &sleeping);
	assert_ptr_equal(job_find(&jobs, "%1", NULL), &sleeping);
	assert_ptr_equal(job_find(&jobs, "%3", NULL), &ping);
	assert_ptr_equal(job_find(&jobs, "12", NULL), &ended);
	assert_ptr_equal(job_find(&jobs, "%sle", NULL), &sleeping);
	/* The newest that lives; one that has ended when none does. */
	assert_ptr_equal(job_find(&jobs, NULL, NULL), &ping);
	assert_ptr_equal(job_find(&jobs, "%+", NULL), &ping);
	assert_ptr_equal(job_find(&jobs, "%%", NULL), &ping);
	sleeping.status.state = ping.status.state = PROCESS_KILLED;
	assert_ptr_equal(job_find(&jobs, NULL, NULL), &ended);
	for (const char *const *bad =
		     (const char *const[]){ "2", "%2", "1x", "%1x", "sleep", "-1", "%zzz", NULL };
	     *bad; bad++)
		assert_null(job_find(&jobs, *bad, NULL));
	assert_null(job_find(&jobs, "%2", &err));
	assert_string_equal(err.text, "no job 2");
	assert_null(job_find(&none, NULL, &err));
	assert_string_equal(err.text, "there are no jobs");
}

/* Jobs in the root namespace of no lab at all: nothing is joined. */
static int run(struct jobs *jobs, const char *line, bool background, struct err *err)
{
	struct lab lab = { .interactive = false, .watch = -1 };
	struct job_request r = { .node = "", .line = line, .background = background };
	int status = -1;

	return job_run(&lab, jobs, &r, &status, err) < 0 ? -1 : status;
}

static void foreground(void **state)
{
	struct lab lab = { .interactive = false, .watch = -1 };
	struct err err = ERR_INIT;
	struct jobs jobs;

	(void)state;
	jobs_init(&jobs, &lab);
	assert_int_equal(jobs.tty, -1);
	assert_int_equal(run(&jobs, "true", false, &err), 0);
	assert_int_equal(run(&jobs, "exit 7", false, &err), 7);
	assert_int_equal(run(&jobs, "true | kill -KILL $$", false, &err), 128 + SIGKILL);
	assert_int_equal(jobs.n, 0);
	jobs_free(&jobs);
}

static void background(void **state)
{
	struct lab lab = { .interactive = false, .watch = -1 };
	struct err err = ERR_INIT;
	struct jobs jobs;
	int status;

	(void)state;
	jobs_init(&jobs, &lab);
	assert_int_equal(run(&jobs, "exit 7 &", true, &err), 0);
	assert_int_equal(run(&jobs, "read nothing || exec sleep 60 &", true, &err), 0);
	assert_int_equal(jobs.n, 2);
	assert_int_equal(jobs.v[1]->number, 2);
	assert_int_equal(job_wait(&jobs, jobs.v[0], &status, &err), 0);
	assert_int_equal(status, 7);
	assert_true(jobs_poll(&jobs));
	assert_true(jobs.v[0]->changed);
	assert_int_equal(job_signal(&jobs, jobs.v[0], SIGTERM, &err), -1);
	assert_string_equal(err.text, "job 1 has ended: exit 7 &");
	jobs.v[0]->changed = false;
	jobs_forget(&jobs);
	assert_int_equal(jobs.n, 1);
	assert_int_equal(jobs.v[0]->number, 2);

	assert_int_equal(job_signal(&jobs, jobs.v[0], SIGTERM, &err), 0);
	assert_int_equal(job_foreground(&jobs, jobs.v[0], &status, &err), 0);
	assert_int_equal(status, 128 + SIGTERM);
	jobs_free(&jobs);
}

static void interrupted_wait(void **state)
{
	struct lab lab = { .interactive = false, .watch = -1 };
	struct err err = ERR_INIT;
	struct jobs jobs;
	int status;

	(void)state;
	interrupt_install();
	jobs_init(&jobs, &lab);
	/* The job sends us the ^C, and goes on. */
	assert_int_equal(run(&jobs, "kill -INT $PPID; exec sleep 60 &", true, &err), 0);
	assert_int_equal(job_wait(&jobs, jobs.v[0], &status, &err), -1);
	assert_string_equal(err.text, "interrupted");
	interrupt_clear();
	assert_false(jobs_poll(&jobs));
	assert_int_equal(job_signal(&jobs, jobs.v[0], SIGKILL, &err), 0);
	assert_int_equal(job_wait(&jobs, jobs.v[0], &status, &err), 0);
	assert_int_equal(status, 128 + SIGKILL);
	jobs_free(&jobs);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(signals_by_name),  cmocka_unit_test(jobs_by_name),
		cmocka_unit_test(foreground),	    cmocka_unit_test(background),
		cmocka_unit_test(interrupted_wait),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
