"""Programs in front and behind: ^C, ^Z, jobs, what they leave of the terminal."""
import os
import pty
import re
import signal
import termios

from term import CTRL_C, CTRL_D, CTRL_Z, Term, check, main, same


def test_ctrl_c_ends_the_program_only():
    with Term("-q", "minimal") as t:
        t.prompt()
        t.line("h1 ping -i 0.2 h2")
        t.wait_for("bytes from")
        t.send(CTRL_C)
        t.wait_for("packets transmitted")
        t.prompt()
        t.line("h1 sleep 1000")
        t.wait_front("sleep")
        t.send(CTRL_C)
        t.wait_for("^C\r\n")
        t.prompt()
        check("alive\r\n" in t.run("h1 echo alive"), t.text)


def test_ctrl_c_ends_pingall():
    with Term("-q", "single", "hosts=3") as t:
        t.prompt()
        t.run("h3 ip link set h3-eth0 down")
        t.line("pingall timeout=60s")
        t.wait_for(" of 6 pings")
        t.send(CTRL_C)
        t.wait_for("interrupted")
        t.prompt()
        check("alive\r\n" in t.run("h1 echo alive"), t.text)


def test_stop_jobs_fg_bg_kill():
    with Term("-q", "minimal") as t:
        t.prompt()
        t.line("h1 sleep 1000")
        t.wait_front("sleep")
        t.send(CTRL_Z)
        t.wait_for(re.compile(r"\n\[1\]\+ +Stopped +h1 sleep 1000"))
        t.prompt()
        check(re.search(r"\[1\].*sleep 1000", t.run("jobs")), t.text)
        t.line("fg")
        t.wait_front("sleep")
        t.send(CTRL_Z)
        t.wait_for("Stopped")
        t.prompt()
        t.run("bg %1")
        check("Running" in t.run("jobs") or "running" in t.text, t.text)
        t.line("kill %1")
        t.wait_for(re.compile(r"\[1\]\+ +Terminated +h1 sleep 1000"))
        t.run("# a prompt")
        check("sleep" not in t.run("jobs").replace("jobs", "", 1), t.text)


def test_output_of_a_job_leaves_the_line_whole():
    with Term("-q", "minimal") as t:
        t.prompt()
        go = t.home + "/go"
        t.line("h1 sh -c 'while [ ! -e %s ]; do sleep 0.05; done; echo news; printf ne; echo ws2' &" % go)
        t.wait_for("\n")
        t.prompt()
        t.send("h1 echo half a")
        t.wait_for("h1 echo half a")
        open(go, "w").close()
        t.wait_for(re.compile(r"\[1\]\+ +Done +h1 sh"))
        t.wait_row("h1 echo half a")
        check(t.screen()[-5:-2] == ["news", "news2"] + t.screen()[-3:-2], "screen: %r" % t.screen())
        t.send(" line\r")
        t.wait_for("\r\nhalf a line\r\n")
        t.prompt()


def test_leaving_with_jobs_warns_once():
    for leave in ("exit\r", CTRL_D):
        with Term("-q", "minimal") as t:
            t.prompt()
            t.run("h1 sleep 1000 &")
            t.send(leave)
            t.wait_for("There are running jobs")
            t.prompt()
            t.send(leave)
            same(t.wait_end(), 0, "status")


def test_ctrl_c_ends_a_script():
    with Term("minimal", "-c", "h1 sleep 1000", "-c", "h1 echo no") as t:
        t.wait_until(lambda: children_of(t.pid, "sleep"), "sleep")
        t.send(CTRL_C)
        same(t.wait_end(), 130, "status")
        check("no\r\n" not in t.text, t.text)


def test_ctrl_c_of_a_script_spares_its_jobs():
    """As in sh without job control: they end with the lab."""
    job = "h1 sh -c 'trap \"echo job got it\" INT; echo ready; while :; do sleep 0.05; done' &"
    with Term("minimal", "-k", "-c", job, "-c", "fg", "-c", "h1 echo behind") as t:
        t.wait_for(re.compile(r"(?m)^ready"))
        t.send(CTRL_C)
        same(t.wait_end(), 130, "status")
        check("behind\r\n" not in t.text and "\njob got it" not in t.text, t.text)


def children_of(pid, name):
    """Descendants of process PID that are called NAME."""
    found = []
    try:
        with open("/proc/%d/task/%d/children" % (pid, pid)) as f:
            for child in f.read().split():
                with open("/proc/%s/comm" % child) as c:
                    found += [int(child)] if c.read().strip() == name else []
                found += children_of(int(child), name)
    except OSError:
        pass
    return found


def test_a_closed_window_ends_the_lab():
    with Term("-q", "minimal") as t:
        t.prompt()
        t.run("h1 sleep 1000 &")
        sleep = children_of(t.pid, "sleep")
        check(len(sleep) == 1, "sleep: %r" % sleep)
        os.close(t.slave)
        os.close(t.master)
        t.master, t.slave = pty.openpty()  # for what closes the test
        t.wait_end()
        t.wait_until(lambda: not os.path.exists("/proc/%d/exe" % sleep[0]), "the end of sleep")


def test_the_terminal_is_restored_after_a_killed_program():
    with Term("-q", "minimal") as t:
        t.prompt()
        t.run("h1 sh -c 'stty raw -echo; kill -9 $$'")
        check("fine\r\n" in t.run("h1 echo fine"), t.text)
        flags = t.run("h1 stty -a")
        for wanted in ("icanon", "echo", "isig", "opost"):
            check(wanted in flags.split(), "no %s in %r" % (wanted, flags))
        t.line("exit")
        t.wait_end()
        same(t.modes(), t.before, "modes at the end")


def test_the_terminal_is_restored_at_the_end():
    for end in ("exit\r", CTRL_D, signal.SIGTERM):
        with Term("-q") as t:
            t.prompt()
            t.wait_until(lambda: not t.modes()[3] & termios.ICANON, "raw mode")
            if isinstance(end, str):
                t.send(end)
            else:
                os.kill(t.pid, end)
            t.wait_end()
            same(t.modes(), t.before, "modes after %r" % end)
            check(t.raw.rstrip().endswith(b"\x1b[?2004l") or b"\x1b[?2004l" in t.raw, "paste mode left on")


def test_a_shell_in_a_node():
    with Term("-q", "minimal", env={"SHELL": "/bin/sh"}) as t:
        t.prompt()
        t.line("h1")
        t.wait_for(re.compile(r"[#$] "))
        t.line("ip -o link show h1-eth0 | wc -l; hostname")
        t.wait_for("\n1\r\nh1\r\n")
        t.line("exit")
        t.prompt()


if __name__ == "__main__":
    main([f for name, f in list(globals().items()) if name.startswith("test_")])
