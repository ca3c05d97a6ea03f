#include "base/interrupt.h"

#include <signal.h>
#include <stddef.h>

static volatile sig_atomic_t pending;
static void (*volatile notify)(void);

static void on_sigint(int sig)
{
	void (*f)(void) = notify;

	(void)sig;
	pending = 1;
	if (f)
		f();
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

void interrupt_notify(void (*f)(void))
{
	notify = f;
}
