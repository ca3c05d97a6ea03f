-- A lab said piece by piece, in the root and in nodes: for tests of what can go wrong on the way.
return {
	about = "every kind of piece",

	build = function(net)
		net:host("h1")
		net:switch("s1", { ageing_time = 6000 })
		net:namespace("ns1")

		net:link("h1", "s1")

		net:sysctl("ns1", "net.ipv4.ip_forward", "1")
		net:sysctl("root", "net.ipv4.conf.all.arp_ignore", 1)

		net:bridge("root", "br0", { mac = "02:00:00:00:00:01", ageing_time = 100 })
		net:device("root", "vx0", { kind = "vxlan", id = 7, dstport = 4789, mac = "02:00:00:00:00:02" })

		net:veth({ node = "ns1", interface = "ns1-br0", mac = "02:00:00:00:00:03" },
		         { node = "root", interface = "br0-ns1", mac = "02:00:00:00:00:04" })
		net:veth({ node = "root", interface = "left", mac = "02:00:00:00:00:05" },
		         { node = "", interface = "right", mac = "02:00:00:00:00:06" }, { mtu = 1400 })
		net:veth({ node = "s1", interface = "s1-up", mac = "02:00:00:00:00:07" },
		         { node = "ns1", interface = "up", mac = "02:00:00:00:00:08" })
		net:device("ns1", "mv0", { kind = "macvlan", on = "ns1-br0", mode = "bridge", mac = "02:00:00:00:00:09" })

		net:set("root", "br0-ns1", { addrgenmode = "none", master = "br0", up = true })
		net:set("root", "left", { addrgenmode = "none", master = "br0", up = true })
		net:set("root", "right", { addrgenmode = "none", up = true })
		net:set("root", "br0", { addrgenmode = "none", up = true })
		net:set("s1", "s1-up", { master = "s1", up = true })
		net:set("ns1", "lo", { up = true })
		net:set("ns1", "ns1-br0", { mtu = 1300, addrgenmode = "none", up = true })
		net:set("ns1", "up", { addrgenmode = "none" })

		net:address("root", "br0", "10.1.0.254/24 brd 10.1.0.255")
		net:address("root", "lo", "192.0.2.1/32")
		net:address("ns1", "ns1-br0", "10.1.0.1/24")
		net:address("ns1", "ns1-br0", "fd01::1/64 nodad")
		net:address("ns1", "up", "10.2.0.1 peer 10.2.0.2/32")

		net:route("root", "10.3.0.0/16 via 10.1.0.1 metric 50")
		net:route("root", "blackhole 10.4.0.0/16")
		net:route("ns1", "default via 10.1.0.254 dev ns1-br0")
		net:route("ns1", "fd02::/64 via fd01::2 table 100 proto static")

		net:file("ns1", "/etc/resolv.conf", "nameserver 10.1.0.53\n# it's 'mine'\n")
		net:file("ns1", "/etc/nslab-test/a/b.conf", "no newline at its end")
		net:private("ns1", "/tmp")
		net:private("ns1", "/run/nslab-test")
		net:file("ns1", "/tmp/a/b", "1\n")
		net:exec("ns1", "ip link set lo alias mine && ip route add 10.5.0.0/16 via 10.1.0.254")
		net:exec("h1", { "ip", "link", "set", "h1-eth0", "alias", "it's two" })
	end,
}
