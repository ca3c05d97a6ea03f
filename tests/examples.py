#!/usr/bin/env python3
"""Every example works: those of the commands, in the lab `minimal`; those of the Lua reference, in `minimal` as well or as a
`build`; the Lua in docs/*.md that begins with the name of a file (`-- star.lua: ...`); what docs/from-mininet.md
and docs/tutorials.md say.
What editors read is at least Lua.

An example may begin with `-- needs PROGRAM...`: it is skipped where one of them is missing; those of iperf need iperf3.
"""
import glob
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import textwrap
from concurrent.futures import ThreadPoolExecutor

from common import TOP, Report, arguments, patience, run

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(TOP, "docs"))
import reference  # noqa: E402


class Example:
    """`words` follow the program's name; `files` ({name: text}) are in its directory."""

    def __init__(self, name, words, files=None):
        self.name, self.words, self.files = name, words, files or {}

    def missing(self):
        needs = [word for text in self.files.values() for line in re.findall(r"^\s*-- needs (.*)", text, re.M)
                 for word in line.split()]
        if any("iperf" in text for text in [*self.words, *self.files.values()]):
            needs.append("iperf3")
        return [word for word in needs if not shutil.which(word)]

    def run(self, program):
        with tempfile.TemporaryDirectory() as home:
            os.chmod(home, 0o755)
            for name, text in self.files.items():
                with open(os.path.join(home, name), "w") as f:
                    f.write(text)
            return run([program, *self.words], cwd=home, env={"HOME": home}, limit=30 * patience(program))


def commands(program):
    text = subprocess.run([program, "help", "--markdown"], capture_output=True, text=True).stdout
    for section in re.findall(r"^### [^\n]+\n(.*?)(?=^##|\Z)", text, re.M | re.S):
        for line in re.findall(r"^    (\S.*)$", section, re.M):
            yield Example(line, ["-q", "-c", line, "minimal"])


def script(name, text):
    return Example(name, ["-q", "-c", "source example.lua", "minimal"], {"example.lua": text})


def topology(name, text):
    return Example(name, ["-q", "-c", "nodes", "./example.lua"], {"example.lua": text})


def comments():
    """Blank lines before each, so that an error names the line of the source."""
    for item in reference.read_items():
        if not item.example:
            continue
        name = f"{item.path}:{item.example_line}: {item.name}"
        above, text = "\n" * (item.example_line - 2), "\n".join(item.example) + "\n"
        if item.build:
            yield topology(name, f"{above}return {{ about = 'x', build = function(net, p)\n{text}end }}\n")
        else:
            yield script(name, f"{above}\n{text}")


def pages():
    for path in sorted(glob.glob(TOP + "/docs/*.md")):
        with open(path) as f:
            page = f.read()
        for block in re.finditer(r"^```lua\n(-- \w+\.lua.*?)^```", page, re.M | re.S):
            line = page.count("\n", 0, block.start(1)) + 1
            kind = topology if re.search(r"^return \{", block.group(1), re.M) else script
            yield kind(f"{os.path.relpath(path, TOP)}:{line}", "\n" * (line - 1) + block.group(1))


MINE = """return { about = "x", build = function(net) net:host("h1") end }\n"""
MININET_FILES = {"mine.lua": MINE, "lines.txt": "nodes # a comment\n", "check.lua": "print(lab.name)\n",
                 "lab.mn": '{"hosts": [{"number": "1", "opts": {}}], "links": []}'}


def mininet():
    """docs/from-mininet.md: the second column of a table is what its head says; a dash there is nothing."""
    path = "docs/from-mininet.md"
    with open(os.path.join(TOP, path)) as f:
        lines = f.read().splitlines()
    kind, build = None, {}
    for number, line in enumerate(lines, 1):
        cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line)][1:-1]
        if lines[number:number + 1] and lines[number].startswith("|---"):
            kind = cells[1]
        codes = re.findall(r"`([^`]+)`", cells[1].replace("\\|", "|")) if len(cells) > 1 and cells[1] != kind else []
        name = f"{path}:{number}: {' '.join(codes)}"
        if not codes:
            continue
        if kind == "`lab>`":
            words = [word for code in codes for word in ("-c", code)]
            yield Example(name, ["-q", *words, "minimal"], MININET_FILES)
        elif kind == "shell":
            yield Example(name, ["-q", *shlex.split(codes[0])[1:]], MININET_FILES)
        elif kind == "script":
            yield script(name, f"local code = [==[{codes[0]}]==]\nassert(load('return ' .. code) or load(code))()\n")
        elif kind == "topology":
            build[number] = codes[0]
    text = "\n".join(build.get(number, "") for number in range(2, len(lines)))
    yield topology(f"{path}: the build", f"return {{ about = 'x', build = function(net, p)\n{text}\nend }}\n")


# What the pages have made before the lines of ours.
MADE = {
    "Two namespaces and a bridge": """ip netns add ns1
ip netns add ns2
ip link add br0 type bridge
ip link set br0 up
ip link add vethX type veth peer name vethY
ip link add vethP type veth peer name vethQ
ip link set vethX netns ns1
ip link set vethP netns ns2
ip link set vethY master br0 up
ip link set vethQ master br0 up
""",
    "A home network": "ip netns add router\n",
    "What a namespace is": "ip netns add ns1\n",
}


def tutorials():
    """docs/tutorials.md: the lines of a chapter, in one lab, each with status 0; what has prompts is a picture."""
    path = "docs/tutorials.md"
    with open(os.path.join(TOP, path)) as f:
        chapters = re.split(r"^## ", f.read(), flags=re.M)[1:]
    for chapter in chapters:
        title = chapter.splitlines()[0]
        blocks = [block for block in re.findall(r"^ *```\n(.*?)^ *```", chapter, re.M | re.S) if "lab> " not in block]
        made = "".join(lines for start, lines in MADE.items() if title.startswith(start))
        if blocks:
            yield Example(f"{path}: {title}", ["-q", "-f", "lines.txt"],
                          {"lines.txt": made + "\n".join(map(textwrap.dedent, blocks))})


def annotations():
    with open(TOP + "/lua/library/nslab.lua") as f:
        yield Example("lua/library/nslab.lua is Lua", ["-q", "-c", "lua assert(loadfile('nslab.lua'))()"], {"nslab.lua": f.read()})


def main():
    options = arguments(__doc__)
    report = Report()

    def result(example):
        return example, None if example.missing() else example.run(options.program)

    for source in (commands(options.program), comments(), pages(), annotations(), mininet(), tutorials()):
        with ThreadPoolExecutor(2 * (os.cpu_count() or 1)) as pool:
            done = list(pool.map(result, source))
        for example, came in done:
            if came is None:
                report.skip(f"example: {example.name}", f"no {' '.join(example.missing())} here")
            else:
                report.check(f"example: {example.name}", came.status == 0 and not came.left, came)
    report.end()


if __name__ == "__main__":
    main()
