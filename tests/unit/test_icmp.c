/* Echo requests over lo of a network namespace of our own, by a raw socket and by one of
 * ping_group_range. */
#include "kernel/icmp.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

static bool ready; /* the namespace is there */

static int put(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : write(fd, text, strlen(text));

	if (fd >= 0)
		close(fd);
	return n < 0 ? -1 : 0;
}

static int raise_lo(void)
{
	struct ifreq lo = { .ifr_name = "lo", .ifr_flags = IFF_UP };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int rc = ioctl(fd, SIOCSIFFLAGS, &lo);

	close(fd);
	return rc;
}

static int enter(void **state)
{
	const unsigned uid = geteuid(), gid = getegid();
	char map[32];

	(void)state;
	if (unshare(CLONE_NEWUSER | CLONE_NEWNET) < 0)
		return 0;
	snprintf(map, sizeof(map), "0 %u 1", uid);
	put("/proc/self/setgroups", "deny");
	put("/proc/self/uid_map", map);
	snprintf(map, sizeof(map), "0 %u 1", gid);
	put("/proc/self/gid_map", map);
	ready = raise_lo() == 0;
	return 0;
}

static void ask(bool raw, int family, const char *address)
{
	struct icmp_answer answer = { 0 };
	struct err err = ERR_INIT;
	struct prefix to;
	struct icmp icmp;
	struct pollfd p;

	assert_int_equal(prefix_parse(&to, address, &err), 0);
	assert_int_equal(icmp_open(&icmp, family, &err), 0);
	assert_int_equal(icmp.raw, raw);
	assert_int_equal(icmp_send(&icmp, &to, 0x12345678), 0);
	p = (struct pollfd){ .fd = icmp.fd, .events = POLLIN };
	while (icmp_read(&icmp, &answer, 1) == 0)
		assert_int_equal(poll(&p, 1, 10000), 1);
	assert_true(answer.reply);
	assert_int_equal(answer.id, 0x12345678);
	assert_true(prefix_same_address(&answer.from, &to));
	assert_true(answer.at > 0 && answer.at <= icmp_now());
	icmp_close(&icmp);
}

static void by_a_raw_socket(void **state)
{
	(void)state;
	if (!ready)
		skip();
	ask(true, AF_INET, "127.0.0.1");
	ask(true, AF_INET6, "::1");
}

static void what_cannot_be_sent_is_told(void **state)
{
	struct err err = ERR_INIT;
	struct prefix to;
	struct icmp icmp;

	(void)state;
	if (!ready)
		skip();
	assert_int_equal(prefix_parse(&to, "192.0.2.1", &err), 0);
	assert_int_equal(icmp_open(&icmp, AF_INET, &err), 0);
	assert_int_equal(icmp_send(&icmp, &to, 1), ENETUNREACH);
	icmp_close(&icmp);
}

/* The last: what is given up does not come back. */
static void without_the_right_to_raw_sockets(void **state)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = { 0 };
	struct err err = ERR_INIT;
	struct icmp icmp;

	(void)state;
	if (!ready)
		skip();
	assert_int_equal(syscall(SYS_capget, &header, data), 0);
	data[0].effective &= ~(1U << CAP_NET_RAW);
	assert_int_equal(syscall(SYS_capset, &header, data), 0);
	assert_int_equal(icmp_open(&icmp, AF_INET, &err), -1);
	assert_non_null(strstr(err.hint, "ping_group_range"));
	assert_int_equal(put("/proc/sys/net/ipv4/ping_group_range", "0 0"), 0);
	ask(false, AF_INET, "127.0.0.1");
	ask(false, AF_INET6, "::1");
}

static void errors_have_words(void **state)
{
	(void)state;
	assert_string_equal(icmp_error_text(AF_INET, 3, 1), "host unreachable");
	assert_string_equal(icmp_error_text(AF_INET, 3, 13), "prohibited by a filter");
	assert_string_equal(icmp_error_text(AF_INET, 3, 200), "unreachable");
	assert_string_equal(icmp_error_text(AF_INET, 11, 0), "TTL exceeded: is there a loop?");
	assert_string_equal(icmp_error_text(AF_INET6, 1, 0), "no route");
	assert_string_equal(icmp_error_text(AF_INET6, 3, 0), "TTL exceeded: is there a loop?");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(by_a_raw_socket),
		cmocka_unit_test(what_cannot_be_sent_is_told),
		cmocka_unit_test(without_the_right_to_raw_sockets),
		cmocka_unit_test(errors_have_words),
	};

	return cmocka_run_group_tests(tests, enter, NULL);
}
