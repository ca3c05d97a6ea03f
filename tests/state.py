#!/usr/bin/env python3
"""Prints what the kernel has in a whole lab as JSON, one line for each namespace, without what differs from one run to the next.

Runs inside the lab: `sh python3 state.py`. Interfaces are named, not numbered; a veth's peer is NAMESPACE/NAME. The kernel settles
some things a moment later (carriers, bridge ports, the end of a namespace): waits for that, 3 seconds at most. With --quiet
also for addresses that are tentative for a second or two.
"""
import json
import os
import subprocess
import sys
import time

SYSCTLS = [
    "net/ipv4/ip_forward", "net/ipv4/ping_group_range", "net/ipv4/conf/all/rp_filter", "net/ipv4/conf/default/rp_filter",
    "net/ipv4/conf/all/forwarding", "net/ipv4/conf/all/arp_notify", "net/ipv4/conf/default/arp_notify",
    "net/ipv4/fib_multipath_hash_policy", "net/ipv6/fib_multipath_hash_policy",
    "net/ipv4/ip_default_ttl", "net/ipv4/tcp_sack", "net/ipv4/tcp_rmem",
    "net/ipv6/conf/all/forwarding", "net/ipv6/conf/all/disable_ipv6", "net/ipv6/conf/default/disable_ipv6",
    "net/ipv6/conf/default/accept_dad", "net/ipv6/conf/all/accept_dad", "net/ipv6/conf/default/accept_ra",
    "net/bridge/bridge-nf-call-iptables", "net/bridge/bridge-nf-call-ip6tables", "net/bridge/bridge-nf-call-arptables",
]
VOLATILE = {
    "operstate",  # follows the carrier, LOWER_UP, a while later; NO-CARRIER follows it
    "ifindex", "link_index", "link_netnsid", "stats", "stats64", "hello_timer", "tcn_timer", "topology_change_timer",
    "gc_timer", "message_age_timer", "forward_delay_timer", "hold_timer", "topology_change", "topology_change_detected",
    "valid_life_time", "preferred_life_time",
}
LOOK = """ip -j -d -batch - <<END
link show
address show
route show table all
netns list-id
END
cd /proc/sys && grep -s '' $SYSCTLS
exit 0
""".replace("$SYSCTLS", " ".join(SYSCTLS))


def look(namespace):
    """(links, addresses, routes, ids of namespaces, sysctls) as they are."""
    where = ["ip", "netns", "exec", namespace] if namespace else []
    text = subprocess.run([*where, "sh", "-c", LOOK], capture_output=True, text=True).stdout
    found = []
    for _ in range(4):
        value, end = json.JSONDecoder().raw_decode(text)
        found.append([item for item in value if item])
        text = text[end:].lstrip()
    return (*found, dict(line.split(":", 1) for line in text.splitlines()))


def own_files(namespace):
    """What its programs see in /etc instead of the lab's, and in directories of its own."""
    found = {}
    for top in (f"/etc/netns/{namespace}", f"/run/nslab/nodes/{namespace}/private"):
        for folder, folders, names in os.walk(top, followlinks=True):
            found.update((os.path.join(folder, name), oct(os.stat(os.path.join(folder, name)).st_mode)) for name in folders)
            for name in names:
                with open(os.path.join(folder, name)) as f:
                    found[os.path.join(folder, name)] = f.read()
    return found


def plain(value):
    """Without the volatile members, at any depth."""
    if isinstance(value, dict):
        # While the tree changes it is another one, and when that ends nobody knows.
        passing = {"ageing_time"} if value.get("topology_change") or value.get("stp_state") else set()
        return {k: plain(v) for k, v in sorted(value.items()) if k not in VOLATILE | passing}
    return [plain(v) for v in value] if isinstance(value, list) else value


def is_multicast(route):
    """The kernel's own for multicast, which a bridge keeps or not when it loses its carrier for a moment."""
    return route["dst"] == "ff00::/8" and route.get("protocol") == "kernel"


def quiet(link, addresses):
    """The kernel has told everyone of the carrier, and no address is tentative any more."""
    if "UP" not in link["flags"] or "LOWER_UP" not in link["flags"]:
        return True
    return link["operstate"] in ("UP", "UNKNOWN") and not any(
        a.get("tentative") for item in addresses if item["ifname"] == link["ifname"] for a in item.get("addr_info", []))


def settled(link):
    """A port of a bridge forwards or blocks once its carrier has been noticed; a peer that is on its way out goes."""
    works = "UP" in link["flags"] and "LOWER_UP" in link["flags"]
    port = link.get("linkinfo", {}).get("info_slave_data", {}).get("state")
    return link.get("peer") != "?" and port in ((None, "forwarding", "blocking") if works else (None, "disabled"))


def add_peer(link, ids, names):
    """The other end of a veth, found by the number that its namespace has for the peer's; ? when it is on its way out."""
    if "link_index" in link:
        where = ids.get(link.get("link_netnsid"))
        name = names.get((where, link["link_index"]))
        link["peer"] = f"{where}/{name}" if name else "?"
    link["flags"] = [flag for flag in link["flags"] if flag != "NO-CARRIER"]


def snapshot(patient):
    """(everything is settled, the lines to print)"""
    listed = subprocess.run(["ip", "-j", "netns", "list"], capture_output=True, text=True).stdout
    seen = {n: look(n) for n in ["", *sorted(n["name"] for n in json.loads(listed or "[]"))]}
    names = {(n, link["ifindex"]): link["ifname"] for n in seen for link in seen[n][0]}
    good, lines = True, []
    for n, (links, addresses, routes, ids, sysctls) in seen.items():
        for link in links:
            add_peer(link, {i["nsid"]: i.get("name", "") for i in ids}, names)  # the root has no name
            good = good and (not patient or quiet(link, addresses))
            good = good and settled(link)
        lines.append(json.dumps({
            "namespace": n,
            "links": sorted(plain(links), key=lambda link: link["ifname"]),
            "addresses": sorted((a["ifname"], plain(a.get("addr_info", []))) for a in addresses),
            "routes": sorted((plain(r) for r in routes if not is_multicast(r)), key=json.dumps),
            "sysctls": sysctls,
            "files": own_files(n) if n else {},
        }, sort_keys=True))
    return good, lines


def main():
    patient = "--quiet" in sys.argv
    end = time.monotonic() + (6 if patient else 3)
    good, lines = snapshot(patient)
    while not good and time.monotonic() < end:
        time.sleep(0.02)
        good, lines = snapshot(patient)
    print("\n".join(lines))


if __name__ == "__main__":
    main()
