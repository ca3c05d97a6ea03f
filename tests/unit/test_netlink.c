/* The bytes of messages as the kernel wants them. */
#include "kernel/netlink.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include <linux/rtnetlink.h>

static void messages_are_written_as_the_kernel_wants(void **state)
{
	static const uint8_t expected[] = {
		44,
		0,
		0,
		0,
		RTM_NEWLINK,
		0,
		NLM_F_REQUEST,
		0,
		0,
		0,
		0,
		0,
		0,
		0,
		0,
		0, /* header */
		0,
		0,
		0,
		0,
		7,
		0,
		0,
		0,
		0,
		0,
		0,
		0,
		0,
		0,
		0,
		0, /* ifinfomsg */
		7,
		0,
		IFLA_IFNAME,
		0,
		'l',
		'o',
		0,
		0, /* attribute, padded */
		4,
		0,
		IFLA_LINKINFO,
		0x80, /* nested, empty */
	};
	struct ifinfomsg i = { .ifi_index = 7 };
	struct netlink_message m;

	(void)state;
	memset(&m, 0, sizeof(m));
	netlink_begin(&m, RTM_NEWLINK, 0, &i, sizeof(i));
	netlink_put_string(&m, IFLA_IFNAME, "lo");
	netlink_nest_end(&m, netlink_nest(&m, IFLA_LINKINFO));
	assert_int_equal(m.header.nlmsg_len, sizeof(expected));
	assert_memory_equal(m.data, expected, sizeof(expected));
}

static void a_message_too_long_is_refused(void **state)
{
	struct ifinfomsg i = { 0 };
	struct netlink_message m;
	struct err err = ERR_INIT;
	struct netlink nl = { 0 };
	int k;

	(void)state;
	netlink_begin(&m, RTM_NEWLINK, 0, &i, sizeof(i));
	for (k = 0; k < 1000; k++)
		netlink_put_u32(&m, IFLA_MTU, 1);
	assert_true(m.full);
	assert_true(m.header.nlmsg_len <= sizeof(m.data));
	assert_int_equal(netlink_do(&nl, &m, &err), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(messages_are_written_as_the_kernel_wants),
		cmocka_unit_test(a_message_too_long_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
