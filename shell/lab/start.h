/* The process outside a lab: the lab's name, and waiting for what runs inside. */
#ifndef NSLAB_LAB_START_H
#define NSLAB_LAB_START_H

#include <sys/socket.h>
#include <sys/types.h>
#include <sys/un.h>

/* The abstract socket that is the name of lab NAME of user UID. Returns the address's length.
 * unix(7). */
socklen_t start_address(struct sockaddr_un *address, uid_t uid, const char *name);

/* Wait for child PID, handing TERM and HUP on to it; INT and QUIT, which the terminal sends to all,
 * are the child's to act on. What sh calls $?. */
int start_wait(pid_t pid);

#endif
