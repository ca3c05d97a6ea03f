"""map --watch at a terminal: it follows the lab and the window, and leaves both as they were."""
import os

from term import CTRL_C, Term, main


def open_watched(t, then):
    """A lab whose h2 does THEN when the test says go, and its map on the screen."""
    go = os.path.join(t.home, "go")
    os.mkfifo(go)
    t.prompt()
    t.run("h2 sh -c 'read x <%s; %s' &" % (go, then))
    t.line("map --watch")
    t.wait_for("h2 10.0.0.2/8")
    return go


def say(go):
    with open(go, "w") as f:
        f.write("go\n")


def test_watch_draws_each_change():
    with Term("-q", "minimal") as t:
        go = open_watched(t, "ip link set h2-eth0 down")
        say(go)
        t.wait_for("h2-eth0 down")
        t.wait_until(lambda: t.screen()[0].startswith("\u2554"), "the picture in the first row")
        t.send("q")
        t.prompt()
        t.line("h1 echo alive")
        t.wait_for("\r\nalive\r\n")


def test_watch_ends_with_ctrl_c():
    with Term("-q", "minimal") as t:
        open_watched(t, "true")
        t.send(CTRL_C)
        t.prompt()
        t.line("h1 echo alive")
        t.wait_for("\r\nalive\r\n")


def test_watch_follows_the_window():
    with Term("-q", "minimal") as t:
        open_watched(t, "true")
        t.resize(40, 24)
        t.wait_for("eth2\u2500\u2500eth0")
        t.resize(40, 3)
        t.wait_for("screen is too small")
        t.resize(80, 24)
        t.wait_for("s1-eth2\u2500\u2500h2-eth0")
        t.send("q")
        t.prompt()


if __name__ == "__main__":
    main([f for name, f in list(globals().items()) if name.startswith("test_")])
