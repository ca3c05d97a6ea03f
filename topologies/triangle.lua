-- Three routers in a triangle, a LAN behind each. Unlike the switches of `stploop` they use all three cables: each
-- goes straight to the other two. And each knows the detour: the same route by the other router, with a higher
-- metric, for when the cable is cut. `link r1 r2 down`, then `h1 traceroute h2`.
--
--        h1 - s1                      LAN I:            10.I.0.0/24    fd00:I::/64    rI has .254, ::fe
--             |                       cable of rI, rJ:  10.0.IJ.0/24   fd00:0:IJ::/64  I has .I, ::I
--             r1
--            /  \
--           /    \
--   h2 - s2-r2 -- r3-s3 - h3

return {
	about = "three routers in a triangle, with a detour for each cable",

	params = {
		hosts = { 1, "hosts in each LAN", min = 1, max = 253 },
	},

	build = function(net, p)
		for i = 1, 3 do
			net:router("r" .. i)
			net:lan("s" .. i, {
				ip = ("10.%d.0.0/24"):format(i), ip6 = ("fd00:%d::/64"):format(i),
				router = "r" .. i, hosts = p.hosts,
			})
		end

		-- The addresses of router I on its cable with router J: "10.0.12.1", "fd00:0:12::1".
		local function address(i, j)
			local cable = math.min(i, j) .. math.max(i, j)
			return ("10.0.%s.%d"):format(cable, i), ("fd00:0:%s::%d"):format(cable, i)
		end

		for _, ends in ipairs { { 1, 2 }, { 2, 3 }, { 1, 3 } } do
			local i, j = table.unpack(ends)
			local ip_i, ip6_i = address(i, j)
			local ip_j, ip6_j = address(j, i)
			net:link("r" .. i, "r" .. j, {
				ip = { ip_i .. "/24", ip_j .. "/24" },
				ip6 = { ip6_i .. "/64", ip6_j .. "/64" },
			})
		end

		for here = 1, 3 do
			local router = "r" .. here
			for lan = 1, 3 do
				for next = 1, 3 do
					if here ~= lan and here ~= next then
						local ip, ip6 = address(next, here)
						local metric = next == lan and 10 or 20
						net:route(router, ("10.%d.0.0/24 via %s src 10.%d.0.254 metric %d"):format(lan, ip, here, metric))
						net:route(router, ("fd00:%d::/64 via %s src fd00:%d::fe metric %d"):format(lan, ip6, here, metric))
					end
				end
			end
			-- Linux goes on using a route whose cable has no carrier, unless it is told not to.
			net:sysctl(router, "net.ipv4.conf.all.ignore_routes_with_linkdown", 1)
			for port = 1, 2 do
				net:sysctl(router, ("net.ipv6.conf.%s-eth%d.ignore_routes_with_linkdown"):format(router, port), 1)
			end
		end
	end,
}
