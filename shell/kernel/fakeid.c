#include "kernel/fakeid.h"

#include <errno.h>
#include <stdbool.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

#define LENGTH(a) (sizeof(a) / sizeof((a)[0]))

/* By number, since a 64-bit kernel also runs 32-bit programs whose numbers no header here gives. */
static const uint16_t x86_64_calls[] = {
	92,  93,  94, 260, /* chown, fchown, lchown, fchownat */
	105, 106,	   /* setuid, setgid */
	113, 114,	   /* setreuid, setregid */
	116,		   /* setgroups */
	117, 119,	   /* setresuid, setresgid */
	122, 123,	   /* setfsuid, setfsgid */
};

static const uint16_t i386_calls[] = {
	182, 95,  16,  298, /* chown, fchown, lchown, fchownat */
	23,  46,	    /* setuid, setgid */
	70,  71,	    /* setreuid, setregid */
	81,		    /* setgroups */
	164, 170,	    /* setresuid, setresgid */
	138, 139,	    /* setfsuid, setfsgid */
	212, 207, 198,	    /* the same again, with ids of 32 bits: chown, fchown, lchown */
	213, 214,	    /* setuid, setgid */
	203, 204,	    /* setreuid, setregid */
	206,		    /* setgroups */
	208, 210,	    /* setresuid, setresgid */
	215, 216,	    /* setfsuid, setfsgid */
};

/* asm-generic/unistd.h: every architecture since 2012. */
static const uint16_t generic_calls[] = {
	54,  55,  /* fchownat, fchown */
	146, 144, /* setuid, setgid */
	145, 143, /* setreuid, setregid */
	159,	  /* setgroups */
	147, 149, /* setresuid, setresgid */
	151, 152, /* setfsuid, setfsgid */
};

static const struct arch {
	uint32_t audit;
	const uint16_t *calls;
	size_t n;
} arches[] = {
	{ AUDIT_ARCH_X86_64, x86_64_calls, LENGTH(x86_64_calls) },
	{ AUDIT_ARCH_I386, i386_calls, LENGTH(i386_calls) },
	{ AUDIT_ARCH_AARCH64, generic_calls, LENGTH(generic_calls) },
	{ AUDIT_ARCH_RISCV64, generic_calls, LENGTH(generic_calls) },
};

#if defined(__x86_64__) || defined(__i386__) || defined(__aarch64__) ||                            \
	(defined(__riscv) && __riscv_xlen == 64)
static const bool known_here = true;
#else
static const bool known_here = false;
#endif

#define FILTER_MAX 128

struct filter {
	struct sock_filter v[FILTER_MAX];
	unsigned short n;
};

static void put(struct filter *f, uint16_t code, uint32_t k, uint8_t if_true, uint8_t if_false)
{
	f->v[f->n++] = (struct sock_filter){ code, if_true, if_false, k };
}

static void put_load(struct filter *f, size_t field)
{
	put(f, BPF_LD | BPF_W | BPF_ABS, (uint32_t)field, 0, 0);
}

/* Falls through to what follows when the call is of another architecture. */
static void put_arch(struct filter *f, const struct arch *a)
{
	put(f, BPF_JMP | BPF_JEQ | BPF_K, a->audit, 0, (uint8_t)(a->n + 3));
	put_load(f, offsetof(struct seccomp_data, nr));
	for (size_t i = 0; i < a->n; i++)
		put(f, BPF_JMP | BPF_JEQ | BPF_K, a->calls[i], (uint8_t)(a->n - i), 0);
	put(f, BPF_RET | BPF_K, SECCOMP_RET_ALLOW, 0, 0);
	/* "Failed with errno 0": the call is left out and returns 0. */
	put(f, BPF_RET | BPF_K, SECCOMP_RET_ERRNO | 0, 0, 0);
}

int fakeid_install(struct err *err)
{
	struct filter f = { .n = 0 };
	struct sock_fprog program;

	if (!known_here)
		return err_set(err, "the filter for one id is not written for this processor");
	put_load(&f, offsetof(struct seccomp_data, arch));
	for (size_t i = 0; i < LENGTH(arches); i++)
		put_arch(&f, &arches[i]);
	put(&f, BPF_RET | BPF_K, SECCOMP_RET_ALLOW, 0, 0);
	program = (struct sock_fprog){ f.n, f.v };
	if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) < 0)
		return err_errno(err, errno, "install the filter for one id");
	return 0;
}
