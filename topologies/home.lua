-- A home behind its provider: the whole home has one IPv4 address, that of its router.
--
--   server ------------ provider ------------ router ------ s1 ------ laptop
--     .80            .1          .1         .7    .1               .10
--     203.0.113.0/24         198.51.100.0/24       192.168.1.0/24
--    2001:db8:80::/64       2001:db8:100::/64     2001:db8:7::/64
--
-- The router writes its own address into what leaves the home by IPv4 (nft's masquerade) and knows
-- its answers again; nobody outside can begin a conversation. By IPv6 everyone has an address.
-- With dhcp=true a laptop asks for its address: `laptop dhclient -v laptop-eth0`.

local nat = [[
table ip nat {
	chain postrouting {
		type nat hook postrouting priority srcnat
		oifname "router-eth0" masquerade
	}
}
]]

local dnsmasq = [[
interface=router-eth1
bind-interfaces
no-resolv
no-ping
dhcp-range=192.168.1.100,192.168.1.199
dhcp-leasefile=/run/dnsmasq.leases
pid-file=/run/dnsmasq.pid
user=root
]]

-- Addresses and names for the home. False where there is no dnsmasq.
local function serve(net)
	net:private("router", "/run")
	net:file("router", "/etc/dnsmasq.conf", dnsmasq)
	return net:daemon("router", "dnsmasq --keep-in-foreground", { optional = true, ready = 53 })
end

return {
	about = "a laptop, its home router with NAT, a provider, a server",

	params = {
		laptops = { 1, "laptops at home: laptop, laptop2, ...", min = 1, max = 200 },
		dhcp = { false, "the router gives addresses and names, by dnsmasq" },
	},
	order = { "laptops", "dhcp" },

	reach = function(_, from, to, family)
		local outside = from == "server" or from == "provider"
		return family == 6 or not (outside and to:match("^laptop"))
	end,

	build = function(net, p)
		net:host("server", { via = "203.0.113.1", via6 = "2001:db8:80::1" })
		net:router("provider")
		net:router("router", { via = "198.51.100.1", via6 = "2001:db8:100::1" })

		net:link("server", "provider", {
			ip = { "203.0.113.80/24", "203.0.113.1/24" },
			ip6 = { "2001:db8:80::80/64", "2001:db8:80::1/64" },
		})
		net:link("provider", "router", {
			ip = { "198.51.100.1/24", "198.51.100.7/24" },
			ip6 = { "2001:db8:100::1/64", "2001:db8:100::7/64" },
		})
		net:route("provider", "2001:db8:7::/64 via 2001:db8:100::7") -- but none to 192.168.1.0/24

		local dhcp = p.dhcp and serve(net)

		net:switch("s1")
		net:link("router", "s1", { ip = "192.168.1.1/24", ip6 = "2001:db8:7::1/64" })
		for k = 1, p.laptops do
			local laptop = net:host(k == 1 and "laptop" or "laptop" .. k, {
				ip = not dhcp and ("192.168.1.%d/24"):format(9 + k) or nil,
				via = not dhcp and "192.168.1.1" or nil,
				ip6 = ("2001:db8:7::%x/64"):format(15 + k), via6 = "2001:db8:7::1",
			})
			net:link(laptop, "s1")
			if dhcp then
				net:private(laptop, "/run") -- for its dhclient's pid file
				net:file(laptop, "/etc/resolv.conf", "nameserver 192.168.1.1\n")
			end
		end

		net:file("router", "/etc/nftables.conf", nat)
		net:exec("router", "nft -f /etc/nftables.conf")
	end,
}
