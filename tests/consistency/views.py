"""What `ip` tells of a lab and what `show --json` tells of it, in one form, and where they differ."""
import json

def bridge_state(link):
    """As the shell calls the state of an interface."""
    slave = link.get("linkinfo", {})
    if "UP" not in link["flags"]:
        return "down"
    if "LOWER_UP" not in link["flags"]:
        return "no carrier"
    if slave.get("info_slave_kind") != "bridge":
        return "up"
    state = slave["info_slave_data"]["state"]
    return {"forwarding": "up", "blocking": "blocked", "disabled": "disabled"}.get(state, "learning")


def kind_of(info):
    kind = info.get("info_kind", "")
    return "tap" if kind == "tun" and info.get("info_data", {}).get("type") == "tap" else kind


def route_lines(routes):
    found = []
    for r in routes:
        if r.get("table", "main") == "local" or r.get("type") in ("local", "broadcast", "anycast", "multicast"):
            continue
        for hop in r.get("nexthops", [r]):
            via = hop.get("gateway") or hop.get("via", {}).get("host")
            found.append((r.get("dst"), via, hop.get("dev"), r.get("type", "unicast"), r.get("table", "main"),
                          r.get("protocol", "boot"), r.get("metric", 0), r.get("prefsrc"), hop.get("weight", 0)))
    return sorted(found, key=repr)


def fresh(lab):
    """{name: what it holds} by `ip`."""
    label = {ns["inode"]: "root" if ns["root"] else min(ns["names"]) for ns in lab}
    where = {(ns["inode"], link["ifindex"]): link["ifname"] for ns in lab for link in ns["links"]}
    nodes = {}
    for ns in lab:
        addresses = {a["ifindex"]: [f"{i['local']}/{i['prefixlen']}" for i in a.get("addr_info", [])]
                     for a in ns["addresses"]}
        byname = {link["ifname"]: link["ifindex"] for link in ns["links"]}
        ports = {}
        for link in ns["links"]:
            info = link.get("linkinfo", {})
            kind = kind_of(info)
            index = link.get("link_index") or byname.get(link.get("link"))
            inode = ns["inode"] if "link_netnsid" not in link else ns["ids"].get(str(link["link_netnsid"]))
            tie = [label[inode], where[inode, index]] if (inode, index) in where else None
            if kind == "veth" and not tie and index:
                tie = [None, None]
            port = info.get("info_slave_data", {}) if info.get("info_slave_kind") == "bridge" else {}
            data = info.get("info_data", {})
            ports[link["ifindex"]] = {
                "name": link["ifname"], "kind": kind, "state": bridge_state(link), "mtu": link["mtu"],
                "mac": link.get("address") or "00:00:00:00:00:00", "master": link.get("master"),
                "port": int(port["no"], 16) if "no" in port else None, "addresses": sorted(addresses.get(link["ifindex"], [])),
                "peer": tie if kind == "veth" else None, "lower": tie if kind != "veth" else None,
                "id": data.get("id", 0) if kind in ("vlan", "vxlan") else 0,
                "qdiscs": sorted((q["kind"], q["handle"], "root" if q.get("root") else q.get("parent", "").replace("ffff:fff1", "ingress"))
                                 for q in ns["qdiscs"] if q.get("dev") == link["ifname"] and q["handle"] != "0:"),
            }
        nodes[label[ns["inode"]]] = {"names": sorted(ns["names"]), "forwards": ns["forwards"], "ports": ports,
                                     "routes": route_lines(ns["routes"])}
    return nodes


def end_of(end, primary):
    return [primary.get(end["node"], end["node"]), end["interface"]] if end else None


def shown(nodes):
    """{name: what it holds} by `show --json`."""
    primary, found = {}, {}
    for n in nodes:
        primary[n["name"]] = "root" if n is nodes[0] else min([n["name"], *n["aliases"]])
    for n in nodes:
        names = sorted(n["aliases"] + ([] if n is nodes[0] else [n["name"]]))
        ports = {p["index"]: {
            "name": p["interface"], "kind": p["kind"], "state": p["state"], "mtu": p["mtu"], "mac": p["mac"],
            "master": p["master"], "port": p["port"], "addresses": sorted(p["addresses"]),
            "peer": end_of(p["peer"], primary), "lower": end_of(p["lower"], primary), "id": p["id"],
            "qdiscs": sorted((q["kind"], q["handle"], q["parent"]) for q in p["qdiscs"]),
        } for p in n["interfaces"]}
        routes = sorted(((r["destination"], r["via"], r["interface"], r["type"], r["table"], r["protocol"], r["metric"],
                          r["source"], r["weight"]) for r in n["routes"]), key=repr)
        found[primary[n["name"]]] = {"names": names, "forwards": [n["forwards"]["ipv4"], n["forwards"]["ipv6"]],
                                     "ports": ports, "routes": routes}
    return found


def difference(graph, kernel, where=""):
    """In the smallest pieces that differ."""
    if isinstance(graph, dict) and isinstance(kernel, dict):
        for key in sorted({*graph, *kernel}, key=str):
            if key not in graph:
                yield f"{where}{key}: missing in the graph: {json.dumps(kernel[key])[:300]}"
            elif key not in kernel:
                yield f"{where}{key}: only in the graph: {json.dumps(graph[key])[:300]}"
            else:
                yield from difference(graph[key], kernel[key], f"{where}{key}: ")
    elif graph != kernel:
        if isinstance(graph, list) and isinstance(kernel, list) and len(str(graph)) > 200:
            graph, kernel = [x for x in graph if x not in kernel], [x for x in kernel if x not in graph]
        yield f"{where}the graph has {json.dumps(graph)}, the kernel {json.dumps(kernel)}"
