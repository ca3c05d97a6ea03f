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
--
-- The services are there where dnsmasq and socat are installed: names at backbone (`h1 dig mx
-- example.com`), and at ftp, mail and www somebody who says the first words on each port.

local nat = [[
table ip nat {
	chain postrouting {
		type nat hook postrouting priority srcnat
		oifname "MODEM-eth0" masquerade
	}
}
]]

local dnsmasq = [[
no-resolv
no-hosts
addn-hosts=/etc/playground
cname=smtp.example.com,mail.example.com
mx-host=example.com,mail.example.com,10
mx-host=www.example.com,smtp.example.com,10
pid-file=/run/dnsmasq.pid
user=root
]]

local names = [[
10.1.1.1      backbone
10.25.1.1     isp
10.25.1.65    modemA
10.25.1.66    modemB
10.130.1.1    example.com example
10.130.1.2    ftp.example.com ftp
10.130.1.3    mail.example.com mail
10.130.1.4    www.example.com www
192.168.1.11  h1
192.168.1.12  h2
192.168.1.13  h3
192.168.1.14  h4
]]

local banners = {
	{ "ftp", 21, "220 ftp.example.com FTP" },
	{ "ftp", 23, "login:" },
	{ "mail", 25, "220 mail.example.com ESMTP" },
	{ "mail", 110, "+OK mail.example.com POP3" },
	{ "mail", 143, "* OK mail.example.com IMAP4rev1" },
	{ "www", 80, "HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n\r\nThis is www.example.com.", asked = true },
}

-- What a node says on a port, at once or once it was asked (up to an empty line). False where there
-- is no socat.
local function say(net, node, port, text, asked)
	local file = "/etc/banners/" .. port
	local ask = asked and "sed -u /^.$/q >/dev/null && " or ""

	net:file(node, file, text .. "\r\n")
	return net:daemon(node, { "socat", ("TCP-LISTEN:%d,fork,reuseaddr"):format(port), "SYSTEM:" .. ask .. "cat " .. file },
		{ name = "port" .. port, optional = true, ready = port })
end

local function serve(net)
	net:private("backbone", "/run")
	net:file("backbone", "/etc/dnsmasq.conf", dnsmasq)
	net:file("backbone", "/etc/playground", names)
	if net:daemon("backbone", "dnsmasq --keep-in-foreground", { optional = true, ready = 53 }) then
		for node in ("h1 h2 h3 h4 modemA modemB isp example ftp mail www backbone"):gmatch("%S+") do
			net:file(node, "/etc/resolv.conf", "nameserver 10.1.1.1\nsearch example.com\n")
		end
	end
	for _, banner in ipairs(banners) do
		local node, port, text = table.unpack(banner)
		if not say(net, node, port, text, banner.asked) then
			break
		end
	end
end

return {
	about = "two homes, a provider and a company: the fopnp playground",

	params = {
		services = { true, "names by dnsmasq, servers' first words by socat" },
		proxy_arp = { false, "isp answers ARP for what lies behind its other ports" },
	},
	order = { "services", "proxy_arp" },

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
			net:file(modem, "/etc/nftables.conf", (nat:gsub("MODEM", modem)))
			net:exec(modem, "nft -f /etc/nftables.conf")
		end
		if p.services then
			serve(net)
		end
		if p.proxy_arp then
			net:sysctl("isp", "net.ipv4.conf.isp-eth1.proxy_arp", 1)
			net:sysctl("isp", "net.ipv4.conf.isp-eth2.proxy_arp", 1)
		end
	end,
}
