"""Lua at the prompt: Tab, chunks of several lines, ^C."""
import os

from term import CTRL_C, CTRL_D, CTRL_U, NSLAB, TAB, UP, Term, check, main, same


def test_tab_completes_lua():
    with Term("-q", "minimal") as t:
        t.prompt()
        t.send("lua pri" + TAB)
        t.wait_row("lua print(")
        t.send("h1.ki" + TAB)
        t.wait_row("lua print(h1.kind")
        t.send(CTRL_U + "= string.rep" + TAB)
        t.wait_row("= string.rep(")
        t.send(CTRL_U + "=lab:nodes" + TAB)
        t.wait_row("=lab:nodes(")
        t.send(CTRL_U + "= lab.h" + TAB + TAB)
        t.wait_for("h1")
        t.wait_row("= lab.h")
        t.send("2.et" + TAB)
        t.wait_row("= lab.h2.eth0")
        t.send(CTRL_U + "= lab.h2.na" + TAB)
        t.wait_row("= lab.h2.name")
        t.send("\r")
        t.wait_for("h2")
        t.prompt()


def test_tab_knows_variables_and_runs_nothing():
    with Term("-q", "minimal") as t:
        t.prompt()
        t.run("lua conf = setmetatable({ verbose = 1 }, { __index = function() ran = true end }); text = 'x'")
        t.send("= conf.v" + TAB)
        t.wait_row("= conf.verbose")
        t.send(CTRL_U + "= conf.other.x" + TAB)
        t.send(CTRL_U + "= text:up" + TAB)
        t.wait_row("= text:upper(")
        t.send(CTRL_U + '= "h' + TAB + TAB)
        t.wait_for("h1  h2")
        t.send(CTRL_U + "= ran\r")
        t.wait_for("nil")
        t.prompt()


def test_tab_in_a_chunk_that_goes_on():
    with Term("-q", "minimal") as t:
        t.prompt()
        t.line("lua for i = 1, 2 do")
        t.wait_until(lambda: t.screen()[-1] == ">", "another prompt")
        t.send("print(h1.ki" + TAB)
        t.wait_until(lambda: t.screen()[-1] == "> print(h1.kind", "the field")
        t.send(", i)\r")
        t.line("end")
        t.wait_until(lambda: t.screen()[-2:] == ["host    2", t.name + ">"], "the answer")


def test_tab_completes_a_script_and_its_words():
    with Term("-q", "minimal") as t:
        t.prompt()
        with open(os.path.join(t.home, "mine.lua"), "w") as f:
            f.write("print('got', ...)\n")
        t.send("source %s/mi" % t.home + TAB)
        t.wait_row("source %s/mine.lua" % t.home)
        t.send(" %s/mi" % t.home + TAB)
        t.wait_until(lambda: "".join(t.screen()).endswith("mine.lua"), "the word")
        t.send(" x=1 --json\r")
        t.wait_for("got")
        t.wait_for("x=1\t--json")
        t.prompt()


def test_a_pasted_chunk_is_one():
    with Term("-q", "minimal") as t:
        t.prompt()
        t.paste("lua if h1 then\n  print('pas' .. 'ted')\nend\n= 6 * 7\n")
        t.wait_for("pasted\r\n")
        t.wait_for("42\r\n")
        t.prompt()


def test_question_mark_says_what_names_are():
    with Term("-q", "minimal") as t:
        t.prompt()
        t.send("= lab:?")
        t.wait_for("nodes(")
        t.wait_for("method")
        t.send(CTRL_U + 'lua print("why?")\r')
        t.wait_for("why?\r\n")
        t.prompt()


def test_a_chunk_of_several_lines_is_one_of_the_history():
    with Term("-q", "minimal") as t:
        t.prompt()
        t.line("lua for i = 1, 2 do")
        t.line("print('turn', i)")
        t.line("end")
        t.wait_for("2\r\n")
        t.prompt()
        t.send(UP)
        t.wait_row("lua for i = 1, 2 do print('turn', i) end")
        t.send("\r")
        t.wait_for("2\r\n")
        t.prompt()


def test_ctrl_c_drops_an_unfinished_chunk():
    with Term("-q", "minimal") as t:
        t.prompt()
        t.line("lua if true then")
        t.send("print(1)" + CTRL_C)
        t.prompt()
        check("error" not in t.text, t.text)
        check("6\r\n" in t.run("= 2 * 3"), "no answer after ^C")


def stopped(t, line, ready):
    """Type LINE, ^C when READY has been printed; the next line works."""
    t.line(line)
    t.wait_for("\n")
    if ready:
        t.wait_for(ready)
    t.send(CTRL_C)
    t.wait_for("interrupted")
    t.prompt()
    check("6\r\n" in t.run("= 2 * 3"), "no answer after ^C")


def test_ctrl_c_stops_whatever_lua_runs():
    lines = [
        "lua print('on') while true do end",
        "lua print('on') while true do pcall(function() while true do end end) end",
        "lua print('on') local f = coroutine.wrap(function() while true do pcall(error) end end) while true do pcall(f) end",
        "lua print('on') while true do coroutine.resume(coroutine.create(function() while true do end end)) end",
        "lua print('on') while true do xpcall(error, function() while true do end end) end",
        "lua print('on') while true do string.gsub(('x'):rep(1000), 'x', function() end) end",
        "lua print('on') while true do ('x'):rep(1 << 20) end",
        "lua print('on') local t = {} for i = 1, 1000 do t[i] = i end while true do table.sort(t, function(a, b) return a > b end) end",
        "lua print('on') load(function() while true do end end)",
        "lua print('on') setmetatable({}, { __gc = function() while true do end end }) collectgarbage()",
        "lua print('on') while true do os.execute('sleep 9') end",
        "lua print('on') while true do io.read() end",
        "lua print('on') while true do print() end",
        "lua while true do lab:cmd('h1 echo on >&2; sleep 9') end",
        "lua print('on') while true do lab:cmd('links') end",
        "lua print('on') while true do lab:pingall() end",
        "lua print('on') while true do h1.eth0.mtu = 1400 end",
        "lua print('on') lab:build(function() while true do end end)",
        "= setmetatable({}, { __tostring = function() print('on') while true do end end })",
    ]
    with Term("-q", "minimal") as t:
        t.prompt()
        for line in lines:
            stopped(t, line, "on\r\n")


def test_ctrl_c_stops_a_script_with_status_130():
    with Term("-q", "minimal") as t:
        t.prompt()
        path = os.path.join(t.home, "loop.lua")
        with open(path, "w") as f:
            f.write("print('on')\nwhile true do\nend\n")
        t.line("source %s" % path)
        t.wait_for("on\r\n")
        t.send(CTRL_C)
        t.wait_for("loop.lua:2: interrupted")
        t.prompt()
        with Term(argv=[NSLAB, "run", "-q", path]) as second:
            second.wait_for("on\r\n")
            second.send(CTRL_C)
            second.wait_for("loop.lua:2: interrupted")
            same(second.wait_end(), 130, "status")


def test_an_error_in_init_lua_leaves_a_shell():
    with Term("-q", "minimal", env={"XDG_CONFIG_HOME": "/nonexistent"}) as t:
        t.prompt()
        folder = os.path.join(t.home, "nslab")
        os.mkdir(folder)
        with open(os.path.join(folder, "init.lua"), "w") as f:
            f.write("function twice(x) return 2 * x end\nerror('no')\n")
        with Term("-q", env={"XDG_CONFIG_HOME": t.home}) as second:
            second.wait_for("init.lua:2: no")
            second.prompt()
            check("8\r\n" in second.run("= twice(4)"), "init.lua was not read")
            second.send(CTRL_D)
            same(second.wait_end(), 0, "status")
        with Term("-q", "--no-init", env={"XDG_CONFIG_HOME": t.home}) as second:
            second.prompt()
            check("nil\r\n" in second.run("= twice"), "init.lua was read")


if __name__ == "__main__":
    main([f for name, f in list(globals().items()) if name.startswith("test_")])
