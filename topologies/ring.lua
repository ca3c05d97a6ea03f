-- Switches in a ring, each with hosts of its own: two ways to everywhere. The spanning tree protocol blocks
-- one port, opposite s1; cut a link (`link s1 s2 down`) and after a while that port forwards.
--
--   h1 - s1 ------ s2 - h2
--         |         |              switches=4
--   h4 - s4 --||-- s3 - h3

return {
	about = "switches in a ring, each with its hosts",

	params = {
		switches = { 4, "switches in the ring", min = 3, max = 100 },
		hosts = { 1, "hosts on each switch", min = 1, max = 100 },
		stp = { true, "the spanning tree protocol, on all switches" },
		storm = { false, "build the loop without it all the same" },
	},
	order = { "switches", "hosts", "stp", "storm" },

	build = function(net, p)
		local hosts = 0
		for i = 1, p.switches do
			local switch = net:switch("s" .. i, { stp = p.stp })
			for _ = 1, p.hosts do
				hosts = hosts + 1
				net:link(net:host("h" .. hosts), switch)
			end
		end
		for i = 1, p.switches do
			net:link("s" .. i, "s" .. i % p.switches + 1, { storm = p.storm })
		end
	end,
}
