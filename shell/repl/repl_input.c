/*
 * Where keys come from. While the person types, the rest of the world goes on: background jobs
 * print and end, the kernel tells of changes, the window changes its size. All of it is waited for
 * in one place.
 */
#include "repl/editor.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/interrupt.h"
#include "base/mem.h"

#define CTRL_D 4

static const int watched[] = { SIGCHLD, SIGWINCH, SIGTERM, SIGHUP };

static volatile sig_atomic_t resized, fatal;

static void on_signal(int sig)
{
	if (sig == SIGWINCH)
		resized = 1;
	else if (sig != SIGCHLD)
		fatal = sig;
}

/* The signals are let in only while waiting, so none falls between looking and waiting. */
void repl_input_begin(struct repl *r)
{
	struct sigaction action = { .sa_handler = on_signal };
	struct pollfd keys = { .fd = STDIN_FILENO, .events = POLLIN };
	sigset_t set;

	r->graph_broken = false;
	r->ahead = poll(&keys, 1, 0) > 0;
	sigemptyset(&set);
	for (size_t i = 0; i < sizeof(watched) / sizeof(*watched); i++)
		sigaddset(&set, watched[i]);
	action.sa_mask = set;
	sigprocmask(SIG_BLOCK, &set, &r->signals);
	for (size_t i = 0; i < sizeof(watched) / sizeof(*watched); i++)
		sigaction(watched[i], &action, &r->actions[i]);
}

void repl_input_end(struct repl *r)
{
	for (size_t i = 0; i < sizeof(watched) / sizeof(*watched); i++)
		sigaction(watched[i], &r->actions[i], NULL);
	sigprocmask(SIG_SETMASK, &r->signals, NULL);
}

int repl_input_fatal(void)
{
	return fatal;
}

/* Everything that is not a key. */
static void input_attend(struct repl *r, const struct pollfd graph[2])
{
	struct buf news = { 0 };

	if (resized) {
		resized = 0;
		repl_resize(r);
	}
	if (!r->graph_broken &&
	    (graph[0].revents || graph[1].revents || graph_timeout(r->session->graph) >= 0) &&
	    graph_refresh(r->session->graph, NULL) < 0)
		r->graph_broken = true;
	if (repl_jobs_news(r, &news))
		repl_print_above(r, buf_text(&news));
	buf_free(&news);
}

/* Until something happens, or the graph has something to try again. */
static int input_sleep(struct repl *r, struct pollfd *fds, size_t n)
{
	int ms = r->graph_broken ? -1 : graph_timeout(r->session->graph);
	struct timespec limit = { ms / 1000, ms % 1000 * 1000000L };

	return ppoll(fds, n, ms < 0 ? NULL : &limit, &r->signals);
}

/* Wait until a byte can be read. False when the shell is to end. */
static bool input_wait(struct repl *r)
{
	struct jobs *jobs = &r->session->jobs;
	struct pollfd *fds = NULL;
	bool ready = false;

	while (!ready && !fatal) {
		int graph[2];

		fds = mem_resize(fds, jobs->n + 3, sizeof(*fds));
		graph_fds(r->session->graph, graph);
		fds[0] = (struct pollfd){ .fd = STDIN_FILENO, .events = POLLIN };
		fds[1] = (struct pollfd){ .fd = r->graph_broken ? -1 : graph[0], .events = POLLIN };
		fds[2] = (struct pollfd){ .fd = r->graph_broken ? -1 : graph[1], .events = POLLIN };
		for (size_t i = 0; i < jobs->n; i++)
			fds[i + 3] = (struct pollfd){ .fd = jobs->v[i]->output, .events = POLLIN };
		if (input_sleep(r, fds, jobs->n + 3) < 0) {
			if (errno != EINTR)
				break;
			fds[0].revents = fds[1].revents = fds[2].revents = 0;
		}
		input_attend(r, &fds[1]);
		ready = fds[0].revents != 0;
	}
	free(fds);
	return ready && !fatal;
}

/* One byte, so that what follows stays in the terminal for the next reader, which may be a program.
 * -1 at the end. */
static int input_byte(struct repl *r)
{
	unsigned char byte;
	bool ahead = r->ahead;
	ssize_t n;

	do {
		if (!input_wait(r))
			return -1;
		n = read(STDIN_FILENO, &byte, 1);
	} while (n < 0 && (errno == EINTR || errno == EAGAIN));
	r->ahead = false;
	/* A ^D that was typed before the terminal gave us single keys is kept as a NUL. */
	if (n == 1 && byte == 0 && ahead)
		byte = CTRL_D;
	return n == 1 ? byte : -1;
}

/* libedit wants whole characters. Bytes that are none are dropped. */
int repl_getc(EditLine *el, wchar_t *c)
{
	struct repl *r = repl_of(el);
	mbstate_t state = { 0 };

	*c = L'\0';
	/* While we are asked for keys ^C is one; from the end of the line on it is meant for what
	 * the line runs. */
	interrupt_clear();
	if (r->next) {
		*c = r->next;
		r->next = 0;
		return 1;
	}
	if (repl_paste_pending(r)) {
		*c = KEY_PASTED;
		return 1;
	}
	for (;;) {
		int byte = input_byte(r);
		char text = (char)byte;

		if (byte < 0)
			return 0;
		switch (mbrtowc(c, &text, 1, &state)) {
		case (size_t)-1:
			state = (mbstate_t){ 0 };
			break;
		case (size_t)-2:
			break;
		default:
			return 1;
		}
	}
}
