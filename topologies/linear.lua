-- Switches in a row, each with hosts of its own: the longer the row, the more switches a packet crosses.
--
--   s1 ---- s2 ---- s3 ...        with hosts=2:  s1 ------ s2 ...
--    |       |       |                          /  \      /  \
--   h1      h2      h3                      h1s1  h2s1  h1s2  h2s2

return {
	about = "switches in a row, each with its hosts",

	params = {
		switches = { 2, "switches in the row", min = 1, max = 1000 },
		hosts = { 1, "hosts on each switch", min = 1, max = 1021 },
	},
	order = { "switches", "hosts" },

	build = function(net, p)
		if p.switches * p.hosts > 4096 then
			error(("switches=%d hosts=%d makes %d hosts; 4096 are the most"):format(
				p.switches, p.hosts, p.switches * p.hosts), 0)
		end

		local function name(switch, host)
			return p.hosts == 1 and "h" .. switch or ("h%ds%d"):format(host, switch)
		end

		-- Addresses follow the order in which hosts are made: h1s1, h1s2, ... h2s1, as names sort.
		for j = 1, p.hosts do
			for i = 1, p.switches do
				net:host(name(i, j))
			end
		end

		local last
		for i = 1, p.switches do
			local switch = net:switch("s" .. i)
			for j = 1, p.hosts do
				net:link(name(i, j), switch)
			end
			if last then
				net:link(switch, last)
			end
			last = switch
		end
	end,
}
