#!/usr/bin/env python3
"""Prints what the kernel has in a whole lab as JSON, one line for each namespace, without what differs from one run to the next.

Runs inside the lab: `sh python3 state.py`. Interfaces are named, not numbered; a veth's peer is NAMESPACE/NAME.
"""
import json
import subprocess

SYSCTLS = [
    "net/ipv4/ip_forward", "net/ipv4/ping_group_range", "net/ipv4/conf/all/rp_filter", "net/ipv4/conf/default/rp_filter",
    "net/ipv4/conf/all/forwarding", "net/ipv4/conf/all/arp_notify", "net/ipv4/conf/default/arp_notify",
    "net/ipv6/conf/all/forwarding", "net/ipv6/conf/all/disable_ipv6", "net/ipv6/conf/default/disable_ipv6",
    "net/ipv6/conf/default/accept_dad", "net/ipv6/conf/all/accept_dad", "net/ipv6/conf/default/accept_ra",
    "net/bridge/bridge-nf-call-iptables", "net/bridge/bridge-nf-call-ip6tables", "net/bridge/bridge-nf-call-arptables",
]
VOLATILE = {
    "ifindex", "link_index", "link_netnsid", "stats", "stats64", "hello_timer", "tcn_timer", "topology_change_timer",
    "gc_timer", "message_age_timer", "forward_delay_timer", "hold_timer", "topology_change", "topology_change_detected",
    "valid_life_time", "preferred_life_time", "new_netnsid",
}


def ip(namespace, *argv):
    where = ["-n", namespace] if namespace else []
    out = subprocess.run(["ip", "-j", *where, *argv], capture_output=True, text=True).stdout
    return json.loads(out) if out.strip() else []


def settled(link):
    """A bridge says UNKNOWN until its carrier changes for the first time."""
    if link.get("operstate") == "UNKNOWN" and "LOWER_UP" in link["flags"] and "linkinfo" in link:
        link["operstate"] = "UP"
    return link


def plain(value):
    """Without the volatile members, at any depth."""
    if isinstance(value, dict):
        return {k: plain(v) for k, v in sorted(value.items()) if k not in VOLATILE}
    return [plain(v) for v in value] if isinstance(value, list) else value


def sysctls(namespace):
    files = [f"/proc/sys/{name}" for name in SYSCTLS]
    where = ["ip", "netns", "exec", namespace] if namespace else []
    out = subprocess.run([*where, "grep", "-s", "", *files], capture_output=True, text=True).stdout
    return dict(line.removeprefix("/proc/sys/").split(":", 1) for line in out.splitlines())


def peer(link, ids, names):
    """The other end of a veth, found by the number that its namespace has for the peer's."""
    where = ids.get(link.get("link_netnsid"))
    return f"{where}/{names.get((where, link.get('link_index')), '?')}" if where else None


def main():
    namespaces = ["", *sorted(n["name"] for n in ip("", "netns", "list"))]
    links = {n: ip(n, "-d", "link", "show") for n in namespaces}
    names = {(n, link["ifindex"]): link["ifname"] for n in namespaces for link in links[n] if link}
    for n in namespaces:
        ids = {i["nsid"]: i.get("name") for i in ip(n, "netns", "list-id")}
        state = {
            "namespace": n,
            "links": sorted(({**plain(settled(link)), "peer": peer(link, ids, names)} for link in links[n] if link),
                            key=lambda link: link["ifname"]),
            "addresses": sorted((a["ifname"], plain(a.get("addr_info", []))) for a in ip(n, "addr", "show") if a),
            "routes": plain(ip(n, "route", "show", "table", "all")),
            "routes6": sorted(plain(ip(n, "-6", "route", "show", "table", "all")), key=json.dumps),
            "sysctls": sysctls(n),
        }
        print(json.dumps(state, sort_keys=True))


if __name__ == "__main__":
    main()
