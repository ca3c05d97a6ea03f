#!/usr/bin/env python3
"""A shell that works for long does not grow: 1000 times add and del, the same descriptors, the same memory; and its size with 500 hosts."""
import os
import re
import tempfile

from common import Report, arguments, patience, run, sanitized

CYCLES = 1000  # of a host; a tenth as many of a switch with a link, which the kernel is slower to end
# The most of five counts: the shell waits with one more descriptor, which it may not have opened at the first.
COUNT = "$(for i in 1 2 3 4 5; do ls /proc/%s/fd | wc -l; done | sort -n | tail -n 1)"
LOOK = f"""sh echo @@ {COUNT % "$PPID"} {COUNT % 1} $(awk '/^VmRSS/ {{ print $2 }}' /proc/$PPID/status)
"""
HOST = "add host x1\ndel x1\n"
WHOLE = """add host x1
add switch x2
add link x1 x2
add link x1 h1
del link x1 x2
del x1 x2
"""


def look(text):
    """[(descriptors of the shell, of init, kB of the shell)] in the order they were printed."""
    return [tuple(map(int, numbers.split())) for numbers in re.findall(r"^@@ ([\d ]+)$", text, re.M)]


def cycles(options, report):
    cycle = HOST * 10 + WHOLE
    warm = CYCLES // 50
    script = cycle * warm + LOOK + cycle * (CYCLES // 10 - warm) + LOOK
    result = run([options.program, "-q", "minimal"], stdin=script, limit=240 * patience(options.program))
    seen = look(result.text)
    name = f"leaks: {CYCLES} times add and del"
    if result.status != 0 or len(seen) != 2:
        return report.fail(name, str(result)[-3000:])
    report.ok(f"{name} ({result.seconds:.1f} s)")
    report.check("leaks: descriptors of the shell and of init stay", seen[0][:2] == seen[1][:2], seen)
    if sanitized(options.program):
        return report.skip("leaks: memory stays", "ASan keeps freed memory; it reports leaks itself")
    return report.check("leaks: memory stays", seen[1][2] < seen[0][2] + 300, f"kB before and after: {seen}")


# Each way in which a script's program, wait or iterator can end; the numbers are those of LOOK.
SCRIPT = """
local function look()
  local fds = 0
  for _ in io.popen("ls /proc/$PPID/fd"):lines() do fds = fds + 1 end
  collectgarbage()
  print("@@", fds, io.open("/proc/self/status"):read("a"):match("VmRSS:%s*(%d+)"), math.floor(collectgarbage("count")))
end
local function each(n)
  for _ = 1, n do assert(h1:run("true").ok) end
  for _ = 1, n // 100 do
    local r = h1:run("yes | head -n 1000; exit 3", { input = "x" })
    assert(r.status == 3 and #r.out == 2000)
    assert(h1:run("nosuchprogram").status == 127)
    h1:spawn("true")
    local p = h1:spawn("cat")
    p:write("x\\n")
    assert(p:expect("x"))
    assert(p:stop().signal)
    for line in h1:spawn("seq 9"):lines() do break end
    for e in lab:events(0) do break end
    pcall(parallel, function() h1:run("sleep 60") end,
          function() local q <close> = h1:spawn("sleep 60") q:wait() end,
          function() for e in lab:events() do end end,
          function() sleep(0.001) error("enough") end)
  end
end
each(FEW)
look()
each(MANY)
look()
"""


def programs(options, report):
    runs = 2000 if sanitized(options.program) else 10000
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        path = os.path.join(folder, "programs.lua")
        with open(path, "w") as f:
            f.write(SCRIPT.replace("FEW", str(runs // 10)).replace("MANY", str(runs)))
        result = run([options.program, "-q", "minimal", "-c", f"lua dofile('{path}')"], limit=240 * patience(options.program))
    seen = [tuple(map(int, line.split()[1:])) for line in result.text.splitlines() if line.startswith("@@")]
    name = f"leaks: {runs} programs of a script"
    if result.status != 0 or len(seen) != 2:
        return report.fail(name, str(result)[-3000:])
    report.ok(f"{name} ({result.seconds:.1f} s)")
    report.check("leaks: descriptors of a script's shell stay", seen[0][0] == seen[1][0], seen)
    report.check("leaks: Lua's memory stays", seen[1][2] < seen[0][2] + 50, seen)
    if sanitized(options.program):
        return report.skip("leaks: memory of a script's shell stays", "ASan keeps freed memory; it reports leaks itself")
    return report.check("leaks: memory of a script's shell stays", seen[1][1] < seen[0][1] + 300, f"kB before and after: {seen}")


OBJECTS = """lua function cycle(n) for i = 1, n do h = lab:add_host("x1"); lab:link(h, s1); h:del(); pcall(lab.link, lab, h1, "x1") end end
lua function look(n) for i = 1, n do x = h1.eth0.mac, h1.ip, h1.eth0.counters, s1.fdb, h1.routes, lab:links(), lab:cmd("links") end end
lua cycle(20) look(100)
lua collectgarbage() collectgarbage()
"""


def objects(options, report):
    again = f"lua cycle({CYCLES // 10}) look({10 * CYCLES})\nlua collectgarbage() collectgarbage()\n"
    result = run([options.program, "-q", "minimal"], stdin=OBJECTS + LOOK + again + LOOK, limit=120 * patience(options.program))
    seen = look(result.text)
    if result.status != 0 or len(seen) != 2:
        return report.fail("leaks: objects of scripts", str(result)[-3000:])
    report.check("leaks: descriptors stay, with objects of scripts", seen[0][:2] == seen[1][:2], seen)
    if sanitized(options.program):
        return report.skip("leaks: memory stays, with objects of scripts", "ASan keeps freed memory")
    return report.check("leaks: memory stays, with objects of scripts", seen[1][2] < seen[0][2] + 400, f"kB before and after: {seen}")


def size(options, report):
    count = "sh echo @@ $(ls /proc | grep -c '^[0-9]') 0 0\n"
    result = run([options.program, "-q", "single", "hosts=500"], stdin=LOOK + count, limit=60 * patience(options.program))
    seen = look(result.text)
    if result.status != 0 or len(seen) != 2:
        return report.fail("leaks: 500 hosts", str(result)[-3000:])
    report.check("leaks: no process per host", seen[1][0] <= 8, f"{seen[1][0]} processes")
    if sanitized(options.program):
        return report.skip("leaks: under 8 MB with 500 hosts", "ASan's own memory counts")
    return report.check("leaks: under 8 MB with 500 hosts", seen[0][2] < 8192, f"{seen[0][2]} kB")


def main():
    options = arguments(__doc__)
    report = Report()
    cycles(options, report)
    programs(options, report)
    objects(options, report)
    size(options, report)
    report.end()


if __name__ == "__main__":
    main()
