/* The process outside a lab, which waits for what runs inside: its signals and its terminal. */
#ifndef NSLAB_LAB_OUTSIDE_H
#define NSLAB_LAB_OUTSIDE_H

#include <stdbool.h>
#include <sys/types.h>
#include <termios.h>

/* As many descriptors as we may have. */
void outside_raise_limits(void);

/* How many neighbours the kernel's tables take, IPv4 and IPv6, of all namespaces together: gc_thresh3, which only
 * the machine's own network namespace shows (arp(7)). */
void outside_read_neighbours(unsigned most[2]);

/* Before a program starts: signals that come from now on wait for outside_wait. For good, as one
 * that comes late was meant for the program, too. */
void outside_hold_signals(void);
/* Wait until FD can be read, or its other side is gone. Signals that were sent to this process
 * meanwhile go on to process PID; those that a terminal sends have reached it already. */
void outside_wait(int fd, pid_t pid);
/* Wait so for the end of child PID. What sh calls $?. */
int outside_wait_child(pid_t pid);
/* The same for a child that has ended, or is about to. */
int outside_reap(pid_t pid);

struct outside_terminal {
	bool ours; /* standard input is our controlling terminal, and we have it */
	struct termios modes;
	pid_t group;
};
/* With FRONT, for a shell that will take it, first wait until we have it. */
void outside_save_terminal(struct outside_terminal *t, bool front);
/* Whatever a shell inside, or what killed it, has left behind. Without MODES, for a program, which
 * may have set them on purpose, take the terminal back only when nobody has it. */
void outside_restore_terminal(const struct outside_terminal *t, bool modes);

#endif
