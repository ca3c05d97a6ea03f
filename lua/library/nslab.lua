---@meta

-- What nslab's scripts and topologies know, for editors (docs/lua.md). Generated: make docs

---Add a command to the shell, with its grammar, help and completion; it stays until the shell ends.
---One of the same name is replaced; the name of a built-in command or of a node is an error.
---
---`args` is a grammar as `help` shows them: `<host>`, `[<node>...]`, `up|down`, `[count=<number>]`,
---`[--json]`; docs/commands.md lists the types. The function gets one value for each place that
---is no option, in their order, `nil` for one that was left out, then a table with the options and
---flags by their names (`o.count`, `o.json`). A value is
---
---- for `<node>`, `<host>`, `<switch>`, `<router>` a `Node`;
---- for `<end>` a table: `node`, and `interface` where one was named: its name;
---- for `<number>`, `<time>` and `<rate>` a number: seconds, bits a second; `true` for a flag
---(`o.json` also after `set json on`);
---- for a place that repeats (`...`) a list, maybe an empty one;
---- for everything else the word as it was typed; `<line>` and `<program>` are the rest of
---  the line.
---
---What it prints can be piped like any command's output. An error is the command's; `return false,
---"why"` is one without a line number, and a returned number is the status of the line.
---@param row Command
function command(row) end

---Run functions at once, each until it has to wait for something (a program, `sleep`, events): then
---the others go on. It returns when all have returned, with the first result of each. An error in
---one ends the others where they wait, with the programs that they run, and is then an error here.
---What waits and lets others go on: `run`, `wait`, `stop`, `expect`, `lines` and `write` of
---programs, `sleep`, `wait_port`, `wait_until`, `wait_any`, events, and `parallel` itself. All else
---takes its time alone: `lab:cmd` and whatever is a whole command (`pingall`, `pingpair`, `load`,
---`save`, `reset`), what changes the lab (`lab:build`), `node:daemon` and `daemon:stop`, Lua's own
---library (`io.read`, `os.execute`), and each function where it waits inside of something that Lua
---itself has called (a comparison of `table.sort`, a coroutine of the script's own).
---@param ... function
---@return any # ...
function parallel(...) end

---Do nothing for some time. To wait for something, better wait for it: `lab:wait_until`,
---`p:expect`, `node:wait_port`.
---@param seconds number
function sleep(seconds) end

---What `build` draws the lab with; it works until `build` returns.
---@class net
local net = {}

---A host. Its first interface gets an address: the given one, or the next of 10.0.0.1/8, 10.0.0.2/8
---and so on, and of fd00::1/64.
---@param name string
---@param options? { ip?: string, ip6?: string, via?: string, via6?: string } # "10.1.0.1/24", "fd01::1/64"; ip = "none": no address at all; via = "10.1.0.254", via6 = "fd01::fe": its default routes
---@return BuildNode
function net:host(name, options) end

---A router: it forwards, and has the addresses that it or its links are given.
---@param name string
---@param options? { ip?: string, ip6?: string, via?: string, via6?: string } # as a host's
---@return BuildNode
function net:router(name, options) end

---A switch: a bridge, in a node of its own. It also takes what `ip link add type bridge` calls by
---these names: `ageing_time = 6000`, `priority = 4096`, `vlan_filtering = 1`.
---@param name string
---@param options? { stp?: boolean, [string]: string|integer|boolean } # stp: the spanning tree protocol, for networks with loops
---@return BuildNode
function net:switch(name, options) end

---Run a program in a node when the lab is built: after all interfaces, addresses and routes are
---there, in the order of the file. Another status than 0 is the end of the build, and everything is
---undone.
---@param node string|BuildNode # a node, or "root"
---@param command string|string[] # a line (with shell characters: /bin/sh -c), or its words
function net:exec(node, command) end

---Give a node a file of its own. Below /etc as `ip netns` has it: it is kept in /etc/netns/NODE,
---and the node's programs see it in /etc. A node with a file in a directory of /etc, say
---/etc/frr/frr.conf, sees only its own files in that directory.
---@param node string|BuildNode
---@param path string # "/etc/resolv.conf"
---@param text string # what it holds
function net:file(node, path, text) end

---Give a node a directory of its own, empty at first, which its programs see instead of the lab's:
---daemons that keep a socket or a pid file in /run do not get into each other's way. It goes with
---the node.
---@param node string|BuildNode
---@param dir string # "/run", "/tmp", "/var/lib/misc"
function net:private(node, dir) end

---Run a program in a node, in the background, until the node ends: it is started when the lab is
---built, has no terminal and no input, and prints into a log, /run/nslab/log/NODE-NAME.log. One
---that fails at once, or does not get ready, is the end of the build, and everything is undone.
---@param node string|BuildNode
---@param command string|string[] # it stays in the foreground: "dnsmasq -k", "bird -f"
---@param options? { name?: string, optional?: boolean, ready?: integer|string } # its name in the node (the program's); where the program is not installed, it is left out; wait until something listens on that port or it has printed that text
---@return boolean # false: it is left out
function net:daemon(node, command, options) end

---A LAN: a switch, a router's port on it with the address number 254 of the subnet, and so many new
---hosts, named on (h1, h2, ...), with the addresses number 1, 2, ... and a default route to the
---router.
---@param name string # the switch's
---@param options { ip?: string, ip6?: string, router?: BuildNode|string, hosts?: integer } # the subnet, "10.1.0.0/24", "fd01::/64"; the router was made before
---@return BuildNode # the switch
function net:lan(name, options) end

---A cable between two nodes. Interfaces count up in the order of the links: `h1-eth0`, `h1-eth1`,
---and `s1-eth1`, `s1-eth2` on a switch. The address of a link to a switch is that of its other end;
---between two nodes that both take one it is a pair, the first end's first. A link that closes a
---loop of switches without STP is refused: `storm = true` builds it.
---@param a string|BuildNode
---@param b string|BuildNode
---@param options? { ip?: string|string[], ip6?: string|string[], mtu?: integer, storm?: boolean, a?: BuildEnd, b?: BuildEnd }
function net:link(a, b, options) end

---As `ip netns add`: nothing in it is set, and `lo` is down.
---@param name string # any that `ip netns` takes
---@return BuildNode
function net:namespace(name) end

---As `ip link add type veth`: a pair of interfaces, both down.
---@param a BuildVethEnd
---@param b BuildVethEnd
---@param options? { mtu?: integer }
function net:veth(a, b, options) end

---As `ip link add type bridge`, with its options by their names.
---@param node string|BuildNode # a node, or "root"
---@param interface string
---@param options? { mac?: string, [string]: string|integer|boolean }
function net:bridge(node, interface, options) end

---As `ip link add type KIND`: dummy, ifb, vlan, vxlan, macvlan, ipvlan, vrf, bond, with their
---options by the names that `ip` gives them.
---@param node string|BuildNode
---@param interface string
---@param options { kind: string, on?: string, on_node?: string|BuildNode, mac?: string, [string]: string|integer|boolean } # on: the interface it stands on; on_node: where that is another node's
function net:device(node, interface, options) end

---As `ip link set`.
---@param node string|BuildNode
---@param interface string
---@param options { up?: boolean, mtu?: integer, master?: string, addrgenmode?: "none" }
function net:set(node, interface, options) end

---As `ip address add`.
---@param node string|BuildNode
---@param interface string
---@param address string # "10.0.0.1/24 brd 10.0.0.255", "10.0.0.1 peer 10.0.0.2", "fd00::1/64 nodad"
function net:address(node, interface, address) end

---As `ip route add`.
---@param node string|BuildNode
---@param route string # "default via 10.0.0.254", "10.9.0.0/16 dev eth0 metric 50 table 7"
function net:route(node, route) end

---As `sysctl -w`.
---@param node string|BuildNode
---@param key string # "net.ipv4.ip_forward"
---@param value string|integer
function net:sysctl(node, key, value) end

---A node of the plan, as `net:host` returns it.
---@class BuildNode
---@field name string # 
local BuildNode = {}

---The lab this script runs in: the global `lab`
---@class Lab
---@field name string # as `nslab ls` shows it
---@field [string] Node # a node by its name: `lab.h1`
---@field root Node # the lab's root namespace, where lines without a node run
local Lab = {}

---Iterate over what changes in the lab, as it happens and whoever does it: `e.kind` and the other
---words are those of the command `events`. It waits for the kernel to tell. Each iterator is told
---of all that happens from its making on, 10000 changes at most while nobody asks it (then comes
---one of the kind "lost").
---@param seconds? number # when it ends; never unless said otherwise
---@return fun(): Event
function Lab:events(seconds) end

---The nodes of the lab, in the order `nodes` lists them.
---@return Node[]
function Lab:nodes() end

---Its hosts.
---@return Node[]
function Lab:hosts() end

---Its switches.
---@return Node[]
function Lab:switches() end

---Its routers.
---@return Node[]
function Lab:routers() end

---Its links, in the order `links` lists them.
---@return Link[]
function Lab:links() end

---A node by its name; an error where there is none. `lab.h1` is the same, and the global `h1`,
---which is nil then.
---@param name string
---@return Node
function Lab:node(name) end

---A host by its name; a node of another kind is an error, too.
---@param name string
---@return Node
function Lab:host(name) end

---A switch by its name.
---@param name string
---@return Node
function Lab:switch(name) end

---A router by its name.
---@param name string
---@return Node
function Lab:router(name) end

---Add a host. Its first link gives it an address.
---@param name string
---@return Node
function Lab:add_host(name) end

---Add a switch.
---@param name string
---@param options? table # { stp = true }, and what `ip link add type bridge` takes
---@return Node
function Lab:add_switch(name, options) end

---Add a router: it forwards, and has the addresses that its links give it.
---@param name string
---@return Node
function Lab:add_router(name) end

---Connect two nodes by a cable. The options are those of `net:link`.
---@param a Node|string
---@param b Node|string
---@param options? { ip?: string|string[], ip6?: string|string[], mtu?: integer, storm?: boolean, a?: table, b?: table }
---@return Link
function Lab:link(a, b, options) end

---Delete nodes, with their links and all that runs in them.
---@param ... Node|string
function Lab:del(...) end

---Build with `net`, in the words of a topology. Nothing is made until the function returns, and
---then all of it or nothing.
---@param build fun(net: net) # what is there already can be linked, too: net:link("h1", "r1")
function Lab:build(build) end

---Run a line of the shell, whatever it is: a command, or a program.
---@param line string
---@return string # what it printed; as in `$(...)` of sh, what a program prints to its standard error goes where it always goes
---@return integer # its status. A program that fails or a ping that is lost is a status; a line that is wrong is an error
function Lab:cmd(line) end

---The lab as `map` draws it.
---@return string
function Lab:map() end

---A listing as a Lua table, in the form of its `--json` (`help COMMAND` describes it).
---@param command? string # "links", "routes h1", "show s1"; without one the whole lab: { nodes = { ... }, links = { ... } }
---@return table # null is `json.null`
function Lab:json(command) end

---Delete everything: the lab is empty again.
function Lab:reset() end

---Build a topology: a built-in one, or a Lua file.
---@param topology string # "tree", "./mine.lua"
---@param params? table # { depth = 2 }
---@param options? { replace?: boolean } # what is there goes; without it the lab must be empty
function Lab:load(topology, params, options) end

---Write the lab as a topology that builds it again.
---@param file string # a path that ends in .lua
function Lab:save(file) end

---Ping from every host and router to every other.
---@param nodes? (Node|string)[] # only among these
---@param options? { timeout?: number, count?: integer, family?: 4|6 } # seconds that each may take; how many to each; IPv4, unless there are IPv6 addresses alone
---@return { sent: integer, received: integer, lost: integer, skipped: string[], pairs: { from: string, to: string, answered: boolean, received: integer, min_ms?: number, avg_ms?: number, max_ms?: number, error?: string }[] } # sent, received and lost count pairs
function Lab:pingall(nodes, options) end

---Ping between two nodes, in both directions.
---@param a Node|string
---@param b Node|string
---@param options? { timeout?: number, count?: integer, family?: 4|6 }
---@return table # as of `pingall`
function Lab:pingpair(a, b, options) end

---Run a program in the lab's root, outside of all nodes.
---@param command string|string[]
---@param options? table # as of Node:run
---@return Result
function Lab:run(command, options) end

---Start a program in the lab's root, outside of all nodes.
---@param command string|string[]
---@param options? table # as of Node:spawn
---@return Program
function Lab:spawn(command, options) end

---Wait until the function's value is neither nil nor false, which is then returned. It is called at
---once, and again when the kernel has told of a change in the lab, a program has printed or ended,
---or another function of `parallel` has done something; for what nobody tells of, such as counters,
---four times a second. An error in it is an error here.
---@param condition fun(): any
---@param seconds? number # how long at most
---@return any # nil when the time was up
function Lab:wait_until(condition, seconds) end

---Wait until one of the programs has ended or has printed something that is not read yet: that one,
---the first of them in the order given. One that has ended comes again until it is left out.
---@param ... Program|number # the programs and, behind them, how many seconds at most
---@return Program? # nil when the time was up
function Lab:wait_any(...) end

---A host, switch or router of the lab: `lab.h1`, or just `h1`
---@class Node
---@field daemons Daemon[] # those that were started in it, also those that have ended
---@field name string # "h1"; "root" of the lab's root namespace
---@field [string] Interface # one of its interfaces: `h1.eth0`
---@field kind string # "host", "switch" or "router"
---@field exists boolean # false once it is deleted; everything else of it is an error then
---@field ip string? # its first IPv4 address, without the length: "10.0.0.1"
---@field ip6 string? # its first IPv6 address
---@field addresses string[] # all of its addresses that reach beyond a link: "10.0.0.1/8"
---@field interfaces Interface[] # in the order in which the kernel numbers them, `lo` first
---@field forwards boolean # it forwards IPv4 (net.ipv4.ip_forward)
---@field routes { family: integer, dst: string, via?: string, dev?: string, type: string, table: string, protocol: string, metric: integer, src?: string, weight?: integer }[] # Its routes, those of IPv4 first, without what the kernel makes for itself (local, broadcast, multicast). The fields are called as in `ip route`: family (4 or 6), dst ("default", "10.0.0.0/8"), via, dev, type ("unicast", "blackhole"), table ("main"), protocol ("kernel", "boot"), metric, src, weight; those that a route lacks are nil. One with several next hops stands there once for each.
---@field neighbours { address: string, mac?: string, dev: string, state: string }[] # Whose MAC addresses it has learnt: its ARP table, and the same of IPv6.
---@field fdb { mac: string, dev: string, bridge: string, vlan?: integer, age: integer, learnt: boolean, permanent: boolean }[] # The forwarding table of its bridges: by which port they reach a MAC. `learnt` from a frame, `age` seconds ago; or `permanent`: an interface's own address. `vlan` where the bridge knows VLANs.
---@field pids integer[] # the processes that run in it, whoever started them
local Node = {}

---An interface by its name. `h1.eth0` is the same, for names that are no method or field of a node.
---@param name string # "h1-eth0", or "eth0" for short
---@return Interface # an error where there is none
function Node:interface(name) end

---Give an interface one more address.
---@param interface Interface|string
---@param address string # as `ip address add` takes it: "10.0.0.1/24", "fd00::1/64 nodad"
function Node:add_address(interface, address) end

---Add a route.
---@param route string # as `ip route add` takes it: "default via 10.0.0.254", "blackhole 10.8.0.0/16"
function Node:add_route(route) end

---Delete a route.
---@param route string # as `ip route del` takes it: "default", "10.9.0.0/16 metric 50"
function Node:del_route(route) end

---The value of a sysctl in this node.
---@param key string # "net.ipv4.ip_forward"
---@return string
function Node:sysctl(key) end

---Set a sysctl in this node.
---@param key string # "net.ipv4.ip_forward": those of a namespace begin with net.
---@param value string|integer
function Node:set_sysctl(key, value) end

---Make an interface that is no end of a link: a dummy, a VLAN, a bridge and so on.
---@param name string
---@param options table # as of `net:device`: `kind`, `on` (the interface it stands on: an Interface, also of another node, or a name of this one's), and the kind's own as `ip link` calls them
---@return Interface
function Node:add_interface(name, options) end

---Delete the node, with its links and all that runs in it.
function Node:del() end

---Read a file as the node's programs see it, or give the node one of its own. Below /etc it is then
---in /etc/netns/NODE, as `ip netns` has it; elsewhere it must be in a directory of the node's own.
---@param path string # "/etc/resolv.conf"
---@param text? string # what it is to hold; without it, the file is read
---@return string? # what it holds; nil when it cannot be read
---@return string? # why not
function Node:file(path, text) end

---Give the node a directory of its own, empty at first, which its programs see instead of the
---lab's: those that start from now on.
---@param dir string # "/run", "/tmp", "/var/lib/misc"
function Node:private(dir) end

---Run a program in the node, in the background, until the node ends: it has no terminal and no
---input, and prints into a log. The script may end before it. One that fails at once, or does not
---get ready, is an error.
---@param command string|string[] # it stays in the foreground: "dnsmasq -k", "bird -f"
---@param options? { name?: string, optional?: boolean, ready?: integer|string } # as of `net:daemon`
---@return Daemon? # nil where it is optional and not installed
---@return string? # why not
function Node:daemon(command, options) end

---Run a program in the node and wait for its end. A line is what it is at the prompt: words or,
---with characters of the shell, a line for /bin/sh, in which $h2 is h2's address. A failed program
---is a result, not an error; so is one that is missing: its status is 127 and `err` says which
---package has it. Its input is empty. It is killed, with all of its process group, when time is up
---or the script is stopped: only what has made a session of its own (`setsid`) goes on then. What
---runs in the background when it ends, goes on.
---@param command string|string[] # a line (with shell characters: /bin/sh -c), or its words
---@param options? { timeout?: number, input?: string, env?: table<string,string>, check?: boolean } # seconds (TERM, and KILL a second later); what it reads; variables; whether a failure is an error after all
---@return Result
function Node:run(command, options) end

---Start a program in the node and go on; the Program that comes back is there to read what it
---prints, write what it reads, and wait. It runs until it ends, is killed, or the script ends, also
---when nobody holds the Program any more; `local p <close> = ...` kills it where the block ends. One
---that a chunk at the prompt has started runs on until the shell ends. Up to 8 MB of each, stdout
---and stderr, are kept for who reads them; beyond that the program waits.
---@param command string|string[] # as of Node:run
---@param options? { input?: string, env?: table<string,string> } # what it reads, to its end; variables
---@return Program
function Node:spawn(command, options) end

---Wait until a program in the node listens on a port, TCP or UDP. The kernel tells nobody of that,
---so it is looked for, ten times a second and, at first, more often.
---@param port integer
---@param seconds? number # how long at most
---@param server? Program # the program that is to listen: its end is the end of the waiting
---@return "tcp"|"udp"|nil # nil when the time was up, or the server has ended
function Node:wait_port(port, seconds, server) end

---An interface of a node: `h1.eth0`. Fields that can be set are set at once: `h1.eth0.mtu = 1400`
---@class Interface
---@field name string # "h1-eth0"; can be set
---@field node Node # whose it is
---@field exists boolean # false once it is deleted, or moved to another node
---@field index integer # the kernel's number of it, in its node
---@field kind string # as `ip link` calls it: "veth", "bridge", "vlan", ...; "loopback" of lo; "" of one that is the machine's
---@field mac string # "02:00:00:00:00:01"; can be set
---@field mtu integer # bytes; can be set
---@field up boolean # it is switched on; can be set. A cable is cut by `Link:down`, which keeps the routes
---@field carrier boolean # somebody is at the other end
---@field state string # "up", "down", "no carrier"; or what its bridge makes of it: "blocked", "learning", "disabled"
---@field addresses string[] # with their lengths, in the kernel's order: "10.0.0.1/8", "fd00::1/64"
---@field ip string? # its first IPv4 address, without the length
---@field ip6 string? # its first IPv6 address that is not of the link alone
---@field peer Interface? # the other end of its cable
---@field link Link? # its cable
---@field lower Interface? # what a VLAN, macvlan or the like stands on
---@field master Interface? # the bridge, bond or VRF it is a port of; can be set, to an interface of the node, its name, or nil
---@field ports Interface[] # of a bridge, bond or VRF: who has it as master
---@field stp boolean # of a bridge: it speaks the spanning tree protocol
---@field counters { rx_packets: integer, rx_bytes: integer, rx_errors: integer, rx_dropped: integer, tx_packets: integer, tx_bytes: integer, tx_errors: integer, tx_dropped: integer } # What it has sent and received, read from the kernel now.
---@field qdiscs { kind: string, handle: string, parent: string, parameters: string }[] # what somebody has put there with `tc qdisc`
local Interface = {}

---Set several things in one go: all of them, or, where one fails, none.
---@param settings { up?: boolean, mtu?: integer, mac?: string, master?: Interface|string|false, name?: string }
function Interface:set(settings) end

---One more address.
---@param address string # as `ip address add` takes it: "10.0.0.1/24"
function Interface:add_address(address) end

---Take an address away.
---@param address string # "10.0.0.1/8", or without its length
function Interface:del_address(address) end

---Delete it; of a veth pair both ends go.
function Interface:del() end

---A cable: `h1.eth0.link`, and what `lab:link` returns.
---@class Link
---@field a Interface # one end; of a link to a switch the other's
---@field b Interface # the other end
---@field exists boolean # false once it is deleted
---@field state string # that of the worse end: "up", "down" (cut), "no carrier", "blocked", ...
local Link = {}

---Cut the cable: no carrier. Addresses and routes are back after `up`.
function Link:down() end

---Mend the cable.
function Link:up() end

---Delete the link, and the interfaces at both ends.
function Link:del() end

---One end of a link.
---@class BuildEnd
---@field interface string? # its name
---@field ip string? # its address; "none": no address
---@field ip6 string? # 
local BuildEnd = {}

---One end of a veth pair.
---@class BuildVethEnd
---@field node string|BuildNode # 
---@field interface string # 
---@field mac string? # 
local BuildVethEnd = {}

---What `command { ... }` takes.
---@class Command
---@field name string # one or two words: "hello", "add lan"
---@field args string? # the grammar of its arguments; without it, it takes none
---@field help string # one line, a verb first
---@field details string? # a paragraph for `help NAME`
---@field example string? # a line, for `help NAME`
---@field run fun(...): boolean|integer?, string? # 
local Command = {}

---A daemon of a node: what `node:daemon` returns, and one of `node.daemons`
---@class Daemon
---@field name string # 
---@field node Node # 
---@field pid integer # its process id
---@field running boolean # 
---@field status integer? # once it has ended: its status, or 128 and the signal, as sh has it
---@field log string # what it has printed
local Daemon = {}

---End it: by TERM, and after two seconds by KILL. One that has ended stays as it is.
function Daemon:stop() end

---A change of the lab.
---@class Event
---@field kind string # "down", "address added", ...: as in the lines of `events`
---@field node Node # where; one that has been deleted has its name left: tostring(e.node)
---@field interface string? # 
---@field value string? # what there is to say besides: the address, the route, the new name
---@field address string? # of one that was added or deleted: "10.0.0.1/8"
---@field text string # the line that `events` prints, without the time
---@field time number # seconds since 1970
local Event = {}

---A program that was started by `spawn`
---@class Program
---@field pid integer # its process id
---@field running boolean # 
---@field status integer? # as of its Result; nil while it runs
---@field signal string|integer|nil # what has killed it: "TERM"
---@field node Node # where it was started
---@field command string # what was to run
local Program = {}

---Send a signal to the program and to all it has started that is still of its process group.
---@param signal? string|integer # "INT", "SIGINT" or 2; TERM unless said otherwise
---@return boolean # false when it has ended already
function Program:kill(signal) end

---Wait until the program has ended.
---@param seconds? number # how long at most
---@return Result? # nil when it still runs then
function Program:wait(seconds) end

---End the program and all of its process group: TERM and, for one that has not ended two seconds
---later, KILL.
---@return Result
function Program:stop() end

---What the program has printed since it was read last, without waiting: "" when there is nothing
---now, nil when nothing will come.
---@param stream? "out"|"err" # stdout unless said otherwise
---@return string?
function Program:read(stream) end

---Iterate over the lines the program prints, without their newlines, as they come; it ends when the
---program has ended. A line of more than 8 MB is an error.
---@param stream? "out"|"err" # stdout unless said otherwise
---@return fun(): string?
function Program:lines(stream) end

---Wait until the program prints what the pattern matches, on stdout or else on stderr, and read up
---to the end of it. The captures, or the whole match where there are none; nil and what it has
---printed so far when it has ended, or the time is up, or more than 8 MB have come.
---@param pattern string # of Lua; a pattern matches within one of the two
---@param seconds? number # how long at most
---@param plain? boolean # it is a text, no pattern
---@return string? # ...
function Program:expect(pattern, seconds, plain) end

---Write to the program's standard input; returns when all is in its pipe.
---@param text string
---@return boolean? # nil and the reason when it reads no more
function Program:write(text) end

---End the program's standard input.
function Program:close_input() end

---How a program has ended, and what it printed.
---@class Result
---@field status integer # its exit status; 128 + the signal's number when one has killed it
---@field ok boolean # whether the status is 0
---@field out string # what it printed to stdout and nobody has read
---@field err string # the same of stderr
---@field signal string|integer|nil # what has killed it: "KILL"
---@field timed_out boolean? # true when its time was up
local Result = {}

---JSON (RFC 8259).
---@class json
---@field null userdata # What JSON's null becomes, and becomes null: `nil` could stand in no table. It prints as null.
json = {}

---Read a JSON document. Whole numbers become integers where they fit, null becomes `json.null`.
---@param text string
---@return any # an object as a table, an array as a sequence that stays one also when it is empty
function json.decode(text) end

---Make a table an array for `json.encode`, also when it is empty.
---@param table table
---@return table # the same
function json.array(table) end

---Write a value as JSON. The keys of an object are sorted; bytes that are no UTF-8 become U+FFFD.
---An empty table is an object, unless it was an array when it was decoded, or `json.array` made it
---one.
---@param value any # strings, numbers, booleans, json.null, and tables of these
---@param options? { pretty?: boolean } # pretty: a line for each value
---@return string
function json.encode(value, options) end

---@type Lab
lab = nil
