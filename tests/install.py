#!/usr/bin/env python3
"""`make install` honours PREFIX and DESTDIR, what it installs works, and `make uninstall` takes all of it away."""
import os
import subprocess
import tempfile

from common import TOP, Report, arguments, run

WANTED = {"bin/nslab", "share/nslab/topologies/minimal.lua", "share/nslab/topologies/tree.lua", "share/nslab/lua/nslab.lua", "share/doc/nslab/LICENSE",
          "share/doc/nslab/README.md", "share/doc/nslab/commands.md", "share/doc/nslab/lua.md"}


def files(folder):
    return {os.path.relpath(os.path.join(where, name), folder) for where, _, names in os.walk(folder) for name in names}


def make(options, target, where):
    build = os.path.relpath(os.path.dirname(options.program), TOP)
    return subprocess.run(["make", "-s", "-C", TOP, f"B={build}", "-o", "all", target, f"DESTDIR={where}", "PREFIX=/opt/x"],
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def main():
    options = arguments(__doc__)
    report = Report()
    with tempfile.TemporaryDirectory() as where:
        made = make(options, "install", where)
        there = files(where + "/opt/x")
        missing = WANTED - there
        report.check("make install", made.returncode == 0 and not missing, f"missing: {missing}\n{made.stdout}")
        installed = run([where + "/opt/x/bin/nslab", "-c", "h1 true", "minimal"], cwd="/")
        report.check("the installed program works", installed.status == 0, installed)
        gone = make(options, "uninstall", where)
        left = files(where)
        report.check("make uninstall", gone.returncode == 0 and not left, f"left: {left}\n{gone.stdout}")
    report.end()


if __name__ == "__main__":
    main()
