#include "lua/import.h"

#include <string.h>

#include <lauxlib.h>

#include "base/address.h"
#include "base/name.h"
#include "lua/embedded.h"
#include "lua/file.h"
#include "lua/json.h"
#include "lua/net.h"
#include "lua/sandbox.h"
#include "lua/state.h"

#define IMPORT_HEAD 4096 /* bytes of a file that tell what it is */

/* A script of Mininet's Python API instead of a MiniEdit file, which many will try. */
static bool import_is_python(const struct file *f)
{
	static const char *const signs[] = { "python", "from mininet", "import " };
	const char *text = f->text + (strncmp(f->text, "\xef\xbb\xbf", 3) == 0 ? 3 : 0);
	size_t len = strlen(f->script), head = f->len < IMPORT_HEAD ? f->len : IMPORT_HEAD;

	if (len > 3 && strcmp(f->script + len - 3, ".py") == 0)
		return true;
	text += strspn(text, " \t\r\n");
	if (*text == '{' || *text == '[')
		return false;
	for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++)
		if (memmem(f->text, head, signs[i], strlen(signs[i])))
			return true;
	return false;
}

static int import_refuse_python(const struct file *f, struct err *err)
{
	err_set(err, "%s: a Python script of Mininet: nslab has no Python to run it", f->script);
	return err_hint(err, "if MiniEdit wrote it, import the .mn file it was exported from; else "
			     "write it anew as a topology: docs/from-mininet.md has every call of "
			     "Mininet beside ours");
}

/* ---- what the script calls ---- */

/* refusal(NAME): why no node can be called so, or nil. */
static int import_refusal(lua_State *L)
{
	size_t len;
	const char *name = luaL_checklstring(L, 1, &len);
	const struct draft *d = state_of(L)->draft;
	struct err err = ERR_INIT;

	if (strlen(name) != len)
		lua_pushliteral(L, "it holds a zero byte");
	else if (name_check_node(name, &err) != 0)
		lua_pushstring(L, err.text);
	else if (d->reserved && d->reserved(name))
		lua_pushliteral(L, "that is a word of the shell");
	else
		lua_pushnil(L);
	return 1;
}

/* nth(NETWORK, N): the N-th address of a network, with its length, or nil. */
static int import_nth(lua_State *L)
{
	lua_Integer n = luaL_checkinteger(L, 2);
	struct prefix network, address;
	char text[PREFIX_TEXT];

	if (n < 1 || n > UINT32_MAX || prefix_parse(&network, luaL_checkstring(L, 1), NULL) != 0 ||
	    prefix_nth(&network, (uint32_t)n, &address, NULL) != 0)
		lua_pushnil(L);
	else
		lua_pushstring(L, prefix_format(text, &address));
	return 1;
}

/* contains(NETWORK, ADDRESS) */
static int import_contains(lua_State *L)
{
	struct prefix network, address;

	lua_pushboolean(L, prefix_parse(&network, luaL_checkstring(L, 1), NULL) == 0 &&
				   prefix_parse(&address, luaL_checkstring(L, 2), NULL) == 0 &&
				   prefix_contains(&network, &address));
	return 1;
}

/* tell(TEXT): a note for people. */
static int import_tell(lua_State *L)
{
	struct state *s = state_of(L);

	buf_printf(&s->printed, "%s\n", luaL_checkstring(L, 1));
	return 0;
}

/* Push the function of script NAME. */
static void import_push_script(lua_State *L, const char *name)
{
	const struct embedded *e = embedded_scripts;

	while (strcmp(e->name, name) != 0)
		e++;
	lua_pushfstring(L, "@%s", e->path);
	if (luaL_loadbufferx(L, e->text, e->size, lua_tostring(L, -1), "t") != LUA_OK)
		lua_error(L);
	lua_remove(L, -2);
}

static int import_run(lua_State *L)
{
	const struct file *f = lua_touserdata(L, 1);

	import_push_script(L, "mininet");
	json_push(L, f->text, f->len, "");
	net_push(L);
	lua_pushcfunction(L, import_refusal);
	lua_pushcfunction(L, import_nth);
	lua_pushcfunction(L, import_contains);
	lua_pushcfunction(L, import_tell);
	lua_call(L, 6, 1);
	return lua_isnil(L, -1) ? 0 : lua_error(L);
}

int import_mininet(const char *path, struct draft *d, struct buf *notes, struct err *err)
{
	struct file f;
	struct state *s;
	int result = -1;

	if (file_open_any(&f, path, err) != 0)
		return -1;
	if (import_is_python(&f)) {
		import_refuse_python(&f, err);
		file_close(&f);
		return -1;
	}
	s = state_new(f.script, STATE_MEMORY, sandbox_open, err);
	if (s) {
		net_begin(s, d, false);
		result = state_call(s, import_run, &f, err);
		net_end(s);
		buf_add(notes, buf_text(&s->printed), s->printed.len);
	}
	state_free(s);
	file_close(&f);
	return result;
}
