/* How programs end, and what they print until then. */
#include "kernel/process.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/interrupt.h"

int process_wait(pid_t pid, int flags, struct process_status *status)
{
	int raw;
	pid_t got;

	do
		got = waitpid(pid, &raw, flags);
	while (got < 0 && errno == EINTR && !interrupt_pending());
	if (got < 0)
		return errno == EINTR ? 0 : -1;
	if (got == 0)
		return 0;
	if (WIFEXITED(raw))
		*status = (struct process_status){ PROCESS_EXITED, WEXITSTATUS(raw) };
	else if (WIFSIGNALED(raw))
		*status = (struct process_status){ PROCESS_KILLED, WTERMSIG(raw) };
	else if (WIFSTOPPED(raw))
		*status = (struct process_status){ PROCESS_STOPPED, WSTOPSIG(raw) };
	else
		*status = (struct process_status){ PROCESS_RUNNING, 0 };
	return 1;
}

int process_exit_code(const struct process_status *status)
{
	return status->state == PROCESS_EXITED ? status->value : 128 + status->value;
}

int process_start_piped(const struct program *p, pid_t *pid, int *fd, struct err *err)
{
	struct program child = *p;
	int ends[2], r;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return err_errno(err, errno, "%s: cannot make a pipe", p->argv[0]);
	/* Our end alone: a pipe's two ends are two open files. */
	fcntl(ends[0], F_SETFL, O_NONBLOCK);
	child.out = child.error = ends[1];
	r = process_start(&child, pid, err);
	close(ends[1]);
	if (r < 0)
		close(ends[0]);
	else
		*fd = ends[0];
	return r;
}

/* Read what pipe FD holds now into OUT, up to MAX bytes in all, and drop the rest. False at its
 * end. The chunks cover a full pipe, and a writer faster than we are does not keep us here. */
static bool collect(int fd, struct buf *out, size_t max)
{
	char chunk[8192];
	ssize_t n = 1;

	for (int chunks = 16; chunks > 0 && n > 0; chunks--) {
		size_t room = out->len < max ? max - out->len : 0;

		n = read(fd, chunk, sizeof(chunk));
		if (n > 0)
			buf_add(out, chunk, (size_t)n < room ? (size_t)n : room);
	}
	return n > 0 || (n < 0 && (errno == EAGAIN || errno == EINTR));
}

int process_capture(const struct program *p, struct buf *out, size_t max,
		    struct process_status *status, struct err *err)
{
	struct pollfd fds[2];
	pid_t pid;
	int fd, r;

	if (process_start_piped(p, &pid, &fd, err) < 0)
		return -1;
	/* The program's end counts, not the pipe's: a daemon it left behind may keep that open. */
	fds[0] = (struct pollfd){ .fd = fd, .events = POLLIN };
	fds[1] = (struct pollfd){ .fd = (int)syscall(SYS_pidfd_open, pid, 0), .events = POLLIN };
	for (bool open = true; open && !fds[1].revents;) {
		if (poll(fds, 2, -1) < 0 && interrupt_pending())
			kill(pid, SIGINT);
		open = collect(fd, out, max);
	}
	close(fd);
	if (fds[1].fd >= 0)
		close(fds[1].fd);
	while ((r = process_wait(pid, 0, status)) == 0)
		kill(pid, SIGINT);
	return r < 0 ? err_errno(err, errno, "%s: lost sight of it", p->argv[0]) : 0;
}
