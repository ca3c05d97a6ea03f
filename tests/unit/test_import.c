/* MiniEdit files: what becomes of them, and that nothing a file holds is more than an error. */
#include "lua/import.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/json_read.h"
#include "base/mem.h"
#include "plan/plan.h"

static char path[64]; /* of a file to write to */

static bool reserved(const char *name)
{
	return strcmp(name, "links") == 0;
}

static void write_file(const char *text, size_t len)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_true(fd >= 0 && write(fd, text, len) == (ssize_t)len);
	close(fd);
}

/* Import TEXT; what its plan would do (to be freed), or NULL. */
static char *import(const char *text, size_t len, struct buf *notes, struct err *err)
{
	struct draft d;
	struct plan plan = { 0 };
	struct buf out = { 0 };
	int rc;

	write_file(text, len);
	draft_init(&d, NULL, reserved);
	rc = import_mininet(path, &d, notes, err);
	if (rc == 0)
		rc = draft_plan(&d, &plan, err);
	if (rc == 0)
		plan_explain(&plan, &out);
	plan_free(&plan);
	draft_free(&d);
	if (rc == 0)
		return out.data ? out.data : mem_strdup("");
	buf_free(&out);
	return NULL;
}

static void assert_plan_has(const char *text, const char *const *lines)
{
	struct buf notes = { 0 };
	struct err err = ERR_INIT;
	char *plan = import(text, strlen(text), &notes, &err);

	if (!plan)
		fail_msg("%s", err.text);
	for (; *lines; lines++)
		if (!strstr(plan, *lines))
			fail_msg("no \"%s\" in\n%s", *lines, plan);
	free(plan);
	buf_free(&notes);
}

static void assert_notes(const char *text, const char *wanted)
{
	struct buf notes = { 0 };
	struct err err = ERR_INIT;
	char *plan = import(text, strlen(text), &notes, &err);

	if (!plan)
		fail_msg("%s", err.text);
	assert_string_equal(buf_text(&notes), wanted);
	free(plan);
	buf_free(&notes);
}

static void assert_refused(const char *text, const char *wanted)
{
	struct buf notes = { 0 };
	struct err err = ERR_INIT;
	char *plan = import(text, strlen(text), &notes, &err);

	assert_null(plan);
	assert_true(strncmp(err.text, path, strlen(path)) == 0);
	assert_string_equal(err.text + strlen(path), wanted);
	buf_free(&notes);
}

static void vlan_interfaces(void **state)
{
	static const char *const lines[] = {
		"link add link h1-eth0 name h1-eth0.10 index 4 type vlan id 10",
		"address add 192.168.9.1/24 ",
		"ip -n h1 link set dev h1-eth0.10 up",
		"ip -n a-host-with-a-long-name link add link eth0 name eth0.20 type vlan id 20",
		"address add 10.0.0.9/16 ",
		NULL,
	};

	(void)state;
	assert_plan_has(
		"{\"hosts\": [{\"number\": \"1\", \"opts\": {\"vlanInterfaces\": "
		"[[\"192.168.9.1\", \"10\"]]}}, {\"number\": \"2\", \"opts\": {\"hostname\": "
		"\"a-host-with-a-long-name\", \"vlanInterfaces\": [[\"10.0.0.9/16\", 20]]}}], "
		"\"links\": [{\"src\": \"h1\", \"dest\": \"a-host-with-a-long-name\"}]}",
		lines);
}

static void the_first_version(void **state)
{
	(void)state;
	assert_notes(
		"{\"version\": \"1\", \"controllers\": {\"c0\": {\"controllerType\": \"remote\", "
		"\"remoteIP\": \"127.0.0.1\", \"remotePort\": 6633}}, \"hosts\": [], "
		"\"switches\": [{\"number\": \"1\", \"opts\": {}}], \"links\": []}",
		"no OpenFlow here: s1 is a learning switch\n"
		"no OpenFlow here: left out is controller c0 (remote 127.0.0.1:6633)\n");
}

static void names(void **state)
{
	(void)state;
	assert_notes(
		"{\"hosts\": [{\"opts\": {\"hostname\": \"h 1\"}}, {\"opts\": {\"hostname\": "
		"\"h-1\"}}, {\"opts\": {\"hostname\": \"7\"}}, {\"opts\": {\"hostname\": "
		"\"\xc3\xa9\\u001b[31m\"}}, {\"opts\": {\"hostname\": \"links\"}}, {\"opts\": "
		"{\"hostname\": \"a-name-of-more-than-thirty-one-letters\"}}]}",
		"\"h 1\" is h-1 here: only letters, digits, _ . and - are allowed\n"
		"\"h-1\" is h-1-1 here: the name is taken\n"
		"\"7\" is h7 here: needs a letter, as in h7\n"
		"\"\xc3\xa9?[31m\" is 31m here: only letters, digits, _ . and - are allowed\n"
		"\"links\" is links-1 here: that is a word of the shell\n"
		"\"a-name-of-more-than-thirty-one-letters\" is a-name-of-more-than-thirty here: "
		"longer than 31 characters\n");
}

static void what_is_wrong_is_told_with_its_place(void **state)
{
	(void)state;
	assert_refused("", ": line 1, column 1: a value should stand here, not the end");
	assert_refused("{\"hosts\": [\n{\"number\": 1,}]}",
		       ": line 2, column 14: nothing follows the comma before");
	assert_refused("[]", ": no file of MiniEdit: it has neither hosts nor switches nor links");
	assert_refused("3", ": no file of MiniEdit: it has neither hosts nor switches nor links");
	assert_refused("{\"hosts\": 3}", ": hosts: a list or an object is wanted, not a number");
	assert_refused("{\"hosts\": [null]}",
		       ": hosts, entry 1: a list or an object is wanted, not null");
	assert_refused("{\"hosts\": [{}]}",
		       ": hosts, entry 1: it has neither a hostname nor a number");
	assert_refused("{\"hosts\": [{\"number\": 1}, {\"opts\": {\"hostname\": \"h1\"}}]}",
		       ": hosts, entry 2: a second node called h1");
	assert_refused("{\"hosts\": [{\"number\": 1, \"opts\": {\"ip\": \"10.0.0.300\"}}]}",
		       ": host h1: ip: 10.0.0.300/8: not an IPv4 or IPv6 address");
	assert_refused(
		"{\"hosts\": [{\"number\": 1, \"opts\": {\"ip\": \"10.0.0.1\"}}, {\"number\": "
		"2, \"opts\": {\"ip\": \"10.0.0.1\"}}]}",
		": host h2: 10.0.0.1 is in use by h1");
	assert_refused("{\"hosts\": [{\"number\": 1}], \"links\": [{\"src\": \"h1\", \"dest\": "
		       "\"s1\"}]}",
		       ": links, entry 1: dest: no node s1 in the file");
	assert_refused("{\"hosts\": [{\"number\": 1}], \"links\": [{\"src\": \"h1\"}]}",
		       ": links, entry 1: dest: nothing");
	assert_refused("{\"application\": {\"ipBase\": \"10/8\"}, \"hosts\": [{\"number\": 1}]}",
		       ": application: ipBase: \"10/8\" is no network such as 10.0.0.0/8");
}

static void scripts_are_known(void **state)
{
	static const char marked[] = "\xef\xbb\xbf\n{\"hosts\": [{\"number\": 1, \"opts\": "
				     "{\"stopCommand\": \"python\"}}]}";
	static const char *const scripts[] = {
		"#!/usr/bin/python\nprint(1)\n",
		"\"\"\"a lab\"\"\"\nfrom mininet.net import Mininet\n"
	};

	(void)state;
	assert_notes(marked, "h1: its stopCommand is left out, a lab ends all at once: python\n");
	for (size_t i = 0; i < 2; i++) {
		struct buf notes = { 0 };
		struct err err = ERR_INIT;

		assert_null(import(scripts[i], strlen(scripts[i]), &notes, &err));
		assert_non_null(strstr(err.text, "a Python script of Mininet"));
		assert_non_null(strstr(err.hint, "docs/from-mininet.md"));
	}
}

/* A refusal names the file and is no defect of the importer. */
static void check_any(const char *text, size_t len)
{
	struct buf notes = { 0 };
	struct err err = ERR_INIT;
	char *plan = import(text, len, &notes, &err);

	if (!plan &&
	    (strncmp(err.text, path, strlen(path)) != 0 || strstr(err.text, "mininet.lua")))
		fail_msg("%s\nof: %.*s", err.text, (int)len, text);
	free(plan);
	buf_free(&notes);
}

/* Each value of the file in turn is another one. */
static void any_value_anywhere(void **state)
{
	static const char *const others[] = { "null", "-1.5", "\"\"", "\"x y\"",     "true",
					      "[]",   "{}",   "[[]]", "[{\"\": 1}]", "1e300" };
	FILE *file = fopen("tests/import/everything.mn", "re");
	char text[16384];
	size_t len = file ? fread(text, 1, sizeof(text) - 1, file) : 0;
	struct json_token t = { .type = JSON_NULL };
	struct json_reader r;

	(void)state;
	assert_non_null(file);
	fclose(file);
	text[len] = '\0';
	json_reader_init(&r, text, len);
	while (json_next(&r, &t, NULL) == 0 && t.type != JSON_END) {
		const char *begin = t.text - (t.type == JSON_STRING);
		struct json_reader behind = r;

		if (t.type == JSON_KEY || t.type == JSON_OBJECT_END || t.type == JSON_ARRAY_END)
			continue;
		assert_int_equal(json_skip(&behind, &t, NULL), 0);
		for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
			char *other = mem_printf("%.*s%s%s", (int)(begin - text), text, others[i],
						 behind.at);

			check_any(other, strlen(other));
			free(other);
		}
	}
	for (size_t cut = 0; cut < len; cut += 97)
		check_any(text, cut);
}

static int make_file(void **state)
{
	(void)state;
	snprintf(path, sizeof(path), "/tmp/nslab-test-import-%ld.mn", (long)getpid());
	return 0;
}

static int remove_file(void **state)
{
	(void)state;
	return unlink(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(vlan_interfaces),
		cmocka_unit_test(the_first_version),
		cmocka_unit_test(names),
		cmocka_unit_test(what_is_wrong_is_told_with_its_place),
		cmocka_unit_test(scripts_are_known),
		cmocka_unit_test(any_value_anywhere),
	};

	return cmocka_run_group_tests(tests, make_file, remove_file);
}
