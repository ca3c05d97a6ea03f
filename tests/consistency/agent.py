"""Inside the lab: runs lines as anybody could type them, and reads every namespace by `ip`.

    python3 agent.py SOCKET         each request a line of JSON, {"run": [lines]} or {"read": true}
"""
import ctypes
import json
import os
import signal
import socket
import struct
import subprocess
import sys

CLONE_NEWNET = 0x40000000
LIBC = ctypes.CDLL(None, use_errno=True)
NETNS = "/run/netns"
RTM_NEWNSID, RTM_GETNSID = 88, 90
LOOK = """link show
address show
route show table all
-6 route show table all
"""


def enter(fd):
    if LIBC.setns(fd, CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "setns")


def nsid_of(nl, fd):
    """The id that the namespace of socket NL has for the namespace FD; None."""
    attr = struct.pack("=HHI", 8, 3, fd)  # NETNSA_FD
    nl.send(struct.pack("=IHHII", 16 + 4 + len(attr), RTM_GETNSID, 1, 1, 0) + b"\0\0\0\0" + attr)
    data = nl.recv(4096)
    if struct.unpack_from("=H", data, 4)[0] != RTM_NEWNSID:
        return None
    at = 20
    while at + 8 <= len(data):
        length, kind = struct.unpack_from("=HH", data, at)
        if kind == 1:  # NETNSA_NSID
            nsid = struct.unpack_from("=i", data, at + 4)[0]
            return nsid if nsid >= 0 else None
        at += (length + 3) & ~3
    return None


def sysctl(path):
    try:
        with open("/proc/sys/net/" + path) as f:
            return f.read().strip() == "1"
    except OSError:
        return False


def values(text):
    """The JSON values one after the other in a text."""
    found, decoder = [], json.JSONDecoder()
    text = text.strip()
    while text:
        value, end = decoder.raw_decode(text)
        found.append([item for item in value if item])
        text = text[end:].lstrip()
    return found


def read_namespace(fd, others):
    """What is in the namespace FD, and its ids of the OTHERS: {inode: descriptor}."""
    enter(fd)
    ip = subprocess.run(["ip", "-j", "-d", "-force", "-batch", "-"], input=LOOK.encode(), capture_output=True).stdout
    tc = subprocess.run(["tc", "-j", "qdisc", "show"], capture_output=True).stdout
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0) as nl:
        ids = {str(nsid_of(nl, other)): inode for inode, other in others.items()}
    found = [item for value in values(ip.decode(errors="surrogateescape")) for item in value]
    addresses = [item for item in found if "addr_info" in item]
    return {"links": [item for item in found if "ifindex" in item and "addr_info" not in item], "addresses": addresses,
            "routes": [item for item in found if "dst" in item], "ids": ids,
            "qdiscs": [q for v in values(tc.decode(errors="surrogateescape")) for q in v],
            "forwards": [sysctl("ipv4/ip_forward"), sysctl("ipv6/conf/all/forwarding")]}


def read_lab():
    """[{"names": [...], "root": bool, ...}] of every namespace that has a name, and of the root."""
    home = os.open("/proc/self/ns/net", os.O_RDONLY)
    root = os.fstat(home).st_ino
    fds, names = {root: home}, {root: []}
    for name in sorted(os.listdir(NETNS)):
        try:
            fd = os.open(f"{NETNS}/{name}", os.O_RDONLY | os.O_NONBLOCK)
        except OSError:
            continue  # leads nowhere
        inode = os.fstat(fd).st_ino
        if os.fstat(fd).st_dev != os.fstat(home).st_dev or inode in fds:
            os.close(fd)
            if inode in fds:
                names[inode].append(name)
            continue
        fds[inode], names[inode] = fd, [name]
    found = []
    for inode, fd in fds.items():
        found.append({**read_namespace(fd, fds), "names": names[inode], "root": inode == root, "inode": inode})
    enter(home)
    for fd in fds.values():
        os.close(fd)
    return found


def agent(path):
    s = socket.socket(socket.AF_UNIX)
    s.connect(path)
    sh = subprocess.Popen(["sh"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    stream = s.makefile("rw")
    for request in stream:
        lines = json.loads(request).get("run")
        if lines is None:
            answer = read_lab()
        else:
            sh.stdin.write(("".join(f"{line}\n" for line in lines) + "echo; echo @@done\n").encode())
            sh.stdin.flush()
            answer = []
            while (line := sh.stdout.readline()) not in (b"@@done\n", b""):
                answer.append(line.decode(errors="replace"))
        stream.write(json.dumps(answer) + "\n")
        stream.flush()


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    agent(sys.argv[1])
