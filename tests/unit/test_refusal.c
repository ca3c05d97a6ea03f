/* Why a machine refuses a lab: every restriction we know, told from the others. */
#include "lab/refusal.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <errno.h>
#include <string.h>

#define LEN(a) (sizeof(a) / sizeof((a)[0]))

/* A user on a machine without any restriction. */
static struct refusal_facts facts_of_user(void)
{
	struct refusal_facts f = { .userns_clone = -1, .apparmor = -1 };

	for (size_t i = 0; i < LEN(f.max); i++)
		f.max[i] = 1000;
	return f;
}

static struct refusal_facts facts_of_root(void)
{
	struct refusal_facts f = facts_of_user();

	f.root = f.admin = true;
	return f;
}

static void expect(enum refusal_step step, int code, const struct refusal_facts *f,
		   const char *text, const char *hint)
{
	struct err err = ERR_INIT;

	assert_int_equal(refusal_explain(step, code, f, &err), -1);
	assert_int_equal(err.class, ERR_MACHINE);
	assert_int_equal(err.code, code);
	if (!strstr(err.text, text))
		fail_msg("step %d errno %d: \"%s\" lacks \"%s\"", step, code, err.text, text);
	if (!strstr(err.hint, hint))
		fail_msg("step %d errno %d: \"%s\" lacks \"%s\"", step, code, err.hint, hint);
	/* Not cut off. */
	assert_true(strlen(err.text) < sizeof(err.text) - 1);
	assert_true(strlen(err.hint) < sizeof(err.hint) - 1);
}

static void user_namespaces_are_switched_off(void **state)
{
	struct refusal_facts f = facts_of_user();

	(void)state;
	f.userns_clone = 0;
	expect(REFUSAL_USER, EPERM, &f, "kernel.unprivileged_userns_clone is 0",
	       "sudo sysctl -w kernel.unprivileged_userns_clone=1");
	/* Root's own are not. */
	f = facts_of_root();
	f.userns_clone = 0;
	f.seccomp = 2;
	expect(REFUSAL_USER, EPERM, &f, "seccomp", "--privileged");
}

static void limits_are_zero_or_used_up(void **state)
{
	static const struct {
		enum refusal_step step;
		const char *name;
	} kinds[] = {
		{ REFUSAL_USER, "user.max_user_namespaces" },
		{ REFUSAL_MOUNT, "user.max_mnt_namespaces" },
		{ REFUSAL_PID, "user.max_pid_namespaces" },
		{ REFUSAL_IPC, "user.max_ipc_namespaces" },
		{ REFUSAL_UTS, "user.max_uts_namespaces" },
		{ REFUSAL_NET, "user.max_net_namespaces" },
	};
	struct refusal_facts f = facts_of_user();

	(void)state;
	for (size_t i = 0; i < LEN(kinds); i++) {
		f.max[kinds[i].step] = 0;
		expect(kinds[i].step, ENOSPC, &f, "is 0", kinds[i].name);
		f.max[kinds[i].step] = 7;
		expect(kinds[i].step, ENOSPC, &f, "(7)", "=14");
		expect(kinds[i].step, EUSERS, &f, kinds[i].name, "lsns");
	}
	f.max[REFUSAL_USER] = 0;
	expect(REFUSAL_USER, ENOSPC, &f, "user namespace", "run nslab as root");
}

static void apparmor_takes_the_rights(void **state)
{
	static const enum refusal_step steps[] = { REFUSAL_USER, REFUSAL_IDS, REFUSAL_SLAVE,
						   REFUSAL_PROC, REFUSAL_RUN };
	struct refusal_facts f = facts_of_user();

	(void)state;
	f.apparmor = 1;
	for (size_t i = 0; i < LEN(steps); i++) {
		expect(steps[i], EPERM, &f, "AppArmor", "userns,");
		expect(steps[i], EACCES, &f, "apparmor_restrict_unprivileged_userns is 1",
		       "apparmor_restrict_unprivileged_userns=0");
	}
	f.apparmor = 0;
	expect(REFUSAL_SLAVE, EACCES, &f, "security module", "dmesg");
}

static void containers_and_chroots(void **state)
{
	struct refusal_facts f = facts_of_user();

	(void)state;
	f.chroot = true;
	expect(REFUSAL_USER, EPERM, &f, "chroot", "outside");
	expect(REFUSAL_SLAVE, EINVAL, &f, "chroot", "outside");
	f = facts_of_user();
	f.seccomp = 2;
	expect(REFUSAL_USER, EPERM, &f, "Seccomp: 2", "seccomp=unconfined");
	expect(REFUSAL_USER, ENOSYS, &f, "Seccomp: 2", "seccomp=unconfined");
	expect(REFUSAL_SLAVE, EPERM, &f, "mounting is forbidden", "apparmor=unconfined");
	f.proc_covered = true;
	expect(REFUSAL_PROC, EPERM, &f, "covered", "systempaths=unconfined");
	f = facts_of_root();
	f.seccomp = 2;
	expect(REFUSAL_MOUNT, EPERM, &f, "Seccomp: 2", "--cap-add SYS_ADMIN");
	f = facts_of_root();
	f.admin = false;
	expect(REFUSAL_USER, EPERM, &f, "CAP_SYS_ADMIN", "--cap-add SYS_ADMIN");
}

static void kernels_and_machines_lack_something(void **state)
{
	struct refusal_facts f = facts_of_user();

	(void)state;
	f.max[REFUSAL_USER] = -1;
	expect(REFUSAL_USER, EINVAL, &f, "no user namespaces", "CONFIG_USER_NS");
	expect(REFUSAL_NET, EINVAL, &f, "none of that kind", "CONFIG_NET_NS");
	expect(REFUSAL_FORK, EAGAIN, &f, "ulimit -u", "limit");
	expect(REFUSAL_USER, EAGAIN, &f, "ulimit -u", "limit");
	expect(REFUSAL_RUN, ENOENT, &f, "/run", "mkdir");
}

static void the_unknown_is_told_as_it_is(void **state)
{
	struct refusal_facts user = facts_of_user(), root = facts_of_root();

	(void)state;
	expect(REFUSAL_RUN, EIO, &user, strerror(EIO), "sudo nslab");
	expect(REFUSAL_RUN, EIO, &root, "a /run of its own", "");
	for (int step = REFUSAL_NONE; step <= REFUSAL_RUN; step++)
		expect(step, EBADF, &root, strerror(EBADF), "");
}

static void this_machine_has_facts(void **state)
{
	struct refusal_facts f;

	(void)state;
	refusal_read_facts(&f);
	assert_true(f.seccomp >= 0 && f.seccomp <= 2);
	assert_true(f.max[REFUSAL_NET] >= 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(user_namespaces_are_switched_off),
		cmocka_unit_test(limits_are_zero_or_used_up),
		cmocka_unit_test(apparmor_takes_the_rights),
		cmocka_unit_test(containers_and_chroots),
		cmocka_unit_test(kernels_and_machines_lack_something),
		cmocka_unit_test(the_unknown_is_told_as_it_is),
		cmocka_unit_test(this_machine_has_facts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
