#!/usr/bin/env python3
"""The k-th netlink request of a change fails, for k = 1, 2, ... until the change goes through: each time the lab is afterwards what it
was before, and nothing has leaked. NSLAB_FAIL_NL=K makes the K-th request after the first plan is begun fail.

The lab is made by hand with `ip`, which no plan knows of, so that the counting begins with the change itself.
"""
import os
import re

from common import TESTS, Report, arguments, patience, run

HOSTS = """sh ip netns add a; ip netns add b; ip netns add c
sh ip -n a link set lo up; ip -n b link set lo up
sh ip link add name ab netns a type veth peer name ba netns b
sh ip -n a address add 10.9.0.1/24 dev ab; ip -n b address add 10.9.0.2/24 dev ba
sh ip -n a link set ab up; ip -n b link set ba up; ip -n a route add 10.8.0.0/16 via 10.9.0.2
"""
# name, lines before, the change
CHANGES = [
    ("load tree depth=2", "", "load tree depth=2"),
    ("add switch", "", "add switch s1"),
    ("add host", "", "add host h1 h2"),
    ("add router", "", "add router r1"),
    ("add link", HOSTS, "add link b c"),
    ("link down", HOSTS, "link a b down"),
    ("del link", HOSTS, "del link a b"),
    ("del node", HOSTS, "del a"),
    ("reset", HOSTS, "reset"),
]
LOOK = f"""nodes --json
links --json
sh ip netns list
sh python3 {TESTS}/state.py
sh echo descriptors $(ls /proc/$PPID/fd | wc -l) $(ls /proc/1/fd | wc -l)
"""


def attempt(options, before, change, k):
    """(the change failed, the state before it, the state after it, all output)"""
    # Once round first, so that what is opened at first use is open.
    script = before + LOOK + f"sh echo @@\n{LOOK}sh echo @@\n{change}\nsh echo @@ $?\n{LOOK}"
    result = run([options.program, "-k"], stdin=script, env={"NSLAB_FAIL_NL": str(k)}, limit=60 * patience(options.program))
    parts = re.split(r"^@@.*\n", result.text, flags=re.M)
    if len(parts) != 4:
        return None, "", "", str(result)
    failed = "refused for a test" in parts[2]
    problems = f"left: {result.left}" if result.left else ""
    return failed, parts[1], parts[3] + problems, str(result)


def difference(a, b):
    a, b = a.splitlines(), b.splitlines()
    return "\n".join([f"- {line}" for line in a if line not in b] + [f"+ {line}" for line in b if line not in a])[:3000]


def main():
    options = arguments(__doc__, ("only", str, "", "this change alone"))
    report = Report()
    for name, before, change in CHANGES:
        if options.only not in name:
            continue
        bad, k = [], 0
        while not bad:
            k += 1
            failed, was, now, text = attempt(options, before, change, k)
            if failed is None:
                bad.append(f"request {k}: the shell ended early\n{text}")
            elif not failed:
                break
            elif was != now:
                bad.append(f"request {k}:\n{difference(was, now)}")
        if k == 1 and not bad:
            bad.append(f"no request was made to fail:\n{text}")
        report.check(f"failure: each of {k - 1} requests of {name}", not bad, "\n".join(bad))
    report.end()


if __name__ == "__main__":
    main()
