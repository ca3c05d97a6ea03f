"""What is printed stays within the terminal, and breaks between words."""
import re
import subprocess

from term import NSLAB, Term, check, main, same


def narrow(t, line):
    """What LINE prints, without what was typed."""
    return t.run(line).rsplit("\n", 1)[0].replace("\r", "").splitlines()


def fits(rows, columns):
    for row in rows:
        check(len(row) <= columns, "wider than %d: %r" % (columns, row))


def test_show_breaks_between_addresses():
    for columns in (80, 40):
        with Term("-q", "playground", columns=columns) as t:
            t.prompt()
            rows = narrow(t, "show modemA")
            fits(rows, columns)
            words = " ".join(rows).split()
            for word in ("10.25.1.65/16", "192.168.1.1/24", "::1/128", "addresses"):
                check(word in words, "%s in %r" % (word, rows))


def test_show_says_what_an_interface_is_a_port_of():
    with Term("-q", "minimal") as t:
        t.prompt()
        rows = narrow(t, "show s1")
        same(rows[1].split()[5:], ["peer", "master", "addresses"], "head")
        check(re.fullmatch(r"s1-eth1 +up +veth +[0-9a-f:]+ +1500 +h1-eth0 +s1", rows[-2]), "port: %r" % rows)
        check("    127.0.0.1/8 ::1/128" in rows, "lo's addresses: %r" % rows)
        check("master" not in narrow(t, "show h1")[1], "no master where there is none")


def test_help_at_the_cursor_breaks_between_words():
    with Term("-q", "minimal") as t:
        for typed, last in (("add link h1 ", "storm="), ("pingall ", "Enter")):
            t.prompt()
            start = t.mark
            t.send(typed + "?")
            t.wait_for(last)
            t.wait_row(typed)
            below = t.text[start:].replace("\r", "").splitlines()[1:-1]
            check(len(below) > 2, "rows: %r" % below)
            fits(below, 80)
            t.send("\x15\r")


def test_help_at_an_empty_prompt_fits_the_screen():
    with Term("-q", "minimal") as t:
        t.prompt()
        t.send("?")
        t.wait_for("help COMMAND")
        t.wait_row("")
        rows = t.screen()
        check(len(rows) <= 24, "%d rows" % len(rows))
        fits(rows, 80)


def test_topologies_have_room_for_what_they_are():
    with Term("-q") as t:
        t.prompt()
        rows = narrow(t, "topologies")
        fits(rows, 80)
        check("tree        switches in a tree, hosts at its leaves (depth=1 fanout=2)" in rows, "rows: %r" % rows)
        check(len(rows) < 40, "%d rows" % len(rows))


def test_errors_break_between_words():
    with Term("-q", "minimal") as t:
        t.prompt()
        rows = narrow(t, "add link h1 s1 foo=1")
        fits(rows, 80)
        same(rows[0], "error: add link h1-s1: unknown option foo=", "error")
        same(rows[1:], ["hint: usage: add link <end> <end> [ip=<addresses>] [ip6=<addresses>]",
                        "    [mtu=<number>] [storm=true|false]"], "hint")


def test_errors_in_a_file_do_not_break():
    done = subprocess.run([NSLAB, "-q", "-c", "add link h1 s1 foo=1", "minimal"], capture_output=True, text=True,
                          stdin=subprocess.DEVNULL)
    check("[ip6=<addresses>] [mtu=<number>]" in done.stderr, done.stderr)


if __name__ == "__main__":
    main([f for name, f in list(globals().items()) if name.startswith("test_")])
