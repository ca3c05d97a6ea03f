-- Paths of equal cost: one route with several next hops; each flow keeps to one of them.
--
--                  m1                     LANs:      10.1.0.0/24   10.2.0.0/24
--                /    \                              fd00:1::/64   fd00:2::/64
--   h1 -- s1 -- r1    r2 -- s2 -- h2      r1 to mk:  10.1.k.0/30   fd00:1:k::/64
--                \    /                   r2 to mk:  10.2.k.0/30   fd00:2:k::/64
--                  m2
--
-- What a flow is, fib_multipath_hash_policy says: with 0 all from one address to another, with 1
-- the ports count, too. `h1 traceroute -q 6 h2` sends each probe to another port: both paths.

return {
	about = "equal-cost paths between two LANs",

	params = {
		paths = { 2, "routers side by side", min = 1, max = 16 },
		policy = { 1, "fib_multipath_hash_policy of r1 and r2", min = 0, max = 1 },
		hosts = { 1, "hosts in each LAN", min = 1, max = 253 },
	},
	order = { "paths", "policy", "hosts" },

	build = function(net, p)
		for side = 1, 2 do
			local router = net:router("r" .. side)

			net:lan("s" .. side, {
				ip = ("10.%d.0.0/24"):format(side), ip6 = ("fd00:%d::/64"):format(side),
				router = router, hosts = p.hosts,
			})
			net:sysctl(router, "net.ipv4.fib_multipath_hash_policy", p.policy)
			net:sysctl(router, "net.ipv6.fib_multipath_hash_policy", p.policy)
		end
		for k = 1, p.paths do
			net:router("m" .. k)
		end

		for side = 1, 2 do
			local hops, hops6 = "", ""

			for k = 1, p.paths do
				local ip = ("10.%d.%d."):format(side, k)
				local ip6 = ("fd00:%d:%x::"):format(side, k)

				net:link("r" .. side, "m" .. k, {
					ip = { ip .. "1/30", ip .. "2/30" },
					ip6 = { ip6 .. "1/64", ip6 .. "2/64" },
				})
				net:route("m" .. k, ("10.%d.0.0/16 via %s1"):format(side, ip))
				net:route("m" .. k, ("fd00:%d::/32 via %s1"):format(side, ip6))
				hops = hops .. " nexthop via " .. ip .. "2"
				hops6 = hops6 .. " nexthop via " .. ip6 .. "2"
			end

			local other = 3 - side
			net:route("r" .. side, ("10.%d.0.0/16"):format(other) .. hops)
			net:route("r" .. side, ("fd00:%d::/32"):format(other) .. hops6)
		end
	end,
}
