-- Routers in a row, a host at each end: every router is a hop of `h1 traceroute h2`.
--
--   h1 ------ r1 ------ r2 ------ r3 ------ h2
--     .1    .2  .1    .2  .1    .2  .1    .2
--   10.1.0.0/24  10.2.0.0/24 ...       10.4.0.0/24
--   fd00:1::/64  fd00:2::/64 ...       fd00:4::/64

return {
	about = "routers in a row, a host at each end",

	params = {
		-- Packets start with 64 hops to go.
		routers = { 3, "routers in the row", min = 1, max = 60 },
	},

	build = function(net, p)
		local nets = p.routers + 1

		-- Net k leads from the k-th of the nodes h1, r1, r2, ... h2 (its .1) to the next (its .2).
		local function ip(k, host)
			return ("10.%d.0.%s"):format(k, host)
		end
		local function ip6(k, host)
			return ("fd00:%x::%s"):format(k, host)
		end

		local nodes = { net:host("h1", { via = ip(1, "2"), via6 = ip6(1, "2") }) }
		for i = 1, p.routers do
			nodes[i + 1] = net:router("r" .. i)
		end
		nodes[nets + 1] = net:host("h2", { via = ip(nets, "1"), via6 = ip6(nets, "1") })

		for k = 1, nets do
			net:link(nodes[k], nodes[k + 1], {
				ip = { ip(k, "1/24"), ip(k, "2/24") },
				ip6 = { ip6(k, "1/64"), ip6(k, "2/64") },
			})
		end

		-- Router i joins the nets i and i + 1. To those before them the way goes back along net i.
		for i = 1, p.routers do
			for k = 1, nets do
				local via = k < i and { i, "1" } or k > i + 1 and { i + 1, "2" }

				if via then
					net:route("r" .. i, ip(k, "0/24 via ") .. ip(table.unpack(via)))
					net:route("r" .. i, ip6(k, "/64 via ") .. ip6(table.unpack(via)))
				end
			end
		end
	end,
}
