"""Pages that are followed at a terminal: two consoles, pasted blocks."""
import os
import re
import shutil
import subprocess
import time

from term import CTRL_C, CTRL_D, NSLAB, Failed, Term, check, main, same


def console(t):
    """One more terminal of T's lab."""
    return Term(argv=[NSLAB, "attach", "-q", t.name], name=t.name)


def until(t, line, test):
    """Type LINE until its answer is as it should be."""
    end = time.monotonic() + 10
    while not test(t.run(line)):
        if time.monotonic() > end:
            raise Failed("%s: still %r" % (line, t.text[-300:]))


def shell_pid(t):
    """That of the program's shell which reads what is typed there."""
    t.line("echo pid $$")
    return re.search(r"pid (\d+)\r", t.wait_for(re.compile(r"pid \d+\r"))).group(1)


def test_the_veth_article_on_two_consoles():
    """Repaired: `unshare -n && echo $$` prints when that shell has ended, and the wrong pid."""
    if not shutil.which("tcpdump"):
        return "no tcpdump here"
    with Term("-q") as two:
        two.prompt()
        with console(two) as one:
            one.prompt()
            two.run("ip link add ve0 type veth peer name ve1")
            two.run("ip address add 10.10.10.10/24 dev ve0")
            same(two.run("ip r | wc -l").split()[-2], "0", "routes before ve0 is up")
            two.run("ip link set ve0 up")
            two.run("sudo ip l s ve1 up")
            check("10.10.10.0/24 dev ve0" in two.run("ip r"), two.text)
            two.line("tcpdump -i ve1 -n -e arp")
            two.wait_for("listening on ve1")
            check("0 received" in one.run("(console 1)$ ping -c1 -W1 10.10.10.100"), one.text)
            two.wait_for("ff:ff:ff:ff:ff:ff, ethertype ARP (0x0806), length 42: "
                         "Request who-has 10.10.10.100 tell 10.10.10.10")
            two.send(CTRL_C)
            two.prompt()

            one.line("unshare -n")
            one.wait_front("sh")
            pid = shell_pid(one)
            one.line("ip -o l | wc -l")
            one.wait_for(re.compile(r"[\n ]1\r\n"))  # behind the prompt, if that was late
            two.run("NETPID=" + pid)
            two.run("(console 2)$ sudo ip link set ve1 netns ${NETPID}")
            check("ve1" not in two.run("ls /sys/class/net"), two.text)
            check("10.10.10.10/24" in two.run("ip -brief address show ve0"), two.text)
            one.line("ip a a 10.10.10.100/24 dev ve1")
            one.line("ip l s ve1 up")
            one.line("tcpdump -i ve1 -n -e -c2 arp")
            one.wait_for("listening on ve1")
            check("1 received" in two.run("ping -c1 -W2 10.10.10.100"), two.text)
            one.wait_for("Request who-has 10.10.10.100 tell 10.10.10.10")
            one.wait_for("Reply 10.10.10.100 is-at")
            one.line("exit")
            one.prompt()
            until(two, "ls /sys/class/net", lambda answer: "ve0" not in answer)


def test_two_unshared_shells():
    with Term("-q") as root:
        root.prompt()
        with console(root) as one, console(root) as two:
            for t in (one, two):
                t.prompt()
                t.line("unshare -n")
                t.wait_front("sh")
            pids = shell_pid(one), shell_pid(two)
            root.run("ip link add name va netns %s type veth peer name vb netns %s" % pids)
            one.line("ip address add 10.0.0.1/24 dev va; ip link set va up")
            two.line("ip address add 10.0.0.2/24 dev vb; ip link set vb up; echo i's up'")
            two.wait_for(re.compile(r"[\n ]is up\r\n"))
            one.line("ping -c1 -w5 10.0.0.2")
            one.wait_for("1 received")
            for t in (one, two):
                t.line("exit")
                t.prompt()
            check("va" not in root.run("ls /sys/class/net"), root.text)


def test_a_pasted_block():
    with Term("-q") as t:
        t.prompt()
        t.paste("### Create network namespaces\n"
                "# ip netns add levela\n"
                "root@host:~# ip netns add levelb\n"
                "$ sudo tee /etc/netns/levela.conf <<EOF\n"
                "it's a text\n"
                "# ip netns del levela\n"
                "EOF\n"
                "for n in c d; do\n"
                "  ip netns add level$n\n"
                "done\n"
                "nodes | wc -l\n")
        t.wait_for("\r\nit's a text\r\n# ip netns del levela\r\n")
        t.wait_for("\r\n5\r\n")
        t.prompt()
        t.run("# ip netns del levelb")
        check("levelb" in t.run("nodes"), t.text)


def test_a_line_that_goes_on():
    with Term("-q") as t:
        t.prompt()
        t.line("echo 'one")
        t.wait_for("> ")
        t.line("two'")
        t.wait_for("\r\none\r\ntwo\r\n")
        t.prompt()
        t.line("cat <<EOF")
        t.wait_for("\r\n> ")
        t.send(CTRL_C)
        t.prompt()
        t.line("cat <<EOF")
        t.wait_for("\r\n> ")
        t.line("three")
        t.wait_for("\r\n> ")
        t.send(CTRL_D)
        t.wait_for("\r\nthree\r\n")
        t.prompt()
        t.line("echo 'four")
        t.wait_for("\r\n> ")
        t.send(CTRL_D)
        t.wait_for("unclosed quote")
        t.prompt()
        check("alive" in t.run("echo alive"), t.text)


def test_a_card_of_the_machine_comes_back():
    """The PF_RING page's last step, with NSLAB_TEST_CARD=eth1: it loses its addresses."""
    card = os.environ.get("NSLAB_TEST_CARD")
    if os.geteuid() != 0:
        return "needs root"
    if not card:
        return "needs a network card of a virtual machine that may be moved: NSLAB_TEST_CARD=eth1"
    with Term("-q", "--host-net") as t:
        t.prompt()
        t.run("ip netns add ns0")
        t.run("ip link set %s netns ns0" % card)
        check(card not in t.run("ls /sys/class/net"), t.text)
        check(card in t.run("ip netns exec ns0 ls /sys/class/net"), t.text)
        t.run("ip netns exec ns0 ip link set %s up" % card)
        t.run("ip netns del ns0")
        until(t, "ls /sys/class/net", lambda answer: card in answer.split())
        same(subprocess.run(["ip", "link", "show", "dev", card], capture_output=True).returncode, 0)


if __name__ == "__main__":
    main([f for name, f in list(globals().items()) if name.startswith("test_")])
