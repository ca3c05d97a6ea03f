"""The line being typed: prompt, completion, help, history, editing."""
import os
import random
import re
import stat

from term import (BACKSPACE, CTRL_C, CTRL_D, CTRL_R, CTRL_U, CTRL_Z, LEFT, TAB, UP, Term, check, main, same)


def test_prompt_and_greeting():
    with Term("minimal") as t:
        greeting = t.prompt()
        check("2 hosts, 1 switch" in greeting, "greeting: %r" % greeting)
        check(all(len(row) <= 40 for row in greeting.splitlines()), "greeting too wide: %r" % greeting)
        check("1 received" in t.run("h1 ping -c1 h2"), "no ping")
        t.line("exit")
        same(t.wait_end(), 0, "status")


def test_prompt_has_the_labs_name_and_quiet_no_greeting():
    with Term("-q") as t:
        same(t.prompt().strip(), t.name + ">", "all that is printed")
        t.send(CTRL_D)
        t.wait_for("exit")
        same(t.wait_end(), 0, "status")


def test_no_colour_where_none_is_wanted():
    for env in ({"NO_COLOR": "1"}, {"TERM": "dumb"}):
        with Term("-q", env=env) as t:
            t.prompt()
            t.line("nosuchthing")
            t.wait_for("error: ")
            t.prompt()
            check(b"\x1b[1m" not in t.raw and b"\x1b[1;31m" not in t.raw, "colour with %r" % env)


def test_colour_where_it_is():
    with Term("-q") as t:
        t.prompt()
        check(b"\x1b[1m" + t.name.encode() + b"\x1b[0m> " in t.raw, "prompt %r" % t.raw)


def test_tab_completes_a_command():
    with Term("-q", "minimal") as t:
        t.prompt()
        t.send("topol" + TAB)
        t.wait_row("topologies ")
        t.line("")
        t.wait_for("minimal")
        t.prompt()


def test_tab_lists_what_is_ambiguous():
    with Term("-q", "minimal") as t:
        t.prompt()
        t.send("show " + TAB + TAB)
        t.wait_for(re.compile(r"h1 +h2 +s1"))
        t.wait_row("show ")
        t.send("h1\r")
        t.prompt()


def test_tab_completes_a_node_and_an_interface():
    with Term("-q", "single", "hosts=1") as t:
        t.prompt()
        t.send("show h" + TAB)
        t.wait_row("show h1 ")
        t.send(CTRL_U + "add link h1:h" + TAB)
        t.wait_row("add link h1:h1-eth0")
        t.send(CTRL_C)
        t.prompt()


def test_a_scripts_command_completes():
    with Term("-q", "minimal") as t:
        t.prompt()
        t.run('lua command { name = "greet", args = "<host> [times=<number>]", help = "say hello", '
              'run = function(h) print("hello, " .. h.name) end }')
        t.send("gr" + TAB)
        t.wait_row("greet ")
        t.send(TAB + TAB)
        t.wait_for(re.compile(r"\nh1 +h2"))
        t.wait_row("greet h")
        t.send("?")
        t.wait_for(re.compile(r"<host> +a host of the lab"))
        t.wait_row("greet h")
        t.send("2 t" + TAB)
        t.wait_row("greet h2 times=")
        t.send("1\r")
        t.wait_for("hello, h2")
        t.prompt()


def test_ctrl_c_ends_a_scripts_command():
    with Term("-q", "minimal") as t:
        t.prompt()
        t.run('lua command { name = "spin", help = "turn round and round", '
              'run = function() io.stderr:write("turning") while true do pcall(error) end end }')
        for line in ("spin", "spin | cat"):
            t.line(line)
            t.wait_for("turning")
            t.send(CTRL_C)
            t.prompt()
            check("still here" in t.run("lua print('still here')"), t.text)


def test_tab_completes_a_file_after_source():
    with Term("-q", env={"XDG_STATE_HOME": "/nonexistent"}) as t:
        t.prompt()
        path = os.path.join(t.home, "a script.lab")
        with open(path, "w") as f:
            f.write("nodes\n")
        t.send("source " + t.home + "/a" + TAB)
        t.wait_row("source %s/a\\ script.lab" % t.home)
        t.line("")
        t.prompt()
        check("error" not in t.text, t.text)


def test_question_mark_helps_in_place():
    with Term("-q", "minimal") as t:
        t.prompt()
        t.send("show ?")
        t.wait_for("node")
        t.wait_row("show ")
        t.send("h1\r")
        t.wait_for("h1-eth0")
        t.prompt()


def test_question_mark_in_quotes_is_a_character():
    with Term("-q", "minimal") as t:
        t.prompt()
        check("really?\r\n" in t.run("h1 echo 'really?'"), t.text)
        check("a/?b=c" in t.run("h1 echo a/?b=c"), t.text)


def test_history_is_kept_for_its_owner():
    with Term("-q") as t:
        t.prompt()
        t.run("# one")
        t.run("# two")
        path = os.path.join(t.home, ".local/state/nslab/history")
        same(stat.S_IMODE(os.stat(path).st_mode), 0o600, "mode")
        same(stat.S_IMODE(os.stat(os.path.dirname(path)).st_mode), 0o700, "directory's mode")
        with open(path) as f:
            same(f.read(), "# one\n# two\n", "file")
        with Term("-q", env={"HOME": t.home}) as u:
            u.prompt()
            t.run("# three")
            u.send(UP)
            u.wait_row("# two")
            u.send(UP)
            u.wait_row("# one")
            u.line("")
            u.prompt()
            with open(path) as f:
                same(f.read(), "# one\n# two\n# three\n# one\n", "two labs' file")


def test_history_search():
    with Term("-q") as t:
        t.prompt()
        t.run("# the needle")
        t.run("# hay")
        t.send(CTRL_R + "need")
        t.wait_for("# the needle")
        t.send("\r")
        t.wait_for("\n")
        t.prompt()
        with open(os.path.join(t.home, ".local/state/nslab/history")) as f:
            same(f.read().splitlines()[-1], "# the needle", "the last line")


def test_no_home_no_history_no_error():
    with Term("-q", env={"HOME": None}) as t:
        t.prompt()
        t.run("# one")
        t.send(UP)
        t.wait_row("# one")
        check("error" not in t.text, t.text)


def test_a_history_of_nonsense_is_no_trouble():
    with Term("-q", env={"XDG_STATE_HOME": None}) as t:
        t.prompt()
        path = os.path.join(t.home, ".local/state/nslab/history")
        with open(path, "wb") as f:
            f.write(b"\x00\x1b[31m\xff\xfe\n# good\n" + b"x" * 200000)
        with Term("-q", env={"HOME": t.home}) as u:
            u.prompt()
            u.send(UP)
            u.wait_row("# good")


def test_a_long_history_is_cut():
    with Term("-q") as t:
        t.prompt()
        t.run("# one")
        path = os.path.join(t.home, ".local/state/nslab/history")
        with open(path, "w") as f:
            f.writelines("# line %d\n" % i for i in range(12001))
        with Term("-q", env={"HOME": t.home}) as u:
            u.prompt()
        with open(path) as f:
            lines = f.read().splitlines()
        same((len(lines), lines[0], lines[-1]), (10000, "# line 2001", "# line 12000"), "lines")
        same(stat.S_IMODE(os.stat(path).st_mode), 0o600, "mode")


def test_an_unknown_terminal_will_do():
    for term in ("dumb", "no-such-terminal", None):
        with Term("-q", "minimal", env={"TERM": term}) as t:
            t.prompt()
            t.send("h1 echo x" + BACKSPACE + "y\r")
            t.wait_for("\ny\r\n")
            t.prompt()
            check(b"\x1b" not in t.raw, "escape sequences with TERM=%s: %r" % (term, t.raw))


def test_ctrl_c_empties_the_line():
    with Term("-q", "minimal") as t:
        t.prompt()
        t.send("h1 echo never" + CTRL_C)
        t.wait_for("^C")
        t.prompt()
        check("still here\r\n" in t.run("h1 echo still here"), t.text)
        check("never\r\n" not in t.text, t.text)


def test_ctrl_z_at_the_prompt_does_nothing():
    with Term("-q", "minimal") as t:
        t.prompt()
        t.send(CTRL_Z + "h1 echo go" + CTRL_Z + "od\r")
        t.wait_for("\r\ngood\r\n")
        t.prompt()


def test_ctrl_d_deletes_within_a_line_and_ends_on_an_empty_one():
    with Term("-q", "minimal") as t:
        t.prompt()
        t.send("h1 echo xgood" + LEFT * 5 + CTRL_D + "\r")
        t.wait_for("\r\ngood\r\n")
        t.prompt()
        t.send(CTRL_D)
        t.wait_for("exit")
        same(t.wait_end(), 0, "status")


def test_the_status_of_exit():
    with Term("-q") as t:
        t.prompt()
        t.line("exit 7")
        same(t.wait_end(), 7, "status")


def test_utf8_is_edited_by_characters():
    with Term("-q", "minimal", env={"LANG": "C"}) as t:
        t.prompt()
        t.send("h1 echo h\u00e9\u4f60x" + BACKSPACE * 2 + "\u20ac\r")
        t.wait_for("\r\nh\u00e9\u20ac\r\n")
        t.prompt()


def test_a_backslash_joins_lines():
    with Term("-q", "minimal") as t:
        t.prompt()
        t.send("h1 echo one\\\r")
        t.wait_for("\n> ")
        t.send("two\r")
        t.wait_for("\r\nonetwo\r\n")
        t.prompt()


def test_resize_while_typing():
    with Term("-q", "minimal") as t:
        t.prompt()
        t.send("h1 echo abc")
        t.wait_row("h1 echo abc")
        t.resize(30, 10)
        t.wait_row("h1 echo abc")
        t.send("def\r")
        t.wait_for("\r\nabcdef\r\n")
        t.prompt()
        check("10 30" in t.run("h1 stty size"), t.text)


def test_twenty_columns():
    name = "%s-is-a-rather-long-name" % random.choice("abcdefgh")
    with Term("minimal", name=name, columns=20, rows=10) as t:
        t.name = name[:8]  # of which so much is shown
        t.prompt()
        t.send("h1 echo the quick brown fox jumps")
        t.wait_until(lambda: t.screen()[-3:] == [t.name + "> h1 echo th", "e quick brown fox ju", "mps"], "three rows")
        t.send("\r")
        t.wait_for("the quick brown fox jumps\r\n")
        t.wait_row("")
        t.send("sho" + TAB)
        t.wait_row("show")
        t.send("?")
        t.wait_for("node")
        t.wait_row("show")
        t.send("h1\r")
        t.wait_for("h1-eth0")
        t.wait_row("")
        t.line("exit")
        same(t.wait_end(), 0, "status")


def test_help_below_a_line_of_several_rows():
    with Term("-q", "minimal", columns=20, rows=40) as t:
        t.prompt()
        t.send("h1 echo 0123456789abcdef" + LEFT * 16)
        t.wait_until(lambda: t.screen()[-2:] == [t.name + "> h1 echo 0123456", "789abcdef"], "two rows")
        t.send(" ?")
        rows = [t.name + "> h1 echo  012345", "6789abcdef"]
        t.wait_until(lambda: len(t.screen()) > 3 and t.screen()[-2:] == rows, "two rows below the help")
        same(t.screen()[:2], rows, "the line above the help")
        t.send("\r")
        t.wait_for("\n0123456789abcdef\r\n")


def test_a_program_without_a_node_says_where_it_ran():
    with Term("-q", "minimal") as t:
        t.prompt()
        check("`ping` ran in the lab's root namespace" in t.run("ping -c1 h1"), t.text)
        for line in ("h1 ping -c1 -W1 10.9.9.9", "false h1", "ping -c1 127.0.0.1", "ping -c1 -W1 10.9.9.9"):
            check("ran in" not in t.run(line), t.text)


if __name__ == "__main__":
    main([f for name, f in list(globals().items()) if name.startswith("test_")])
