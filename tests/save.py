#!/usr/bin/env python3
"""A lab that was saved is built again: `save` then load in a fresh lab, and `export sh` then run in a fresh lab, leave the kernel
as it was, whoever made the lab; and what is saved again is the same text. Labs: the built-in ones, some typed by hand, and
random ones (--seeds, --only)."""
import json
import os
import random
import tempfile
from concurrent.futures import ThreadPoolExecutor

from common import TESTS, Report, arguments, patience, run
from failure import difference

# Queues are nslab's to choose; an address is tentative for a second or two.
OURS = {"num_tx_queues", "num_rx_queues", "tentative", "optimistic"}
# What the spanning tree is at, and what follows from it; forwarding comes seconds after up.
TREE = {"state", "root_id", "root_port", "root_path_cost", "designated_root", "designated_bridge", "designated_port",
        "designated_cost", "config_pending", "topology_change_ack"}

CONTAINERS = """
ip netns add ns1
ip netns add ns2
ip link add ns1-br0 type veth peer name vethX
ip link set vethX netns ns1
ip link add ns2-br0 type veth peer name vethQ
ip link set vethQ netns ns2
ip netns exec ns1 ip addr add 10.0.0.1/24 dev vethX
ip netns exec ns2 ip addr add 10.0.0.2/24 dev vethQ
ip netns exec ns1 ip link set vethX up
ip netns exec ns2 ip link set vethQ up
ip link add name br0 type bridge
ip link set ns1-br0 master br0
ip link set ns2-br0 master br0
ip link set ns1-br0 up
ip link set ns2-br0 up
ip link set br0 up
"""
HOME = """
ip netns add verizon
ip netns add router
ip netns add laptop
ip link add isp0 netns verizon type veth peer name wan0 netns router
ip link add lan0 netns router type veth peer name eth0 netns laptop
ip -n verizon addr add 203.0.113.1/30 dev isp0
ip -n verizon addr add 8.8.8.8/32 dev lo
ip -n router addr add 203.0.113.2/30 dev wan0
ip -n router addr add 192.168.1.1/24 brd + dev lan0
ip -n laptop addr add 192.168.1.100/24 brd + dev eth0
for n in verizon router laptop; do ip -n $n link set lo up; done
for p in verizon/isp0 router/wan0 router/lan0 laptop/eth0; do ip -n ${p%/*} link set ${p#*/} up; done
ip netns exec router sysctl -qw net.ipv4.ip_forward=1
ip -n router route add default via 203.0.113.1
ip -n laptop route add default via 192.168.1.1 proto static metric 100
ip -n verizon route add 192.168.1.0/24 via 203.0.113.2
"""
LABS = {
    "nothing": "",
    "minimal": "load minimal",
    "single": "load single hosts=12",
    "reversed": "load reversed hosts=4",
    "linear": "load linear switches=3 hosts=2",
    "tree": "load tree depth=2 fanout=3",
    "routers": "load routers routers=4",
    "ecmp": "load ecmp",
    "commands": """
add host a b c
add switch s1 stp=on
add switch s2
add router r1 r2
add link a s1
add link s1 s2
add link b s2 ip=10.7.0.1/24
add link r1 s1 ip=10.0.0.254/8
add link r1 r2 ip=10.9.0.1/30,10.9.0.2/30 ip6=fd09::1/64,fd09::2/64 mtu=1400
add link c:up r2 ip=10.8.0.1/24
add link a b
add link s2:trunk s1:trunk""",
    "addresses of all kinds": """
add host h1 h2
add link h1 h2
h1 ip addr add 10.1.0.1/24 dev h1-eth0
h1 ip addr add 10.1.0.2/24 brd 10.1.0.255 dev h1-eth0
h1 ip addr add 10.2.0.1 peer 10.2.0.2/32 dev h1-eth0
h1 ip addr add 10.3.0.1/24 scope link dev h1-eth0
h1 ip addr add 10.4.0.1/24 dev h1-eth0 label h1-eth0:web noprefixroute
h1 ip addr add 10.5.0.1/24 metric 7 dev h1-eth0
h1 ip addr add fd01::1/64 dev h1-eth0 nodad
h1 ip addr add fd02::1/64 dev h1-eth0
h1 ip addr add fe80::1/64 dev h1-eth0
h1 ip addr add 127.0.0.53/8 dev lo
h2 ip addr del 10.0.0.2/8 dev h2-eth0
h2 ip addr add 10.0.0.77/24 dev h2-eth0
ip addr add 192.0.2.1/32 dev lo""",
    "routes of all kinds": """
add host h1 h2 h3
add link h1 h2
add link h1 h3 ip=10.1.0.1/24,10.1.0.3/24 ip6=fd01::1/64,fd01::3/64
h1 ip route add default via 10.0.0.2
h1 ip route add default via 10.1.0.3 metric 50
h1 ip route add 172.16.0.0/16 dev h1-eth1 src 10.1.0.1
h1 ip route add blackhole 10.66.0.0/16
h1 ip route add unreachable 10.67.0.0/16 metric 9
h1 ip route add throw 10.68.0.0/16 table 77
h1 ip route add 10.69.0.0/16 via 10.0.0.2 table 100 proto static
h1 ip route add 10.70.0.0/16 via 198.51.100.1 dev h1-eth1 onlink mtu 1300
h1 ip route add 10.71.0.0/16 nexthop via 10.0.0.2 weight 3 nexthop via 10.1.0.3
h1 ip route add 10.72.0.0/16 via inet6 fd00::2 dev h1-eth0
h1 ip -6 route add default via fd00::2
h1 ip -6 route add fd88::/64 dev h1-eth1 metric 5
h1 ip -6 route add fd89::/64 via fd01::3 table 100
h1 ip -6 route add blackhole fd90::/64
h1 ip -6 route add fd91::/64 nexthop via fd00::2 nexthop via fd01::3
ip route add blackhole 10.99.0.0/16""",
    "switches changed by hand": """
load minimal
s1 ip link set s1 type bridge forward_delay 300 stp_state 1 priority 4096
add switch s2
s2 ip link set s2 type bridge mcast_snooping 1 forward_delay 400 ageing_time 6000
add link s1 s2
link h2 s1 down
h1 ip link set h1-eth0 mtu 1400
s2 ip link set s2 down""",
    "hosts changed by hand": """
load single hosts=3
h1 ip route add default via 10.0.0.3
h2 sysctl -qw net.ipv4.conf.all.arp_ignore=1
h1 sysctl -qw net.ipv4.ip_default_ttl=9 net.ipv4.tcp_sack=0 net.ipv4.tcp_rmem="4096 65536 131072"
h2 ip link set lo down
h3 ip link set h3-eth0 address 02:00:00:00:00:77
h1 ip link set h1-eth0 name uplink""",
    "a cable cut": """
add host h1 h2
add link h1 h2
link h1 h2 down""",
    "containers": CONTAINERS,
    "containers, taken away": CONTAINERS + """
ip netns del ns1
ip netns del ns2
ip link del br0
while ip -br link | grep -q ns; do sleep 0.01; done""",
    "home network": HOME,
    "IPv6 only": """
ip netns add left
ip netns add right
ip link add v6l netns left type veth peer name v6r netns right
ip -n left -6 addr add 2001:db8::1/64 dev v6l
ip -n right -6 addr add 2001:db8::2/64 dev v6r nodad
ip -n left link set v6l up
ip -n right link set v6r up
ip -n right -6 route add default via 2001:db8::1
ip netns exec left sysctl -qw net.ipv6.conf.all.forwarding=1""",
    "everything in the root": """
ip link add br0 type bridge ageing_time 100
ip link add br1 address 02:00:00:00:00:01 type bridge
ip link add br2 type bridge
ip link add va type veth peer name vb
ip link add vc mtu 1400 type veth peer name vd
ip link set va master br0 up
ip link set vc master br1
ip link set vd up
ip link set br0 up
ip addr add 10.1.0.1/24 dev vb
ip addr add 10.2.0.1/24 dev br0
ip link set vb up
ip route add 10.3.0.0/16 via 10.1.0.2
sysctl -qw net.ipv4.ip_forward=1
ip link set lo down""",
    "odd names": """
ip netns add add
ip netns add root
ip netns add 7
ip netns add 'a b'
ip netns add 'it"s'
ip link add 'x$y' netns add type veth peer name '#1' netns root
ip link add v1 type veth peer name eth0 netns 7
ip link add v2 netns 'a b' type veth peer name 'we"ird' netns 'it"s'
ip -n add addr add 10.0.0.1/24 dev 'x$y'
ip -n add link set 'x$y' up
ip -n root link set '#1' up
ip -n add route add 10.9.0.0/16 via 10.0.0.2 dev 'x$y'
ip link set v1 up""",
    "other devices": """
ip netns add n1
ip netns add n2
ip link add u0 netns n1 type veth peer name u1 netns n2
ip -n n1 link set u0 up
ip -n n2 link set u1 up
ip -n n1 addr add 10.0.0.1/24 dev u0
ip -n n1 link add mv0 link u0 type macvlan mode bridge
ip -n n1 link add mv1 link u0 type macvlan mode private
ip -n n1 link set mv1 netns n2
ip -n n1 link add vx0 type vxlan id 42 dstport 4789 remote 10.0.0.2 local 10.0.0.1 dev u0 nolearning
ip -n n2 link add vx1 type vxlan id 43 dstport 8472 group 239.1.1.1 dev u1 ttl 4
ip -n n1 link set mv0 up
ip -n n1 link set vx0 mtu 1300 up
ip -n n1 link add br9 type bridge
ip -n n1 link set vx0 master br9
ip -n n2 link add i0 type ifb
ip -n n2 link add d0 type dummy
ip -n n2 link set d0 up
ip -n n2 link add vlan7 link u1 type vlan id 7
ip -n n2 link add red type vrf table 10
ip -n n2 link set u1 master red
ip -n n2 link set red up""",
    "both kinds": """
load minimal
ip netns add by-hand
ip link add up0 netns by-hand type veth peer name s1-hand netns s1
s1 ip link set s1-hand master s1 up
ip -n by-hand link set up0 up
ip -n by-hand addr add 10.0.0.50/8 dev up0
add host h3
add link h3 s1
ip link add rootlink type veth peer name h1-root netns h1
ip addr add 10.50.0.1/24 dev rootlink
ip link set rootlink up
h1 ip link set h1-root up""",
}


class Random:
    """A lab of random lines; those that make no sense fail, and change nothing."""

    def __init__(self, seed):
        self.r = random.Random(seed)
        self.spaces, self.nodes, self.ports, self.lines = [], [], [], []

    def place(self):
        return self.r.choice(self.spaces + ["", ""]) if self.spaces else ""

    def ip(self, place, words):
        self.lines.append(f"ip {'-n ' + place + ' ' if place else ''}{words}")

    def step(self, i):
        r, kind = self.r, self.r.randrange(14)
        if kind < 2 or not self.spaces:
            self.spaces.append(f"n{i}")
            self.lines.append(f"ip netns add n{i}")
        elif kind < 4:
            a, b = self.place(), self.place()
            ends = [f"name v{i}{x}" + (f" netns {p}" if p else "") for x, p in (("a", a), ("b", b))]
            self.lines.append(f"ip link add {ends[0]} type veth peer {ends[1]}")
            self.ports += [(a, f"v{i}a"), (b, f"v{i}b")]
        elif kind == 4:
            place = self.place()
            words = r.choice(["", " stp_state 1", " mcast_snooping 0", " ageing_time 0"])
            self.ip(place, f"link add br{i} type bridge{words}")
            self.ports.append((place, f"br{i}"))
        elif kind == 5:
            name = r.choice(["host", "switch", "router"])
            self.lines.append(f"add {name} {name[0]}{i}")
            self.nodes.append(f"{name[0]}{i}")
            self.spaces.append(f"{name[0]}{i}")
        elif kind == 6 and len(self.nodes) > 1:
            a, b = r.sample(self.nodes, 2)
            self.lines.append(f"add link {a} {b} ip=10.{i}.0.1/24,10.{i}.0.2/24" if "s" not in a[0] + b[0] else f"add link {a} {b}")
        elif kind == 7:
            self.lines.append(f"ip netns exec {r.choice(self.spaces)} sysctl -qw net.ipv4.ip_forward={r.randrange(2)}")
        elif kind == 8 and i % 5 == 0:
            gone = self.spaces.pop(r.randrange(len(self.spaces)))
            self.lines.append(f"ip netns del {gone}")
            self.nodes = [node for node in self.nodes if node != gone]
            self.ports = [port for port in self.ports if port[0] != gone]
        elif self.ports:
            place, port = r.choice(self.ports)
            same = [p for q, p in self.ports if q == place and p.startswith("br") and p != port]
            self.ip(place, r.choice([
                f"link set {port} up", f"link set {port} up", f"link set {port} up", f"link set {port} down",
                f"link set {port} mtu {r.choice([1400, 1500, 9000])}", f"link set {port} addrgenmode none",
                f"link set {port} master {same[0]}" if same else "link set lo up",
                f"addr add 10.{i}.0.1/24 dev {port}", f"addr add fd{i:02}::1/64 dev {port}", "link set lo up",
                f"route add 172.16.{i}.0/24 dev {port}", f"route add 10.200.{i}.0/24 via 10.{i - 1}.0.9",
            ]))

    def text(self):
        for i in range(10, 50):
            self.step(i)
        return "\n".join(self.lines)


def without(value, keys):
    """Without the members of these names, at any depth."""
    if isinstance(value, dict):
        return {k: without(v, keys) for k, v in value.items() if k not in keys}
    return [without(v, keys) for v in value] if isinstance(value, list) else value


def plain(text):
    """A namespace's line of state.py without what is not a lab's to keep: queues, the spanning tree's progress, and what an
    interface that is down has left from when it was up, or has because an address came later. A bridge without ports has
    a MAC by chance, and keeps the link-local address of the one it had when it came up."""
    namespace = without(json.loads(text), OURS)
    down, chance = set(), set()
    for link in namespace["links"]:
        info = link.get("linkinfo", {})
        if info.get("info_kind") == "bridge":
            chance.add(link["ifname"])
            if info["info_data"]["bridge_id"].endswith(".0:0:0:0:0:0"):
                del link["address"]
        if info.get("info_kind") == "bridge" and info["info_data"]["stp_state"]:
            link["flags"] = [flag for flag in link["flags"] if flag != "LOWER_UP"]
            info["info_data"] = without(info["info_data"], TREE)
        if "info_slave_data" in info:
            info["info_slave_data"] = without(info["info_slave_data"], TREE)
        if "UP" not in link["flags"] and link["ifname"] != "lo":
            down.add(link["ifname"])
            del link["qdisc"]
    for route in namespace["routes"]:
        route["flags"] = [flag for flag in route["flags"] if flag != "linkdown"]
    namespace["routes"] = [route for route in namespace["routes"] if route.get("dev") not in down
                           and not (route.get("dev") in chance and route["dst"].startswith("fe80"))]
    namespace["addresses"] = [[name, [a for a in addresses if name not in chance or not a["local"].startswith("fe80")]]
                              for name, addresses in namespace["addresses"]]
    return json.dumps(namespace, sort_keys=True)


def state(options, words, lines):
    """(the kernel's state, all output)"""
    script = "".join(f"{line}\n" for line in lines) + f"sh echo @@\nsh python3 {TESTS}/state.py --quiet\n"
    result = run([options.program, "-k", "-q", *words], stdin=script, limit=120 * patience(options.program))
    said, mark, text = result.text.partition("@@\n")
    try:
        text = "\n".join(map(plain, text.splitlines()))
    except ValueError:
        return None, str(result)
    return (text if mark else None), said


def body(path):
    """What it says, without the comment that names the file."""
    with open(path) as f:
        return "".join(line for line in f if not line.startswith("-- `nslab"))


def attempt(options, folder, name, lab):
    """What is wrong; "" when all is well."""
    paths = [os.path.join(folder, f"{name.replace(' ', '-').replace(',', '')}.{end}") for end in ("lua", "again.lua", "sh")]
    saved, again, script = paths
    was, said = state(options, [], lab.strip().splitlines() + ["sh echo ==", f"save {saved}", f"export sh {script}"])
    about = said.partition("==\n")[2]
    if not was or about or not os.path.exists(saved):
        return f"not saved:\n{about if was else said}"
    loaded, told = state(options, [saved], [f"save {again}"])
    if told or was != loaded:
        return f"load:\n{told}\n{difference(was, loaded or '')}\n{body(saved)}"
    if body(saved) != body(again):
        return f"saved again:\n{body(saved)}\n{body(again)}"
    by_ip, told = state(options, [], [f"sh sh -e {script}"])
    if told or was != by_ip:
        with open(script) as f:
            return f"export sh:\n{told}\n{difference(was, by_ip or '')}\n{f.read()}"
    return ""


def main():
    options = arguments(__doc__, ("seeds", int, 6, "how many random labs"), ("only", str, "", "labs whose name has this"))
    labs = {**LABS, **{f"random {seed}": Random(seed).text() for seed in range(1, options.seeds + 1)}}
    names = [name for name in labs if options.only in name]
    report = Report()
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        for name, wrong in zip(names, pool.map(lambda name: attempt(options, folder, name, labs[name]), names)):
            report.check(f"save: {name}", not wrong, wrong + ("\nthe lab:\n" + labs[name] if wrong else ""))
    report.end()


if __name__ == "__main__":
    main()
