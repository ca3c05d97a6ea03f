#include "labs.h"

#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/json_write.h"
#include "base/mem.h"
#include "base/out.h"
#include "lab/door.h"
#include "lab/lab.h"
#include "report.h"

static int fail(const struct err *err)
{
	report_error(NULL, err);
	return err->class;
}

/* ---- ls ---- */

struct row {
	struct door_lab lab;
	struct door_state state;
	char user[64];
};

/* False for one that has just gone, or is none. One that does not answer is worth a line. */
static bool row_read(struct row *r)
{
	const struct passwd *pw = getpwuid(r->lab.uid);
	struct err err = ERR_INIT;
	int socket = door_socket(&err);
	bool there = socket >= 0 && door_knock(socket, &r->lab, &r->state, &err) >= 0;

	if (socket >= 0)
		close(socket);
	if (!there && err.code != ECONNREFUSED)
		report_line("nslab ls", err.text);
	if (pw)
		snprintf(r->user, sizeof(r->user), "%s", pw->pw_name);
	else
		snprintf(r->user, sizeof(r->user), "%u", (unsigned)r->lab.uid);
	return there;
}

/* "45s", "3m12s", "2h05m", "4d03h". */
static void format_age(char text[32], long long seconds)
{
	if (seconds < 60)
		snprintf(text, 32, "%llds", seconds);
	else if (seconds < 3600)
		snprintf(text, 32, "%lldm%02llds", seconds / 60, seconds % 60);
	else if (seconds < 24 * 3600)
		snprintf(text, 32, "%lldh%02lldm", seconds / 3600, seconds / 60 % 60);
	else
		snprintf(text, 32, "%lldd%02lldh", seconds / (24 * 3600), seconds / 3600 % 24);
}

static void row_json(struct json *j, const struct row *r)
{
	json_open(j, '{');
	json_put_string(j, "name", r->lab.name);
	json_put_string(j, "user", r->user);
	json_put_number(j, "uid", r->lab.uid);
	json_put_number(j, "seconds", r->state.seconds);
	json_put_number(j, "nodes", r->state.nodes);
	json_put_number(j, "shells", r->state.shells);
	json_put_bool(j, "kept", r->state.kept);
	json_put_bool(j, "host_net", r->state.host_net);
	json_close(j, '}');
}

static void row_cells(struct table *t, const struct row *r)
{
	char age[32];

	format_age(age, r->state.seconds);
	table_cell(t, "%s", r->lab.name);
	table_cell(t, "%s", r->user);
	table_cell(t, "%s", age);
	table_cell(t, "%u", r->state.nodes);
	table_cell(t, "%u", r->state.shells);
	table_cell(t, "%s%s", r->state.kept ? "yes" : "no", r->state.host_net ? ", host-net" : "");
}

static void print_json(const struct row *rows, size_t n, struct out *out)
{
	struct json j = { .buf = &out->buf };

	json_open(&j, '[');
	for (size_t i = 0; i < n; i++)
		row_json(&j, &rows[i]);
	json_close(&j, ']');
	out_puts(out, "\n");
}

static void print_table(const struct row *rows, size_t n, struct out *out)
{
	static const char *const head[] = { "name", "user", "up", "nodes", "shells", "kept" };
	struct table t;

	table_init(&t, sizeof(head) / sizeof(head[0]), head);
	for (size_t i = 0; i < n; i++)
		row_cells(&t, &rows[i]);
	table_print(&t, out);
}

int labs_list(bool json)
{
	struct out out = { .fd = STDOUT_FILENO };
	size_t n, shown = 0;
	struct door_lab *labs = door_list(&n);
	struct row *rows = mem_resize(NULL, n + 1, sizeof(*rows));

	for (size_t i = 0; i < n; i++) {
		rows[shown] = (struct row){ .lab = labs[i] };
		shown += door_may_enter(labs[i].uid) && row_read(&rows[shown]);
	}
	if (json)
		print_json(rows, shown, &out);
	else if (shown)
		print_table(rows, shown, &out);
	else
		report_notes("no lab runs; `nslab --keep` starts one that stays\n");
	out_flush(&out);
	out_free(&out);
	free(rows);
	free(labs);
	return 0;
}

/* ---- exec, stop ---- */

int labs_exec(char **words)
{
	char **argv = words + 2;
	struct err err = ERR_INIT;
	int status;

	if (strcmp(argv[0], "--") == 0)
		argv++;
	if (!argv[0]) {
		err_usage(&err, "usage: nslab exec LAB NODE [--] COMMAND...");
		return fail(&err);
	}
	status = lab_exec(words[0], words[1], argv, &err);
	if (status >= 0)
		return status;
	fail(&err);
	/* As sh has it, for a program that is not found or cannot be run. */
	return err.code == 126 || err.code == 127 ? err.code : (int)err.class;
}

int labs_stop(const char *name)
{
	struct err err = ERR_INIT;

	return lab_stop(name, &err) < 0 ? fail(&err) : 0;
}
