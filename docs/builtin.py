#!/usr/bin/env python3
"""The table of built-in topologies in docs/topologies.md: docs/builtin.py NSLAB [--check]

NSLAB is the program, which knows them. With --check nothing is written: it tells whether the table is current.
"""
import json
import os
import re
import subprocess
import sys

PAGE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "topologies.md")
TABLE = re.compile(r"(<!-- `make docs` writes this table\. -->\n).*?(?=\n## )", re.S)


def row(topology):
    params = " ".join(f"{p['name']}={p['default']}" for p in topology["params"])
    return f"| `{topology['name']}` | {f'`{params}`' if params else ''} | {topology['about']} |\n"


def main():
    listed = subprocess.run([sys.argv[1], "topologies", "--json"], capture_output=True, text=True, check=True)
    table = "| name | parameters | what it is |\n|---|---|---|\n" + "".join(map(row, json.loads(listed.stdout)))
    with open(PAGE) as f:
        text = f.read()
    current, found = TABLE.subn(lambda match: match[1] + "\n" + table, text)
    if not found:
        sys.exit("docs/topologies.md: no place for the table")
    if "--check" in sys.argv[2:]:
        sys.exit(0 if current == text else "docs/topologies.md: the table of topologies is not current: run `make docs`")
    with open(PAGE, "w") as f:
        f.write(current)


main()
