/* Programs that run to their end in a node. What they did there ends with the node; an undo knows
 * nothing of what they did elsewhere. */
#include "plan/op.h"

#include "base/interrupt.h"
#include "base/words.h"
#include "kernel/process.h"
#include "lab/node_program.h"

#define OUTPUT_MAX 65536 /* bytes */

void op_put_line(struct buf *out, const char *netns, const char *line)
{
	op_put_exec(out, netns);
	if (!node_program_needs_shell(line)) {
		buf_puts(out, line);
		return;
	}
	buf_puts(out, "sh -c ");
	buf_put_quoted(out, line);
}

static int refuse(const struct op *op, const struct process_status *status, const char *output,
		  struct err *err)
{
	struct buf text = { 0 };
	const char *package;
	struct words w;

	buf_printf(&text, status->state == PROCESS_KILLED ? "ended by signal %d" : "status %d",
		   status->value);
	node_program_add_output(&text, output);
	err_set(err, "%s", buf_text(&text));
	buf_free(&text);
	/* What sh says of a program that is not there. */
	if (process_exit_code(status) == 127 && words_split(op->words, &w, NULL) == 0) {
		package = w.n ? process_package(w.v[0].text) : NULL;
		if (package)
			err_hint(err, "on Debian: apt install %s", package);
		words_free(&w);
	}
	return -1;
}

static int run(const struct op *op, struct lab *lab, struct err *err)
{
	struct process_status status;
	struct buf output = { 0 };
	struct node_program np;
	int failed;

	if (node_program_open(&np, lab, op->end.netns, op->words, err) < 0)
		return -1;
	failed = process_capture(&np.program, &output, OUTPUT_MAX, &status, err);
	node_program_close(&np);
	if (!failed && interrupt_pending())
		failed = err_set(err, "interrupted");
	else if (!failed && process_exit_code(&status) != 0)
		failed = refuse(op, &status, buf_text(&output), err);
	buf_free(&output);
	return failed;
}

static int apply(struct op *op, struct lab *lab, struct err *err)
{
	if (run(op, lab, err) == 0)
		return 0;
	return err_wrap(err, "%s: %s", *op->end.netns ? op->end.netns : "root", op->words);
}

static void explain(const struct op *op, struct buf *out)
{
	op_put_line(out, op->end.netns, op->words);
	buf_putc(out, '\n');
}

const struct op_class op_exec = { .apply = apply, .explain = explain, .is_program = true };
