/* ^C while one of our own commands runs: a flag that long loops look at. The handler is set without
 * SA_RESTART, so a blocked poll or wait comes back with EINTR. */
#ifndef NSLAB_BASE_INTERRUPT_H
#define NSLAB_BASE_INTERRUPT_H

#include <stdbool.h>

void interrupt_install(void); /* SIGINT sets the flag */
bool interrupt_pending(void);
void interrupt_clear(void);
/* Have the signal's handler call F as well, for what has hooks of its own (Lua). NULL: no more. */
void interrupt_notify(void (*f)(void));

#endif
