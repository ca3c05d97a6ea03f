#!/usr/bin/env python3
"""Who may include and call what: the rooms stay apart (docs/architecture.md, layers).

A file includes only its own level or below; some headers and calls belong to one file alone; files and functions keep
their size; each header compiles alone; static functions stand before their use.
"""
import glob
import os
import re
import subprocess
import tempfile

from common import TOP, Report

LEVELS = {
    "shell/base": 0,
    "shell/kernel": 1,
    "shell/lab": 2, "shell/graph": 2,
    "shell/plan": 3, "shell/picture": 3,
    "shell/command": 4, "lua": 4, "lua/live": 4,
    "shell/repl": 5, "shell": 5,
}
# Rooms side by side that do not look into each other; what they do share is named.
APART = {("shell/command", "lua"): {"lua/import.h", "lua/topology.h"}, ("lua", "shell/command"): set(),
         ("shell/command", "lua/live"): {"lua/live/live.h"}, ("lua", "lua/live"): set(),
         ("lua/live", "shell/command"): {"shell/command/command.h", "shell/command/change.h", "shell/command/grammar.h", "shell/command/program.h", "shell/command/ping.h"}}

HEADERS = {  # who alone may include
    r"libmnl/": r"shell/kernel/netlink\w*\.[ch]",
    r"histedit\.h": r"shell/repl/",
    r"(lua|lauxlib|lualib)\.h": r"lua/",
}
CALLS = {  # who alone may call
    r"setns|unshare": r"shell/kernel/(namespace\w*|process)\.c",
    r"fork|vfork|clone|clone3|posix_spawnp?|system|popen": r"shell/kernel/process\w*\.c",
    r"printf|puts|putchar|perror": r"shell/(\w+|repl/\w+)\.c",
    r"pthread_create": r"shell/lab/maker\.c",
    r"exit": r"shell/(\w+|repl/\w+|kernel/\w+|base/mem|lab/\w+)\.c",
}
FILE_LINES = 450
FUNCTION_LINES = 70


def room(path):
    return os.path.dirname(path)


def strip(text):
    """The text without comments and strings, lines kept."""
    def blank(match):
        return re.sub(r"[^\n]", " ", match.group())
    return re.sub(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])+\'', blank, text, flags=re.S)


def resolve(path, name):
    """The project's file that this include means, or None: a header of the system."""
    for folder in (room(path), "shell", "."):
        candidate = os.path.normpath(os.path.join(folder, name))
        if os.path.exists(candidate):
            return candidate
    return None


def check_includes(path, text):
    for number, line in enumerate(text.splitlines(), 1):
        match = re.match(r'\s*#\s*include\s*(["<])([^">]+)', line)
        if not match:
            continue
        name = match.group(2)
        for header, owner in HEADERS.items():
            if re.fullmatch(header + (".*" if header.endswith("/") else ""), name) and not re.match(owner, path):
                yield f"{path}:{number}: only {owner} includes {name}"
        target = resolve(path, name) if match.group(1) == '"' else None
        if not target:
            continue
        here, there = room(path), room(target)
        if LEVELS[there] > LEVELS[here]:
            yield f"{path}:{number}: {here} (level {LEVELS[here]}) includes {target} (level {LEVELS[there]})"
        if target not in APART.get((here, there), {target}):
            yield f"{path}:{number}: {here} looks into {there}: {target}"
    own = path[:-1] + "h"
    if path.endswith(".c") and os.path.exists(own):
        first = re.search(r'^\s*#\s*include\s*["<]([^">]+)', text, re.M)
        if not first or resolve(path, first.group(1)) != own:
            yield f"{path}: its own header {own} comes first"


def check_calls(path, code):
    for number, line in enumerate(code.splitlines(), 1):
        for calls, owner in CALLS.items():
            match = re.search(rf"(?<![\w.>])({calls})\s*\(", line)
            if match and not re.match(owner, path):
                yield f"{path}:{number}: {match.group(1)}() belongs to {owner}"
        if re.search(r"\b(stdout|stderr)\b", line) and LEVELS[room(path)] < 5 and not path.startswith("shell/lab/"):
            yield f"{path}:{number}: below level 5 nothing prints"


def check_sizes(path, text, code):
    lines = code.splitlines()
    length = len(re.sub(r"/\*\*\*\n.*?\*/\n", "", text, flags=re.S).splitlines())  # the reference does not count
    if length > FILE_LINES:
        yield f"{path}: {length} lines, more than {FILE_LINES}"
    start = None
    for number, line in enumerate(lines, 1):
        if line == "{":
            start = number
        elif line == "}" and start:
            if number - start - 1 > FUNCTION_LINES:
                yield f"{path}:{start}: a function of {number - start - 1} lines, more than {FUNCTION_LINES}"
            start = None
    for number, line in enumerate(text.splitlines(), 1):
        if re.search(r"\b(TODO|FIXME|XXX)\b", line):
            yield f"{path}:{number}: unfinished: {line.strip()}"


def check_header(path):
    flags = subprocess.run("pkg-config --cflags lua5.4 2>/dev/null", shell=True, capture_output=True, text=True)
    with tempfile.NamedTemporaryFile("w", suffix=".c") as f:
        f.write(f'#include "{os.path.abspath(path)}"\n#include "{os.path.abspath(path)}"\n')
        f.flush()
        cc = subprocess.run(["cc", "-std=gnu17", "-D_GNU_SOURCE", "-Ishell", "-I.", *flags.stdout.split(), "-Wall",
                             "-fsyntax-only", f.name], capture_output=True, text=True)
    if cc.returncode or cc.stderr:
        yield f"{path} does not compile alone:\n{cc.stderr}"


def main():
    os.chdir(TOP)
    report = Report()
    found = {"includes": [], "calls": [], "sizes": [], "headers alone": []}
    files = sorted(glob.glob("shell/*.[ch]") + glob.glob("shell/*/*.[ch]") + glob.glob("lua/*.[ch]") + glob.glob("lua/*/*.[ch]"))
    for path in files:
        if room(path) not in LEVELS:
            report.fail("rooms", f"{path}: which level has this room?")
            continue
        with open(path) as f:
            text = f.read()
        code = strip(text)
        found["includes"] += check_includes(path, text)
        found["calls"] += check_calls(path, code)
        found["sizes"] += check_sizes(path, text, code)
        if path.endswith(".h"):
            found["headers alone"] += check_header(path)
    for name, problems in found.items():
        report.check(f"layers: {name}", not problems, "\n".join(problems))
    report.end()


if __name__ == "__main__":
    main()
