/* What the files of this room share. */
#ifndef NSLAB_REPL_EDITOR_H
#define NSLAB_REPL_EDITOR_H

#include <signal.h>
#include <stdbool.h>
#include <wchar.h>

#include "base/buf.h"
#include "command/command.h"

/* After the rooms' own headers: histedit.h only names `struct history`, command.h says what ours
 * is. */
#include <histedit.h>

/* The key that a paste's next line arrives by: ^\, which means nothing else at the prompt. */
#define KEY_PASTED L'\x1c'

/* The last, unfinished line that a background job has printed. */
struct repl_output {
	int job;
	struct buf text;
};

struct repl {
	struct session *session;
	EditLine *el;
	bool dumb; /* the terminal understands no escape sequences */
	bool colour;
	bool continued;		   /* the line goes on: another prompt */
	const struct buf *command; /* what of the line has been typed before, when it goes on */
	bool cancelled;		   /* ^C ended the line */
	bool ahead;		   /* keys were typed while the terminal still read lines */
	wchar_t next;		   /* a key to be read before all others; 0: none */
	struct buf pasted;	   /* lines of a paste that are still to be run */
	size_t pasted_at;
	struct history history;
	size_t history_at; /* where libedit stands in it */
	char *history_dir; /* NULL: not kept */
	struct repl_output *outputs;
	size_t n_outputs, cap_outputs;
	bool graph_broken; /* reading events failed: told by the next command, not polled till then
			    */
	sigset_t signals;  /* the mask outside of line reading */
	struct sigaction actions[4];
};

struct repl *repl_of(EditLine *el);

/* repl_input.c: keys, and whatever else happens meanwhile */
int repl_getc(EditLine *el, wchar_t *c);
/* Signals that line reading cares for are ours between the two. */
void repl_input_begin(struct repl *r);
void repl_input_end(struct repl *r);
/* The signal that asked the shell to end; 0: none. */
int repl_input_fatal(void);

/* repl_screen.c: text around the line being edited */
char *repl_prompt(EditLine *el);
void repl_print(const char *text); /* no line is being edited */
void repl_print_above(struct repl *r, const char *text);
void repl_print_below(struct repl *r, const char *text);
void repl_resize(struct repl *r);
int repl_columns(struct repl *r);
int repl_rows(struct repl *r);

/* repl_jobs.c */
/* What background jobs have printed in whole lines, and "[1]+ Done h1 ping h2"; true when there is
 * something. */
bool repl_jobs_news(struct repl *r, struct buf *news);
/* The warning for a shell that is left with jobs; false when there are none. */
bool repl_jobs_warn(struct repl *r, struct buf *warning);
void repl_jobs_free(struct repl *r);

/* The line with the chunk of Lua that it goes on with: for Tab and `?`. Returns how much was before
 * it. */
size_t repl_whole_line(struct repl *r, struct buf *line);

/* repl_keys.c, and one file for each of the larger ones */
int repl_bind_keys(EditLine *el, struct err *err);
unsigned char repl_key_complete(EditLine *el, wint_t c);
unsigned char repl_key_help(EditLine *el, wint_t c);
unsigned char repl_key_paste(EditLine *el, wint_t c);
unsigned char repl_key_pasted(EditLine *el, wint_t c);

/* repl_paste.c */
bool repl_paste_pending(const struct repl *r);
void repl_paste_drop(struct repl *r);

/* repl_history.c */
void repl_history_open(struct repl *r);
void repl_history_add(struct repl *r, const char *line);
void repl_history_close(struct repl *r);
/* Answers libedit's questions about our history. */
int repl_history_event(void *data, HistEvent *event, int op, ...);

#endif
