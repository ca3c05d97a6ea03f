/* Scripts of a test's own, and what `load` says of them. */
#ifndef NSLAB_TESTS_UNIT_TOPOLOGY_SCRIPT_H
#define NSLAB_TESTS_UNIT_TOPOLOGY_SCRIPT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "lua/topology.h"

#define LEN(a) (sizeof(a) / sizeof((a)[0]))

/* A script in a file of its own, in a directory of the test's. */
static inline const char *script(const char *text, size_t len)
{
	FILE *f = fopen("mine.lua", "w");

	assert_non_null(f);
	assert_int_equal(fwrite(text, 1, len, f), len);
	assert_int_equal(fclose(f), 0);
	return "./mine.lua";
}

/* A script that is one build function with BODY, which starts in line 3. */
static inline const char *build(const char *body)
{
	struct buf text = { 0 };
	const char *name;

	buf_printf(&text, "return { about = 'mine', build = function(net, p)\n\n%s\nend }\n", body);
	name = script(text.data, text.len);
	buf_free(&text);
	return name;
}

static inline void assert_fails(const char *spec, const char *param, enum err_class class,
				const char *text)
{
	struct draft d;
	struct err err = ERR_INIT;

	draft_init(&d, NULL, NULL);
	assert_int_equal(topology_build(spec, &param, param ? 1 : 0, &d, NULL, &err), -1);
	assert_string_equal(err.text, text);
	assert_int_equal(err.class, class);
	draft_free(&d);
}

static inline int enter_directory(void **state)
{
	static char path[] = "/tmp/nslab-topology-XXXXXX";

	*state = mkdtemp(path);
	return *state ? chdir(path) : -1;
}

static inline int leave_directory(void **state)
{
	unlink("mine.lua");
	rmdir("dir.lua");
	return chdir("/") == 0 ? rmdir(*state) : -1;
}

#endif
