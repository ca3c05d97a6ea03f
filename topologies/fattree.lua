-- The fat tree of Al-Fares, Loukissas and Vahdat (2008): from routers with k ports alone, k^3/4 hosts, and as much
-- capacity at the top as at the bottom. There are k pods, each with k/2 edge routers and k/2 above them, and
-- (k/2)^2 cores, each with a cable to every pod. Of switches the spanning tree would leave one way; so all are
-- routers, and each spreads what goes up over all its ways (ECMP): `p1e1 ip route`, `h1 traceroute h16`.
--
--         c1   c2      c3   c4               k=4: c1 and c2 are linked with the a1 of each pod,
--         |  \/ |      |  \/ |                    c3 and c4 with the a2
--         |  /\ |      |  /\ |
--       p1a1    p1a2  ...                    hosts of edge E in pod P:  10.P.E.0/24      fd00:P:E::/64
--         |  \/  |                           cables up from there:      10.P.(100+E).*   fd00:P:(100+E):*
--         |  /\  |                           cables up from pPaA:       10.P.(200+A).*   fd00:P:(200+A):*
--       p1e1    p1e2  ...
--         |      |
--        s1      s2    each with k/2 hosts: h1, h2; h3, h4; ...

return {
	about = "the fat tree of data centres, with equal-cost paths",

	params = {
		k = { 4, "ports of each router: an even number", min = 2, max = 16 },
	},

	build = function(net, p)
		if p.k % 2 == 1 then
			error(("k=%d is odd: half of a router's ports go up, half go down"):format(p.k), 0)
		end
		local half = p.k // 2

		local function router(name)
			-- Which way a packet takes depends on the addresses and ports at its ends.
			net:sysctl(net:router(name), "net.ipv4.fib_multipath_hash_policy", 1)
			net:sysctl(name, "net.ipv6.fib_multipath_hash_policy", 1)
			return name
		end

		-- The addresses of number N in a pod: its subnets of both families.
		local function block(pod, n)
			return { ("10.%d.%d.0/24"):format(pod, n), ("fd00:%d:%d::/48"):format(pod, n) }
		end

		-- Routes of both families, over WAYS, each the address of the next router in both.
		local function route(node, to, ways)
			for family = 1, 2 do
				local words = to[family]
				for _, way in ipairs(ways) do
					words = words .. " nexthop via " .. way[family]
				end
				net:route(node, words)
			end
		end

		-- The I-th cable of block N: what each of its routers calls the other.
		local function cable(lower, upper, pod, n, i)
			local function address(k)
				return { ("10.%d.%d.%d"):format(pod, n, 4 * i + k), ("fd00:%d:%d:%d::%d"):format(pod, n, i, k) }
			end
			local down, up = address(1), address(2)
			net:link(lower, upper, {
				ip = { down[1] .. "/30", up[1] .. "/30" },
				ip6 = { down[2] .. "/64", up[2] .. "/64" },
			})
			return down, up
		end

		for c = 1, half * half do
			router("c" .. c)
		end
		for pod = 1, p.k do
			local first_edge = {}

			for a = 1, half do
				router(("p%da%d"):format(pod, a))
			end
			for e = 1, half do
				local edge, ways = router(("p%de%d"):format(pod, e)), {}
				net:lan("s" .. (pod - 1) * half + e, {
					ip = block(pod, e)[1], ip6 = ("fd00:%d:%d::/64"):format(pod, e),
					router = edge, hosts = half,
				})
				for a = 1, half do
					local above = ("p%da%d"):format(pod, a)
					local down, up = cable(edge, above, pod, 100 + e, a)
					route(above, block(pod, e), { down })
					route(above, block(pod, 100 + e), { down })
					route(edge, block(pod, 200 + a), { up })
					ways[a], first_edge[a] = up, first_edge[a] or down
				end
				route(edge, { "default", "default" }, ways)
			end

			local whole = { ("10.%d.0.0/16"):format(pod), ("fd00:%d::/32"):format(pod) }
			for a = 1, half do
				local above, ways = ("p%da%d"):format(pod, a), {}
				for i = 1, half do
					local core = "c" .. (a - 1) * half + i
					local down, up = cable(above, core, pod, 200 + a, i)
					route(core, whole, { down })
					ways[i] = up
				end
				route(above, { "default", "default" }, ways)
				-- To the others of its row: down, and up again.
				route(above, whole, { first_edge[a] })
			end
		end
	end,
}
