#include "base/descriptor.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

/* A shell has about ten of its own, and a pipeline or an iperf of several pairs some more. */
#define SHORT_LIVED 64

int descriptor_raise(int fd)
{
	int code = errno, high;

	if (fd < 0 || fd >= SHORT_LIVED)
		return fd;
	high = fcntl(fd, F_DUPFD_CLOEXEC, SHORT_LIVED);
	if (high >= 0)
		close(fd);
	errno = code;
	return high < 0 ? fd : high;
}
