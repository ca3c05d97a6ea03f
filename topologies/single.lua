-- One switch and all hosts on it: host hK on port K.
--
--   h1  h2  h3 ...
--     \  |  /
--       s1

return {
	about = "one switch, all hosts on it",

	params = {
		hosts = { 2, "hosts on the switch", min = 1, max = 1023 },
	},

	build = function(net, p)
		local s1 = net:switch("s1")
		for i = 1, p.hosts do
			net:link(net:host("h" .. i), s1)
		end
	end,
}
