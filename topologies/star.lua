-- A switch in the middle, others around it, each with hosts of its own: an extended star. (`single` is
-- the plain one.) Whatever goes from arm to arm crosses the middle, and stops when s1 does.
--
--         h1        h2
--          |         |             arms=3
--         s2 -- s1 -- s3
--                |
--               s4 -- h3

return {
	about = "a switch in the middle, others around it with their hosts",

	params = {
		arms = { 3, "switches around the middle", min = 1, max = 1000 },
		hosts = { 1, "hosts on each of them", min = 1, max = 1000 },
	},
	order = { "arms", "hosts" },

	build = function(net, p)
		if p.arms * p.hosts > 4096 then
			error(("arms=%d hosts=%d makes %d hosts; 4096 are the most"):format(
				p.arms, p.hosts, p.arms * p.hosts), 0)
		end

		local middle, hosts = net:switch("s1"), 0
		for i = 1, p.arms do
			local switch = net:switch("s" .. i + 1)
			for _ = 1, p.hosts do
				hosts = hosts + 1
				net:link(net:host("h" .. hosts), switch)
			end
			net:link(switch, middle)
		end
	end,
}
