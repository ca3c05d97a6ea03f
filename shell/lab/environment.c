#include "lab/environment.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"

#define DEFAULT_PATH "/usr/local/bin:/usr/bin:/bin"

static const char sudo[] =
	"#!/bin/sh\n"
	"# Everyone is root in a lab: run the command as it stands.\n"
	"shell= login=\n"
	"while [ $# -gt 0 ]; do\n"
	"\tcase $1 in\n"
	"\t--) shift; break ;;\n"
	"\t-V|--version) echo 'sudo of nslab: everyone is root in a lab'; exit ;;\n"
	"\t-v|--validate|-k|-K|--reset-timestamp|--remove-timestamp)\n"
	"\t\tshift; [ $# -gt 0 ] || exit 0 ;;\n"
	"\t--login) shell=1 login=1; shift ;;\n"
	"\t--shell) shell=1; shift ;;\n"
	"\t--user|--group|--host|--prompt|--chdir|--chroot|--close-from|--command-timeout|--role|--"
	"type)\n"
	"\t\tshift; [ $# -gt 0 ] && shift ;;\n"
	"\t--*) shift ;;\n"
	"\t-?*)\n"
	"\t\tflags=${1#-}; shift\n"
	"\t\twhile [ -n \"$flags\" ]; do\n"
	"\t\t\tcase $flags in\n"
	"\t\t\ti*) shell=1 login=1 ;;\n"
	"\t\t\ts*) shell=1 ;;\n"
	"\t\t\t[ughpCDRTrt]) [ $# -gt 0 ] && shift ;;\n"
	"\t\t\t[ughpCDRTrt]*) flags= ;;\n"
	"\t\t\t[EHnAkKSbPBN]*) ;;\n"
	"\t\t\t*) echo \"sudo: unknown option -$flags\" >&2; exit 1 ;;\n"
	"\t\t\tesac\n"
	"\t\t\tflags=${flags#?}\n"
	"\t\tdone ;;\n"
	"\t[A-Za-z_]*=*) export \"$1\"; shift ;;\n"
	"\t*) break ;;\n"
	"\tesac\n"
	"done\n"
	"[ -z \"$login\" ] || cd ~ 2>/dev/null || cd /\n"
	"if [ -n \"$shell\" ] && [ $# -gt 0 ]; then\n"
	"\texec \"${SHELL:-/bin/sh}\" -c '\"$@\"' sudo \"$@\"\n"
	"elif [ -n \"$shell\" ]; then\n"
	"\texec \"${SHELL:-/bin/sh}\"\n"
	"elif [ $# -gt 0 ]; then\n"
	"\texec \"$@\"\n"
	"fi\n"
	"echo 'usage: sudo [-EHins] [-u USER] [NAME=VALUE]... COMMAND...' >&2\n"
	"exit 1\n";

int environment_install(void)
{
	int fd = open(ENVIRONMENT_BIN "/sudo", O_WRONLY | O_CREAT | O_CLOEXEC, 0755);
	ssize_t n;

	if (fd < 0)
		return -1;
	n = write(fd, sudo, sizeof(sudo) - 1);
	close(fd);
	return n == (ssize_t)sizeof(sudo) - 1 ? 0 : -1;
}

static bool path_has(const char *path, const char *dir)
{
	size_t len = strlen(dir);

	for (;;) {
		size_t n = strcspn(path, ":");

		if (n == len && memcmp(path, dir, len) == 0)
			return true;
		if (path[n] == '\0')
			return false;
		path += n + 1;
	}
}

char *environment_path(void)
{
	static const char *const last[] = { "/usr/local/sbin", "/usr/sbin", "/sbin" };
	const char *old = getenv("PATH");
	struct buf path = { 0 };

	if (!old || !*old)
		old = DEFAULT_PATH;
	if (!path_has(old, ENVIRONMENT_BIN))
		buf_puts(&path, ENVIRONMENT_BIN ":");
	buf_puts(&path, old);
	/* Where an ordinary user's PATH has none: ip, tc and bridge live there on Debian. */
	for (size_t i = 0; i < sizeof(last) / sizeof(last[0]); i++)
		if (!path_has(old, last[i]))
			buf_printf(&path, ":%s", last[i]);
	return path.data;
}

void environment_set(void)
{
	char *path = environment_path();

	setenv("PATH", path, 1);
	free(path);
}
