"""A program under a pseudo terminal: feed it keys, wait for text. And a few lines of TAP."""
import fcntl
import os
import pty
import random
import re
import select
import shutil
import signal
import string
import struct
import sys
import tempfile
import termios
import time

from screen import Screen

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
NSLAB = os.path.abspath(os.environ.get("NSLAB", os.path.join(ROOT, "build", "nslab")))
# Only a limit: nothing waits this long unless something is wrong.
LIMIT = float(os.environ.get("TERM_TIMEOUT", "20"))

ESCAPES = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]|\x1b[()][0-9A-B]|\x1b[=>78]|\x07")

CTRL_C, CTRL_D, CTRL_R, CTRL_U, CTRL_Z = "\x03", "\x04", "\x12", "\x15", "\x1a"
TAB, UP, LEFT, BACKSPACE = "\t", "\x1b[A", "\x1b[D", "\x7f"


class Failed(Exception):
    pass


def plain(text):
    return ESCAPES.sub("", text)


def free_name():
    """Three letters, so that rows break where the tests say; by chance, as other labs may be running."""
    with open("/proc/net/unix") as f:
        taken = f.read()
    while True:
        name = "q" + "".join(random.choices(string.ascii_lowercase, k=2))
        if f"/{name}\n" not in taken:
            return name


class Term:
    """One program. `mark` is where the next wait begins to look: what was found is not found twice."""

    def __init__(self, *words, columns=80, rows=24, env=None, name=None, argv=None):
        """A new lab of a name of its own; with ARGV, instead of the words, any program."""
        self.name = name or free_name()
        self.home = tempfile.mkdtemp(prefix="nslab-term-")
        environment = {
            "PATH": os.environ.get("PATH", "/usr/sbin:/usr/bin:/sbin:/bin"),
            "HOME": self.home,
            "TERM": "xterm",
            "LANG": "C.UTF-8",
        }
        for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS"):
            if name in os.environ:
                environment[name] = os.environ[name]
        for name, value in (env or {}).items():
            if value is None:
                environment.pop(name, None)
            else:
                environment[name] = value
        self.raw = b""
        self.mark = 0
        self.status = None
        self.master, self.slave = master, slave = pty.openpty()
        self.resize(columns, rows)
        self.before = termios.tcgetattr(slave)
        argv = argv or [NSLAB, "--name", self.name, *words]
        self.pid = os.fork()
        if self.pid == 0:
            os.setsid()
            fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
            for fd in (0, 1, 2):
                os.dup2(slave, fd)
            os.closerange(3, 256)
            os.execvpe(argv[0], argv, environment)
        os.set_blocking(master, False)

    # ---- what it prints ----

    @property
    def text(self):
        return plain(self.raw.decode("utf-8", "replace"))

    def _read(self, seconds):
        if select.select([self.master], [], [], max(0, seconds))[0]:
            try:
                self.raw += os.read(self.master, 65536)
            except (BlockingIOError, OSError):
                pass

    def wait_until(self, test, what, limit=LIMIT):
        end = time.monotonic() + limit
        while not test():
            if time.monotonic() > end:
                raise Failed("waited for %s; the last output is %r" % (what, self.text[-600:]))
            self._read(0.05)

    def wait_for(self, wanted, limit=LIMIT):
        """Wait for a text, or a compiled pattern, after what was found last. Returns what lay before it and it."""
        pattern = wanted if hasattr(wanted, "search") else re.compile(re.escape(wanted))
        self.wait_until(lambda: pattern.search(self.text, self.mark), repr(wanted), limit)
        found = pattern.search(self.text, self.mark)
        part = self.text[self.mark:found.end()]
        self.mark = found.end()
        return part

    def prompt(self):
        return self.wait_for(self.name + "> ")

    def screen(self):
        """The rows that a person sees or has seen."""
        screen = Screen(self.columns, self.rows)
        screen.feed(self.raw.decode("utf-8", "replace"))
        return screen.lines

    def wait_row(self, typed):
        """Wait until the last row is the prompt and TYPED."""
        row = (self.name + "> " + typed).rstrip()
        self.wait_until(lambda: self.screen()[-1] == row, "the row %r" % row)
        self.mark = len(self.text)

    # ---- what is typed ----

    def send(self, keys):
        data = keys.encode() if isinstance(keys, str) else keys
        while data:
            self._read(0)
            try:
                data = data[os.write(self.master, data):]
            except BlockingIOError:
                self._read(0.05)

    def line(self, text):
        self.send(text + "\r")

    def run(self, text):
        """Type a line; what it printed, up to the next prompt."""
        self.line(text)
        self.wait_for("\n")
        return self.prompt()

    def paste(self, text):
        self.send("\x1b[200~" + text.replace("\n", "\r") + "\x1b[201~")

    def resize(self, columns, rows):
        self.columns, self.rows = columns, rows
        fcntl.ioctl(self.slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def foreground(self):
        return struct.unpack("i", fcntl.ioctl(self.master, termios.TIOCGPGRP, b"\0" * 4))[0]

    def wait_front(self, program):
        """Wait until PROGRAM has the terminal."""

        def is_front():
            try:
                with open("/proc/%d/comm" % self.foreground()) as f:
                    return f.read().strip() == program
            except OSError:
                return False

        self.wait_until(is_front, program + " in front")

    # ---- its end ----

    def ended(self):
        if self.status is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.status = os.waitstatus_to_exitcode(status)
        return self.status is not None

    def wait_end(self, limit=LIMIT):
        self.wait_until(self.ended, "the end of the program", limit)
        self._read(0)
        return self.status

    def hang_up(self):
        """As a window that is closed."""
        nothing = os.open("/dev/null", os.O_RDWR)
        os.dup2(nothing, self.master)
        os.close(nothing)

    def modes(self):
        return termios.tcgetattr(self.slave)

    def close(self):
        if not self.ended():
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
            self.status = -9
        os.close(self.master)
        os.close(self.slave)
        shutil.rmtree(self.home, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def check(condition, what):
    if not condition:
        raise Failed(what)


def same(got, wanted, what=""):
    if got != wanted:
        raise Failed("%s: %r, not %r" % (what or "got", got, wanted))


def can_make_labs():
    """Why not, or None."""
    import subprocess

    done = subprocess.run([NSLAB, "-q", "-c", "exit"], capture_output=True, text=True, stdin=subprocess.DEVNULL)
    return (done.stderr.strip().splitlines() or ["status %d" % done.returncode])[0] if done.returncode else None


def main(tests):
    """Run them all. A test returns None, or the reason it was skipped."""
    passed = failed = skipped = 0
    refusal = can_make_labs()
    wanted = sys.argv[1:]
    for test in tests:
        name = test.__name__[len("test_"):].replace("_", " ")
        if wanted and test.__name__ not in wanted:
            continue
        try:
            reason = refusal or test()
        except (Failed, OSError) as e:
            failed += 1
            print("not ok - %s\n# %s" % (name, e))
        else:
            if reason:
                skipped += 1
                print("ok - %s # SKIP %s" % (name, reason))
            else:
                passed += 1
                print("ok - %s" % name)
        sys.stdout.flush()
    print("%d passed, %d failed, %d skipped" % (passed, failed, skipped))
    sys.exit(1 if failed else 0)
