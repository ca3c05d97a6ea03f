#include "lab/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/interrupt.h"

#define TELL_MS 1000 /* a change that takes longer is worth a word */
#define LOOK_MS 5

/* flock(2) itself knows no timeout, and ^C may come just before it. */
static int wait_for(int fd, void (*waits)(void *data), void *data)
{
	const struct timespec look = { .tv_nsec = LOOK_MS * 1000000L };
	int64_t begin = clock_ms();

	while (flock(fd, LOCK_EX | LOCK_NB) < 0) {
		if (errno != EWOULDBLOCK && errno != EINTR)
			return errno;
		if (interrupt_pending())
			return EINTR;
		nanosleep(&look, NULL);
		if (waits && clock_ms() - begin > TELL_MS) {
			waits(data);
			waits = NULL;
		}
	}
	return 0;
}

int lab_lock(const char *lock, void (*waits)(void *data), void *data, struct err *err)
{
	int fd = open(lock, O_RDWR | O_CREAT | O_CLOEXEC, 0600), error;

	error = fd < 0 ? errno : wait_for(fd, waits, data);
	if (!error)
		return fd;
	if (fd >= 0)
		close(fd);
	if (error == EINTR) {
		err_set(err, "interrupted while another shell of the lab was at it");
		if (err)
			err->code = EINTR;
		return -1;
	}
	return err_errno(err, error, "%s", lock);
}

void lab_unlock(int lock)
{
	close(lock);
}
