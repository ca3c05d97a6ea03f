#include "lab/job_terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

int terminal_open(void)
{
	return open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
}

/* Whoever is not the terminal's foreground group and touches it is stopped by SIGTTOU, unless that
 * is blocked. */
static void block_ttou(sigset_t *before)
{
	sigset_t ttou;

	sigemptyset(&ttou);
	sigaddset(&ttou, SIGTTOU);
	sigprocmask(SIG_BLOCK, &ttou, before);
}

void terminal_lend(int tty, pid_t group)
{
	sigset_t before;

	block_ttou(&before);
	tcsetpgrp(tty, group);
	sigprocmask(SIG_SETMASK, &before, NULL);
}

/* What a full-screen program that was killed leaves behind: a hidden cursor, the alternate screen
 * (1047 alone moves no cursor where it is not on), reports of the mouse, colours. */
static const char sane[] = "\033[?25h\033[?1047l\033[?1000l\033[?1002l\033[?1003l\033[?1006l\033[m";

static bool terminal_knows_escapes(void)
{
	static const char *const families[] = { "xterm",     "screen", "tmux",	"rxvt",
						"linux",     "vte",    "gnome", "konsole",
						"alacritty", "foot",   "kitty", "st-" };
	const char *term = getenv("TERM");

	for (size_t i = 0; term && i < sizeof(families) / sizeof(families[0]); i++)
		if (strncmp(term, families[i], strlen(families[i])) == 0)
			return true;
	return false;
}

void terminal_take(int tty, const struct termios *saved)
{
	sigset_t before;

	block_ttou(&before);
	tcsetpgrp(tty, getpgrp());
	tcsetattr(tty, TCSADRAIN, saved);
	if (terminal_knows_escapes() && write(tty, sane, sizeof(sane) - 1) < 0)
		errno = 0; /* then there is nobody to see it */
	sigprocmask(SIG_SETMASK, &before, NULL);
}

bool terminal_reads_lines(int tty)
{
	struct termios now;

	return tcgetattr(tty, &now) == 0 && (now.c_lflag & ICANON);
}

void terminal_write(int tty, struct buf *b)
{
	sigset_t before;
	size_t done = 0;

	/* With TOSTOP set, writing from the background counts as touching, too. */
	block_ttou(&before);
	while (done < b->len) {
		ssize_t n = write(tty, b->data + done, b->len - done);

		if (n < 0 && errno != EINTR)
			break;
		if (n > 0)
			done += (size_t)n;
	}
	sigprocmask(SIG_SETMASK, &before, NULL);
	buf_clear(b);
}

/* A pseudo terminal that only carries bytes: no echo, no signals, and our own terminal adds the
 * carriage returns. */
static int open_pty(int tty, int *slave)
{
	struct termios modes;
	struct winsize size;
	int master = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);

	if (master < 0)
		return -1;
	/* TIOCGPTPEER finds the slave also where /dev/pts is another instance than the master's. */
	if (unlockpt(master) < 0 ||
	    (*slave = ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC)) < 0) {
		close(master);
		return -1;
	}
	if (tcgetattr(*slave, &modes) == 0) {
		cfmakeraw(&modes);
		tcsetattr(*slave, TCSANOW, &modes);
	}
	if (ioctl(tty, TIOCGWINSZ, &size) == 0)
		ioctl(*slave, TIOCSWINSZ, &size);
	return master;
}

int terminal_open_output(int tty, int *slave)
{
	int pipefd[2], master = open_pty(tty, slave);

	if (master >= 0)
		return master;
	if (pipe2(pipefd, O_CLOEXEC) < 0)
		return -1;
	fcntl(pipefd[0], F_SETFL, O_NONBLOCK);
	*slave = pipefd[1];
	return pipefd[0];
}
