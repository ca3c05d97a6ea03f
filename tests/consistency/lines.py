"""Random lines, as people and scripts would type them; many fail."""
import random
import re

from agent import NETNS

BATCH = 25


class Generator:
    """Random lines. Remembers roughly what there should be, so that most of them make sense."""
    NAMES = ["n1", "n2", "n3", "n4", "n5", "n6"]
    NODES = ["h1", "h2", "h3", "s1", "s2", "r1"]
    IFS = [f"e{i}" for i in range(12)]
    HOSTILE = ["a b", "-x", "it's", "ü€", "q\"q", "l" * 200, "$HOME", "#1", ".hidden"]

    def __init__(self, seed):
        self.r = random.Random(seed)
        self.there = {"": set()}  # namespace: its interfaces
        self.processes = 0

    def pick(self, values):
        return self.r.choice(sorted(values))

    def space(self):
        return self.pick(self.there)

    def at(self, ns, tool="ip"):
        return f"{tool} -n {quote(ns)}" if ns else tool

    def port(self, ns):
        return self.pick(self.there[ns] | {"lo"}) if self.r.random() < 0.95 else self.pick(self.IFS)

    def new_port(self, ns):
        name = self.pick(self.IFS)
        self.there[ns].add(name)
        return name

    def address(self):
        r = self.r
        return f"10.{r.randrange(4)}.0.{r.randrange(1, 250)}/{r.choice([8, 24, 30, 32])}" if r.random() < 0.6 else \
            f"fd0{r.randrange(4)}::{r.randrange(1, 200):x}/{r.choice([64, 128])}"

    def one(self):
        """One operation: [(kind, line), ...]"""
        choices = [
            (10, self.add_netns), (4, self.del_netns), (2, self.replace_netns), (4, self.process), (3, self.attach),
            (2, self.kill), (2, self.alias), (1, self.dangling), (12, self.veth), (6, self.move), (5, self.bridge),
            (3, self.device), (4, self.del_link), (5, self.rename), (10, self.up_down), (4, self.master),
            (4, self.change), (10, self.add_address), (5, self.del_address), (7, self.route), (4, self.qdisc),
            (3, self.sysctl), (2, self.port_state), (3, self.nonsense), (1, self.burst),
            (8, self.add_node), (5, self.del_node), (8, self.add_link), (5, self.link), (1, self.reset),
        ]
        if len(self.there) > 9:
            choices.append((12, self.del_netns))
        return self.r.choices([c for _, c in choices], [w for w, _ in choices])[0]()

    def add_netns(self):
        name = self.pick(self.HOSTILE if self.r.random() < 0.08 else self.NAMES)
        self.there.setdefault(name, set())
        return [("sh", f"ip netns add -- {quote(name)}" if name[0] == "-" else f"ip netns add {quote(name)}")]

    def forget(self, ns):
        if ns:
            self.there.pop(ns, None)

    def del_netns(self):
        ns = self.space()
        self.forget(ns)
        if self.r.random() < 0.3:
            return [("lab", f"del {quote(ns or 'n1')}")]
        return [("sh", f"ip netns del {quote(ns or 'n1')} || rm -f {NETNS}/{quote(ns or 'n1')}")]

    def replace_netns(self):
        ns = self.pick(self.NAMES)
        self.there[ns] = set()
        return [("sh", f"ip netns del {ns}; ip netns add {ns}")]

    def process(self):
        """A namespace without a name."""
        self.processes = (self.processes + 1) % 4
        i = self.processes
        name = self.new_port("")
        return [("sh", f"kill $P{i} 2>&-; unshare -n sleep 1000 & P{i}=$!; until [ \"$(readlink /proc/$P{i}/ns/net)\" != "
                       f"\"$(readlink /proc/self/ns/net)\" ]; do :; done"),
                ("sh", f"ip link add {name} type veth peer name p{i} netns $P{i}")]

    def attach(self):
        i, name = self.r.randrange(4), self.pick(self.NAMES)
        self.there.setdefault(name, set()).add(f"p{i}")
        return [("sh", self.r.choice([f"ip netns attach {name} $P{i}", f"ln -s /proc/$P{i}/ns/net {NETNS}/{name}",
                                      f"ln -sfn /proc/$P{i}/ns/net {NETNS}/{name}"]))]

    def kill(self):
        i = self.r.randrange(4)
        return [("sh", f"kill -9 $P{i} && wait $P{i}" if self.r.random() < 0.5 else f"kill $P{i}")]

    def alias(self):
        ns, name = self.space(), self.pick(self.NAMES)
        self.there.setdefault(name, self.there[ns])
        if not ns:
            return [("sh", f"ip netns attach {name} $$")]
        return [("sh", self.r.choice([
            f"touch {NETNS}/{name}; mount --bind {NETNS}/{quote(ns)} {NETNS}/{name}",
            f"ln -s {NETNS}/{quote(ns)} {NETNS}/{name}", f"mv -T {NETNS}/{quote(ns)} {NETNS}/{name}"]))]

    def dangling(self):
        return [("sh", self.r.choice([f"ln -s /proc/4000000/ns/net {NETNS}/nowhere", f"touch {NETNS}/nowhere",
                                      f"ln -s /etc/passwd {NETNS}/nowhere", f"rm -f {NETNS}/nowhere",
                                      f"ln -s /proc/$P1/ns/net {NETNS}/nowhere"]))]

    def veth(self):
        a, b = self.space(), self.space()
        index = f"index {self.r.randrange(2, 12)} " if self.r.random() < 0.2 else ""
        if self.r.random() < 0.3:
            b = a
        there = f" netns {quote(b)}" if b and b != a else " netns 1" if b != a else ""
        return [("sh", f"{self.at(a)} link add {self.new_port(a)} {index}type veth peer name {self.new_port(b)}{there}")]

    def move(self):
        a, b = self.space(), self.space()
        name = self.port(a)
        self.there[a].discard(name)
        self.there[b].add(name)
        goal = f"$P{self.r.randrange(4)}" if self.r.random() < 0.2 else quote(b) if b else "1"
        as_name = f" name {self.new_port(b)}" if self.r.random() < 0.2 else ""
        return [("sh", f"{self.at(a)} link set {name} netns {goal}{as_name}")]

    def bridge(self):
        ns = self.space()
        return [("sh", f"{self.at(ns)} link add {self.new_port(ns)} type bridge stp_state {self.r.randrange(2)}")]

    def device(self):
        ns = self.space()
        lower = self.port(ns)
        return [("sh", self.r.choice([
            f"{self.at(ns)} tuntap add {self.new_port(ns)} mode tap", f"{self.at(ns)} tuntap add {self.new_port(ns)} mode tun",
            f"{self.at(ns)} link add {self.new_port(ns)} type vxlan id {self.r.randrange(1, 99)} dstport 4789",
            f"{self.at(ns)} link add {self.new_port(ns)} link {lower} type macvlan mode bridge",
            f"{self.at(ns)} link add {self.new_port(ns)} link {lower} type macvlan mode bridge",
            f"{self.at(ns)} link add link {lower} name {self.new_port(ns)} type vlan id {self.r.randrange(1, 99)}",
            f"{self.at(ns)} link add {self.new_port(ns)} type {self.r.choice(['dummy', 'ifb', 'bond', 'vrf table 10'])}"]))]

    def del_link(self):
        ns = self.space()
        name = self.port(ns)
        self.there[ns].discard(name)
        return [("sh", f"{self.at(ns)} link del {name}")]

    def rename(self):
        ns = self.space()
        old = self.port(ns)
        self.there[ns].discard(old)
        return [("sh", f"{self.at(ns)} link set {old} name {self.new_port(ns)}")]

    def up_down(self):
        ns = self.space()
        return [("sh", f"{self.at(ns)} link set {self.port(ns)} {self.r.choice(['up', 'up', 'down'])}")]

    def master(self):
        ns = self.space()
        goal = "nomaster" if self.r.random() < 0.3 else f"master {self.port(ns)}"
        return [("sh", f"{self.at(ns)} link set {self.port(ns)} {goal}")]

    def change(self):
        ns, r = self.space(), self.r
        what = r.choice([f"mtu {r.randrange(1280, 1500)}", f"address 02:00:00:00:00:{r.randrange(256):02x}",
                         f"type bridge stp_state {r.randrange(2)}", "arp off", "multicast off", "txqueuelen 100"])
        return [("sh", f"{self.at(ns)} link set {self.port(ns)} {what}")]

    def add_address(self):
        ns = self.space()
        return [("sh", f"{self.at(ns)} address add {self.address()} dev {self.port(ns)}"
                       f"{self.r.choice(['', '', ' nodad', ' label lo:x'])}")]

    def del_address(self):
        ns = self.space()
        what = f"flush dev {self.port(ns)}" if self.r.random() < 0.5 else f"del {self.address()} dev {self.port(ns)}"
        return [("sh", f"{self.at(ns)} address {what}")]

    def route(self):
        ns, r = self.space(), self.r
        port = self.port(ns)
        return [("sh", self.at(ns) + " " + r.choice([
            f"route add 10.{r.randrange(9)}.0.0/16 dev {port}", f"route add default via 10.{r.randrange(4)}.0.{r.randrange(1, 9)} onlink dev {port}",
            f"route replace 10.9.{r.randrange(9)}.0/24 dev {port} metric {r.randrange(1, 9)} src 10.0.0.{r.randrange(1, 9)}",
            f"route add blackhole 10.{r.randrange(20, 29)}.0.0/16", f"route del 10.{r.randrange(9)}.0.0/16", "route flush dev " + port,
            f"-6 route add fd0{r.randrange(9)}:1::/64 dev {port}", f"-6 route add default via fe80::{r.randrange(1, 9)} dev {port}",
            f"-6 route del default", f"route add 10.7.0.0/16 table {r.randrange(10, 12)} dev {port} proto static",
            f"-6 route add unreachable fd0{r.randrange(9)}:2::/64", "route flush table 10",
            f"route add 10.8.0.0/16 nexthop dev {port} nexthop via 10.0.0.9 dev {self.port(ns)} onlink weight 3"]))]

    def qdisc(self):
        ns, r = self.space(), self.r
        return [("sh", f"{self.at(ns, 'tc')} qdisc {r.choice(['add', 'replace', 'del'])} dev {self.port(ns)} " + r.choice([
            "root tbf rate 1mbit burst 10kb latency 50ms", "root handle 1: htb default 0x10", "ingress", "root pfifo limit 50"]))]

    def sysctl(self):
        ns, r = self.space(), self.r
        key = r.choice(["net.ipv4.ip_forward", "net.ipv6.conf.all.forwarding", "net.ipv6.conf.all.disable_ipv6"])
        where = f"ip netns exec {quote(ns)} " if ns else ""
        return [("sh", f"{where}sysctl -qw {key}={r.randrange(2)}")]

    def port_state(self):
        ns = self.space()
        return [("sh", f"{self.at(ns, 'bridge')} link set dev {self.port(ns)} state {self.r.randrange(5)}")]

    def nonsense(self):
        return [self.r.choice([("sh", "ip link set nosuch up"), ("sh", "ip -n nosuch link"), ("lab", "del nosuch"),
                               ("lab", "add link h1 nosuch"), ("sh", "ip netns add ''"), ("lab", "nosuch"),
                               ("lab", "add host h1 h1"), ("sh", "ip link add x type nosuch")])]

    def burst(self):
        """More events than the queue of an ordinary user holds, while the shell does not read."""
        ns = self.space()
        port = self.port(ns)
        return [("sh", f"for i in $(seq {self.r.choice([20, 400])}); do echo link set {port} mtu 13$((i % 90 + 10)); done | "
                       f"{self.at(ns)} -force -batch - >&- 2>&-")]

    def add_node(self):
        name = self.pick(self.NODES)
        kind = {"h": "host", "s": "switch", "r": "router"}[name[0]]
        self.there.setdefault(name, set())
        if kind == "switch":
            self.there[name].add(name)
        return [("lab", f"add {kind} {name}")]

    def del_node(self):
        name = self.pick(set(self.there) - {""} or {"h1"})
        self.forget(name)
        return [("lab", f"del {quote(name)}")]

    def add_link(self):
        a, b = self.pick(self.NODES), self.pick(self.NODES)
        for ns in (a, b):
            if ns in self.there:
                self.there[ns] |= {f"{ns}-eth{i}" for i in range(3)}
        ip = f" ip=10.{self.r.randrange(4)}.0.1/24,10.{self.r.randrange(4)}.0.2/24" if self.r.random() < 0.3 else ""
        return [("lab", f"add link {a} {b}{ip}")]

    def link(self):
        a, b = self.pick(self.NODES), self.pick(self.NODES)
        return [("lab", self.r.choice([f"link {a} {b} down", f"link {a} {b} up", f"del link {a} {b}"]))]

    def reset(self):
        if self.r.random() < 0.5:
            return [("lab", "links")]
        self.there = {"": self.there[""]}
        return [("lab", self.r.choice(["reset", "load minimal --replace"]))]

    def batch(self):
        lines = []
        for _ in range(BATCH):
            lines += self.one()
        return lines


def quote(word):
    return word if re.fullmatch(r"[\w.]+", word, re.A) else "'" + word.replace("'", "'\\''") + "'"
