/* map: the lab drawn in the terminal. */
#include "command/command.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "base/interrupt.h"
#include "command/grammar.h"
#include "picture/picture.h"

/* The terminal's columns and rows. Where there is none: 80 columns (or what COLUMNS says), and any
 * number of rows. */
static void screen_size(const struct session *s, size_t *columns, size_t *rows)
{
	const char *said = getenv("COLUMNS");
	struct winsize w = { 0 };
	long n;

	*columns = 80;
	*rows = SIZE_MAX;
	if (s->out.fd >= 0 && !ioctl(s->out.fd, TIOCGWINSZ, &w) && w.ws_col) {
		*columns = w.ws_col;
		*rows = w.ws_row ? w.ws_row : SIZE_MAX;
	} else if (said && !number_parse(&n, said, 1, 10000, NULL)) {
		*columns = (size_t)n;
	}
}

/* Does the person's locale, or the terminal, know ASCII only? (The program's own locale is always
 * one of UTF-8.) */
static bool needs_ascii(void)
{
	static const char *const variables[] = { "LC_ALL", "LC_CTYPE", "LANG" };
	const char *term = getenv("TERM"), *locale = NULL;

	for (size_t i = 0; i < sizeof(variables) / sizeof(*variables) && !locale; i++) {
		locale = getenv(variables[i]);
		if (locale && !*locale)
			locale = NULL;
	}
	return (term && !strcmp(term, "dumb")) || !locale ||
	       (!strcasestr(locale, "UTF-8") && !strcasestr(locale, "utf8"));
}

static int draw(struct session *s, const struct args *a, struct buf *out, struct err *err)
{
	bool ascii = args_has(a, "--ascii") || needs_ascii();
	size_t columns, rows;

	if (graph_read_all_details(s->graph, err))
		return -1;
	screen_size(s, &columns, &rows);
	if (session_json(s, a))
		picture_json(s->graph, out);
	else
		picture_map(s->graph, columns, ascii, out);
	return 0;
}

/* ---- --watch ---- */

struct watch {
	struct buf now, before;
	bool screen; /* draw over the last picture: a terminal shows it */
	bool keys;   /* and q ends it */
	struct termios cooked;
	struct sigaction resize;
	sigset_t signals; /* as they were, and as they are while we wait */
};

static void on_resize(int sig)
{
	(void)sig;
}

/* Signals come only while we wait, so that none is missed between a look and the waiting. */
static void watch_begin(struct watch *w, const struct session *s, const struct args *a)
{
	struct sigaction action = { .sa_handler = on_resize };
	struct termios raw;
	sigset_t held;

	*w = (struct watch){ 0 };
	w->screen = !session_json(s, a) && s->out.fd >= 0 && isatty(s->out.fd);
	w->keys = w->screen && s->interactive && !tcgetattr(STDIN_FILENO, &w->cooked);
	if (w->keys) {
		raw = w->cooked;
		raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
		tcsetattr(STDIN_FILENO, TCSADRAIN, &raw);
	}
	sigemptyset(&held);
	sigaddset(&held, SIGINT);
	sigaddset(&held, SIGWINCH);
	sigprocmask(SIG_BLOCK, &held, &w->signals);
	sigaction(SIGWINCH, &action, &w->resize);
}

static void watch_end(struct watch *w)
{
	sigaction(SIGWINCH, &w->resize, NULL);
	sigprocmask(SIG_SETMASK, &w->signals, NULL);
	if (w->keys)
		tcsetattr(STDIN_FILENO, TCSADRAIN, &w->cooked);
	buf_free(&w->now);
	buf_free(&w->before);
}

/* As much of the picture as the screen has rows; the last one says that there is more. */
static void put_screen(struct out *o, const char *text, size_t rows)
{
	const char *at = text;

	out_puts(o, "\033[H\033[2J");
	for (size_t i = 1; i < rows && *at; i++)
		at += strcspn(at, "\n") + 1;
	buf_add(&o->buf, text, (size_t)(at - text));
	if (*at)
		out_puts(o, "... and more: the screen is too small");
}

static int watch_draw(struct session *s, const struct args *a, struct watch *w, struct err *err)
{
	size_t columns, rows;

	buf_clear(&w->now);
	if (draw(s, a, &w->now, err))
		return -1;
	screen_size(s, &columns, &rows);
	if (w->screen)
		put_screen(&s->out, buf_text(&w->now), rows);
	else if (!w->before.data || strcmp(buf_text(&w->before), buf_text(&w->now)) != 0)
		out_printf(&s->out, "%s%s", w->before.data && !session_json(s, a) ? "\n" : "",
			   buf_text(&w->now));
	buf_clear(&w->before);
	buf_puts(&w->before, buf_text(&w->now));
	out_flush(&s->out);
	return 0;
}

/* Wait for something new in the lab, or of the screen. False: that was enough. */
static bool watch_wait(struct session *s, struct watch *w)
{
	struct pollfd fds[] = { { .events = POLLIN },
				{ .events = POLLIN },
				{ .fd = w->keys ? STDIN_FILENO : -1, .events = POLLIN },
				{ .fd = s->out.fd } /* a pipe that nobody reads on tells */ };
	int fd[2], ms = graph_timeout(s->graph);
	struct timespec timeout = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L };
	char key;

	graph_fds(s->graph, fd);
	fds[0].fd = fd[0];
	fds[1].fd = fd[1];
	if (ppoll(fds, 4, ms < 0 ? NULL : &timeout, &w->signals) < 0 && errno != EINTR)
		return false;
	if (interrupt_pending() || fds[3].revents & (POLLERR | POLLHUP))
		return false;
	if (!fds[2].revents)
		return true;
	return read(STDIN_FILENO, &key, 1) == 1 && key != 'q' && key != 'Q';
}

static int watch_map(struct session *s, const struct args *a, struct err *err)
{
	struct watch w;
	int rc;

	watch_begin(&w, s, a);
	do {
		rc = graph_refresh(s->graph, err) ? -1 : watch_draw(s, a, &w, err);
	} while (!rc && watch_wait(s, &w));
	watch_end(&w);
	return rc;
}

static int run_map(struct session *s, const struct args *a, struct err *err)
{
	return args_has(a, "--watch") ? watch_map(s, a, err) : draw(s, a, &s->out.buf, err);
}

const struct command cmd_map = {
	.name = "map",
	.family = FAMILY_LOOK,
	.args = "[--ascii] [--watch] [--json]",
	.summary = "draw the lab",
	.details =
		"Boxes are hosts, double ones switches, those double above and below routers; at "
		"the ends of a line stand its interfaces, with what is not up. Of more than 30 "
		"nodes, hosts that are alike become one box. --watch draws anew at each change, "
		"until q or ^C. JSON: as `export json` writes it.",
	.example = "map",
	.run = run_map,
};
