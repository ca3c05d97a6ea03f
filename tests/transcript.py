"""Transcripts of labs, tests/lab/*.lab: what is typed, and what must come back.

    # two hosts on a switch answer each other        a comment right above `$` names the test
    $ nslab -k minimal                               a line for /bin/sh; `nslab` is the program under test
    > h1 ping -c1 -W1 h2                             typed into it (its standard input is a pipe)
    >> it goes on                                    one more line typed, of a here-document or a loop
    ~ 1 received                                     a regular expression, found in some line of the answer
    > links
    h1-eth0  s1-eth1  up                             an exact line (blank lines and blanks at the end do not count)
    ...                                              any lines, or none
    > h9 true
    ~ error: .*h9
    ! core dumped                                    no line of the answer matches
    ? 1                                              the status of the `$` line; 0 when not given

The lines below `$` or `>` are the whole answer, in order; only `...`, and `~` for what stands before it and, as the last,
after it, leave room. Nothing below a `>` line: it answers nothing. A line that starts with one of these characters is
written with a backslash before it.

    @ mine.lua                                       a file in the test's directory: the `|` lines below
    | return { ... }
    needs tcpdump                                    of the next test: skipped where this program is missing
    as root | as user                                of the next test: only run as such
    seconds 60                                       of the next test: its time limit, where 20 is not enough

Each test starts in a directory of its own with these files, which is also HOME.
"""
import os
import re

MARKER = "@@-%d-@@"


class Answer:
    """A typed line and what must come back. `typed` is None for the `$` line itself."""

    def __init__(self, typed, number):
        self.typed = typed
        self.number = number
        self.expected = []  # (line number, kind, text)


class Transcript:
    def __init__(self, name, line, number):
        self.name = name
        self.line = line
        self.answers = [Answer(None, number)]
        self.status = 0
        self.needs = []
        self.user = None
        self.seconds = 20

    def stdin(self):
        """Every typed line, each followed by one that prints a marker, so that the answers can be told apart."""
        lines = [f"sh echo {MARKER % 0}"] if len(self.answers) > 1 else []
        for i, answer in enumerate(self.answers[1:], 1):
            lines += [answer.typed, f"sh echo {MARKER % i}"]
        return "".join(f"{line}\n" for line in lines)

    def compare(self, text):
        """What is wrong with this output: a list of lines."""
        parts = re.split("(" + MARKER.replace("%d", r"\d+") + ")\n", text)
        said = parts[0::2]
        markers = parts[1::2]
        wanted = [MARKER % i for i in range(len(self.answers))] if len(self.answers) > 1 else []
        if len(self.answers) > 1:
            said[-2:] = ["".join(said[-2:])]  # what follows the last marker belongs to the last line
        if markers != wanted:
            return [f"the session ended early: {len(markers)} of {len(wanted)} answers"]
        problems = []
        for answer, out in zip(self.answers, said):
            problems += match(answer, [line.rstrip() for line in out.splitlines() if line.strip()])
        return problems


def match(answer, lines):
    """Walk the expectations through the lines of one answer."""
    at, loose = 0, False
    where = f"line {answer.number}: {'> ' + answer.typed.splitlines()[0] if answer.typed else '$'}"
    for number, kind, text in answer.expected:
        rest = lines[at:]
        if kind == "!":
            bad = [line for line in lines if re.search(text, line)]
            if bad:
                return [f"{where}", f"line {number}: ! {text}", f"but there is: {bad[0]}"]
            continue
        if kind == "...":
            loose = True
            continue
        hits = [i for i, line in enumerate(rest) if (re.search(text, line) if kind == "~" else line == text)]
        if not hits or (kind == "" and not loose and hits[0] != 0):
            return [where, f"line {number}: wanted: {kind} {text}".replace(":  ", ": "),
                    "got: " + (rest[0] if rest and kind == "" and not loose else "no such line in:")] + \
                ([] if rest and kind == "" and not loose else [f"  {line}" for line in rest] or ["  (nothing)"])
        at += hits[0] + 1
        loose = kind == "~"
    only_absent = answer.expected and all(kind == "!" for _, kind, _ in answer.expected)
    if at < len(lines) and not loose and not only_absent:
        return [where, "more than wanted:"] + [f"  {line}" for line in lines[at:]]
    return []


def parse(path):
    """(transcripts, files) of a .lab file."""
    tests, files = [], {}
    comment, current, file, waiting = None, None, None, {}
    base = os.path.basename(path)
    with open(path) as f:
        lines = f.read().splitlines()
    for number, raw in enumerate(lines, 1):
        line = raw.rstrip()
        mark, _, text = line.partition(" ")
        if not line:
            continue
        if mark == "#":
            comment = text
        elif mark == "@":
            file = text
            files[file] = ""
        elif mark == "|":
            files[file] += text + "\n"
        elif mark in ("needs", "as", "seconds") and text:
            waiting[mark] = text
        elif mark == "$":
            current = Transcript(f"{base}: {comment or text}", text, number)
            current.needs = waiting.get("needs", "").split()
            current.user = waiting.get("as")
            current.seconds = float(waiting.get("seconds", 20))
            comment, waiting = None, {}
            tests.append(current)
        elif not current:
            raise ValueError(f"{path}:{number}: before the first $ line: {line}")
        elif mark == ">":
            current.answers.append(Answer(text, number))
        elif mark == ">>":
            current.answers[-1].typed += "\n" + text
        elif mark == "?":
            current.status = int(text)
        else:
            kind = mark if mark in ("~", "!", "...") else ""
            expected = text if kind else line[1:] if line.startswith("\\") else line
            current.answers[-1].expected.append((number, kind, expected))
    return tests, files
