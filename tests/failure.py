#!/usr/bin/env python3
"""The k-th netlink request of a change fails, for each k: each time the lab is afterwards what it
was before, and nothing has leaked. NSLAB_FAIL_NL=K makes the K-th request after the first plan is begun fail.

The lab before the change is made by the shell as well, so its requests are counted first and left alone.
"""
import json
import os
import re
from concurrent.futures import ThreadPoolExecutor

from common import TESTS, Report, arguments, patience, run

HOSTS = """add host a b c
add link a b
a ip route add 10.8.0.0/16 via 10.0.0.2
"""
TWO = HOSTS + """add link a b ip=10.5.0.1/24,10.5.0.2/24 mtu=1400
b ip route add 10.77.0.0/16 via 10.5.0.1
"""
# name, the lab before, the change. `del NODE` and `reset` make no request: closing a namespace is no message.
CHANGES = [
    ("load tree depth=2", "add host w\ndel w\n", "load tree depth=2"),
    ("load --replace", HOSTS, "load minimal --replace"),
    ("load --replace by the same names", "load minimal\n", "load minimal --replace"),
    ("load piece by piece", "add host w\ndel w\n", f"load {TESTS}/parts.lua"),
    ("load --replace of what is in the root", f"load {TESTS}/parts.lua\n", f"load {TESTS}/parts.lua --replace"),
    ("reset of what is in the root", f"load {TESTS}/parts.lua\n", "reset"),
    ("add switch", HOSTS, "add switch s1"),
    ("add host", HOSTS, "add host h1 h2"),
    ("add router", HOSTS, "add router r1"),
    ("add link", HOSTS, "add link b c"),
    ("add link to a switch", HOSTS + "add switch s1\n", "add link c s1"),
    ("link down", HOSTS, "link a b down"),
    ("link up", HOSTS + "link a b down\n", "link a b up"),
    ("del link", HOSTS, "del link a b"),
    ("link down, of two", TWO, "link a b down"),
    ("link up, of two", TWO + "link a b down\n", "link a b up"),
    ("del link, of two", TWO, "del link a b"),
    ("set an interface", HOSTS, 'lua a.eth0:set { mtu = 1400, mac = "02:00:00:00:00:09", name = "lan", up = false }'),
    ("set a master", HOSTS + 'add link b c ip=none\nlua c:add_interface("br0", { kind = "bridge" })\n',
     'lua c.eth0:set { master = "br0", mtu = 1400 }'),
    ("build in a lab", HOSTS, 'lua lab:build(function(net) net:set("a", "a-eth0", { mtu = 1400 }) '
     'net:link(net:host("d"), "b") net:route("d", "10.9.0.0/16 via 10.0.0.1") end)'),
]
# The least of five counts: the shell may still hold the pipe with which it started the counting program. And by then it may
# have opened a signalfd to wait for it, or not yet.
COUNT = "for i in 1 2 3 4 5; do ls -l /proc/%s/fd | grep -vc signalfd; done | sort -n | head -n 1"
WARM = """nodes --json
links --json
sh ip netns list | sort
"""
LOOK = WARM + f"""sh python3 {TESTS}/state.py
sh echo descriptors $({COUNT % "$PPID"}) $({COUNT % 1})
"""
WORKERS = 2 * (os.cpu_count() or 1)
REFUSED = "refused for a test"


def play(options, script, k):
    return run([options.program, "-k", "-q"], stdin=script, env={"NSLAB_FAIL_NL": str(k)},
               limit=60 * patience(options.program))


def requests(options, script):
    """How many requests the script makes, found by looking for the last that can be made to fail."""
    few, many = 0, 1
    while REFUSED in play(options, script, many).text:
        few, many = many, many * 2
    while many - few > 1:
        middle = (few + many) // 2
        few, many = (middle, many) if REFUSED in play(options, script, middle).text else (few, middle)
    return few


def attempt(options, before, change, k):
    """(the change failed; None: not even begun, the state before it, the state after it, all output)"""
    # Warm, so that what is opened at first use is open.
    result = play(options, f"{before}{WARM}sh echo @@\n{LOOK}sh echo @@\n{change}\nsh echo @@\n{LOOK}", k)
    parts = re.split(r"^@@\n", result.text, flags=re.M)
    if len(parts) != 4 or REFUSED in parts[0]:
        return None, "", "", str(result)
    left = f"left: {result.left}" if result.left else ""
    return REFUSED in parts[2], parts[1], parts[3] + left, str(result)


def members(line):
    """A namespace's state as one line for each thing in it."""
    try:
        state = json.loads(line)
        name = state["namespace"] or "root"
    except (ValueError, TypeError, KeyError):
        return [line]
    return [f"{name} {what}: {json.dumps(item, sort_keys=True)}" for what, items in state.items()
            for item in (items.items() if isinstance(items, dict) else items)]


def difference(a, b):
    """Two outputs of LOOK or state.py, in the smallest pieces that differ."""
    a, b = ([item for line in text.splitlines() for item in members(line)] for text in (a, b))
    return "\n".join([f"- {line}" for line in a if line not in b] + [f"+ {line}" for line in b if line not in a])[:4000]


def main():
    options = arguments(__doc__, ("only", str, "", "this change alone"))
    report = Report()
    for name, before, change in CHANGES:
        if options.only not in name:
            continue
        first = requests(options, before)
        count = requests(options, before + change + "\n") - first
        bad = [] if count else ["no request was made"]
        with ThreadPoolExecutor(WORKERS) as pool:
            points = range(1, count + 1)
            for k, result in zip(points, pool.map(lambda k: attempt(options, before, change, first + k), points)):
                failed, was, now, text = result
                if not failed:
                    bad.append(f"request {k}: the shell ended early, or nothing failed\n{text}")
                elif was != now:
                    bad.append(f"request {k}:\n{difference(was, now)}")
        report.check(f"failure: each of {count} requests of {name}", not bad, "\n".join(bad[:3]))
    report.end()


if __name__ == "__main__":
    main()
