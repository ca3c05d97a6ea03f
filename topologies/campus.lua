-- A campus: two core routers, distribution routers with a link to each of them, access switches.
--
--         c1 ======= c2                core           10.0.0.0/30      fd00::/64
--         |  \     /  |                LAN l of dk    10.k.l.0/24      fd00:k:l::/64
--         |    \ /    |                dk - c1        10.k.201.0/30    fd00:k:c1::/64
--         |    / \    |                dk - c2        10.k.202.0/30    fd00:k:c2::/64
--         |  /     \  |
--         d1         d2
--        /  \       /  \
--      a1    a2   a3    a4
--     / \   / \   / \   / \
--    h1 h2 h3 h4 h5 h6 h7 h8
--
-- All that belongs to dk is in 10.k.0.0/16 and in fd00:k::/32. With static routes d1 sends what is
-- not its own to c1, d2 to c2 and so on, whether the link is there or not. With routing=bird or
-- routing=frr the routers find their ways by OSPF, and others when a link is cut (`link d1 c1 down`):
-- `d1 birdc show ospf neighbors`, `d1 vtysh -c "show ip ospf neighbor"`. The lab is there when they
-- know all LANs, which takes some seconds. Where the daemon is not installed the routes are static.

local bird = {
	file = "/etc/bird/bird.conf",
	text = [[
router id ID;
protocol device {}
protocol direct { ipv4; ipv6; }
protocol kernel { ipv4 { export where source = RTS_OSPF; }; merge paths; }
protocol kernel { ipv6 { export where source = RTS_OSPF; }; merge paths; }
protocol ospf v2 { ipv4; area 0 { PORTS }; }
protocol ospf v3 { ipv6; area 0 { PORTS }; }
]],
	lan = 'interface "PORT" { stub; };',
	link = 'interface "PORT" { type ptp; hello 1; dead 4; check link; };',

	start = function(net, router)
		net:private(router, "/run/bird")
		return net:daemon(router, "bird -f", { optional = true })
	end,
}

local frr = {
	file = "/etc/frr/frr.conf",
	text = [[
PORTS
router ospf
 ospf router-id ID
exit
router ospf6
 ospf6 router-id ID
exit
]],
	lan = [[
interface PORT
 ip ospf area 0
 ip ospf passive
 ipv6 ospf6 area 0
 ipv6 ospf6 passive
exit
]],
	link = [[
interface PORT
 ip ospf area 0
 ip ospf network point-to-point
 ip ospf hello-interval 1
 ip ospf dead-interval 4
 ipv6 ospf6 area 0
 ipv6 ospf6 network point-to-point
 ipv6 ospf6 hello-interval 1
 ipv6 ospf6 dead-interval 4
exit
]],

	start = function(net, router)
		net:private(router, "/run/frr")
		net:private(router, "/var/tmp")
		net:exec(router, "chmod 777 /run/frr") -- they become the user frr
		for _, name in ipairs { "zebra", "ospfd", "ospf6d" } do
			local line = "/usr/lib/frr/" .. name .. " --log stdout"
			if not net:daemon(router, line, { optional = true, ready = "starting" }) then
				return false
			end
		end
		net:exec(router, "vtysh -b")
		return true
	end,
}

return {
	about = "core, distribution and access with several LANs, static routes or OSPF",

	params = {
		distribution = { 2, "distribution routers", min = 1, max = 60 },
		lans = { 2, "LANs at each of them", min = 1, max = 60 },
		hosts = { 2, "hosts in each LAN", min = 1, max = 253 },
		routing = { "static", "where the routes come from", choices = { "static", "bird", "frr" } },
	},
	order = { "distribution", "lans", "hosts", "routing" },

	build = function(net, p)
		net:router("c1")
		net:router("c2")
		net:link("c1", "c2", {
			ip = { "10.0.0.1/30", "10.0.0.2/30" }, ip6 = { "fd00::1/64", "fd00::2/64" },
		})
		for k = 1, p.distribution do
			local d = net:router("d" .. k)

			for l = 1, p.lans do
				net:lan("a" .. (k - 1) * p.lans + l, {
					ip = ("10.%d.%d.0/24"):format(k, l),
					ip6 = ("fd00:%x:%x::/64"):format(k, l),
					router = d, hosts = p.hosts,
				})
			end
			for c = 1, 2 do
				local ip = ("10.%d.20%d."):format(k, c)
				local ip6 = ("fd00:%x:c%d::"):format(k, c)

				net:link(d, "c" .. c, {
					ip = { ip .. "1/30", ip .. "2/30" },
					ip6 = { ip6 .. "1/64", ip6 .. "2/64" },
				})
			end
		end

		local function static()
			for k = 1, p.distribution do
				local c = (k - 1) % 2 + 1

				net:route("d" .. k, ("default via 10.%d.20%d.2"):format(k, c))
				net:route("d" .. k, ("default via fd00:%x:c%d::2"):format(k, c))
				for i = 1, 2 do
					net:route("c" .. i, ("10.%d.0.0/16 via 10.%d.20%d.1"):format(k, k, i))
					net:route("c" .. i, ("fd00:%x::/32 via fd00:%x:c%d::1"):format(k, k, i))
				end
			end
		end

		-- OSPF on a router whose first interfaces lead to so many LANs, the next to other routers.
		local function ospf(daemon, router, id, lans, links)
			local ports = {}

			for i = 1, lans + links do
				local text = i <= lans and daemon.lan or daemon.link
				ports[i] = text:gsub("PORT", ("%s-eth%d"):format(router, i - 1))
			end
			local config = daemon.text:gsub("ID", id):gsub("PORTS", table.concat(ports, " "))
			net:file(router, daemon.file, config)
			return daemon.start(net, router)
		end

		local daemon = ({ bird = bird, frr = frr })[p.routing]
		if not daemon or not ospf(daemon, "c1", "10.0.0.1", 0, 1 + p.distribution) then
			return static()
		end
		ospf(daemon, "c2", "10.0.0.2", 0, 1 + p.distribution)
		local routers, lans = { "c1", "c2" }, ""
		for k = 1, p.distribution do
			ospf(daemon, "d" .. k, ("10.%d.0.0"):format(k), p.lans, 2)
			table.insert(routers, "d" .. k)
			for l = 1, p.lans do
				lans = lans .. (" 10.%d.%d.0 fd00:%x:%x::"):format(k, l, k, l)
			end
		end

		local wait = ("for a in %s; do until ip route get $a; do sleep 0.1; done; done"):format(lans)
		for _, router in ipairs(routers) do
			net:exec(router, { "timeout", "60", "sh", "-c", wait })
		end
	end,
}
