/* Starting programs: what the caller is told, and what the program finds. No privilege is needed.
 */
#include "kernel/process.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/descriptor.h"

#define ARGV(...) ((char *const[]){ __VA_ARGS__, NULL })

static char directory[] = "/tmp/nslab-process.XXXXXX";

static int make_directory(void **state)
{
	(void)state;
	return mkdtemp(directory) ? 0 : -1;
}

static int remove_directory(void **state)
{
	char *const argv[] = { "rm", "-rf", directory, NULL };
	struct program p = PROGRAM_INIT;
	struct process_status status;
	pid_t pid;

	(void)state;
	p.argv = argv;
	return process_start(&p, &pid, NULL) == 0 && process_wait(pid, 0, &status) == 1 ? 0 : -1;
}

/* The path of a new file in our directory. */
static const char *put_file(const char *name, const char *text, mode_t mode)
{
	static char path[128];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	assert_int_equal(fchmod(fd, mode), 0);
	close(fd);
	return path;
}

static int exit_code(char *const *argv)
{
	struct program p = PROGRAM_INIT;
	struct process_status status;
	struct err err = ERR_INIT;
	pid_t pid;

	p.argv = argv;
	if (process_start(&p, &pid, &err) < 0)
		fail_msg("%s", err.text);
	assert_int_equal(process_wait(pid, 0, &status), 1);
	return process_exit_code(&status);
}

static void assert_refused(char *const *argv, char *const *env, int code, const char *text)
{
	struct program p = PROGRAM_INIT;
	struct err err = ERR_INIT;
	pid_t pid;

	p.argv = argv;
	p.env = env;
	assert_int_equal(process_start(&p, &pid, &err), -1);
	assert_int_equal(err.code, code);
	assert_string_equal(err.text, text);
	/* Nothing is left behind, not even a zombie. */
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
}

/* What ARGV prints. */
static const char *output(const struct program *how, char *const *argv, size_t max)
{
	static struct buf out;
	struct program p = *how;
	struct process_status status;
	struct err err = ERR_INIT;

	buf_free(&out);
	p.argv = argv;
	if (process_capture(&p, &out, max, &status, &err) < 0)
		fail_msg("%s", err.text);
	return buf_text(&out);
}

static int count_descriptors(void)
{
	DIR *dir = opendir("/proc/self/fd");
	int n = 0;

	assert_non_null(dir);
	while (readdir(dir))
		n++;
	closedir(dir);
	return n;
}

static void exit_codes(void **state)
{
	(void)state;
	assert_int_equal(exit_code(ARGV("true")), 0);
	assert_int_equal(exit_code(ARGV("sh", "-c", "exit 3")), 3);
	assert_int_equal(exit_code(ARGV("/bin/sh", "-c", "kill -TERM $$")), 128 + SIGTERM);
}

static void not_found(void **state)
{
	struct err err = ERR_INIT;
	char path[64];

	(void)state;
	assert_refused(ARGV("no-such-program"), NULL, 127, "no-such-program: command not found");
	assert_refused(ARGV(""), NULL, 127, ": command not found");
	assert_refused(ARGV("/no/such"), NULL, 127, "/no/such: No such file or directory");
	assert_int_equal(process_find("tcpdump", ARGV("PATH=/nowhere"), path, sizeof(path), &err),
			 -1);
	assert_string_equal(path, "");
	assert_string_equal(err.text, "tcpdump: command not found");
	assert_string_equal(err.hint, "on Debian: apt install tcpdump");
	assert_false(process_exists("no-such-program"));
	assert_true(process_exists("sh"));
	assert_string_equal(process_package("ping"), "iputils-ping");
	assert_null(process_package("no-such-program"));
}

static void found_but_not_runnable(void **state)
{
	char path[160], expected[256];
	char *env[] = { path, NULL };

	(void)state;
	assert_refused(ARGV("/etc"), NULL, 126, "/etc: Is a directory");
	assert_refused(ARGV("/etc/passwd"), NULL, 126, "/etc/passwd: Permission denied");
	put_file("plain", "text", 0644);
	snprintf(path, sizeof(path), "PATH=/nowhere:%s", directory);
	assert_refused(ARGV("plain"), env, 126, "plain: Permission denied");
	snprintf(path, sizeof(path), "%s", put_file("lost", "#!/no/such/interpreter\n", 0755));
	snprintf(expected, sizeof(expected), "%s: the interpreter it asks for is missing", path);
	assert_refused(ARGV(path), NULL, 126, expected);
}

/* A directory of PATH that we may not read answers EACCES for every name. */
static void unreadable_directory_in_path(void **state)
{
	char closed[64], path[128];
	char *env[] = { path, NULL };

	(void)state;
	snprintf(closed, sizeof(closed), "%s/closed", directory);
	assert_int_equal(mkdir(closed, 0), 0);
	snprintf(path, sizeof(path), "PATH=%s:/bin", closed);
	assert_refused(ARGV("no-such-program"), env, 127, "no-such-program: command not found");
	assert_int_equal(process_find("sh", env, closed, sizeof(closed), NULL), 0);
	assert_string_equal(closed, "/bin/sh");
}

static void script_without_first_line(void **state)
{
	char path[128];

	(void)state;
	snprintf(path, sizeof(path), "%s",
		 put_file("script", "test \"$#$2\" = \"2b c\" && exit 5\n", 0755));
	assert_int_equal(exit_code(ARGV(path, "a", "b c")), 5);
}

static void signals_at_default(void **state)
{
	sigset_t blocked, before;
	struct program p = PROGRAM_INIT;

	(void)state;
	signal(SIGINT, SIG_IGN);
	signal(SIGTTOU, SIG_IGN);
	sigemptyset(&blocked);
	sigaddset(&blocked, SIGTERM);
	sigprocmask(SIG_BLOCK, &blocked, &before);
	assert_int_equal(exit_code(ARGV("sh", "-c", "kill -INT $$")), 128 + SIGINT);
	assert_int_equal(exit_code(ARGV("sh", "-c", "kill -TERM $$")), 128 + SIGTERM);
	assert_string_equal(output(&p,
				   ARGV("sed", "-n", "s/^Sig\\(Blk\\|Ign\\|Cgt\\):\\t*0*$/\\1/p",
					"/proc/self/status"),
				   100),
			    "Blk\nIgn\nCgt\n");
	sigprocmask(SIG_SETMASK, &before, NULL);
	signal(SIGTTOU, SIG_DFL);
	signal(SIGINT, SIG_DFL);
}

static void only_three_descriptors(void **state)
{
	/* 3 is the directory that ls reads. An inherited descriptor without O_CLOEXEC is closed,
	 * too. */
	int leak = fcntl(STDIN_FILENO, F_DUPFD, 50);
	struct program p = PROGRAM_INIT;

	(void)state;
	assert_string_equal(output(&p, ARGV("ls", "/proc/self/fd"), 100), "0\n1\n2\n3\n");
	close(leak);
}

static void descriptors_swapped(void **state)
{
	struct program p = PROGRAM_INIT;
	struct process_status status;
	int in[2], out[2], keep[2] = { dup(0), dup(1) };
	char text[16] = "";
	pid_t pid;

	(void)state;
	assert_int_equal(pipe2(in, O_CLOEXEC), 0);
	assert_int_equal(pipe2(out, O_CLOEXEC), 0);
	assert_int_equal(write(in[1], "through\n", 8), 8);
	close(in[1]);
	/* The program's input is our 1, its output our 0. */
	fflush(stdout);
	dup2(in[0], 1);
	dup2(out[1], 0);
	p.argv = ARGV("cat");
	p.in = 1;
	p.out = 0;
	assert_int_equal(process_start(&p, &pid, NULL), 0);
	dup2(keep[0], 0);
	dup2(keep[1], 1);
	assert_int_equal(process_wait(pid, 0, &status), 1);
	assert_int_equal(read(out[0], text, sizeof(text)), 8);
	assert_string_equal(text, "through\n");
	for (int i = 0; i < 2; i++) {
		close(keep[i]);
		close(out[i]);
	}
	close(in[0]);
}

/* The child shares our table until it has its own: neither its start nor its failure changes ours,
 * and what lies above the last it is given is not copied. */
static void descriptors_of_ours_stay(void **state)
{
	struct program p = PROGRAM_INIT;
	struct process_status status;
	struct stat before, after;
	int out = memfd_create("out", MFD_CLOEXEC), kept, n;
	char text[16] = "";
	pid_t pid;

	(void)state;
	assert_true(out >= 0);
	kept = descriptor_raise(dup(out));
	out = fcntl(out, F_DUPFD_CLOEXEC, kept + 1);
	assert_int_equal(fstat(STDOUT_FILENO, &before), 0);
	n = count_descriptors();
	p.out = out;
	p.argv = ARGV("ls", "/proc/self/fd");
	assert_int_equal(process_start(&p, &pid, NULL), 0);
	assert_int_equal(process_wait(pid, 0, &status), 1);
	assert_int_equal(pread(out, text, sizeof(text), 0), 8);
	assert_string_equal(text, "0\n1\n2\n3\n");
	p.argv = ARGV("/etc/passwd");
	assert_int_equal(process_start(&p, &pid, NULL), -1);
	assert_int_equal(count_descriptors(), n);
	assert_int_equal(fstat(STDOUT_FILENO, &after), 0);
	assert_int_equal(before.st_ino, after.st_ino);
	assert_true(fcntl(kept, F_GETFD) & FD_CLOEXEC);
	close(kept);
	close(out);
}

static void environment_and_directory(void **state)
{
	struct program p = PROGRAM_INIT;

	(void)state;
	p.env = ARGV("PATH=/bin", "X=1");
	assert_string_equal(output(&p, ARGV("sh", "-c", "echo $X$HOME"), 100), "1\n");
	p.cwd = "/etc";
	assert_string_equal(output(&p, ARGV("/bin/pwd"), 100), "/etc\n");
	p.cwd = "/no/such/directory";
	assert_string_equal(output(&p, ARGV("/bin/pwd"), 100), "/\n");
}

static void capture_keeps_the_beginning(void **state)
{
	struct program p = PROGRAM_INIT;
	pid_t daemon;

	(void)state;
	assert_string_equal(output(&p, ARGV("sh", "-c", "echo out; echo err >&2"), 100),
			    "out\nerr\n");
	assert_string_equal(output(&p, ARGV("sh", "-c", "echo 12345; seq 100000"), 4), "1234");
	/* A daemon that keeps the pipe open does not keep us. */
	daemon = atoi(output(&p, ARGV("sh", "-c", "sleep 60 & echo $!"), 100));
	assert_true(daemon > 1);
	assert_int_equal(kill(daemon, SIGKILL), 0);
}

static void no_leak_in_a_thousand_starts(void **state)
{
	int before = count_descriptors();
	struct program p = PROGRAM_INIT;

	(void)state;
	for (int i = 0; i < 500; i++)
		assert_int_equal(exit_code(ARGV("/bin/true")), 0);
	for (int i = 0; i < 250; i++)
		output(&p, ARGV("/bin/true"), 10);
	for (int i = 0; i < 250; i++)
		assert_refused(ARGV("/etc/passwd"), NULL, 126, "/etc/passwd: Permission denied");
	assert_int_equal(count_descriptors(), before);
}

static void wait_states(void **state)
{
	struct program p = PROGRAM_INIT;
	struct process_status status;
	pid_t pid;

	(void)state;
	p.argv = ARGV("sh", "-c", "kill -STOP $$; exit 4");
	p.group = true;
	assert_int_equal(process_start(&p, &pid, NULL), 0);
	assert_int_equal(getpgid(pid), pid);
	assert_int_equal(process_wait(pid, WUNTRACED, &status), 1);
	assert_int_equal(status.state, PROCESS_STOPPED);
	assert_int_equal(process_exit_code(&status), 128 + SIGSTOP);
	assert_int_equal(process_wait(pid, WNOHANG, &status), 0);
	kill(-pid, SIGCONT);
	assert_int_equal(process_wait(pid, 0, &status), 1);
	assert_int_equal(status.state, PROCESS_EXITED);
	assert_int_equal(status.value, 4);
	assert_int_equal(process_wait(pid, 0, &status), -1);
}

static void heed(int signal)
{
	(void)signal;
}

/* In a group of its own with a process that never stops sending it ^C: how a program ends that is
 * started with a group of its own, or a session. */
static int start_under_interrupts(bool session)
{
	struct process_status status = { PROCESS_EXITED, 0 };
	struct program p = PROGRAM_INIT;
	pid_t pid, ours, storm;

	p.argv = ARGV("true");
	p.group = !session;
	p.session = session;
	setpgid(0, 0);
	ours = getpid();
	signal(SIGINT, SIG_IGN);
	storm = fork();
	if (storm == 0)
		while (getppid() == ours)
			kill(0, SIGINT);
	signal(SIGINT, heed);
	for (int i = 0; i < 60 && process_exit_code(&status) == 0; i++)
		if (process_start(&p, &pid, NULL) < 0 || process_wait(pid, 0, &status) < 0)
			break;
	kill(storm, SIGKILL);
	waitpid(storm, NULL, 0);
	return process_exit_code(&status);
}

static void interrupts_are_for_our_group(void **state)
{
	struct process_status status;

	(void)state;
	for (int session = 0; session < 2; session++) {
		pid_t pid = fork();

		if (pid == 0)
			_exit(start_under_interrupts(session));
		assert_int_equal(process_wait(pid, 0, &status), 1);
		assert_int_equal(process_exit_code(&status), 0);
	}
}

static void fork_is_a_copy(void **state)
{
	struct process_status status;
	struct err err = ERR_INIT;
	int ours = 1;
	pid_t pid;

	(void)state;
	signal(SIGTERM, SIG_IGN);
	pid = process_fork(0, &err);
	if (pid == 0) {
		ours = 2;
		raise(SIGTERM);
		_exit(0);
	}
	signal(SIGTERM, SIG_DFL);
	assert_true(pid > 0);
	assert_int_equal(process_wait(pid, 0, &status), 1);
	assert_int_equal(status.state, PROCESS_KILLED);
	assert_int_equal(status.value, SIGTERM);
	assert_int_equal(ours, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(exit_codes),
		cmocka_unit_test(not_found),
		cmocka_unit_test(found_but_not_runnable),
		cmocka_unit_test(unreadable_directory_in_path),
		cmocka_unit_test(script_without_first_line),
		cmocka_unit_test(signals_at_default),
		cmocka_unit_test(only_three_descriptors),
		cmocka_unit_test(descriptors_swapped),
		cmocka_unit_test(descriptors_of_ours_stay),
		cmocka_unit_test(environment_and_directory),
		cmocka_unit_test(capture_keeps_the_beginning),
		cmocka_unit_test(no_leak_in_a_thousand_starts),
		cmocka_unit_test(wait_states),
		cmocka_unit_test(interrupts_are_for_our_group),
		cmocka_unit_test(fork_is_a_copy),
	};

	return cmocka_run_group_tests(tests, make_directory, remove_directory);
}
