-- Every switch linked with every other, each with hosts of its own. The spanning tree protocol keeps the links
-- of s1 only: what is left is a star, and all other cables wait for one of its to be cut.
--
--   h1 - s1 -- s2 - h2
--         | \/ |                   switches=4
--         | /\ |
--   h4 - s4 -- s3 - h3

return {
	about = "every switch linked with every other, each with its hosts",

	params = {
		switches = { 4, "switches", min = 2, max = 40 },
		hosts = { 1, "hosts on each switch", min = 1, max = 100 },
		stp = { true, "the spanning tree protocol, on all switches" },
		storm = { false, "build the loops without it all the same" },
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
			for j = 1, i - 1 do
				net:link("s" .. j, switch, { storm = p.storm })
			end
		end
	end,
}
