#!/usr/bin/env python3
"""Every command's example, as `help` and the reference show it, works in the lab `minimal`."""
import re
import subprocess

from common import Report, arguments, patience, run


def main():
    options = arguments(__doc__)
    report = Report()
    reference = subprocess.run([options.program, "help", "--markdown"], capture_output=True, text=True).stdout
    sections = re.findall(r"^### ([^\n]+)\n(.*?)(?=^##|\Z)", reference, re.M | re.S)
    for name, text in sections:
        for example in re.findall(r"^    (\S.*)$", text, re.M):
            result = run([options.program, "-q", "-c", example, "minimal"], limit=30 * patience(options.program))
            report.check(f"example: {example}", result.status == 0 and not result.left, result)
    report.check("example: the reference has some", len(sections) > 20, reference[:500])
    report.end()


if __name__ == "__main__":
    main()
