#!/usr/bin/env python3
"""SIGKILL to each of a lab's three processes: nothing of the lab is left within a second.

First at the system calls of building and ending a lab (killat traces it): as many as fit into the time, in an order
given by the seed; NSLAB_KILL=all tries every one. Then at random moments of a lab that runs programs.
"""
import os
import random
import re
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from common import Mark, Report, arguments, changes, machine, patience  # noqa: E402

WORKERS = 2 * (os.cpu_count() or 1)
LAB = ["minimal", "-c", "h1 true"]


def killat(options, mark, whom, k):
    """What killat says, and what is left a second later."""
    environment = {**mark.env, "ASAN_OPTIONS": "detect_leaks=0"}
    tracer = os.path.join(os.path.dirname(options.program), "tests/kill/killat")
    said = subprocess.run([tracer, whom, str(k), options.program, *LAB], env=environment, stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, timeout=60 * patience(options.program))
    left = mark.left(1.0 * patience(options.program))
    mark.kill()
    if said.returncode:
        raise RuntimeError(f"killat: {said.stdout}{said.stderr}")
    return said.stdout.strip(), left


def at_system_calls(options, report):
    said, left = killat(options, Mark(), "outer", 10**9)
    match = re.fullmatch(r"ended after (\d+) system calls", said)
    report.check("kill: a traced lab comes and goes", match and not left, f"{said}; left: {left}")
    if not match:
        return
    total = int(match.group(1))
    every = os.environ.get("NSLAB_KILL") == "all"
    for whom in ("outer", "init", "shell"):
        points = list(range(1, total + 1))
        random.Random(options.seed).shuffle(points)
        end = time.monotonic() + options.seconds

        def point(k):
            return killat(options, Mark(), whom, k) if every or time.monotonic() < end else None

        with ThreadPoolExecutor(WORKERS) as pool:
            done = [result for result in pool.map(point, points) if result]
        tried = len(done)
        bad = [f"{said}: left: {left}" for said, left in done if left]
        report.check(f"kill: {whom} at {tried} of {total} system calls (seed {options.seed})", not bad, "\n".join(bad))


def inner_pid(pid):
    with open(f"/proc/{pid}/status") as f:
        numbers = re.search(r"^NSpid:\s+(.*)$", f.read(), re.M).group(1).split()
    return int(numbers[1]) if len(numbers) > 1 else 0


def victim(p, mark, whom):
    if whom == "outer":
        return p.pid
    for pid in mark.processes():
        try:
            if inner_pid(pid) == {"init": 1, "shell": 2}[whom]:
                return pid
        except OSError:
            pass
    return None


def at_random_moments(options, report):
    rng = random.Random(options.seed)
    lines = "h1 sleep 1000 &\nh2 sh -c 'setsid sleep 1000 & sleep 1000' &\nload --replace tree depth=2\nh1 sleep 1000\n"
    for whom in ("outer", "init", "shell"):
        bad = []
        for _ in range(options.rounds):
            mark = Mark()
            moment = rng.uniform(0, 0.15 * patience(options.program))
            p = subprocess.Popen([options.program, "-k", "minimal"], env=mark.env, stdin=subprocess.PIPE,
                                 stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            p.stdin.write(lines.encode())
            p.stdin.flush()
            time.sleep(moment)
            pid = victim(p, mark, whom)
            if pid:
                os.kill(pid, signal.SIGKILL)
            else:
                p.kill()
            try:
                p.wait(5)
            except subprocess.TimeoutExpired:
                bad.append(f"after {moment * 1000:.0f} ms: the program hangs")
            p.stdin.close()
            left = mark.left(1.0)
            if left:
                bad.append(f"after {moment * 1000:.0f} ms: left: {left}")
            mark.kill()
        report.check(f"kill: {whom} at {options.rounds} random moments (seed {options.seed})", not bad, "\n".join(bad))


def main():
    options = arguments(__doc__, ("seconds", float, 12, "for the system calls of each process"),
                        ("rounds", int, 10, "random moments for each process"), ("seed", int, 1 + os.geteuid(), "of the order"))
    report = Report()
    before = machine()
    at_system_calls(options, report)
    at_random_moments(options, report)
    problems = changes(before, machine())
    report.check("kill: the machine is as it was", not problems, "\n".join(problems))
    report.end()


if __name__ == "__main__":
    main()
