#!/usr/bin/env python3
"""The graph is what the kernel has: random operations, and after every few of them what the shell shows is compared with a fresh
reading by `ip -j -d` of every namespace.

Some operations are lines of nslab, some raw `ip`, `bridge` and `tc` lines of anybody, in any namespace; many fail. They follow
from --seed alone. What differs is printed with the shortest sequence of lines found that still shows it.

    tests/consistency/consistency.py --operations 10000
    tests/consistency/consistency.py --seed 7 --operations 500        the same lines each time
    tests/consistency/consistency.py --replay FILE                    lines as a failure prints them
"""
import json
import os
import random
import select
import shutil
import socket
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from common import Mark, Report, arguments, changes, machine, patience  # noqa: E402
from lines import BATCH, Generator  # noqa: E402
from views import difference, fresh, shown  # noqa: E402

AGENT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "agent.py")
SETTLE = 4.0  # seconds that the kernel may take for what it does later: carriers, the end of a namespace
SHRINK = 90.0  # seconds to look for a shorter sequence


class Broken(Exception):
    """The shell or the agent is gone, or does not answer."""


class Lab:
    def __init__(self, program):
        self.mark = Mark()
        self.patience = patience(program)
        self.folder = tempfile.mkdtemp(prefix="nslab-consistency-")
        self.asked = 0
        self.said = ""
        server = socket.socket(socket.AF_UNIX)
        server.bind(self.folder + "/agent")
        server.listen(1)
        server.settimeout(20 * self.patience)
        self.shell = subprocess.Popen([program, "-q", "-k"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                      stderr=subprocess.STDOUT, env=self.mark.env)
        os.set_blocking(self.shell.stdout.fileno(), False)
        self.type([f"sh python3 {AGENT} {self.folder}/agent >/dev/null 2>{self.folder}/log &"])
        connection, _ = server.accept()
        connection.settimeout(60 * self.patience)
        self.stream = connection.makefile("rw")
        server.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.shell.stdin.close()
        try:
            self.shell.wait(20)
        except subprocess.TimeoutExpired:
            pass
        self.mark.kill()
        self.shell.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def type(self, lines):
        """Lines at the prompt; what they print."""
        self.asked += 1
        end = f"@@{self.asked}@@\n"
        self.shell.stdin.write(("".join(f"{line}\n" for line in lines) + f"sh echo; echo {end}").encode())
        self.shell.stdin.flush()
        text, limit = b"", time.monotonic() + 60 * self.patience
        while not text.endswith(end.encode()):
            select.select([self.shell.stdout], [], [], 1)
            more = self.shell.stdout.read()
            if more == b"" or time.monotonic() > limit:
                raise Broken(f"the shell {'ended' if more == b'' else 'does not answer'}: {lines}\n{text.decode(errors='replace')[-3000:]}")
            text += more or b""
        return text[:-len(end)].decode(errors="surrogateescape")

    def ask(self, request):
        self.stream.write(json.dumps(request) + "\n")
        self.stream.flush()
        answer = self.stream.readline()
        if not answer:
            with open(self.folder + "/log", errors="replace") as f:
                raise Broken("the agent ended: " + f.read()[-2000:])
        return json.loads(answer)

    def run(self, batch):
        """A batch: [("lab" or "sh", line)], neighbours of one kind at once."""
        at = 0
        while at < len(batch):
            end = at
            while end < len(batch) and batch[end][0] == batch[at][0]:
                end += 1
            lines = [line for _, line in batch[at:end]]
            if batch[at][0] == "lab":
                self.type(lines)
            else:
                self.ask({"run": lines})
            at = end

    def compare(self):
        """What differs, when both have had their time."""
        limit, pause = time.monotonic() + SETTLE * self.patience, 0.01
        while True:
            kernel = fresh(self.ask({"read": True}))
            text = self.type(["show --json"])
            graph = next((line for line in text.splitlines() if line.startswith("[{")), None)
            if graph is None:
                return [f"show --json: {text[-2000:]}"]
            found = list(difference(shown(json.loads(graph)), kernel))
            if not found or time.monotonic() > limit:
                return found
            time.sleep(pause)
            pause = min(pause * 2, 0.3)


# ---- finding, and shrinking ----

def first_failure(program, batches):
    """(how many batches were run, what differs) of a new lab; compared after each batch."""
    with Lab(program) as lab:
        for i, batch in enumerate(batches, 1):
            try:
                lab.run(batch)
                found = lab.compare()
            except (Broken, OSError) as e:
                found = [str(e)]
            if found:
                return i, found
    return len(batches), []


def shrink(program, batches, found):
    """Fewer lines that still differ in something: whole batches first, then lines, in ever smaller pieces."""
    end = time.monotonic() + SHRINK

    def fails(candidate):
        return bool(candidate) and first_failure(program, candidate)[1]

    for pieces in ("batches", "lines"):
        items = batches if pieces == "batches" else [[line] for line in (item for batch in batches for item in batch)]

        def pack(part, pieces=pieces):
            return part if pieces == "batches" else [[item[0] for item in part]]
        if pieces == "lines" and not fails(pack(items)):
            break
        size = max(1, len(items) // 2)
        while size and time.monotonic() < end:
            at = 0
            while at < len(items) and time.monotonic() < end:
                rest = items[:at] + items[at + size:]
                now = fails(pack(rest))
                if now:
                    items, found = rest, now
                else:
                    at += size
            size //= 2
        batches = pack(items)
    return batches, found


def text_of(batches):
    return "\n".join("\n".join(f"{kind}\t{line}" for kind, line in batch) + "\n" for batch in batches)


def replay(path):
    batches = [[]]
    with open(path) as f:
        for line in f.read().splitlines():
            kind, _, text = line.removeprefix("# ").partition("\t")
            if text:
                batches[-1].append((kind, text))
            elif batches[-1]:
                batches.append([])
    return [batch for batch in batches if batch]


def play(program, batches, count):
    """(what differs, the batches so far)"""
    done = []
    with Lab(program) as lab:
        for _ in range(count):
            done.append(batches())
            try:
                lab.run(done[-1])
                found = lab.compare()
            except (Broken, OSError) as e:
                found = [str(e)]
            if found:
                return found, done
    return [], done


def main():
    options = arguments(__doc__.splitlines()[0], ("seed", int, 0, "of the operations; 0: another one each time"),
                        ("operations", int, int(os.environ.get("NSLAB_OPERATIONS", 1500)), "how many"),
                        ("replay", str, "", "a file of lines, as a failure prints them"))
    report = Report()
    before, begin = machine(), time.monotonic()
    if options.replay:
        batches = replay(options.replay)
        name, left = f"consistency: {options.replay}", iter(batches)
        found, done = play(options.program, lambda: next(left), len(batches))
    else:
        seed = options.seed or random.SystemRandom().randrange(1, 1000000)
        name = f"consistency: {options.operations} operations, seed {seed}"
        found, done = play(options.program, Generator(seed).batch, max(1, options.operations // BATCH))
    seconds = time.monotonic() - begin
    if found:
        short, last = shrink(options.program, done, found)
        report.fail(name, "\n".join([f"after {len(done)} batches:", *found[:20], "the shortest that was found:", *last[:20],
                                     text_of(short)]))
    else:
        report.ok(f"{name} ({seconds:.0f} s)")
    report.check("consistency: the machine is as it was", not (told := changes(before, machine())), "\n".join(told))
    return report.end()


if __name__ == "__main__":
    main()
