/*
 * What went wrong, for people. Every function that may fail takes a `struct err *` last and returns
 * 0 or -1; on 0 the err is untouched. Fixed size, so that a longjmp (a Lua error) never leaks one.
 */
#ifndef NSLAB_BASE_ERR_H
#define NSLAB_BASE_ERR_H

/* The exit status an error deserves. */
enum err_class {
	ERR_FAILED = 1,	 /* a command, check or script failed */
	ERR_USAGE = 2,	 /* the words were wrong */
	ERR_MACHINE = 3, /* this machine or user cannot */
};

struct err {
	enum err_class class;
	int code;	/* an errno value, or 0 */
	char text[480]; /* "link h1-s9: no node s9 (did you mean s1?)" */
	char hint[480]; /* what to do about it, or "" */
};

#define ERR_INIT ((struct err){ .class = ERR_FAILED })

/* Each returns -1, so that `return err_set(...)` reads well. A NULL err is allowed and drops the
 * text. */
int err_set(struct err *err, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* As err_set, followed by ": " and the name of errno value CODE. */
int err_errno(struct err *err, int code, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* As err_set, with class ERR_USAGE. */
int err_usage(struct err *err, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Put "CONTEXT: " before what is there already. */
int err_wrap(struct err *err, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Replace the hint. */
int err_hint(struct err *err, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
