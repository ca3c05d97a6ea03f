"""What the test programs share: running nslab, seeing what it left behind, and reporting.

A test program prints TAP ("ok - NAME", "not ok - NAME", "ok - NAME # SKIP REASON", details as "# ..." lines below),
takes --program PATH, and exits with 1 when something failed.
"""
import argparse
import os
import signal
import subprocess
import sys
import time
import uuid

TESTS = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(TESTS)
MARK = "NSLAB_TEST_MARK"


class Report:
    """Counts and prints results in TAP."""

    def __init__(self):
        self.failed = 0

    def ok(self, name):
        print(f"ok - {name}", flush=True)

    def fail(self, name, detail=""):
        self.failed += 1
        print(f"not ok - {name}")
        for line in str(detail).splitlines():
            print(f"# {line}")
        sys.stdout.flush()

    def skip(self, name, reason):
        print(f"ok - {name} # SKIP {reason}", flush=True)

    def check(self, name, good, detail=""):
        if good:
            self.ok(name)
        else:
            self.fail(name, detail)

    def end(self):
        sys.exit(1 if self.failed else 0)


def arguments(about, *extra):
    """--program and what else a test program takes: (name, type, default, help)."""
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("--program", default=os.path.join(TOP, "build/nslab"))
    for name, kind, default, text in extra:
        parser.add_argument(f"--{name}", type=kind, default=default, help=text)
    options = parser.parse_args()
    options.program = os.path.abspath(options.program)
    return options


def sanitized(program):
    """Was the program built with AddressSanitizer? It is slower and larger then."""
    with open(program, "rb") as f:
        return b"__asan_init" in f.read()


def patience(program):
    """By how much time limits are stretched."""
    return 4 if sanitized(program) else 1


class Mark:
    """A mark in the environment of a test's processes, by which every one of them is found again, however deep."""

    def __init__(self):
        self.value = uuid.uuid4().hex
        self.env = {**os.environ, MARK: self.value}

    def processes(self):
        """{pid: command line} of what carries the mark. Zombies have no environment, so are not among them."""
        needle = f"{MARK}={self.value}".encode()
        found = {}
        for pid in filter(str.isdigit, os.listdir("/proc")):
            try:
                with open(f"/proc/{pid}/environ", "rb") as f:
                    if needle not in f.read():
                        continue
                with open(f"/proc/{pid}/cmdline", "rb") as f:
                    found[int(pid)] = f.read().replace(b"\0", b" ").decode(errors="replace").strip()
            except OSError:
                pass
        return found

    def kill(self):
        for pid in self.processes():
            try:
                os.kill(pid, signal.SIGKILL)
            except OSError:
                pass

    def left(self, seconds=1.0):
        """What is still there after so many seconds; {} as soon as nothing is."""
        end = time.monotonic() + seconds
        while (found := self.processes()) and time.monotonic() < end:
            time.sleep(0.01)
        return found


def output(*argv):
    return subprocess.run(argv, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace").stdout


def machine():
    """What a lab must not change: the machine's interfaces, its named namespaces, its mounted ones."""
    with open("/proc/self/mountinfo") as f:
        mounts = [line.split()[4] for line in f if " - nsfs " in line]
    # An interface that goes meanwhile makes ip print an error instead of a line of it.
    links = [line.split(":")[1].strip() for line in output("ip", "-o", "link").splitlines() if line[:1].isdigit()]
    return {"ip link": links, "ip netns list": output("ip", "netns", "list").split(), "mounted namespaces": mounts}


def changes(before, after):
    """What came and what went, in words."""
    told = []
    for what in before:
        came = [name for name in after[what] if name not in before[what]]
        went = [name for name in before[what] if name not in after[what]]
        if came or went:
            told.append(f"{what}: came: {' '.join(came) or '-'}; went: {' '.join(went) or '-'}")
    return told


class Result:
    def __init__(self, status, text, seconds, left):
        self.status = status
        self.text = text
        self.seconds = seconds
        self.left = left  # processes left a second after the end

    def __str__(self):
        return f"status {self.status} after {self.seconds:.1f} s\n{self.text}" + (f"left: {self.left}" if self.left else "")


def run(argv, stdin="", cwd=None, env=None, limit=60, shell=False):
    """Run a program to its end; its output and errors in one. A time limit is a status of None."""
    mark = Mark()
    begin = time.monotonic()
    p = subprocess.Popen(argv, shell=shell, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                         cwd=cwd, env={**mark.env, **(env or {})}, start_new_session=True)
    try:
        text, _ = p.communicate(stdin.encode(), timeout=limit)
        status = p.returncode
    except subprocess.TimeoutExpired as late:
        mark.kill()
        text, status = late.output or b"", None
        p.communicate()
    seconds = time.monotonic() - begin
    left = mark.left()
    mark.kill()
    return Result(status, text.decode(errors="replace"), seconds, left)
