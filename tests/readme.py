#!/usr/bin/env python3
"""README.md shows what the program really prints: its `$ nslab` transcript is typed again and compared."""
import argparse
import os
import re
import subprocess
import sys

import common

MARKER = "@@README@@"


def transcript():
    """The arguments, and [(typed, lines)] of the block that begins with `$ nslab`."""
    with open(os.path.join(common.TOP, "README.md")) as f:
        lines = re.search(r"^```\n\$ nslab (.*?)^```", f.read(), re.M | re.S).group(1).splitlines()
    answers = []
    for line in lines[1:]:
        if line.startswith("lab> "):
            answers.append((line.removeprefix("lab> "), []))
        elif answers:
            answers[-1][1].append(line)
    return lines[0].split(), answers


def steady(text):
    """Without what differs from run to run: times; and without what only a script is told."""
    text = re.sub(r"^stdin:.*\n?", "", text, flags=re.M)
    return re.sub(r"[\d.]+(/[\d.]+)* ms|time \d+ms", "~", text).strip()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", required=True)
    words, answers = transcript()
    stdin = "".join(f"{typed}\nsh echo {MARKER}\n" for typed, _ in answers if typed != "exit")
    result = subprocess.run([parser.parse_args().program, "-k", *words], input=stdin, text=True, stdout=subprocess.PIPE,
                            stderr=subprocess.STDOUT, timeout=60)
    failed = 0
    for (typed, lines), printed in zip(answers, result.stdout.split(MARKER + "\n")):
        good = steady("\n".join(lines)) == steady(printed)
        failed += not good
        print(f"{'ok' if good else 'not ok'} - {typed}")
        if not good:
            print("".join(f"# {line}\n" for line in printed.splitlines()), end="")
    return failed > 0


sys.exit(main())
