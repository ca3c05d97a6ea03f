/* Prompts in front of lines that were copied from a page or from another terminal. */
#ifndef NSLAB_COMMAND_PROMPT_H
#define NSLAB_COMMAND_PROMPT_H

#include <stdbool.h>

/* LINE behind "$ ", "root@host:~# ", "[me@host ~]$ ", "(console 1)$ ", "mininet> "; LINE itself
 * where it begins with none of these, which mean nothing else in a line. */
const char *prompt_skip(const char *line);
/* LINE behind "# " where a command of ip or its like follows: "# ip netns list", and not "# ip is a
 * program". LINE itself where it is a comment. */
const char *prompt_skip_hash(const char *line);

#endif
