-- As single, but with the ports counted from the other end: for showing that names and ports are two things.
--
--     h1       h2   ...   hN
--      |        |          |
--   s1-ethN  s1-ethN-1   s1-eth1

return {
	about = "one switch, the first host on its last port",

	params = {
		hosts = { 2, "hosts on the switch", min = 1, max = 1023 },
	},

	build = function(net, p)
		local s1 = net:switch("s1")
		for i = 1, p.hosts do
			net:link(net:host("h" .. i), s1, { b = { interface = "s1-eth" .. p.hosts - i + 1 } })
		end
	end,
}
