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
-- All that belongs to dk is in 10.k.0.0/16 and in fd00:k::/32. d1 sends what is not its own to c1,
-- d2 to c2, and so on in turn.

return {
	about = "core, distribution and access with several LANs",

	params = {
		distribution = { 2, "distribution routers", min = 1, max = 60 },
		lans = { 2, "LANs at each of them", min = 1, max = 60 },
		hosts = { 2, "hosts in each LAN", min = 1, max = 253 },
	},
	order = { "distribution", "lans", "hosts" },

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
				net:route("c" .. c, ("10.%d.0.0/16 via %s1"):format(k, ip))
				net:route("c" .. c, ("fd00:%x::/32 via %s1"):format(k, ip6))
				if c == (k - 1) % 2 + 1 then
					net:route(d, "default via " .. ip .. "2")
					net:route(d, "default via " .. ip6 .. "2")
				end
			end
		end
	end,
}
