/* Lines that are nothing we know: what was meant. */
#ifndef NSLAB_COMMAND_UNKNOWN_H
#define NSLAB_COMMAND_UNKNOWN_H

#include "command/command.h"

/* The words W of LINE begin with no command, node or program. -1 with err: what to type instead,
 * or the nearest. */
int unknown_refuse(const struct session *s, const char *line, const struct words *w,
		   struct err *err);

#endif
