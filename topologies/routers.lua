-- Routers in a ring, or each linked with each, and a LAN behind every one.
--
--        h1               LAN i:            10.i.0.0/24   fd00:i::/64
--         |               ri there:         10.i.0.254    fd00:i::fe
--        s1               link of ri, rj:   10.i.j.0/30   fd00:i:j::/64
--         |
--        r1               All that lies at rj is in 10.j.0.0/16 and in fd00:j::/32:
--       /  \              a router has one route to each other router.
--     r2 -- r3            In a ring it leads the shorter way round.
--     |      |
--     s2    s3
--     |      |
--     h2    h3

return {
	about = "routers in a ring or a full mesh, a LAN at each",

	params = {
		routers = { 3, "routers", min = 3, max = 60 },
		shape = { "ring", "how they are linked", choices = { "ring", "mesh" } },
		hosts = { 1, "hosts in each LAN", min = 1, max = 253 },
	},
	order = { "routers", "shape", "hosts" },

	build = function(net, p)
		local n = p.routers
		local gateway = {} -- gateway[i][j]: the addresses of rj on its link with ri

		-- The LANs come first: a router is known by its address there.
		for i = 1, n do
			net:router("r" .. i)
			net:lan("s" .. i, {
				ip = ("10.%d.0.0/24"):format(i), ip6 = ("fd00:%x::/64"):format(i),
				router = "r" .. i, hosts = p.hosts,
			})
			gateway[i] = {}
		end

		local function join(i, j)
			local ip, ip6 = ("10.%d.%d."):format(i, j), ("fd00:%x:%x::"):format(i, j)

			net:link("r" .. i, "r" .. j, {
				ip = { ip .. "1/30", ip .. "2/30" },
				ip6 = { ip6 .. "1/64", ip6 .. "2/64" },
			})
			gateway[i][j] = { ip .. "2", ip6 .. "2" }
			gateway[j][i] = { ip .. "1", ip6 .. "1" }
		end

		for i = 1, n do
			if p.shape == "ring" then
				join(i, i % n + 1)
			else
				for j = i + 1, n do
					join(i, j)
				end
			end
		end

		-- The neighbour of ri by which rj is reached.
		local function next_hop(i, j)
			if p.shape == "mesh" then
				return j
			end
			local onward = (j - i) % n <= n // 2
			return onward and i % n + 1 or (i - 2) % n + 1
		end

		for i = 1, n do
			for j = 1, n do
				if i ~= j then
					local ip, ip6 = table.unpack(gateway[i][next_hop(i, j)])

					net:route("r" .. i, ("10.%d.0.0/16 via %s"):format(j, ip))
					net:route("r" .. i, ("fd00:%x::/32 via %s"):format(j, ip6))
				end
			end
		end
	end,
}
