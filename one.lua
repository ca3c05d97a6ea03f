-- A lab saved by nslab: 3 hosts, 2 routers, 2 switches.
-- `nslab ./one.lua` builds it again; in a shell: `load ./one.lua`.

return {
	about = "3 hosts, 2 routers, 2 switches",

	build = function(net)
		net:host("a")
		net:host("b", { ip = "10.7.0.1/24" })
		net:host("c")
		net:router("r1")
		net:router("r2")
		net:switch("s1", { stp = true })
		net:switch("s2")

		net:link("a", "s1")
		net:link("s1", "s2")
		net:link("b", "s2")
		net:link("r1", "s1", { ip = "10.0.0.254/8" })
		net:link("r1", "r2", { ip = "10.9.0.1/30,10.9.0.2/30", ip6 = "fd09::1/64,fd09::2/64", mtu = 1400 })
		net:link("s1", "s2", { a = { interface = "trunk" }, b = { interface = "trunk" } })
		net:link("a", "b")
	end,
}
