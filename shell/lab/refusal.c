#include "lab/refusal.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kernel/namespace.h"

#define STEP(s)	   (1u << (s))
#define NAMESPACES (STEP(REFUSAL_KINDS) - STEP(REFUSAL_USER))
#define MOUNTING   (STEP(REFUSAL_SLAVE) | STEP(REFUSAL_PROC) | STEP(REFUSAL_RUN))

static const char *const asked[] = {
	[REFUSAL_NONE] = "a lab",
	[REFUSAL_USER] = "a user namespace",
	[REFUSAL_MOUNT] = "a mount namespace",
	[REFUSAL_PID] = "a process namespace",
	[REFUSAL_IPC] = "an IPC namespace",
	[REFUSAL_UTS] = "a host name namespace",
	[REFUSAL_NET] = "a network namespace",
	[REFUSAL_FORK] = "a process",
	[REFUSAL_IDS] = "the user namespace's id map",
	[REFUSAL_SLAVE] = "mounts of its own",
	[REFUSAL_PROC] = "a /proc of its own",
	[REFUSAL_RUN] = "a /run of its own",
};

static const char *const limits[REFUSAL_KINDS] = {
	[REFUSAL_USER] = "user.max_user_namespaces", [REFUSAL_MOUNT] = "user.max_mnt_namespaces",
	[REFUSAL_PID] = "user.max_pid_namespaces",   [REFUSAL_IPC] = "user.max_ipc_namespaces",
	[REFUSAL_UTS] = "user.max_uts_namespaces",   [REFUSAL_NET] = "user.max_net_namespaces",
};

/* ---- what tells one restriction from another ---- */

static bool userns_clone_off(const struct refusal_facts *f)
{
	return f->userns_clone == 0 && !f->root;
}

static bool apparmor_on(const struct refusal_facts *f)
{
	return f->apparmor > 0 && !f->root;
}

static bool in_chroot(const struct refusal_facts *f)
{
	return f->chroot;
}

static bool filtered_root(const struct refusal_facts *f)
{
	return f->seccomp == 2 && f->root;
}

static bool filtered(const struct refusal_facts *f)
{
	return f->seccomp == 2;
}

static bool root_without_rights(const struct refusal_facts *f)
{
	return f->root && !f->admin;
}

static bool proc_covered(const struct refusal_facts *f)
{
	return f->proc_covered;
}

static bool no_user_namespaces(const struct refusal_facts *f)
{
	return f->max[REFUSAL_USER] < 0;
}

static bool always(const struct refusal_facts *f)
{
	return f != NULL;
}

/* The first row that fits is the answer. */
static const struct row {
	unsigned steps;
	int codes[2];
	bool (*fits)(const struct refusal_facts *f);
	const char *cause;
	const char *hint;
} rows[] = {
	{ STEP(REFUSAL_USER),
	  { EPERM },
	  userns_clone_off,
	  "only root may here (kernel.unprivileged_userns_clone is 0)",
	  "sudo sysctl -w kernel.unprivileged_userns_clone=1, or run nslab as root" },
	{ STEP(REFUSAL_USER) | STEP(REFUSAL_IDS) | MOUNTING,
	  { EPERM, EACCES },
	  apparmor_on,
	  "AppArmor takes all rights from user namespaces here "
	  "(kernel.apparmor_restrict_unprivileged_userns is 1)",
	  "run nslab as root; or give it an AppArmor profile with the line `userns,` "
	  "(/etc/apparmor.d/nslab, flags=(unconfined)); or for the whole machine: sudo sysctl -w "
	  "kernel.apparmor_restrict_unprivileged_userns=0" },
	{ STEP(REFUSAL_USER) | STEP(REFUSAL_SLAVE),
	  { EPERM, EINVAL },
	  in_chroot,
	  "this is a chroot (/ is not the root of a mount), where the kernel allows none",
	  "run nslab outside it" },
	{ NAMESPACES,
	  { EPERM, ENOSYS },
	  filtered_root,
	  "a seccomp filter forbids it (Seccomp: 2 in /proc/self/status), as containers have one",
	  "start the container with more rights (docker, podman: --privileged, or --cap-add "
	  "SYS_ADMIN --cap-add NET_ADMIN --security-opt seccomp=unconfined), or run nslab outside "
	  "it" },
	{ NAMESPACES,
	  { EPERM, ENOSYS },
	  filtered,
	  "a seccomp filter forbids it (Seccomp: 2 in /proc/self/status), as containers and some "
	  "services have one",
	  "start the container with --security-opt seccomp=unconfined, or run nslab outside it" },
	{ NAMESPACES | STEP(REFUSAL_IDS),
	  { EPERM },
	  root_without_rights,
	  "this root has no CAP_SYS_ADMIN (CapEff in /proc/self/status), as in a container",
	  "start the container with --privileged, or with --cap-add SYS_ADMIN --cap-add NET_ADMIN, "
	  "or run nslab outside it" },
	{ STEP(REFUSAL_USER),
	  { EINVAL, ENOSYS },
	  no_user_namespaces,
	  "this kernel has no user namespaces (there is no sysctl user.max_user_namespaces)",
	  "run nslab as root, or a kernel built with CONFIG_USER_NS" },
	{ NAMESPACES,
	  { EINVAL, ENOSYS },
	  always,
	  "this kernel has none of that kind",
	  "nslab needs a kernel with CONFIG_NAMESPACES and all kinds below it, CONFIG_NET_NS among "
	  "them" },
	{ NAMESPACES | STEP(REFUSAL_FORK),
	  { EAGAIN },
	  always,
	  "no more processes are allowed (`ulimit -u`, or the pids limit of a container or "
	  "session)",
	  "end some, or raise that limit" },
	{ STEP(REFUSAL_PROC),
	  { EPERM },
	  proc_covered,
	  "parts of /proc are covered by other mounts, as containers do, and the kernel then "
	  "allows "
	  "no fresh one",
	  "docker: --security-opt systempaths=unconfined, podman: --security-opt unmask=ALL, or "
	  "--privileged with either; or run nslab outside the container" },
	{ STEP(REFUSAL_RUN),
	  { ENOENT, ENOTDIR },
	  always,
	  "there is no directory /run",
	  "sudo mkdir /run" },
	{ MOUNTING,
	  { EPERM, EACCES },
	  filtered,
	  "mounting is forbidden (Seccomp: 2 in /proc/self/status), as in a container",
	  "docker, podman: --privileged, or --security-opt seccomp=unconfined --security-opt "
	  "apparmor=unconfined; or run nslab outside the container" },
	{ MOUNTING,
	  { EPERM, EACCES },
	  always,
	  "a security module (AppArmor, SELinux) forbids mounting, or this is a container",
	  "the end of `sudo dmesg` says which; in a container: --security-opt apparmor=unconfined; "
	  "or "
	  "run nslab outside it" },
};

/* A count that is used up, or 0. */
static int explain_limit(enum refusal_step step, long max, struct err *err)
{
	const char *name = limits[step];

	if (max == 0) {
		err_set(err, "this machine refuses %s: the limit %s is 0", asked[step], name);
		return err_hint(err, "sudo sysctl -w %s=10000%s", name,
				step == REFUSAL_USER ? ", or run nslab as root" : "");
	}
	err_set(err,
		"this machine refuses %s: as many as %s allows (%ld) are in use, here or in the "
		"container around us",
		asked[step], name, max);
	return err_hint(err,
			"end what uses them (lsns lists them), or raise it: sudo sysctl -w %s=%ld",
			name, max > 0 ? 2 * max : 10000);
}

int refusal_explain(enum refusal_step step, int code, const struct refusal_facts *f,
		    struct err *err)
{
	const struct row *row = rows, *end = rows + sizeof(rows) / sizeof(rows[0]);

	while (row < end && !((row->steps & STEP(step)) && row->fits(f) &&
			      (row->codes[0] == code || row->codes[1] == code)))
		row++;
	if ((NAMESPACES & STEP(step)) && (code == ENOSPC || code == EUSERS)) {
		explain_limit(step, f->max[step], err);
	} else if (row < end) {
		err_set(err, "this machine refuses %s: %s (%s)", asked[step], row->cause,
			strerror(code));
		err_hint(err, "%s", row->hint);
	} else {
		err_errno(err, code, "this machine refuses %s", asked[step]);
		if (!f->root)
			err_hint(err, "run nslab as root: sudo nslab");
	}
	if (err) {
		err->class = ERR_MACHINE;
		err->code = code;
	}
	return -1;
}

/* ---- the facts ---- */

static long read_number(const char *name)
{
	char text[32];

	return sysctl_read(name, text, sizeof(text), NULL) < 0 ? -1 : strtol(text, NULL, 10);
}

static void read_status(struct refusal_facts *f)
{
	unsigned long long caps;
	char line[256];
	FILE *file = fopen("/proc/self/status", "re");

	while (file && fgets(line, sizeof(line), file)) {
		sscanf(line, "Seccomp: %d", &f->seccomp);
		if (sscanf(line, "CapEff: %llx", &caps) == 1)
			f->admin = caps & (1ULL << CAP_SYS_ADMIN);
	}
	if (file)
		fclose(file);
}

static void read_mounts(struct refusal_facts *f)
{
	char line[4096], target[4096];
	FILE *file = fopen("/proc/self/mountinfo", "re");

	while (file && fgets(line, sizeof(line), file))
		if (sscanf(line, "%*s %*s %*s %*s %4095s", target) == 1 &&
		    strncmp(target, "/proc/", 6) == 0)
			f->proc_covered = true;
	if (file)
		fclose(file);
}

void refusal_read_facts(struct refusal_facts *f)
{
	struct statx st;

	*f = (struct refusal_facts){ .root = geteuid() == 0 };
	for (int kind = 0; kind < REFUSAL_KINDS; kind++)
		f->max[kind] = limits[kind] ? read_number(limits[kind]) : -1;
	f->userns_clone = read_number("kernel.unprivileged_userns_clone");
	f->apparmor = read_number("kernel.apparmor_restrict_unprivileged_userns");
	f->chroot = statx(AT_FDCWD, "/", 0, STATX_TYPE, &st) == 0 &&
		    (st.stx_attributes_mask & STATX_ATTR_MOUNT_ROOT) &&
		    !(st.stx_attributes & STATX_ATTR_MOUNT_ROOT);
	read_status(f);
	read_mounts(f);
}
