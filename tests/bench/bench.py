#!/usr/bin/env python3
"""How fast nslab is, beside what the kernel alone costs (floor.c), Mininet and a script of ip lines: all in one run, in turn,
so that a busy machine slows each alike. Medians. tests/bench/bench.py [--runs 5] [--quick] [--only REGEX]

Writes build/bench.json, docs/benchmarks.md and docs/benchmarks.svg. Contenders that are not installed are left out.
"""
import argparse
import json
import math
import os
import platform
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

import report

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, os.path.join(TOP, "tests/terminal"))
ROOT = os.geteuid() == 0
USER = {"user": 1000, "group": 1000, "extra_groups": []}
LIMIT = 600  # seconds, for anything
HUGE = 63 * 63  # in a tree, as no switch takes so many


class Bench:
    def __init__(self, program, tools):
        self.folder = tempfile.mkdtemp(prefix="nslab-bench-")
        os.chmod(self.folder, 0o755)
        self.program = shutil.copy(program, self.folder)
        self.floor, self.prompter = (shutil.copy(os.path.join(tools, name), self.folder) for name in ("floor", "prompt"))
        self.idler = self.file("idle.py", IDLE)
        os.environ.update(HOME=self.folder, XDG_CONFIG_HOME=self.folder)

    def file(self, name, text):
        path = os.path.join(self.folder, name)
        with open(path, "w") as f:
            f.write(text)
        return path

    def rest(self, n):
        """A line that ends when a lab of N hosts, as it is new, and the machine have come to rest."""
        return f"sh python3 {self.idler} {settle(n)}" if settle(n) else "sh true"

    def output(self, *words, user=False, stdin=None):
        done = subprocess.run(words, input=stdin or "", capture_output=True, text=True, timeout=LIMIT, cwd=self.folder,
                              **(USER if user else {}))
        if done.returncode:
            raise RuntimeError(f"{' '.join(words)}: status {done.returncode}\n{done.stdout[-500:]}{done.stderr[-500:]}")
        return done.stdout + done.stderr

    def wall(self, *words, user=False):
        begin = time.monotonic()
        self.output(*words, user=user)
        return (time.monotonic() - begin) * 1e3

    def elapsed(self, *lines, of, user=False, unit=1e3):
        """What `time` says of the last line."""
        words = [w for line in lines for w in ("-c", line)]
        text = self.output(self.program, "-q", *of, *words, user=user)
        return float(re.findall(r"Elapsed time: ([\d.]+) secs", text)[-1]) * unit

    # ---- whole process ----

    def whole(self, n, user=False):
        return self.wall(self.program, "-q", *lab(n), "-c", "exit", user=user)

    def floor_build(self, n, user=False):
        return float(self.output(self.floor, "build", str(n), user=user))

    def mininet(self, n):
        return self.wall("mn", "--switch", "lxbr", "--controller", "none", "--topo", f"single,{n}", "--test", "none")

    def ip_lines(self, n):
        lines = ["mount -t tmpfs none /run/netns", "ip netns add s1", "ip -n s1 link add s1 type bridge"]
        for k in range(1, n + 1):
            lines += [f"ip netns add h{k}",
                      f"ip link add h{k}-eth0 netns h{k} type veth peer name s1-eth{k} netns s1",
                      f"ip -n h{k} address add 10.0.{k >> 8}.{k & 255}/8 dev h{k}-eth0", f"ip -n h{k} link set h{k}-eth0 up",
                      f"ip -n s1 link set s1-eth{k} master s1 up"]
        script = self.file("lab.sh", "set -e\nmkdir -p /run/netns\n" + "\n".join(lines) + "\nip -n s1 link set s1 up\n")
        return self.wall("unshare", "-mn", "sh", script)

    # ---- programs ----

    def run_line(self, n, user=False, times=400):
        """Microseconds of one `h1 true`."""
        lines = self.file("true.nslab", "h1 true\n" * times)
        return self.elapsed(self.rest(n), f"time source {lines}", of=lab(n), user=user, unit=1e6) / times

    def run_lua(self, n, times=400):
        lines = self.file("true.lua", f'for _ = 1, {times} do h1:run("true") end\n')
        return self.elapsed(self.rest(n), f"time source {lines}", of=lab(n), unit=1e6) / times

    def floor_run(self, _, times=400):
        return float(self.output(self.floor, "run", str(times)))

    def floor_fork(self, _, times=400):
        return float(self.output(self.floor, "fork", str(times)))

    # ---- pings ----

    def pingall(self, n, user=False):
        return self.elapsed(self.rest(n), "time pingall", of=lab(n), user=user)

    def pingall_mininet(self, n):
        text = self.output("mn", "--switch", "lxbr", "--controller", "none", "--topo", f"single,{n}", stdin="time pingall\n")
        return float(re.search(r"Elapsed time: ([\d.]+) secs", text.replace("*** ", "")).group(1)) * 1e3

    def dead(self, n):
        """All pairs of N hosts whose cables are cut."""
        cut = [f"link h{k} s1 down" for k in range(1, n + 1)]
        words = [w for line in cut + ["time pingall"] for w in ("-c", line)]
        text = self.output("sh", "-c", '"$@" || true', "sh", self.program, "-q", "-k", *lab(n), *words)
        return float(re.findall(r"Elapsed time: ([\d.]+) secs", text)[-1]) * 1e3

    # ---- a lab that stands: memory, listings, its end ----

    def hold(self, words, lines=""):
        process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=self.folder)
        process.stdin.write(lines)
        process.stdin.flush()
        while process.stdout.readline().strip() != "ready":
            pass
        return process

    def memory(self, words, lines, n):
        """KiB of the machine for each host, from before the lab to when it stands and nothing moves."""
        wait_gone()
        for _ in range(2):  # the structs of the last lab
            self.output("unshare", *([] if ROOT else ["-r"]), "-n", "true")
        time.sleep(1)
        before = memory_used()
        process = self.hold(words, lines)
        time.sleep(settle(n) + 1)
        used = memory_used() - before
        process.kill()
        process.wait()
        return used / n

    def memory_nslab(self, n):
        return self.memory([self.program, "-q", *lab(n)], "sh echo ready\n", n)

    def memory_floor(self, n):
        return self.memory([self.floor, "hold", str(n)], "", n)

    def shell_memory(self, n):
        """MiB resident of the shell."""
        process = self.hold([self.program, "-q", *lab(n)], "sh echo ready\n")
        most = max(map(resident, descendants(process.pid)))
        process.kill()
        process.wait()
        wait_gone()
        return most / 1024

    def end(self, n):
        """From `exit` to the end of the process, which gives the terminal back."""
        process = self.hold([self.program, "-q", *lab(n)], f"sh sleep {settle(n)}\nsh echo ready\n")
        begin = time.monotonic()
        process.stdin.write("exit\n")
        process.stdin.close()
        process.wait()
        return (time.monotonic() - begin) * 1e3

    def freed(self, words, lines):
        """From the end of the process until its namespaces are gone."""
        process = self.hold(words, lines)
        process.kill()
        begin = time.monotonic()
        process.wait()
        wait_gone(0)
        return (time.monotonic() - begin) * 1e3

    def freed_nslab(self, n):
        return self.freed([self.program, "-q", *lab(n)], "sh echo ready\n")

    def freed_floor(self, n):
        return self.freed([self.floor, "hold", str(n)], "")

    def links(self, n):
        return self.elapsed("links", "time links", of=lab(n))

    # ---- a person ----

    def prompt(self, n):
        """From the command to a prompt; without hosts: an empty lab."""
        return float(self.output(self.prompter, self.program, *(lab(n) if n else [])))

    def tab(self, n):
        import term
        term.NSLAB = self.program
        t = term.Term(*lab(n))
        t.wait_for("> ")
        t.send(f"show h{n // 10}")
        t.wait_for(f"show h{n // 10}")
        begin = time.monotonic()
        t.send("\t\t")
        t.wait_for(f"h{n}")
        spent = (time.monotonic() - begin) * 1e3
        t.close()
        return spent

    def events(self, n):
        """Events a second that `events` prints while another shell makes them."""
        name = f"bench{os.getpid()}"
        batch = self.file("batch", "".join(f"link set h1-eth0 mtu {1400 + k % 2}\n" for k in range(n)))
        process = self.hold([self.program, "-q", "--name", name, "minimal"], "sh echo ready\nevents\n")
        begin = time.monotonic()
        subprocess.run([self.program, "exec", name, "h1", "ip", "-batch", batch], check=True)
        seen = 0
        while seen < n:
            line = process.stdout.readline()
            seen += "mtu" in line
            if not line:
                break
        spent = time.monotonic() - begin
        process.kill()
        process.wait()
        return seen / spent


# Sleep so many seconds, then until a quarter of a second has gone by with the processors idle for most of it; 10 at most.
IDLE = """
import sys, time
def now():
    with open("/proc/stat") as f:
        fields = [int(x) for x in f.readline().split()[1:]]
    return fields[3] + fields[4], sum(fields)
time.sleep(float(sys.argv[1]))
for _ in range(40):
    idle, all_ = now()
    time.sleep(0.25)
    if now()[0] - idle > 0.9 * (now()[1] - all_):
        break
"""


def settle(n):
    """Seconds in which N new hosts tell each other of their IPv6 multicast groups, twice and each to all: 3.5 at 1000, on one
    processor, with nslab and with the floor alike."""
    return min(2 + n * n / 4e5, 10) if n > 100 else 0


def lab(n):
    """A switch takes 1023 hosts."""
    return ["single", f"hosts={n}"] if n <= 1000 else ["tree", "depth=2", f"fanout={math.isqrt(n)}"]


def memory_used():
    """KiB that the kernel and all processes hold: MemAvailable is an estimate, and moves by more than a lab of 64 takes."""
    with open("/proc/meminfo") as f:
        fields = dict(re.findall(r"^(\w+): +(\d+)", f.read(), re.M))
    return sum(int(fields.get(name, 0)) for name in ("Slab", "Percpu", "AnonPages", "PageTables", "KernelStack", "Shmem"))


def objects():
    """How many sysfs entries the kernel has: some 260 for each host of a lab. Root alone may know. (struct net itself is no measure:
    the kernel gives the last ones back when it frees the next, net_complete_free in net/core/net_namespace.c.)"""
    try:
        with open("/proc/slabinfo") as f:
            return int(re.search(r"^kernfs_node_cache +(\d+)", f.read(), re.M).group(1))
    except OSError:
        return 0


FIRST = objects()


def wait_gone(rest=0.05):
    """The kernel frees namespaces some time after their end, and holds up whoever makes new ones meanwhile."""
    begin = time.monotonic()
    while objects() > FIRST + 2600 and time.monotonic() - begin < 60:
        time.sleep(0.005)
    time.sleep(rest)  # what it does after that


def descendants(pid):
    found = [pid]
    for child in text_of(f"/proc/{pid}/task/{pid}/children").split():
        found += descendants(int(child))
    return found


def resident(pid):
    """KiB; 0 when it has ended."""
    found = re.search(r"VmRSS:\s+(\d+)", text_of(f"/proc/{pid}/status"))
    return int(found.group(1)) if found else 0


def text_of(path):
    """"" when the process has ended."""
    try:
        with open(path) as f:
            return f.read()
    except OSError:
        return ""


# What makes a row steeper than its number of hosts.
NOTES = {"pingall, cold": "N hosts are N x (N - 1) pairs, so n^2 is one price for each. Up to 32 hosts that price holds an ARP question, which goes to all "
                          "others: n^3; from 33 on there is none."}


def table(bench, quick):
    """Title, unit, sizes, contenders, what is wanted of a ratio: (of, to, factor, size), of one to itself at another size:
    (of, other size, factor, size), or of a value: (of, None, most, size)."""
    b = bench
    few, many = [2, 16, 64], [2, 16, 64, 256] if quick else [2, 16, 64, 256, 1000]
    large, huge = many[-1], many if quick else [*many, HUGE]
    mn = shutil.which("mn") if ROOT else None

    def also(condition, name, call, sizes):
        return {name: (call, sizes)} if condition else {}

    def as_user(call, sizes):
        return also(ROOT, "nslab, uid 1000", lambda n: call(n, user=True), sizes)

    return [
        ("whole process, start to end", "ms", {
            "nslab": (b.whole, huge), "floor": (b.floor_build, huge), **as_user(b.whole, many), **also(mn, "mininet", b.mininet, few),
            **also(ROOT, "ip lines", b.ip_lines, few)},
         [("nslab", "floor", 1.5, large), ("mininet", "nslab", 25, 2), ("mininet", "nslab", 40, 64), ("nslab, uid 1000", "nslab", 1.1, large)]),
        ("a program in a node: `h1 true`", "us", {
            "nslab": (b.run_line, [2, large]), "floor, vfork": (b.floor_run, [2, large]), **as_user(b.run_line, [2, large]),
            "nslab, Lua": (b.run_lua, [2, large]), "floor, fork": (b.floor_fork, [2, large])},
         [("nslab", "floor, vfork", 1.3, 2), ("nslab", "floor, vfork", 1.3, large), ("nslab", 2, 1.15, large),
          ("nslab, uid 1000", "nslab", 1.1, large),
          ("nslab, Lua", "floor, fork", 1.6, 2)]),
        ("pingall, cold", "ms", {
            "nslab": (b.pingall, [16, 32, 64, 256]), **as_user(b.pingall, [16, 32, 64, 256]), **also(mn, "mininet", b.pingall_mininet, [16, 32])},
         [("mininet", "nslab", 40, 32), ("nslab", None, 250, 64), ("nslab", None, 1500, 256), ("nslab, uid 1000", "nslab", 1.1, 256)]),
        ("pingall among hosts whose cables are cut", "ms", {"nslab": (b.dead, [16])}, [("nslab", None, 1500, 16)]),
        ("to the prompt", "ms", {"nslab": (b.prompt, [0, *huge])}, [("nslab", None, 10, 0)]),
        ("`links`", "ms", {"nslab": (b.links, many)}, []),
        ("Tab with that many hosts", "ms", {"nslab": (b.tab, [large])}, []),
        ("exit, until the terminal is back", "ms", {"nslab": (b.end, huge)}, [("nslab", None, 50, large)]),
        *([("until the kernel has freed it", "ms", {"nslab": (b.freed_nslab, huge[3:]), "floor": (b.freed_floor, huge[3:])},
            [("nslab", "floor", 3, large)])] if ROOT else []),
        ("memory of the machine for each host", "KiB", {"nslab": (b.memory_nslab, many[3:]), "floor": (b.memory_floor, many[3:])},
         [("nslab", "floor", 1.1, large)]),
        ("memory of the shell", "MiB", {"nslab": (b.shell_memory, huge)}, [("nslab", None, 12, large)]),
        ("events followed in a second", "1/s", {"nslab": (b.events, [2000])}, []),
    ]


def exponent(values):
    """The growth in log-log of {size: value}: 1 is linear. None: too few sizes."""
    points = [(math.log(n), math.log(v)) for n, v in values.items() if n > 1 and v > 0]
    if len(points) < 3:
        return None
    mean_x, mean_y = (statistics.mean(p[i] for p in points) for i in (0, 1))
    return sum((x - mean_x) * (y - mean_y) for x, y in points) / sum((x - mean_x) ** 2 for x, _ in points)


def runs_at(n, runs):
    """Small labs are soon built and most disturbed; a huge one takes long."""
    return 3 * runs if n <= 64 else runs if n <= 1000 else min(runs, 3)


def measure(title, unit, contenders, wanted, runs):
    """Every contender in turn at each size, and that again, another one first: nobody always follows the same. The medians."""
    sizes = sorted({n for _, ns in contenders.values() for n in ns})
    samples = {name: {n: [] for n in ns} for name, (_, ns) in contenders.items()}
    names = list(contenders)
    for run in range(3 * runs):
        for n in [n for n in sizes if run < runs_at(n, runs)]:
            for name in names[run % len(names):] + names[:run % len(names)]:
                call, ns = contenders[name]
                if n in ns:
                    wait_gone()
                    samples[name][n].append(call(n))
    medians = {name: {n: statistics.median(v) for n, v in by_size.items()} for name, by_size in samples.items()}
    return {"title": title, "unit": unit, "note": NOTES.get(title, ""), "medians": medians, "samples": samples,
            "exponents": {name: exponent(v) for name, v in medians.items()},
            "wanted": [w for w in wanted if w[0] in medians and (not isinstance(w[1], str) or w[1] in medians) and w[3] in medians[w[0]]]}


def machine(program):
    with open("/proc/cpuinfo") as f:
        model = re.search(r"model name\s*: (.*)", f.read())
    version = subprocess.run([program, "-V"], capture_output=True, text=True).stdout.strip()
    mn = subprocess.run("mn --version 2>&1", shell=True, capture_output=True, text=True).stdout.strip() if shutil.which("mn") else None
    return {"kernel": platform.release(), "cpus": os.cpu_count(), "cpu": model.group(1) if model else platform.machine(),
            "nslab": version, "mininet": mn, "root": ROOT, "load": os.getloadavg()[0], "date": time.strftime("%Y-%m-%d")}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", default=os.path.join(TOP, "build/nslab"))
    parser.add_argument("--tools", default=os.path.join(TOP, "build/tests/bench"))
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--quick", action="store_true", help="up to 256 hosts")
    parser.add_argument("--only", default="", help="rows whose title matches")
    parser.add_argument("--no-docs", action="store_true", help="only build/bench.json")
    options = parser.parse_args()
    bench = Bench(options.program, options.tools)
    result = {"machine": machine(bench.program), "runs": options.runs, "rows": []}
    try:
        for row in table(bench, options.quick):
            if re.search(options.only, row[0]):
                result["rows"].append(measure(*row, options.runs))
                print(report.row_text(result["rows"][-1]), flush=True)
    finally:
        shutil.rmtree(bench.folder)
    with open(os.path.join(TOP, "build/bench.json"), "w") as f:
        json.dump(result, f, indent=1)
    if not options.only and not options.no_docs:
        report.write(result, os.path.join(TOP, "docs"))
    missed = [text for row in result["rows"] for good, text in report.verdicts(row) if not good]
    print("\n".join(missed) or "all that is wanted holds")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
