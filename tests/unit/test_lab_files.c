/* The files a lab reads and rewrites at its start: nsswitch.conf, subuid. */
#include "lab/hosts.h"
#include "lab/idmap.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#define LEN(a) (sizeof(a) / sizeof((a)[0]))

static void names_come_from_files_and_dns(void **state)
{
	static const char *const cases[][2] = {
		{ "", "hosts: files dns\n" },
		{ "passwd: files\n", "passwd: files\nhosts: files dns\n" },
		{ "hosts:          files dns\n", "hosts: files dns\n" },
		{ "hosts: files dns", "hosts: files dns\n" },
		/* Debian, Fedora, Arch */
		{ "hosts: files mymachines resolve [!UNAVAIL=return] dns myhostname\n",
		  "hosts: files dns\n" },
		{ "hosts:      files myhostname resolve [!UNAVAIL=return] dns # text\nnetworks: "
		  "files\n",
		  "hosts: files dns\nnetworks: files\n" },
		{ "hosts: mymachines resolve [!UNAVAIL=return] files myhostname dns\n",
		  "hosts: files dns\n" },
		/* What others mean by it stays. */
		{ "hosts: files mdns4_minimal [NOTFOUND=return] dns\n",
		  "hosts: files mdns4_minimal [NOTFOUND=return] dns\n" },
		{ " hosts:\tdns[SUCCESS=return TRYAGAIN=continue]resolve[NOTFOUND=return]\n",
		  "hosts: files dns [SUCCESS=return TRYAGAIN=continue]\n" },
		{ "hosts: resolve [", "hosts: files\n" },
		{ "# hosts: resolve\n\nhosts:\n", "# hosts: resolve\n\nhosts: files\n" },
	};

	(void)state;
	for (size_t i = 0; i < LEN(cases); i++) {
		struct buf out = { 0 };

		hosts_rewrite_nsswitch(cases[i][0], &out);
		assert_string_equal(buf_text(&out), cases[i][1]);
		buf_free(&out);
	}
}

static void ranges_belong_to_a_name_or_an_id(void **state)
{
	static const char text[] = "# comment\nann:100000:65536\n1001:200000:1000\nbroken\n"
				   "none:300000:0\nlast:400000:7";
	struct idmap_range r;

	(void)state;
	assert_true(idmap_find_range(text, "ann", 1000, &r));
	assert_int_equal(r.start, 100000);
	assert_int_equal(r.count, 65536);
	assert_true(idmap_find_range(text, NULL, 1001, &r));
	assert_int_equal(r.start, 200000);
	assert_true(idmap_find_range(text, "last", 5, &r));
	assert_int_equal(r.count, 7);
	assert_false(idmap_find_range(text, "an", 1000, &r));
	assert_false(idmap_find_range(text, "none", 1000, &r));
	assert_false(idmap_find_range(text, NULL, 100, &r));
	assert_false(idmap_find_range("", "ann", 1000, &r));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_come_from_files_and_dns),
		cmocka_unit_test(ranges_belong_to_a_name_or_an_id),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
