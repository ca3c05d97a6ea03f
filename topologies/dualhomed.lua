-- A site with two providers: its packets leave by one, the answers come back by the other.
--
--                  r2                     the site's LAN   10.1.0.0/24   fd00:1::/64
--           there / \                     the far one      10.4.0.0/24   fd00:4::/64
--                /   \                    provider r2      10.2.0.0/16   fd00:2::/32
--   h1 -- s1 -- r1   r4 -- s4 -- h2       provider r3      10.3.0.0/16   fd00:3::/32
--                \   /
--            back \ /                     its link to ri   10.2.i.0/30   fd00:2:i::/64
--                  r3
--
-- The site's router r1 sends all the world's packets to r2, and r4, far away, sends those for the
-- site to r3. Both are right. But a router that filters by reverse path asks of every packet
-- whether it would itself send to that source by the interface on which the packet came. With
-- rp_filter=1 r1 drops all that h2 says; 2 is content with any interface, 0 does not ask. IPv6 has
-- no such setting.

return {
	about = "a site with two providers, routed asymmetrically",

	params = {
		rp_filter = { 0, "r1 filters by reverse path: 0 no, 1 strictly, 2 loosely", min = 0, max = 2 },
		hosts = { 1, "hosts in each LAN", min = 1, max = 253 },
	},
	order = { "rp_filter", "hosts" },

	reach = function(p, from, to, family)
		local function side(node)
			local host = tonumber(node:match("^h(%d+)$"))
			return host and (host <= p.hosts and 1 or 4) or node == "r1" and 1 or node == "r4" and 4
		end
		-- A router asks from an address of the link it sends by, and is answered over that link.
		local crosses = from:match("^h") and side(to) and side(from) ~= side(to)

		return p.rp_filter ~= 1 or family == 6 or not crosses
	end,

	build = function(net, p)
		for i = 1, 4 do
			net:router("r" .. i)
		end
		net:lan("s1", { ip = "10.1.0.0/24", ip6 = "fd00:1::/64", router = "r1", hosts = p.hosts })
		net:lan("s4", { ip = "10.4.0.0/24", ip6 = "fd00:4::/64", router = "r4", hosts = p.hosts })

		for provider = 2, 3 do
			for _, i in ipairs { 1, 4 } do
				local ip = ("10.%d.%d."):format(provider, i)
				local ip6 = ("fd00:%d:%d::"):format(provider, i)

				net:link("r" .. provider, "r" .. i, {
					ip = { ip .. "1/30", ip .. "2/30" },
					ip6 = { ip6 .. "1/64", ip6 .. "2/64" },
				})
			end
		end

		for _, route in ipairs {
			{ "r1", "default via 10.2.1.1", "default via fd00:2:1::1" },
			{ "r1", "10.3.0.0/16 via 10.3.1.1", "fd00:3::/32 via fd00:3:1::1" },
			{ "r2", "default via 10.2.4.2", "default via fd00:2:4::2" },
			{ "r2", "10.1.0.0/24 via 10.2.1.2", "fd00:1::/64 via fd00:2:1::2" },
			{ "r3", "default via 10.3.4.2", "default via fd00:3:4::2" },
			{ "r3", "10.1.0.0/24 via 10.3.1.2", "fd00:1::/64 via fd00:3:1::2" },
			{ "r4", "default via 10.3.4.1", "default via fd00:3:4::1" },
			{ "r4", "10.2.0.0/16 via 10.2.4.1", "fd00:2::/32 via fd00:2:4::1" },
		} do
			local router, ip, ip6 = table.unpack(route)
			net:route(router, ip)
			net:route(router, ip6)
		end
		net:sysctl("r1", "net.ipv4.conf.all.rp_filter", p.rp_filter)
	end,
}
