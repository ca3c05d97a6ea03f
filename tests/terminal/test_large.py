"""A lab that takes its time: progress is shown, ^C takes back what was done."""
from term import CTRL_C, Term, check, main


def test_a_large_load_is_shown_and_interrupted():
    # Some seconds on a slow machine; more than the half second after which progress is shown on a fast one.
    with Term("-q") as t:
        t.prompt()
        t.send("load tree depth=2 fanout=60\r")
        t.wait_for("of 29468 operations", limit=60)
        t.send(CTRL_C)
        t.wait_for("interrupted; what was done is undone", limit=60)
        t.prompt()
        t.send("nodes --json\r")
        t.wait_for("[]")
        t.prompt()
        check("operations" not in t.text.split("undone")[-1], "progress goes on")


def test_ctrl_c_while_another_shell_has_set_neighbours():
    with Term("-q", "single", "hosts=40") as t:
        t.prompt()
        t.line("sh flock /run/nslab/neighbours -c 'printf he; echo ld; sleep 1000' &")
        t.wait_for("held")
        t.line("pingall")
        t.wait_for("0 of 1560 pings")
        t.send(CTRL_C)
        t.wait_for("error: pingall: interrupted while another shell")
        t.prompt()
        t.line("kill %1")
        t.wait_for("Terminated")
        t.prompt()
        check("(1560/1560 received)" in t.run("pingall"), t.text)


def test_lists_of_lost_pings_go_on_in_the_next_line():
    with Term("-q", "single", "hosts=4", columns=40) as t:
        t.prompt()
        t.run("link h1 s1 down")
        check("no answer to ARP: h1 -> h2, h1 -> h3,\r\n    h1 -> h4, h2 -> h1, h3 -> h1,\r\n    h4 -> h1\r\n" in
              t.run("pingall timeout=100ms"), t.text)


if __name__ == "__main__":
    main([f for name, f in list(globals().items()) if name.startswith("test_")])
