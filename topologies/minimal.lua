-- The smallest lab worth having: two hosts that can reach each other.
--
--   h1 --- s1 --- h2

return {
	about = "two hosts on a switch",

	build = function(net)
		local s1 = net:switch("s1")
		for i = 1, 2 do
			net:link(net:host("h" .. i), s1)
		end
	end,
}
