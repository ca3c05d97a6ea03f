"""A lab and several terminals: attach, exec, detach, --keep, stop."""
import json
import os
import re
import shutil
import signal
import subprocess

from term import CTRL_C, CTRL_D, CTRL_Z, NSLAB, Term, check, main, same


def run(*words, status=0, **options):
    """nslab WORDS to its end; what it printed."""
    p = subprocess.run([NSLAB, *words], stdout=subprocess.PIPE, text=True, timeout=60,
                       **{"stdin": subprocess.DEVNULL, "stderr": subprocess.STDOUT, **options})
    check(p.returncode == status, f"nslab {words}: status {p.returncode}, wanted {status}: {p.stdout}")
    return p.stdout


def state(name):
    """The line of `nslab ls` about lab NAME; None."""
    labs = json.loads(run("ls", "--json", stderr=None))
    return next((lab for lab in labs if lab["name"] == name), None)


def attach(t):
    return Term(argv=[NSLAB, "attach", "-q", t.name], name=t.name)


class Kept:
    """A lab that is kept; whatever happens, it is stopped."""

    def __init__(self, *words):
        self.term = Term("-q", "--keep", *words)

    def __enter__(self):
        self.term.prompt()
        return self.term

    def __exit__(self, *_):
        self.term.close()
        subprocess.run([NSLAB, "stop", self.term.name], stdin=subprocess.DEVNULL, capture_output=True, timeout=60)


def shell_of(t):
    """The first shell of T's lab: the child of init, which is that of the process outside."""
    children = {}
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/stat") as f:
                children.setdefault(int(f.read().rpartition(")")[2].split()[1]), []).append(int(pid))
        except OSError:
            pass
    return children[children[t.pid][0]][0]


def test_shells_see_each_others_changes():
    with Term("-q", "minimal") as one:
        one.prompt()
        with attach(one) as two:
            two.prompt()
            same(state(one.name)["shells"], 2)
            one.run("add host h3")
            check("h3" in two.run("nodes"), two.text)
            two.run("add link h3 s1")
            two.run("sh ip netns add blue")
            check("h3-eth0  s1-eth3  up" in one.run("links"), one.text)
            check("1 received" in one.run("h3 ping -c1 -W2 h1"), one.text)
            check("blue" in one.run("nodes"), one.text)
            one.run("del h3 blue")
            check("h3" not in two.run("links"), two.text)
            two.run("add host h3")
            same(two.run("h3 hostname").split()[-2], "h3")
            check("h3" in one.run("nodes"), one.text)
            two.send(CTRL_D)
            same(two.wait_end(), 0)
        same(state(one.name)["shells"], 1)
        check("alive" in one.run("h1 echo alive"), one.text)


def test_the_newcomer_counts_on():
    """Addresses go on where they were, as the order of the nodes is known to who comes later."""
    with Term("-q", "single", "hosts=12") as one:
        one.prompt()
        addresses = json.loads(run("attach", one.name, "-c", "nodes --json"))
        same([n["addresses"][0]["address"] if isinstance(n["addresses"][0], dict) else n["addresses"][0]
              for n in addresses if n["kind"] == "host"], [f"10.0.0.{k}/8" for k in range(1, 13)])
        run("attach", one.name, "-c", "add host h13", "-c", "add link h13 s1", "-c", "h13 ping -c1 -W2 10.0.0.1")
        check("10.0.0.13/8" in one.run("nodes"), one.text)


def test_a_busy_shell_lets_deleted_nodes_go():
    with Term("-q", "minimal") as one:
        one.prompt()
        one.run("h1 true")
        one.line("h2 sleep 1000")
        one.wait_front("sleep")
        with attach(one) as two:
            two.prompt()
            two.run("del h1")
            two.wait_until(lambda: "s1-eth1" not in two.run("s1 ip -o link"), "the end of h1's link")
            two.run("add host h1")
            two.run("add link h1 s1")
            check("1 received" in two.run("h1 ping -c1 -W2 h2"), two.text)
        one.send(CTRL_C)
        one.prompt()
        check("h1-eth0  s1-eth3  up" in one.run("links"), one.text)


def test_a_second_terminal_may_go_by_force():
    with Term("-q", "minimal") as one:
        one.prompt()
        for busy in (False, True):
            with attach(one) as two:
                two.prompt()
                same(state(one.name)["shells"], 2)
                if busy:
                    two.line("h1 sleep 1000")
                    two.wait_front("sleep")
                os.kill(two.pid, signal.SIGKILL)
                two.wait_end()
            one.wait_until(lambda: state(one.name)["shells"] == 1, "the end of the second shell")
        check("alive" in one.run("h1 echo alive"), one.text)


def test_detach_and_come_back():
    with Term("-q", "minimal") as one:
        try:
            one.prompt()
            one.run("h1 sh -c 'while :; do echo tick; sleep 0.1; done' &")
            one.wait_for("tick")
            one.line("detach")
            one.wait_for(f"nslab attach {one.name}")
            same(one.wait_end(), 0)
            same(one.modes(), one.before)
            same(state(one.name)["shells"], 0)
            check(state(one.name)["kept"], "not kept")
            with attach(one) as two:
                two.prompt()
                check("while :" in two.run("h1 ps ax"), two.text)
                check("1 received" in two.run("h1 ping -c1 -W2 h2"), two.text)
                two.line("exit")
                same(two.wait_end(), 0)
            with attach(one) as two:
                two.prompt()
                run("stop", one.name)
                two.wait_for("has ended")
                same(two.wait_end(), 1)
                same(two.modes(), two.before)
            same(state(one.name), None)
        finally:
            subprocess.run([NSLAB, "stop", one.name], capture_output=True)


def test_stop_from_another_terminal():
    with Term("-q", "minimal") as one:
        one.prompt()
        one.line("h1 sleep 1000")
        one.wait_front("sleep")
        run("stop", one.name)
        one.wait_for("was stopped")
        same(one.wait_end(), 1)
        same(one.modes(), one.before)
        check("no lab" in run("stop", one.name, status=1), "stopped twice")


def test_the_end_of_the_first_shell_is_the_end():
    with Term("-q", "minimal") as one:
        one.prompt()
        with attach(one) as two:
            two.prompt()
            one.send(CTRL_D)
            same(one.wait_end(), 0)
            two.wait_for("has ended")
            same(two.wait_end(), 1)


def test_a_hangup_is_the_end_whatever_runs_in_front():
    for line, program in (("h1 sleep 91", "sleep"), ("h1", "sh")):
        with Term("-q", "minimal") as t:
            t.prompt()
            t.line(line)
            t.wait_front(program)
            t.hang_up()
            t.wait_end()
            check(state(t.name) is None, "the lab is still there")


def killed(process):
    """Kill PROCESS of a kept lab's first shell; the lab is as it was."""
    with Kept("tree", "depth=2") as one:
        one.run("add router r1")
        one.run("add link r1 s1")
        one.run("h1 ip addr add 192.168.5.5/24 dev h1-eth0")
        links = run("attach", "-q", one.name, "-c", "links --json")
        nodes = run("attach", "-q", one.name, "-c", "nodes --json")
        os.kill(process(one), signal.SIGKILL)
        one.wait_end()
        same(one.modes(), one.before) if one.status != -signal.SIGKILL else None
        one.wait_until(lambda: state(one.name)["shells"] == 0, "the shell's end")
        same(run("attach", "-q", one.name, "-c", "links --json"), links)
        same(run("attach", "-q", one.name, "-c", "nodes --json"), nodes)
        with attach(one) as two:
            two.prompt()
            check("1 received" in two.run("h4 ping -c1 -W2 h1"), two.text)
        run("stop", one.name)
        same(state(one.name), None)


def test_a_kept_lab_survives_its_shell():
    killed(shell_of)


def test_a_kept_lab_survives_the_process_outside():
    killed(lambda t: t.pid)


def test_iperf_ends_with_a_killed_shell():
    """What measures is nobody's any more, and would keep the port."""
    if not shutil.which("iperf3"):
        return "no iperf3"
    def programs():
        return run("exec", one.name, "root", "sh", "-c", "cat /proc/[0-9]*/comm 2>&1; true").split().count("iperf3")

    with Kept("minimal") as one, attach(one) as two:
        two.prompt()
        two.line("iperf time=60s h1 h2")
        one.wait_until(lambda: programs() == 2, "a server and a client")
        os.kill(two.pid, signal.SIGHUP)
        one.wait_until(lambda: programs() == 0, "their end")


def test_exec_sees_what_was_just_done():
    with Term("-q", "minimal") as one:
        one.prompt()
        one.run("h1 ip addr add 192.168.77.1/24 dev h1-eth0")
        check("192.168.77.1/24" in run("exec", one.name, "h1", "ip", "addr"), "not seen")
        same(run("exec", one.name, "root", "ip", "-br", "link").split()[0], "lo")
        check("did you mean h2" in run("exec", one.name, "h22", "true", status=1), "no suggestion")
        run("exec", one.name, "h2", "nosuchprogram", status=127)
        run("exec", one.name, "h2", "/etc/hosts", status=126)


def test_exec_hands_on_input_and_status():
    with Term("-q", "minimal") as one:
        one.prompt()
        p = subprocess.run([NSLAB, "exec", one.name, "h2", "--", "sh", "-c", "hostname; cat; exit 9"], input="typed\n",
                           capture_output=True, text=True, timeout=60)
        same((p.stdout, p.returncode), ("h2\ntyped\n", 9))


def test_exec_hands_on_signals():
    with Term("-q", "minimal") as one:
        one.prompt()
        script = "trap 'echo term; exit 3' TERM; trap 'echo int' INT; trap 'echo usr' USR1; echo ready; while :; do sleep 0.05; done"
        p = subprocess.Popen([NSLAB, "exec", one.name, "h2", "sh", "-c", script], stdin=subprocess.DEVNULL,
                             stdout=subprocess.PIPE, text=True)
        for signal_, word in ((None, "ready"), (signal.SIGINT, "int"), (signal.SIGUSR1, "usr"), (signal.SIGTERM, "term")):
            if signal_:
                p.send_signal(signal_)
            same(p.stdout.readline(), word + "\n")
        same(p.wait(60), 3)
        p = subprocess.Popen([NSLAB, "exec", one.name, "h2", "sh", "-c", "trap 'echo hup; exit' HUP; echo ready; "
                              "while :; do sleep 0.05; done"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
        same(p.stdout.readline(), "ready\n")
        p.kill()
        same(p.stdout.readline(), "hup\n")
        p.wait()


def test_exec_at_a_terminal():
    with Term("-q", "minimal") as one:
        one.prompt()
        name = one.name
        with Term(argv=["/bin/bash", "--norc", "--noediting", "-i"], env={"PS1": "$ "}) as sh:
            sh.wait_for("$ ")
            sh.line(f"{NSLAB} exec {name} h1 sleep 1000")
            sh.wait_front("nslab")
            one.wait_until(lambda: "sleep 1000" in run("exec", name, "h1", "ps", "ax"), "sleep")
            sh.send(CTRL_Z)
            sh.wait_for("Stopped")
            sh.line("fg")
            sh.wait_front("nslab")
            sh.send(CTRL_C)
            sh.wait_for("$ ")
            sh.line("echo =$?=")
            sh.wait_for("=130=")
            # a shell with job control, and the terminal back afterwards
            sh.line(f"{NSLAB} exec {name} h1 env PS1='$((40+2))> ' bash --norc --noediting -i; tty; echo =$?=")
            sh.wait_for("42> ")
            sh.line("sleep 1000")
            sh.wait_front("sleep")
            sh.send(CTRL_Z)
            sh.wait_for("Stopped")
            sh.line("exit")
            sh.line("exit")
            sh.wait_for(re.compile(r"/dev/pts/\d+\r\n=0="))
            check("1000" not in run("exec", name, "h1", "ps", "ax").replace("ps ax", ""), "left")
            sh.line("exit")
            sh.wait_end()


def test_a_stopped_exec_does_not_keep_a_lab():
    with Term("-q", "minimal") as one:
        one.prompt()
        with Term(argv=["/bin/bash", "--norc", "--noediting", "-i"], env={"PS1": "$ "}) as sh:
            sh.wait_for("$ ")
            sh.line(f"{NSLAB} exec {one.name} h1 sleep 1000")
            one.wait_until(lambda: "sleep 1000" in run("exec", one.name, "h1", "ps", "ax"), "sleep")
            sh.send(CTRL_Z)
            sh.wait_for("Stopped")
            one.send(CTRL_D)
            same(one.wait_end(), 0)
            sh.line("fg")
            sh.wait_for("has ended")


def as_user(uid, *words):
    return subprocess.run(["setpriv", "--reuid", str(uid), "--regid", str(uid), "--clear-groups", NSLAB, *words],
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def test_others_stay_outside():
    if os.geteuid() != 0:
        return "needs root"
    with Term("-q", "minimal") as one:
        one.prompt()
        for words in (("exec", one.name, "h1", "id"), ("attach", one.name, "-c", "nodes"), ("stop", one.name),
                      ("exec", f"0/{one.name}", "h1", "id")):
            p = as_user(1001, *words)
            same(p.returncode, 3, p.stdout)
            check("only that user and root may enter" in p.stdout, p.stdout)
        check(one.name not in as_user(1001, "ls").stdout, "listed")
        # Past the program's own refusal: init serves nobody who is outside.
        code = ("import socket,struct,sys; s=socket.socket(socket.AF_UNIX,socket.SOCK_SEQPACKET); "
                f"s.connect('\\0nslab/0/{one.name}'); s.recv(4096); "
                "s.send(struct.pack('i256s',2,b'')); print(repr(s.recv(4096)))")
        subprocess.run(["setpriv", "--reuid", "1001", "--regid", "1001", "--clear-groups", "python3", "-c", code],
                       capture_output=True)
        check(not state(one.name)["kept"], "a stranger was served")
    return None


def test_root_enters_anybodys():
    if os.geteuid() != 0:
        return "needs root"
    name = "z" + os.urandom(3).hex()
    try:
        p = as_user(1000, "-q", "--keep", "--name", name, "minimal")
        same(p.returncode, 0, p.stdout)
        check("1 received" in run("exec", name, "h1", "ping", "-c1", "-W2", "h2"), "no ping")
        run("attach", "-q", f"1000/{name}", "-c", "add host h3", "-c", "add link h3 s1")
        check("h3-eth0" in as_user(1000, "exec", name, "h3", "ip", "link").stdout, "not the same lab")
    finally:
        subprocess.run([NSLAB, "stop", f"1000/{name}"], capture_output=True)
    same(state(name), None)
    return None


def test_names_may_be_short():
    with Term("-q") as one, Term("-q", name=one.name + "-b") as two:
        one.prompt(), two.prompt()
        same(run("exec", one.name, "root", "hostname"), one.name + "\n")
        same(run("exec", one.name + "-", "root", "hostname"), two.name + "\n")
        with Term("-q", name=one.name + "-c") as three:
            three.prompt()
            check("could be" in run("exec", one.name + "-", "root", "true", status=1), "guessed")


if __name__ == "__main__":
    main([f for name, f in list(globals().items()) if name.startswith("test_")])
