#include "kernel/scratch.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/mount.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

/* By system call: the C library has names for these since 2.36 alone. */
static int mount_tmpfs(int context, const char *size)
{
	if (syscall(SYS_fsconfig, context, FSCONFIG_SET_STRING, "size", size, 0) < 0 ||
	    syscall(SYS_fsconfig, context, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0)
		return -1;
	return (int)syscall(SYS_fsmount, context, FSMOUNT_CLOEXEC, 0);
}

/* A tmpfs of its own is the one file in memory with a limit: a memfd that is sealed against growth
 * cannot be emptied by `> /dev/stdout` and filled again, and RLIMIT_FSIZE would hold for each file
 * that the program writes. It is mounted nowhere, and goes with the file. */
int scratch_open(size_t most, struct err *err)
{
	int context = (int)syscall(SYS_fsopen, "tmpfs", FSOPEN_CLOEXEC), mount = -1, fd = -1, error;
	char size[32];

	snprintf(size, sizeof(size), "%zu", most);
	if (context >= 0)
		mount = mount_tmpfs(context, size);
	if (mount >= 0)
		fd = openat(mount, ".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	error = errno;
	if (mount >= 0)
		close(mount);
	if (context >= 0)
		close(context);
	return fd < 0 ? err_errno(err, error, "no memory for the output") : fd;
}
