-- Two LANs and a router: what does not lie on a host's own LAN goes to the router.
--
--   h1   h2                   h3   h4
--     \ /                       \ /
--      s1 --------- r1 --------- s2
--   10.1.0.0/24  .254 .254  10.2.0.0/24
--   fd00:1::/64   :fe :fe   fd00:2::/64

return {
	about = "two LANs and a router",

	params = {
		hosts = { 2, "hosts in each LAN", min = 1, max = 253 },
	},

	build = function(net, p)
		local r1 = net:router("r1")
		net:lan("s1", { ip = "10.1.0.0/24", ip6 = "fd00:1::/64", router = r1, hosts = p.hosts })
		net:lan("s2", { ip = "10.2.0.0/24", ip6 = "fd00:2::/64", router = r1, hosts = p.hosts })
	end,
}
