#!/usr/bin/env python3
"""What `explain` prints is what is done: its lines, run by `sh -e` in one lab, leave the kernel as the command leaves it in another."""
import os
import tempfile

from common import TESTS, Report, arguments, patience, run
from failure import difference

LAB = "load minimal"
# lines before, the change
CHANGES = [
    ("", "load minimal"),
    ("", "load tree depth=2"),
    ("", "load linear switches=3 hosts=2"),
    ("", "load ecmp"),
    ("", "add router r1"),
    (LAB, "add host h3"),
    (LAB, "add link h1 h2 ip=10.1.0.1/24,10.1.0.2/24"),
    (LAB, "del link h1 s1"),
    (LAB, "del h1"),
    (LAB, "link h1 s1 down"),
    (LAB + "\nlink h1 s1 down", "link h1 s1 up"),
    (LAB, "reset"),
    ("", f"load {TESTS}/parts.lua"),
    (f"load {TESTS}/parts.lua", "reset"),
    (f"load {TESTS}/parts.lua", "load minimal --replace"),
]


def state(options, lines):
    script = "".join(f"{line}\n" for line in lines if line) + f"sh echo @@\nsh python3 {TESTS}/state.py\n"
    result = run([options.program, "-q"], stdin=script, limit=60 * patience(options.program))
    said, mark, text = result.text.partition("@@\n")
    return (text if mark and result.status == 0 else None), said + ("" if mark else result.text)


def main():
    options = arguments(__doc__)
    report = Report()
    with tempfile.TemporaryDirectory() as folder:
        script = os.path.join(folder, "script")
        for before, change in CHANGES:
            plan = run([options.program, "-q"], stdin=f"{before}\nsh echo @@\nexplain {change}\n",
                       limit=30 * patience(options.program))
            lines = plan.text.partition("@@\n")[2]
            with open(script, "w") as f:
                f.write(lines)
            by_us, said = state(options, [before, change])
            by_ip, said_ip = state(options, [before, f"sh sh -e {script}"])
            good = by_us and by_us == by_ip
            detail = difference(by_us, by_ip) if by_us and by_ip else f"{said}\n{said_ip}\nthe script:\n{lines}"
            report.check(f"explain {change}" + (f" after {before.splitlines()[-1]}" if before else ""), good, detail)
    report.end()


if __name__ == "__main__":
    main()
