#include "base/out.h"

#include <errno.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/interrupt.h"

void out_printf(struct out *o, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	buf_vprintf(&o->buf, fmt, ap);
	va_end(ap);
}

void out_puts(struct out *o, const char *s)
{
	buf_puts(&o->buf, s);
}

/* After a failed write: is it worth another try? */
static bool wait_writable(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLOUT };

	if (errno == EINTR)
		return !interrupt_pending();
	/* A program that ran before us may have left the terminal non-blocking. */
	if (errno == EAGAIN)
		return poll(&p, 1, -1) >= 0 || (errno == EINTR && !interrupt_pending());
	return false;
}

void out_flush(struct out *o)
{
	size_t done = 0;

	if (o->fd < 0)
		return;
	while (done < o->buf.len) {
		ssize_t n = write(o->fd, o->buf.data + done, o->buf.len - done);

		if (n >= 0) {
			done += (size_t)n;
		} else if (!wait_writable(o->fd)) {
			o->closed = errno == EPIPE;
			break;
		}
	}
	if (done < o->buf.len && errno != EPIPE && errno != EINTR)
		o->error = errno;
	buf_clear(&o->buf);
}

size_t out_columns(const struct out *o)
{
	struct winsize size;

	return o->fd >= 0 && ioctl(o->fd, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

void out_free(struct out *o)
{
	buf_free(&o->buf);
}
