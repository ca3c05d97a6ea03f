#include "lab/shell.h"

#include <errno.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "kernel/namespace.h"
#include "lab/environment.h"
#include "lab/netns.h"

/* In programs built with a leak checker: it looks at exit(3), which would run the handlers of the
 * process we were forked from. */
extern void __lsan_do_leak_check(void) __attribute__((weak));

int shell_raise_loopback(struct netlink *nl, struct err *err)
{
	const struct ifinfomsg body = { .ifi_index = 1, .ifi_flags = IFF_UP, .ifi_change = IFF_UP };
	struct netlink_message m;

	netlink_begin(&m, RTM_NEWLINK, NLM_F_ACK, &body, sizeof(body));
	return netlink_do(nl, &m, err);
}

int shell_open(struct lab *lab, struct err *err)
{
	environment_set();
	lab->root = (struct lab_netns){ .name = (char *)"", .nsid = -1, .mnt = -1, .uts = -1 };
	lab->root.fd = namespace_open_self(err);
	if (lab->root.fd < 0 || netlink_open(&lab->root.nl, err) < 0 || netns_watch(lab, err) < 0)
		return -1;
	return lab->fresh ? shell_raise_loopback(&lab->root.nl, err) : 0;
}

/* As every shell with job control: a group of its own, in front. From a group that is not in front,
 * as a new one is, taking the terminal raises SIGTTOU. */
static void take_terminal(void)
{
	static const int ignored[] = { SIGTTOU, SIGTTIN, SIGTSTP, SIGQUIT };
	struct sigaction ignore = { .sa_handler = SIG_IGN };

	for (size_t i = 0; i < sizeof(ignored) / sizeof(ignored[0]); i++)
		sigaction(ignored[i], &ignore, NULL);
	setpgid(0, 0);
	tcsetpgrp(STDIN_FILENO, getpgrp());
}

static void lab_free(struct lab *lab)
{
	netns_free_all(lab);
	netlink_close(&lab->root.nl);
	buf_free(&lab->notes);
	buf_free(&lab->hosts);
}

void shell_run(struct lab *lab, int (*shell)(struct lab *lab, void *data), void *data)
{
	int status;

	if (lab->interactive)
		take_terminal();
	status = shell(lab, data);
	fflush(NULL);
	lab_free(lab);
	if (__lsan_do_leak_check)
		__lsan_do_leak_check();
	_exit(status);
}
