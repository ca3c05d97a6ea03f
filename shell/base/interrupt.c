#include "base/interrupt.h"

#include <signal.h>
#include <stddef.h>

static volatile sig_atomic_t pending;

static void on_sigint(int sig)
{
	(void)sig;
	pending = 1;
}

void interrupt_install(void)
{
	struct sigaction action = { .sa_handler = on_sigint };

	sigemptyset(&action.sa_mask);
	sigaction(SIGINT, &action, NULL);
}

bool interrupt_pending(void)
{
	return pending;
}

void interrupt_clear(void)
{
	pending = 0;
}
