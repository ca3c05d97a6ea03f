#!/usr/bin/env python3
"""docs/lua.md and lua/library/nslab.lua, from the doc comments in lua/: docs/reference.py [--check]

A doc comment stands right above a C function that Lua calls, and speaks LuaLS:

    /***
     * Any Markdown.
     * @function Node:run                         or @field Node.ip TYPE  text; or @class Node  text
     * @param command string|string[]  text, which may go on in the next lines
     * @param options? { timeout?: number }
     * @return Result  text
     * @example
     * assert(h1:run("true").status == 0)        to the end, or to the next tag
     */

With --check nothing is written: it tells what is not documented and which file is not current.
"""
import glob
import os
import re
import sys

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
MARK = "<!-- What follows is generated from the sources: `make docs`. -->\n"
# What Lua has too: an editor knows it.
STANDARD = {"print", "load", "setmetatable", "os.exit", "debug.sethook", "debug.setmetatable", "coroutine.yield"}


class Item:
    """A function, field or class, as its comment describes it."""

    def __init__(self, kind, name, path, line):
        self.kind, self.name, self.path, self.line = kind, name, path, line
        self.build = not re.match(r"lua/(live/|json)", path)  # of a topology's world, not the live one
        self.c_function = self.type = ""
        self.text = []  # lines of Markdown
        self.params, self.returns = [], []  # [name, type, text], [type, text]
        self.example, self.example_line = [], 0

    @property
    def owner(self):
        return re.split(r"[:.]", self.name)[0] if re.search(r"[:.]", self.name) or self.kind == "class" else ""

    @property
    def last(self):
        return re.split(r"[:.]", self.name)[-1]

    @property
    def signature(self):
        return f"{self.name}({', '.join(name for name, _, _ in self.params)})"


def split_type(text):
    """A type, which may have blanks in brackets and behind : , |, and the text behind it."""
    depth = 0
    for i, c in enumerate(text):
        depth += (c in "({[<") - (c in ")}]>")
        if c == " " and depth == 0 and text[i - 1] not in ":,|" and text[i + 1:i + 2] != "|":
            return text[:i], text[i:].strip()
    return text, ""


def parse_comment(body, path, line, c_function):
    """The items of a comment. The first function, or class, or else field, has its text and its example."""
    items, text, example, example_line = [], [], [], 0
    tags, inside = [], None
    for number, raw in enumerate(body.splitlines(), line):
        content = re.sub(r"^\s*\* ?", "", raw)
        tag = re.match(r"@(\w+) ?(.*)", content)
        if tag and tag.group(1) == "example":
            inside, example_line = example, number + 1
        elif tag:
            tags.append([number, tag.group(1), tag.group(2).strip()])
            inside = None
        elif inside is not None:
            inside.append(content)
        elif tags:
            tags[-1][2] += " " + content.strip()
        else:
            text.append(content)
    for number, tag, words in tags:
        name, _, rest = words.strip().partition(" ")
        if tag in ("function", "field", "class"):
            items.append(Item(tag, name, path, number))
            items[-1].c_function = c_function
            if tag == "field":
                items[-1].type, rest = split_type(rest.strip())
            rest = rest.strip()
            if rest:
                items[-1].text.append(rest[0].upper() + rest[1:] + "." * (rest[-1] not in ".`") if tag == "class" else rest)
        elif tag == "param" and items:
            items[-1].params.append([name, *split_type(rest.strip())])
        elif tag == "return" and items:
            items[-1].returns.append([*split_type(words.strip())])
        else:
            raise SystemExit(f"{path}:{number}: @{tag} means nothing here")
    if items:
        chief = min(items, key=lambda item: ("function", "class", "field").index(item.kind))
        chief.text += [""] * bool(chief.text and text) + text
        chief.example, chief.example_line = example, example_line
    return items


def read_items():
    """All that is documented, in the order of the sources."""
    items = []
    for path in sorted(glob.glob(TOP + "/lua/*.c") + glob.glob(TOP + "/lua/*/*.c")):
        with open(path) as f:
            source = f.read()
        for match in re.finditer(r"/\*\*\*\n(.*?)\*/\n(?:\n/\*[^*].*?\*/\n)?(?:[\w ]+?[ *](\w+)\()?", source, re.S):
            line = source.count("\n", 0, match.start(1)) + 1
            items += parse_comment(match.group(1).rstrip(), os.path.relpath(path, TOP), line, match.group(2))
    return items


def registered():
    """(path:line, name, C function) of all that the sources show to Lua."""
    for path in sorted(glob.glob(TOP + "/lua/*.c") + glob.glob(TOP + "/lua/*/*.c")):
        with open(path) as f:
            source = f.read()
        found = []
        for table in re.finditer(r"(?:luaL_Reg|struct class_field) \w+\[\] = \{.*?\};", source, re.S):
            found += [(table.start() + m.start(), m.group(1), m.group(2))
                      for m in re.finditer(r'\{\s*"(\w+)",\s*(\w+)', table.group())]
        found += [(m.start(), m.group(1), m.group(2))
                  for m in re.finditer(r'(?:lua_register|sandbox_wrap)\(L, "(\w+)", (\w+)\)', source)]
        found += [(m.start(), m.group(2), m.group(1))
                  for m in re.finditer(r'lua_pushcfunction\(L, (\w+)\);\s*lua_set\w+\(L,(?: -\d,)? "(\w+)"\)', source)]
        for at, name, function in found:
            if not name.startswith("__"):
                yield f"{os.path.relpath(path, TOP)}:{source.count(chr(10), 0, at) + 1}", name, function


def problems(items):
    known = {(item.c_function, item.last) for item in items}
    there = list(registered())
    for where, name, function in there:
        if (function, name) not in known:
            yield f"{where}: {name}: no doc comment above {function}(), or not of that name"
    for item in items:
        if item.kind == "function" and (item.c_function, item.last) not in {(function, name) for _, name, function in there}:
            yield f"{item.path}:{item.line}: {item.name}: {item.c_function}() is not known to Lua by that name"
    classes = {item.name for item in items if item.kind == "class"}
    for item in items:
        if item.owner and item.owner not in classes and item.name not in STANDARD:
            yield f"{item.path}:{item.line}: {item.name}: there is no @class {item.owner}"
        types = " ".join([item.type, *(kind for _, kind, _ in item.params), *(kind for kind, _ in item.returns)])
        for word in re.findall(r"\b[A-Z]\w*", re.sub(r'"[^"]*"', "", types)):
            if word not in classes:
                yield f"{item.path}:{item.line}: {item.name}: there is no @class {word}"


# ---- docs/lua.md ----

def markdown_item(item):
    if item.kind == "field":
        return []
    lines = [f"#### `{item.signature}`", ""] if item.kind == "function" else []
    lines += item.text + [""]
    lines += [f"- `{name}`: `{kind}`{', ' * bool(text)}{text}" for name, kind, text in item.params]
    lines += [f"- returns `{kind}`{', ' * bool(text)}{text}" for kind, text in item.returns]
    if item.params or item.returns:
        lines.append("")
    if item.example:
        lines += ["```lua", *item.example, "```", ""]
    return lines


def markdown_fields(fields):
    lines = []
    for item in fields:
        name = item.name.replace("[string]", "NAME")  # as LuaLS writes what any name means
        lines.append(f"- `{name}`: `{item.type}`, {' '.join(item.text)}".rstrip(", "))
    for item in fields:
        if item.example:
            lines += ["", "```lua", *item.example, "```"]
    return lines + [""] * bool(lines)


def owners(items):
    """Names with items, globals first, then as the lab is made of them."""
    first = ["", "net", "BuildNode", "lab", "Lab", "Node", "Interface", "Link"]
    names = {item.owner for item in items}
    return sorted(names, key=lambda name: (first.index(name) if name in first else len(first), name))


def markdown(items):
    lines = []
    for build, title in ((True, "Reference: in a topology's `build`"), (False, "Reference: in scripts")):
        lines += [f"## {title}", ""]
        world = [item for item in items if item.build == build]
        for owner in owners(world):
            own = [item for item in world if item.owner == owner]
            lines += [f"### `{owner}`" if owner else "### Globals", ""]
            for kind in ("class", "field", "function"):
                some = [item for item in own if item.kind == kind]
                lines += markdown_fields(some) if kind == "field" else sum(map(markdown_item, some), [])
    return "\n".join(lines).rstrip() + "\n"


# ---- lua/library/nslab.lua ----

def annotated(item):
    lines = [f"---{line}" for line in item.text]
    lines += [f"---@param {name} {kind}{' # ' * bool(text)}{text}" for name, kind, text in item.params]
    lines += [f"---@return {kind}{' # ' * bool(text)}{text}" for kind, text in item.returns]
    return lines + [f"function {item.signature.replace('?', '')} end", ""]


def library(items):
    lines = ["---@meta", "", "-- What nslab's scripts and topologies know, for editors (docs/lua.md). Generated: make docs", ""]
    items = [item for item in items if item.name not in STANDARD]
    for owner in owners(items):
        own = [item for item in items if item.owner == owner]
        for item in own:
            if item.kind == "class":
                lines += [f"---{line}" for line in item.text] + [f"---@class {owner}"]
        for item in own:
            if item.kind == "field":
                lines.append(f"---@field {item.name.partition('.')[2]} {item.type} # {' '.join(item.text)}")
        if owner:
            is_global = any("." in item.name for item in own if item.kind == "function")
            lines += [f"{'' if is_global else 'local '}{owner} = {{}}", ""]
        for item in own:
            if item.kind == "function":
                lines += annotated(item)
    return "\n".join(lines + ["---@type Lab", "lab = nil"]) + "\n"


def main():
    items = read_items()
    wrong = list(problems(items))
    with open(TOP + "/docs/lua.md") as f:
        introduction = f.read().split(MARK)[0]
    for path, text in (("docs/lua.md", introduction + MARK + "\n" + markdown(items)),
                       ("lua/library/nslab.lua", library(items))):
        path_there = os.path.join(TOP, path)
        there = open(path_there).read() if os.path.exists(path_there) else ""
        if text != there and "--check" in sys.argv:
            wrong.append(f"{path} is not current: run `make docs`")
        elif text != there:
            with open(path_there, "w") as f:
                f.write(text)
    sys.stdout.writelines(line + "\n" for line in wrong)
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
