-- Hosts on both sides of one slow link, which all of them share: for watching TCP and queues.
--
--   h1                       h3      left    10.1.0.0/24   fd00:1::/64
--      \                   /         right   10.2.0.0/24   fd00:2::/64
--       s1 -- r1 ==== r2 -- s2       ====    10.0.0.0/30   fd00::/64
--      /                   \
--   h2                       h4
--
-- r1 and r2 send to each other at the rate; what finds no room in the queue before it is dropped.
-- `h3 iperf3 -s &` and `h1 iperf3 -c h3` fill it, `r1 tc -s qdisc show dev r1-eth1` counts.

-- A number without its unit would be bits to tc, and bytes: next to nothing gets through.
local function check(name, value, units)
	local number, unit = value:match("^(%d+%.?%d*)(%a+)$")
	if not number or tonumber(number) == 0 or not units[unit] then
		error(("%s=%s: a number with its unit is wanted, such as %s"):format(name, value, units.example), 0)
	end
end

return {
	about = "hosts on both sides of a bottleneck",

	params = {
		hosts = { 2, "hosts on each side", min = 1, max = 253 },
		rate = { "10mbit", "of the bottleneck: kbit, mbit or gbit" },
		queue = { "64kb", "before it: kb or mb" },
	},
	order = { "hosts", "rate", "queue" },

	build = function(net, p)
		check("rate", p.rate, { kbit = true, mbit = true, gbit = true, example = "500kbit, 10mbit" })
		check("queue", p.queue, { kb = true, mb = true, example = "64kb, 1mb" })

		for side = 1, 2 do
			local router, other = "r" .. side, 3 - side

			net:router(router, { via = "10.0.0." .. other, via6 = "fd00::" .. other })
			net:lan("s" .. side, {
				ip = ("10.%d.0.0/24"):format(side), ip6 = ("fd00:%d::/64"):format(side),
				router = router, hosts = p.hosts,
			})
			net:exec(router, ("tc qdisc add dev %s-eth1 root tbf rate %s burst 16kb limit %s"):format(
				router, p.rate, p.queue))
		end
		net:link("r1", "r2", {
			ip = { "10.0.0.1/30", "10.0.0.2/30" },
			ip6 = { "fd00::1/64", "fd00::2/64" },
		})
	end,
}
