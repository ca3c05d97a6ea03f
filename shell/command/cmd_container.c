/* container: a process in namespaces without names, as docker starts it. */
#include "base/json_write.h"
#include "command/command.h"

#include <string.h>

#include "command/grammar.h"
#include "lab/container.h"

static void list_json(struct session *s, const struct container *list, size_t n)
{
	struct json j = { .buf = &s->out.buf };

	json_open(&j, '[');
	for (size_t i = 0; i < n; i++) {
		json_open(&j, '{');
		json_put_string(&j, "name", list[i].name);
		json_put_number(&j, "pid", list[i].pid);
		json_close(&j, '}');
	}
	json_close(&j, ']');
	out_puts(&s->out, "\n");
}

static void list_table(struct session *s, const struct container *list, size_t n)
{
	struct table t;

	table_init(&t, 2, NULL);
	for (size_t i = 0; i < n; i++) {
		table_cell(&t, "%s", list[i].name);
		table_cell(&t, "%d", (int)list[i].pid);
	}
	table_print(&t, &s->out);
}

static void list_all(struct session *s, const struct args *a)
{
	size_t n;
	struct container *list = container_list(&n);

	if (session_json(s, a))
		list_json(s, list, n);
	else
		list_table(s, list, n);
	container_free_list(list, n);
}

static int check_dns(const char *dns, struct err *err)
{
	struct prefix p;

	if (!dns || (!strchr(dns, '/') && prefix_parse(&p, dns, NULL) == 0))
		return 0;
	return err_set(err, "dns=%s is no address", dns);
}

static int run_container(struct session *s, const struct args *a, struct err *err)
{
	const char *name = args_text(a, "name"), *dns = args_text(a, "dns");
	pid_t pid;

	if (!name) {
		list_all(s, a);
		return 0;
	}
	pid = container_find(name);
	if (pid && dns)
		return err_set(err, "container %s runs already, as process %d", name, (int)pid);
	if (!pid && (check_dns(dns, err) || container_start(name, dns, &pid, err)))
		return err_wrap(err, "container %s", name);
	out_printf(&s->out, "%d\n", (int)pid);
	return 0;
}

const struct command cmd_container = {
	.name = "container",
	.family = FAMILY_RUN,
	.args = "[<name>] [dns=<word>] [--json]",
	.summary = "start a process in namespaces of its own, and print its pid",
	.details =
		"As `docker run --net=none -d` does: it sleeps, and its network namespace has lo "
		"and no name. `ln -s /proc/PID/ns/net /var/run/netns/NAME` gives it one, and it is "
		"a node then. dns=ADDRESS (--dns= as docker has it) is the nameserver that "
		"programs there see. A container "
		"that runs is not started again; its pid is printed, so `pid=$(container web)` "
		"serves for both. `kill PID` ends it. Without a name: list them. "
		"JSON: [{\"name\", \"pid\"}, ...].",
	.example = "container web dns=10.0.0.1",
	.run = run_container,
};
