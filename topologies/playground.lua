-- The internet in small, after the playground of Brandon Rhodes' "Foundations of Python Network
-- Programming" (github.com/brandon-rhodes/fopnp): two homes with a provider, and a company.
--
--                       backbone 10.1.1.1
--                  eth0 /               \ eth1
--            eth0 isp 10.25.1.1        example 10.130.1.1 eth0
--           eth1 /    \ eth2              | eth1
--   10.25.1.65 eth0  eth0 10.25.1.66   exampleCOM 10.130.1.0/24
--           modemA    modemB              |
--           eth1 |    | eth1              |-- ftp   .2
--            homeA    homeB               |-- mail  .3
--      h1 h2 h3 |      | h4               '-- www   .4
--     .11 .12 .13      .14
--           192.168.1.0/24, twice
--
-- Both modems hide their home behind their own address. They count all of 10.25.0.0/16 to their
-- wire, but the other's is another one: to hear each other they need isp to answer for them.

return {
	about = "two homes, a provider and a company: the fopnp playground",

	params = {
		proxy_arp = { false, "isp answers ARP for what lies behind its other ports" },
	},

	reach = function(p, from, to, family)
		local home = { h1 = "modemA", h2 = "modemA", h3 = "modemA", h4 = "modemB" }
		local modem = { modemA = "modemA", modemB = "modemB" }
		local a, b = home[from] or modem[from], home[to] or modem[to]

		if home[to] then -- can be reached from its home alone
			return family == 4 and a == b
		end
		return family == 4 and (p.proxy_arp or not (a and b and a ~= b))
	end,

	build = function(net, p)
		for _, name in ipairs { "h1", "h2", "h3", "h4", "ftp", "mail", "www" } do
			net:host(name)
		end
		for _, name in ipairs { "modemA", "modemB", "isp", "backbone", "example" } do
			net:router(name)
		end
		for _, name in ipairs { "homeA", "homeB", "exampleCOM" } do
			net:switch(name)
		end

		-- With a second ethernet card in the four at home, as in the original.
		for _, link in ipairs {
			{ "backbone", "eth0", "isp", "eth0" },
			{ "backbone", "eth1", "example", "eth0" },
			{ "isp", "eth1", "modemA", "eth0" },
			{ "isp", "eth2", "modemB", "eth0" },
			{ "modemA", "eth1", "homeA" },
			{ "h1", "eth1", "homeA" },
			{ "h2", "eth1", "homeA" },
			{ "h3", "eth1", "homeA" },
			{ "modemB", "eth1", "homeB" },
			{ "h4", "eth1", "homeB" },
			{ "example", "eth1", "exampleCOM" },
			{ "ftp", "eth0", "exampleCOM" },
			{ "mail", "eth0", "exampleCOM" },
			{ "www", "eth0", "exampleCOM" },
		} do
			local a, eth_a, b, eth_b = table.unpack(link)
			net:link(a, b, { ip = "none", a = { interface = eth_a }, b = { interface = eth_b } })
		end

		-- One address may stand on several interfaces; what is behind each, the routes say.
		for _, line in ipairs {
			"backbone eth0 10.1.1.1/32",
			"backbone eth1 10.1.1.1/32",
			"example eth0 10.130.1.1/32",
			"example eth1 10.130.1.1/24",
			"isp eth0 10.25.1.1/32",
			"isp eth1 10.25.1.1/32",
			"isp eth2 10.25.1.1/32",
			"modemA eth0 10.25.1.65/16",
			"modemB eth0 10.25.1.66/16",
			"modemA eth1 192.168.1.1/24",
			"modemB eth1 192.168.1.1/24",
			"h1 eth1 192.168.1.11/24",
			"h2 eth1 192.168.1.12/24",
			"h3 eth1 192.168.1.13/24",
			"h4 eth1 192.168.1.14/24",
			"ftp eth0 10.130.1.2/24",
			"mail eth0 10.130.1.3/24",
			"www eth0 10.130.1.4/24",
		} do
			local node, eth, address = line:match("(%S+) (%S+) (%S+)")
			net:address(node, node .. "-" .. eth, address)
		end

		for _, line in ipairs {
			"backbone 10.25.1.1 dev backbone-eth0",
			"backbone 10.25.0.0/16 via 10.25.1.1",
			"backbone 10.130.1.1 dev backbone-eth1",
			"backbone 10.130.1.0/24 via 10.130.1.1",
			"example 10.1.1.1 dev example-eth0",
			"example default via 10.1.1.1",
			"isp 10.1.1.1 dev isp-eth0",
			"isp 10.25.1.65 dev isp-eth1",
			"isp 10.25.1.66 dev isp-eth2",
			"isp default via 10.1.1.1",
			"modemA default via 10.25.1.1",
			"modemB default via 10.25.1.1",
			"h1 default via 192.168.1.1",
			"h2 default via 192.168.1.1",
			"h3 default via 192.168.1.1",
			"h4 default via 192.168.1.1",
			"ftp default via 10.130.1.1",
			"mail default via 10.130.1.1",
			"www default via 10.130.1.1",
		} do
			net:route(line:match("(%S+) (.*)"))
		end

		for _, modem in ipairs { "modemA", "modemB" } do
			net:file(modem, "/etc/nftables.conf", ([[
table ip nat {
	chain postrouting {
		type nat hook postrouting priority srcnat
		oifname "%s-eth0" masquerade
	}
}
]]):format(modem))
			net:exec(modem, "nft -f /etc/nftables.conf")
		end
		if p.proxy_arp then
			net:sysctl("isp", "net.ipv4.conf.isp-eth1.proxy_arp", 1)
			net:sysctl("isp", "net.ipv4.conf.isp-eth2.proxy_arp", 1)
		end
	end,
}
