-- Switches in a tree, hosts at its leaves; switches are numbered from the root, going down before going right.
--
--              s1                 depth=2 fanout=2
--            /    \
--          s2      s3
--         /  \    /  \
--       h1   h2  h3   h4

return {
	about = "switches in a tree, hosts at its leaves",

	params = {
		depth = { 1, "levels of switches", min = 1, max = 8 },
		fanout = { 2, "children of each switch", min = 1, max = 1023 },
	},
	order = { "depth", "fanout" },

	build = function(net, p)
		if p.fanout ^ p.depth > 4096 then
			error(("depth=%d fanout=%d makes %.0f hosts; 4096 are the most"):format(
				p.depth, p.fanout, p.fanout ^ p.depth), 0)
		end

		local hosts, switches = 0, 0

		-- Make the tree of so many levels; returns its top.
		local function grow(levels)
			if levels == 0 then
				hosts = hosts + 1
				return net:host("h" .. hosts)
			end
			switches = switches + 1
			local switch = net:switch("s" .. switches)
			for _ = 1, p.fanout do
				net:link(switch, grow(levels - 1))
			end
			return switch
		end

		grow(p.depth)
	end,
}
