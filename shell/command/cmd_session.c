/* history, set, exit, quit. */
#include "command/command.h"

#include <string.h>

#include "command/grammar.h"
#include "lua/live/live.h"

static int run_history(struct session *s, const struct args *a, struct err *err)
{
	const struct arg *number = args_at(a, "number", 0);
	size_t n = s->history ? s->history->n : 0, first = 0;

	(void)err;
	if (number && (size_t)number->number < n)
		first = n - (size_t)number->number;
	for (size_t i = first; i < n; i++)
		out_printf(&s->out, "%5zu  %s\n", i + 1, s->history->lines[i]);
	return 0;
}

const struct command cmd_history = {
	.name = "history",
	.family = FAMILY_SESSION,
	.args = "[<number>]",
	.summary = "list the lines typed so far, or the last ones",
	.example = "history 10",
	.run = run_history,
};

static void show_setting(struct session *s, const char *name)
{
	out_printf(&s->out, "%-10s ", name);
	if (!strcmp(name, "timeout"))
		out_printf(&s->out, "%ums\n", s->timeout_ms);
	else if (!strcmp(name, "lua.memory"))
		out_printf(&s->out, "%zuM\n", s->lua_memory >> 20);
	else
		out_printf(&s->out, "%s\n",
			   (!strcmp(name, "json") ? s->json : s->explain) ? "on" : "off");
}

static int set_switch(bool *setting, const char *name, const char *value, struct err *err)
{
	if (truth_parse(setting, value, NULL))
		return err_set(err, "set %s: expected on or off, not \"%s\"", name, value);
	return 0;
}

static int set_timeout(struct session *s, const char *value, struct err *err)
{
	uint64_t ns;

	if (time_parse(&ns, value, err))
		return err_wrap(err, "set timeout");
	if (ns < 1000000 || ns > 3600 * 1000000000ULL)
		return err_set(err, "set timeout: %s is not within 1ms and 3600s", value);
	s->timeout_ms = (unsigned)(ns / 1000000);
	return 0;
}

static int set_lua_memory(struct session *s, const char *value, struct err *err)
{
	uint64_t bytes;

	if (size_parse(&bytes, value, err))
		return err_wrap(err, "set lua.memory");
	if (bytes < LIVE_MEMORY_MIN || bytes > LIVE_MEMORY_MAX)
		return err_set(err, "set lua.memory: %s is not within 1M and 1024G", value);
	s->lua_memory = bytes;
	return 0;
}

static int set_value(struct session *s, const char *setting, const char *value, struct err *err)
{
	int rc;

	if (!strcmp(setting, "timeout"))
		rc = set_timeout(s, value, err);
	else if (!strcmp(setting, "lua.memory"))
		rc = set_lua_memory(s, value, err);
	else
		rc = set_switch(!strcmp(setting, "json") ? &s->json : &s->explain, setting, value,
				err);
	if (rc && err)
		err->class = ERR_FAILED;
	return rc;
}

static int run_set(struct session *s, const struct args *a, struct err *err)
{
	const struct arg *setting = args_at(a, "explain", 0), *value = args_at(a, "value", 0);

	if (!setting) {
		show_setting(s, "explain");
		show_setting(s, "json");
		show_setting(s, "lua.memory");
		show_setting(s, "timeout");
		return 0;
	}
	if (!value) {
		show_setting(s, setting->text);
		return 0;
	}
	return set_value(s, setting->text, value->text, err);
}

const struct command cmd_set = {
	.name = "set",
	.family = FAMILY_SESSION,
	.args = "[explain|json|lua.memory|timeout] [on|off|<word:value>]",
	.summary = "list the shell's settings, or change one",
	.details = "explain on: show the ip commands of a change before it is made. json on: every "
		   "listing is JSON. "
		   "lua.memory 512M: how much the shell's Lua may use, all scripts together. "
		   "timeout 500ms: how long pingall waits for an answer.",
	.example = "set timeout 2s",
	.run = run_set,
};

static int run_exit(struct session *s, const struct args *a, struct err *err)
{
	const struct arg *number = args_at(a, "number", 0);

	if (number && number->number > 255)
		return err_set(err, "%s: %ld is not within 0 and 255", a->command->name,
			       number->number);
	s->quit = true;
	s->status = number ? (int)number->number : s->previous;
	return 0;
}

const struct command cmd_exit = {
	.name = "exit",
	.family = FAMILY_SESSION,
	.args = "[<number>]",
	.summary = "end the shell, and with it the lab",
	.details = "With a number as its exit status, else that of the line before. ^D does the "
		   "same. A "
		   "lab that is kept (--keep, detach) stays, and so does one that this shell came "
		   "to by "
		   "nslab attach.",
	.example = "exit",
	.run = run_exit,
};

const struct command cmd_quit = {
	.name = "quit",
	.family = FAMILY_SESSION,
	.args = "[<number>]",
	.summary = "the same as exit",
	.example = "quit",
	.run = run_exit,
};
