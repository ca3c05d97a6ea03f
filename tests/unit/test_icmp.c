/* Echo requests in a network namespace of our own, by a raw socket and by one of ping_group_range:
 * over lo, and over a veth pair where nobody answers. */
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
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

static bool ready;  /* the namespace is there */
static bool lonely; /* v0 is there, and none behind it has the other addresses */

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

/* Nobody is asked for long: the kernel gives up after three questions. */
static bool add_lonely(void)
{
	return system("ip link add v0 type veth peer name v1 && ip link set v1 up &&"
		      "ip link set v0 up && ip address add 192.0.2.1/24 dev v0 &&"
		      "ip address add 2001:db8::1/64 dev v0 nodad") == 0 &&
	       put("/proc/sys/net/ipv4/neigh/v0/retrans_time_ms", "10") == 0 &&
	       put("/proc/sys/net/ipv6/neigh/v0/retrans_time_ms", "10") == 0;
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
	lonely = ready && add_lonely();
	return 0;
}

/* Ask ADDRESS, and wait for what comes of it. */
static struct icmp_answer await(bool raw, int family, const char *address)
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
	icmp_close(&icmp);
	assert_int_equal(answer.id, 0x12345678);
	assert_true(answer.at > 0 && answer.at <= icmp_now());
	return answer;
}

static void assert_from(const struct icmp_answer *answer, const char *address)
{
	struct err err = ERR_INIT;
	struct prefix from;

	assert_int_equal(prefix_parse(&from, address, &err), 0);
	assert_true(prefix_same_address(&answer->from, &from));
}

static void ask(bool raw, int family, const char *address)
{
	struct icmp_answer answer = await(raw, family, address);

	assert_true(answer.reply);
	assert_from(&answer, address);
}

/* The kernel of SELF says itself that NOBODY is not there. */
static void ask_nobody(bool raw, int family, const char *nobody, const char *self)
{
	struct icmp_answer answer = await(raw, family, nobody);

	assert_false(answer.reply);
	assert_int_equal(answer.type, family == AF_INET ? 3 : 1);
	assert_int_equal(answer.code, family == AF_INET ? 1 : 3);
	assert_from(&answer, self);
}

static void who_refused_is_told(void **state)
{
	(void)state;
	if (!lonely)
		skip();
	ask_nobody(true, AF_INET, "192.0.2.2", "192.0.2.1");
	ask_nobody(true, AF_INET6, "2001:db8::2", "2001:db8::1");
}

/* An error quotes a packet of ours. What it says of an answer of ours is not about a request. */
static void errors_about_replies_are_nobodys(void **state)
{
	/* The socket's own request and reply over lo, seen by a raw socket: quoted in an error. */
	uint8_t seen[256], error[256] = { 0x45, [20] = 3, [21] = 1 };
	const struct icmp other = { .family = AF_INET, .raw = true };
	struct icmp_answer answer;
	struct err err = ERR_INIT;
	bool was_request = false, was_reply = false;
	struct prefix to;
	struct icmp icmp;

	(void)state;
	if (!ready)
		skip();
	assert_int_equal(prefix_parse(&to, "127.0.0.1", &err), 0);
	assert_int_equal(icmp_open(&icmp, AF_INET, &err), 0);
	int fd = socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, 1);
	assert_true(fd >= 0);
	assert_int_equal(icmp_send(&icmp, &to, 77), 0);
	while (!was_request || !was_reply) {
		struct pollfd p = { .fd = fd, .events = POLLIN };

		assert_int_equal(poll(&p, 1, 10000), 1);
		ssize_t n = read(fd, seen, sizeof(seen));
		assert_true(n > 28 && n + 28 < (ssize_t)sizeof(error));
		memcpy(error + 28, seen, (size_t)n);
		if (seen[20] == 8) {
			assert_true(icmp_parse(&other, error, (size_t)n + 28, &answer));
			assert_int_equal(answer.id, 77);
			assert_false(answer.reply);
			was_request = true;
		} else if (seen[20] == 0) {
			assert_false(icmp_parse(&other, error, (size_t)n + 28, &answer));
			was_reply = true;
		}
	}
	close(fd);
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
	assert_int_equal(prefix_parse(&to, "198.51.100.1", &err), 0);
	assert_int_equal(icmp_open(&icmp, AF_INET, &err), 0);
	assert_int_equal(icmp_send(&icmp, &to, 1), ENETUNREACH);
	icmp_close(&icmp);
}

/* The last: what is given up does not come back. */
static void without_the_right_to_raw_sockets(void **state)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = { 0 };

	(void)state;
	if (!ready)
		skip();
	assert_int_equal(syscall(SYS_capget, &header, data), 0);
	data[0].effective &= ~(1U << CAP_NET_RAW);
	assert_int_equal(syscall(SYS_capset, &header, data), 0);
	ask(false, AF_INET, "127.0.0.1");
	ask(false, AF_INET6, "::1");
	if (!lonely)
		return;
	ask_nobody(false, AF_INET, "192.0.2.3", "192.0.2.1");
	ask_nobody(false, AF_INET6, "2001:db8::3", "2001:db8::1");
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
		cmocka_unit_test(who_refused_is_told),
		cmocka_unit_test(errors_about_replies_are_nobodys),
		cmocka_unit_test(what_cannot_be_sent_is_told),
		cmocka_unit_test(without_the_right_to_raw_sockets),
		cmocka_unit_test(errors_have_words),
	};

	return cmocka_run_group_tests(tests, enter, NULL);
}
