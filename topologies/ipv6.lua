-- No IPv4 anywhere: LANs whose routers meet on a backbone.
--
--   h1  h2     h3  h4     h5  h6        LAN i        fd00:i::/64, hosts from fd00:i::1
--     \ /        \ /        \ /         its router   fd00:i::fe
--      s1         s2         s3
--       |          |          |
--      r1         r2         r3
--        \_________|_________/
--                 s0                    backbone     fd00:0::/64, router ri is fd00::i
--
-- With addresses=radvd the hosts make their own, from the prefix that the router advertises and
-- their MAC; the lab is there when they have them. Where radvd is not installed they are static.

local radvd = [[
interface PORT {
	AdvSendAdvert on;
	MinRtrAdvInterval 3;
	MaxRtrAdvInterval 4;
	prefix PREFIX { };
};
]]

-- Router advertisements in a LAN. False where there is no radvd.
local function advertise(net, router, prefix)
	local config = radvd:gsub("PORT", router .. "-eth1"):gsub("PREFIX", prefix)

	net:private(router, "/run")
	net:file(router, "/etc/radvd.conf", config)
	return net:daemon(router, "radvd --nodaemon --logmethod stderr", { optional = true })
end

return {
	about = "IPv6 only: LANs with routers on a backbone",

	params = {
		lans = { 3, "LANs", min = 1, max = 250 },
		hosts = { 2, "hosts in each LAN", min = 1, max = 253 },
		addresses = { "static", "of the hosts", choices = { "static", "radvd" } },
	},
	order = { "lans", "hosts", "addresses" },

	reach = function(_, _, _, family)
		return family == 6
	end,

	build = function(net, p)
		local own = p.addresses == "radvd" -- the hosts make theirs

		net:switch("s0")
		for i = 1, p.lans do
			local router, prefix = "r" .. i, ("fd00:%x::/64"):format(i)

			net:router(router)
			net:link(router, "s0", { ip6 = ("fd00::%x/64"):format(i) })
			own = own and advertise(net, router, prefix)
			net:lan("s" .. i, { ip6 = prefix, router = router, hosts = own and 0 or p.hosts })
			for k = 1, own and p.hosts or 0 do
				local host = net:host("h" .. (i - 1) * p.hosts + k, { ip = "none" })

				net:link(host, "s" .. i)
				-- eui64: what begins with a link-local address and a router solicitation
				net:sysctl(host, ("net.ipv6.conf.%s-eth0.addr_gen_mode"):format(host), 0)
			end
		end
		for h = 1, own and p.lans * p.hosts or 0 do
			net:exec("h" .. h, "timeout 30 sh -c 'until ip -6 route show default | grep . && " ..
				"ip -6 address show scope global -tentative | grep fd00; do sleep 0.1; done'")
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
