-- Three switches in a triangle: the smallest loop worth a lesson. s1 is the root of the spanning tree, and of the
-- cable between s2 and s3 the end at s3 is blocked: `links`. Cut a cable of the root (`link s1 s2 down`) and watch
-- (`events`): what s3 heard last grows old (6 s), then its port listens, learns (2 s each) and forwards.
--
--             h1
--              |
--             s1                   s1 ip -d link show s1           root_port 0: it is the root
--            /  \                  s3 bridge -d link show          state blocking
--   h2 --- s2 --- s3 --- h3

return {
	about = "three switches in a triangle: the spanning tree protocol",

	params = {
		stp = { true, "the spanning tree protocol, on all switches" },
		storm = { false, "build the loop without it all the same" },
	},
	order = { "stp", "storm" },

	build = function(net, p)
		for i = 1, 3 do
			-- max_age: how long a port believes what it has heard last; 6 s is the least there is.
			local switch = net:switch("s" .. i, { stp = p.stp, max_age = 600 })
			net:link(net:host("h" .. i), switch)
		end
		for i = 1, 3 do
			net:link("s" .. i, "s" .. i % 3 + 1, { storm = p.storm })
		end
	end,
}
