-- No IPv4 anywhere: LANs whose routers meet on a backbone.
--
--   h1  h2     h3  h4     h5  h6        LAN i        fd00:i::/64, hosts from fd00:i::1
--     \ /        \ /        \ /         its router   fd00:i::fe
--      s1         s2         s3
--       |          |          |
--      r1         r2         r3
--        \_________|_________/
--                 s0                    backbone     fd00:0::/64, router ri is fd00::i

return {
	about = "IPv6 only: LANs with routers on a backbone",

	params = {
		lans = { 3, "LANs", min = 1, max = 250 },
		hosts = { 2, "hosts in each LAN", min = 1, max = 253 },
	},
	order = { "lans", "hosts" },

	reach = function(_, _, _, family)
		return family == 6
	end,

	build = function(net, p)
		net:switch("s0")
		for i = 1, p.lans do
			net:router("r" .. i)
			net:link("r" .. i, "s0", { ip6 = ("fd00::%x/64"):format(i) })
			net:lan("s" .. i, { ip6 = ("fd00:%x::/64"):format(i), router = "r" .. i, hosts = p.hosts })
		end

		-- Every router finds every other LAN at its router on the backbone.
		for i = 1, p.lans do
			for other = 1, p.lans do
				if other ~= i then
					net:route("r" .. i, ("fd00:%x::/64 via fd00::%x"):format(other, other))
				end
			end
		end
	end,
}
