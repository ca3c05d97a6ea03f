"""Several lines at once, and lines typed while a command runs."""
from term import CTRL_C, Term, check, main, same


def results(t):
    """What the echoes printed, without the lines that were typed."""
    return [row for row in t.text.replace("\r", "").splitlines() if row in ("first", "second", "third")]


def test_a_bracketed_paste_runs_line_by_line():
    with Term("-q", "minimal") as t:
        t.prompt()
        check(b"\x1b[?2004h" in t.raw, "bracketed paste is not asked for")
        t.paste("h1 echo first\nh1 echo second\nh1 echo third\n")
        t.wait_for("\r\nthird\r\n")
        t.prompt()
        same(results(t), ["first", "second", "third"])


def test_a_running_command_does_not_swallow_pasted_lines():
    with Term("-q", "minimal") as t:
        t.prompt()
        t.paste("h1 echo first\nh1 cat\nh1 echo second\nh1 echo third\n")
        t.wait_front("cat")
        t.send("typed\r\x04")
        t.wait_for("\r\nthird\r\n")
        t.prompt()
        same(results(t), ["first", "second", "third"])


def test_the_end_of_a_paste_without_newline_is_edited():
    with Term("-q", "minimal") as t:
        t.prompt()
        t.paste("h1 echo first\nh1 echo seco")
        t.wait_for("\r\nfirst\r\n")
        t.wait_for("h1 echo seco")
        t.send("nd\r")
        t.wait_for("\r\nsecond\r\n")
        t.prompt()


def test_a_paste_into_a_line():
    with Term("-q", "minimal") as t:
        t.prompt()
        t.send("h1 echo ")
        t.paste("fi?rs\tt")
        t.wait_for("fi?rs")
        t.send("\r")
        t.wait_for("\n")
        t.prompt()
        check("\r\nfi?rs t\r\n" in t.text, t.text)


def test_ctrl_c_drops_the_rest_of_a_paste():
    with Term("-q", "minimal") as t:
        t.prompt()
        t.paste("h1 sleep 1000\nh1 echo second\n")
        t.wait_for("sleep 1000\r\n")
        t.wait_front("sleep")
        t.send(CTRL_C)
        t.prompt()
        check("first" in t.run("h1 echo first"), t.text)
        same(results(t), ["first"])


def test_lines_without_brackets_run_one_after_the_other():
    with Term("-q", "minimal") as t:
        t.prompt()
        t.send("h1 echo first\rh1 echo second\rh1 echo third\r")
        t.wait_for("\r\nthird\r\n")
        t.prompt()
        same(results(t), ["first", "second", "third"])


def test_lines_typed_ahead_are_kept():
    with Term("-q", "minimal") as t:
        t.prompt()
        t.line("h1 sh -c 'echo first; while [ ! -e %s/go ]; do :; done'" % t.home)
        t.wait_for("\r\nfirst\r\n")
        t.send("h1 echo second\rh1 echo third\r")
        t.wait_for("third")
        open(t.home + "/go", "w").close()
        t.wait_for("\r\nthird\r\n")
        t.prompt()
        same(results(t), ["first", "second", "third"])


if __name__ == "__main__":
    main([f for name, f in list(globals().items()) if name.startswith("test_")])
