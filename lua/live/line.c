/* Lines of the shell that a script runs: one dispatcher serves both. */
#include "lua/live/inside.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kernel/scratch.h"
#include "lua/json.h"

/* ---- running one ---- */

/* The status of the line that runs the script is the script's own affair. */
static int run_line(lua_State *L, const char *line, struct err *err)
{
	struct session *s = live_session(L);
	lua_State *before = live_enter(L);
	bool quit = s->quit;
	int status = s->status, previous = s->previous, rc = session_run(s, line, err);
	int answer = s->status;

	live_leave(L, before);
	if (!rc && s->quit && !s->detached && !quit) {
		s->quit = false;
		rc = err_set(err,
			     "lab:cmd: a script cannot end its shell: os.exit(N) ends the script");
	}
	/* ^C went to the program alone: it is meant for the script, too. */
	if (!rc && answer == 128 + SIGINT)
		raise(SIGINT);
	s->status = status;
	s->previous = previous;
	return rc ? -1 : answer;
}

/* Commands print to the session's output, programs to descriptor 1: both are FILE until the line
 * has ended. */
static int run_captured(lua_State *L, const char *line, int file, struct err *err)
{
	struct session *s = live_session(L);
	struct out out = s->out;
	int kept, answer;

	out_flush(&out);
	kept = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
	if (kept < 0 || dup2(file, STDOUT_FILENO) < 0) {
		answer = err_errno(err, errno, "no descriptor for the output");
	} else {
		s->out = (struct out){ .fd = STDOUT_FILENO };
		answer = run_line(L, line, err);
		out_flush(&s->out);
		out_free(&s->out);
		s->out = out;
		dup2(kept, STDOUT_FILENO);
	}
	if (kept >= 0)
		close(kept);
	return answer;
}

/* A userdata that holds a file in memory, which takes as much as Lua does: of one that is full, Lua
 * says so. */
static int *push_file(lua_State *L)
{
	int *file = live_descriptor(L);
	struct err err = ERR_INIT;

	*file = scratch_open(live_session(L)->lua_memory, &err);
	if (*file < 0)
		state_raise(L, &err);
	return file;
}

static void push_contents(lua_State *L, int *file)
{
	struct stat st;
	luaL_Buffer b;
	ssize_t n;
	char *to;

	if (fstat(*file, &st) != 0)
		st.st_size = 0;
	to = luaL_buffinitsize(L, &b, (size_t)st.st_size);
	n = pread(*file, to, (size_t)st.st_size, 0);
	luaL_pushresultsize(&b, n < 0 ? 0 : (size_t)n);
	close(*file);
	*file = -1;
}

int live_line(lua_State *L, const char *line, bool captured)
{
	struct err err = ERR_INIT;
	int *file, answer;

	if (!captured) {
		answer = run_line(L, line, &err);
	} else {
		file = push_file(L);
		answer = run_captured(L, line, *file, &err);
		if (answer >= 0)
			push_contents(L, file);
	}
	if (answer < 0)
		state_raise(L, &err);
	return answer;
}

/* ---- writing one ---- */

void live_line_begin(lua_State *L, const char *command)
{
	lua_pushstring(L, command);
}

/* One more word to the line at the top, quoted for whoever reads it. */
void live_line_add(lua_State *L, const char *word)
{
	luaL_gsub(L, word, "'", "'\\''");
	lua_pushfstring(L, "%s '%s'", lua_tostring(L, -2), lua_tostring(L, -1));
	lua_replace(L, -3);
	lua_pop(L, 1);
}

/* Push what LINE answers as JSON. */
void live_push_answer(lua_State *L, const char *line)
{
	size_t len;
	const char *text;

	live_line(L, line, true);
	text = lua_tolstring(L, -1, &len);
	json_push(L, text, len, "lab:json: ");
	lua_replace(L, -2);
}
