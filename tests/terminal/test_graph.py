"""What happens in the lab while the person types nothing: it is seen at once, and by itself."""
import re

from term import CTRL_C, CTRL_U, TAB, Term, check, main

# Waits for a line of /etc/hosts, which the shell writes when it has noticed.
SEEN = "for i in $(seq 250); do grep -q %s /etc/hosts && echo seen-$((6 * 7)) && break; sleep 0.02; done"


def test_a_name_that_waits_for_its_namespace_is_tried_again():
    with Term("-q") as t:
        t.prompt()
        t.line("sh (unshare -n sh -c 'ip address add 10.5.5.5/32 dev lo; exec sleep 1000' & "
               "until nsenter -n -t $! ip -o address | grep -q 10.5; do :; done; "
               "touch /run/netns/late; sleep 0.2; mount --bind /proc/$!/ns/net /run/netns/late; " + SEEN % "late" + ") &")
        t.wait_for("seen-42")


def test_a_change_is_seen_while_the_prompt_waits():
    with Term("-q", "minimal") as t:
        t.prompt()
        t.line("h1 (ip address add 10.7.7.7/24 dev h1-eth0; " + SEEN % "10.7.7.7" + ") &")
        t.wait_for("seen-42")


def test_events_come_at_once_and_end_with_an_interrupt():
    with Term("-q", "minimal") as t:
        t.prompt()
        t.line("h1 (sleep 0.3; ip link set h1-eth0 mtu 1400) &")
        t.prompt()
        t.line("events")
        t.wait_for(re.compile(r"\d\d:\d\d:\d\d\.\d{3}  h1  h1-eth0 mtu 1400"))
        t.send(CTRL_C)
        t.prompt()
        t.line("show h1")  # the news of the job may come before or after it
        t.wait_for(re.compile(r"h1-eth0 +up .* 1400 "))


def test_tab_quotes_names_from_outside():
    with Term("-q") as t:
        t.prompt()
        t.run("sh ip netns add 'a b'; ip netns add \"it's\"; ip netns add '#x'; ip netns add grün; ip netns add $(printf 'c\\033c')")
        t.send("show a" + TAB)
        t.wait_row("show a\\ b ")
        t.send(CTRL_U + "show 'a" + TAB)
        t.wait_row("show 'a b' ")
        t.send(CTRL_U + "it" + TAB + "hostname\r")
        t.wait_for("\r\nit's\r\n")
        t.prompt()
        t.send("show gr" + TAB)
        t.wait_row("show grün ")
        t.send(CTRL_U + "\\#" + TAB + "hostname\r")
        t.wait_for("\r\n#x\r\n")
        t.prompt()
        t.send("show c" + TAB)
        t.wait_row("show c")


def test_a_spanning_tree_is_waited_for_with_a_word():
    with Term("-q") as t:
        t.prompt()
        t.line("load stploop")
        t.wait_for("spanning tree: 4 s")
        t.wait_for("spanning tree: 2 s")
        t.prompt()
        t.line("h1 ping -c1 -W1 h3")
        t.wait_for("1 received")
        t.prompt()
        check("spanning" not in "\n".join(t.screen()), "the word is gone")


def test_an_interrupt_ends_the_wait_and_leaves_the_lab():
    with Term("-q") as t:
        t.prompt()
        t.line("load stploop")
        t.wait_for("spanning tree: 4 s")
        t.send(CTRL_C)
        t.wait_for("spanning tree: not waited for; `links` shows who still learns")
        t.prompt()
        t.line("links")
        t.wait_for(re.compile(r"s1-eth2 +s2-eth2 +learning"))
        t.prompt()


if __name__ == "__main__":
    main([f for name, f in list(globals().items()) if name.startswith("test_")])
