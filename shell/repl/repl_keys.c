/* Which key does what. */
#include "repl/editor.h"

struct key_function {
	const wchar_t *name, *help;
	unsigned char (*run)(EditLine *el, wint_t c);
};

struct key_binding {
	const char *key, *function;
};

struct repl *repl_of(EditLine *el)
{
	void *data = NULL;

	el_get(el, EL_CLIENTDATA, &data);
	return data;
}

size_t repl_whole_line(struct repl *r, struct buf *line)
{
	const LineInfo *info = el_line(r->el);
	const char *chunk;
	size_t before;

	if (r->continued && command_find_lua(buf_text(r->command), &chunk))
		buf_add(line, r->command->data, r->command->len);
	before = line->len;
	buf_add(line, info->buffer, (size_t)(info->lastchar - info->buffer));
	return before;
}

/* ^C: show it at the end of the line, and let the line be read as any other; repl.c then drops it.
 */
static unsigned char key_cancel(EditLine *el, wint_t c)
{
	struct repl *r = repl_of(el);
	const LineInfoW *line = el_wline(el);

	(void)c;
	el_cursor(el, (int)(line->lastchar - line->cursor));
	el_winsertstr(el, L"^C");
	r->cancelled = true;
	r->next = L'\n';
	return CC_REFRESH;
}

/* ^D: the end of the shell on an empty line, else delete the character under the cursor. */
static unsigned char key_end(EditLine *el, wint_t c)
{
	const LineInfoW *line = el_wline(el);

	(void)c;
	if (line->lastchar == line->buffer)
		return CC_EOF;
	if (line->cursor == line->lastchar)
		return CC_REFRESH_BEEP;
	el_cursor(el, 1);
	el_deletestr(el, 1);
	return CC_REFRESH;
}

static const struct key_function functions[] = {
	{ L"lab-cancel", L"Drop the line", key_cancel },
	{ L"lab-end", L"Leave the shell, or delete a character", key_end },
	{ L"lab-complete", L"Complete the word", repl_key_complete },
	{ L"lab-help", L"Say what may come next", repl_key_help },
	{ L"lab-paste", L"Take what the terminal pastes", repl_key_paste },
	{ L"lab-pasted", L"Take the next pasted line", repl_key_pasted },
};

static const struct key_binding bindings[] = {
	{ "^C", "lab-cancel" },
	{ "^D", "lab-end" },
	{ "^I", "lab-complete" },
	{ "?", "lab-help" },
	{ "\\e[200~", "lab-paste" },
	{ "^\\", "lab-pasted" },
	{ "^R", "em-inc-search-prev" },
	{ "^P", "ed-search-prev-history" },
	{ "^N", "ed-search-next-history" },
	{ "\\e[A", "ed-search-prev-history" },
	{ "\\e[B", "ed-search-next-history" },
	{ "\\eOA", "ed-search-prev-history" },
	{ "\\eOB", "ed-search-next-history" },
	{ "\\e[C", "ed-next-char" },
	{ "\\e[D", "ed-prev-char" },
	{ "\\eOC", "ed-next-char" },
	{ "\\eOD", "ed-prev-char" },
	{ "\\e[H", "ed-move-to-beg" },
	{ "\\e[F", "ed-move-to-end" },
	{ "\\e[1~", "ed-move-to-beg" },
	{ "\\e[4~", "ed-move-to-end" },
	{ "\\e[3~", "ed-delete-next-char" },
	{ "\\e[1;5C", "em-next-word" },
	{ "\\e[1;5D", "ed-prev-word" },
	{ "^W", "ed-delete-prev-word" },
	{ "^U", "vi-kill-line-prev" },
	{ "^Z", "ed-ignore" },
	{ "^S", "ed-ignore" },
	{ "^Q", "ed-ignore" },
};

int repl_bind_keys(EditLine *el, struct err *err)
{
	/* A user's own ~/.editrc first: it must not take our keys away. */
	el_source(el, NULL);
	for (size_t i = 0; i < sizeof(functions) / sizeof(*functions); i++) {
		if (el_wset(el, EL_ADDFN, functions[i].name, functions[i].help, functions[i].run) <
		    0)
			return err_set(err, "line editor: function %ls", functions[i].name);
	}
	for (size_t i = 0; i < sizeof(bindings) / sizeof(*bindings); i++) {
		if (el_set(el, EL_BIND, bindings[i].key, bindings[i].function, NULL) < 0)
			return err_set(err, "line editor: key %s", bindings[i].key);
	}
	return 0;
}
