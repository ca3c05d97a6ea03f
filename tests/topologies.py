#!/usr/bin/env python3
"""Every built-in topology is built, at its defaults and larger, and `pingall` finds what its file's `reach` says."""
import json
import os
import shutil
import subprocess

from common import TESTS, TOP, arguments, patience, Report, run

# Not much larger: the kernel has one table of IPv6 neighbours for all labs of a machine, with room for 1024.
LARGER = {
    "campus": "distribution=4 lans=3",
    "chain": "routers=8",
    "dualhomed": "rp_filter=1 hosts=3",
    "dumbbell": "hosts=8",
    "ecmp": "paths=8 hosts=3",
    "fattree": "k=6",
    "home": "laptops=5",
    "ipv6": "lans=6",
    "lan2": "hosts=8",
    "leafspine": "leaves=6 spines=4 hosts=4",
    "linear": "switches=6 hosts=2",
    "mesh": "switches=10",
    "playground": "proxy_arp=true",
    "reversed": "hosts=9",
    "ring": "switches=12",
    "routers": "routers=8 shape=mesh",
    "single": "hosts=16",
    "star": "arms=5 hosts=3",
    "torus": "x=4 y=5",
    "tree": "depth=3 fanout=2",
    "triangle": "hosts=5",
}


# Programs without which it cannot be built.
NEEDS = {"home": "nft", "playground": "nft"}


def cases(topologies):
    """[(name, parameters)]; None for parameters: a larger size is missing above."""
    for topology in topologies:
        name = topology["name"]
        grows = any(p["default"].isdigit() for p in topology["params"])
        yield name, ""
        if grows or name in LARGER:
            yield name, LARGER.get(name)


def attempt(options, name, params):
    if params is None:
        return "it has parameters, and no larger size in LARGER"
    argv = [options.program, "run", os.path.join(TESTS, "topologies.lua"), os.path.join(TOP, "topologies", f"{name}.lua"), name]
    result = run([*argv, *params.split()], limit=60 * patience(options.program))
    return "" if result.status == 0 and not result.left else result


def main():
    options = arguments(__doc__, ("only", str, "", "topologies whose name has this"))
    report = Report()
    listed = subprocess.run([options.program, "topologies", "--json"], capture_output=True, text=True, check=True).stdout
    work = [case for case in cases(json.loads(listed)) if options.only in case[0]]
    # One after the other: the kernel has one table of IPv6 neighbours, and entries of labs that have just ended stand in it.
    for name, params in work:
        wrong = attempt(options, name, params)
        title = f"topology: {name} {params or ''}".strip()
        if wrong and not shutil.which(NEEDS.get(name, "true")):
            report.skip(title, f"no {NEEDS[name]} here")
        else:
            report.check(title, not wrong, wrong)
    report.end()


if __name__ == "__main__":
    main()
