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

return {
	about = "hosts on both sides of a bottleneck",

	params = {
		hosts = { 2, "hosts on each side", min = 1, max = 253 },
		rate = { "10mbit", "of the bottleneck, as tc writes it" },
		queue = { "64kb", "before it, as tc writes it" },
	},
	order = { "hosts", "rate", "queue" },

	build = function(net, p)
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
