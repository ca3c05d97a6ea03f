-- Switches in a grid whose edges meet: each has four neighbours, and every row and every column is a ring.
-- Names say row and column. The spanning tree protocol leaves one way from each to each, and that is not the
-- shortest: try `h1x2 ping -c1 h1x3`, and `map`.
--
--       |         |         |
--    - s1x1 -- s1x2 -- s1x3 -      x=3 y=3; a line that leaves on one side comes in on the other
--       |         |         |      host hIxJ hangs on switch sIxJ
--    - s2x1 -- s2x2 -- s2x3 -
--       |         |         |
--    - s3x1 -- s3x2 -- s3x3 -
--       |         |         |

return {
	about = "switches in a grid whose edges meet",

	params = {
		x = { 3, "rows", min = 3, max = 16 },
		y = { 3, "columns", min = 3, max = 16 },
		hosts = { 1, "hosts on each switch", min = 1, max = 16 },
		stp = { true, "the spanning tree protocol, on all switches" },
		storm = { false, "build the loops without it all the same" },
	},
	order = { "x", "y", "hosts", "stp", "storm" },

	build = function(net, p)
		local function at(row, column)
			return ("%dx%d"):format(row, column)
		end

		for row = 1, p.x do
			for column = 1, p.y do
				local place = at(row, column)
				local switch = net:switch("s" .. place, { stp = p.stp })
				for k = 1, p.hosts do
					net:link(net:host("h" .. place .. (p.hosts > 1 and "x" .. k or "")), switch)
				end
			end
		end

		local options = { storm = p.storm }
		for row = 1, p.x do
			for column = 1, p.y do
				local here = "s" .. at(row, column)
				net:link(here, "s" .. at(row, column % p.y + 1), options)
				net:link(here, "s" .. at(row % p.x + 1, column), options)
			end
		end
	end,
}
