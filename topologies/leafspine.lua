-- Leaf and spine: every leaf is linked with every spine, so from rack to rack it is always leaf, spine, leaf, and
-- there are as many ways as spines. Of switches the spanning tree would leave one way; so leaves and spines are
-- routers, as in data centres, and a leaf spreads its packets over all ways (ECMP): `leaf1 ip route`.
--
--     spine1    spine2             racks:          10.L.0.0/24   fd00:L::/64   of leaf L
--       | \_   _/ |                leaf to spine:  10.L.S.0/30   fd00:L:S::/64 of leaf L and spine S
--       |   \ /   |
--       |  _/ \_  |                leaves=2 spines=2 hosts=2
--     leaf1     leaf2
--       |         |
--      s1        s2
--     /  \      /  \
--    h1   h2   h3   h4

return {
	about = "leaf and spine routers, racks of hosts, and equal-cost paths",

	params = {
		leaves = { 3, "leaves, each with a rack of hosts", min = 1, max = 64 },
		spines = { 2, "spines", min = 1, max = 16 },
		hosts = { 2, "hosts in each rack", min = 1, max = 253 },
	},
	order = { "leaves", "spines", "hosts" },

	build = function(net, p)
		local function router(name)
			-- Which way a packet takes depends on the addresses and ports at its ends.
			net:sysctl(net:router(name), "net.ipv4.fib_multipath_hash_policy", 1)
			net:sysctl(name, "net.ipv6.fib_multipath_hash_policy", 1)
			return name
		end

		for s = 1, p.spines do
			router("spine" .. s)
		end
		for l = 1, p.leaves do
			local leaf, ways, ways6 = router("leaf" .. l), "default", "default"
			local rack, rack6 = ("10.%d.0.0"):format(l), ("fd00:%d::"):format(l)
			net:lan("s" .. l, { ip = rack .. "/24", ip6 = rack6 .. "/64", router = leaf, hosts = p.hosts })

			for s = 1, p.spines do
				local spine, ip, ip6 = "spine" .. s, ("10.%d.%d."):format(l, s), ("fd00:%d:%d::"):format(l, s)
				net:link(leaf, spine, {
					ip = { ip .. "1/30", ip .. "2/30" },
					ip6 = { ip6 .. "1/64", ip6 .. "2/64" },
				})
				net:route(spine, rack .. "/16 via " .. ip .. "1")
				net:route(spine, rack6 .. "/32 via " .. ip6 .. "1")
				ways = ways .. " nexthop via " .. ip .. "2"
				ways6 = ways6 .. " nexthop via " .. ip6 .. "2"
			end
			net:route(leaf, ways)
			net:route(leaf, ways6)
		end
	end,
}
