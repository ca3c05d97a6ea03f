-- A lab that was drawn in MiniEdit (examples/miniedit.py of Mininet), drawn again with `net`.
--
-- The file is called with the document that was read (JSON as Lua values), `net`, and the functions of lua/import.c. It returns
-- what is wrong with the document, or nil.
local document, net, refusal, nth, contains, tell = ...

-- Text of the document may steer a terminal.
local function clean(text)
	return (text:gsub("%c", "?"):gsub("\xc2[\x80-\x9f]", "?"))
end

-- What is wrong with the document, not with this script.
local function refuse(format, ...)
	error({ text = clean(format:format(...)) }, 0)
end

local function note(text)
	tell(clean(text))
end

-- Call net:METHOD; the reason when it refuses.
local function attempt(method, ...)
	local done, message = pcall(net[method], net, ...)
	return not done and tostring(message):gsub("^net:%w+: ", "") or nil
end

-- The same where a refusal is an error in the document, WHERE in it.
local function draw(where, method, ...)
	local reason = attempt(method, ...)
	if reason then
		refuse("%s: %s", where, reason)
	end
end

local function kind_of(value)
	return type(value) == "userdata" and "null" or type(value) == "table" and "a list or an object" or "a " .. type(value)
end

-- VALUE if it is of TYPE; nothing stands for an empty table where a table is wanted.
local function expect(where, value, wanted)
	if value == nil and wanted == "table" then
		return {}
	end
	if type(value) ~= wanted then
		refuse("%s: %s is wanted, not %s", where, wanted == "table" and "a list or an object" or "a " .. wanted,
			value == nil and "nothing" or kind_of(value))
	end
	return value
end

-- MiniEdit writes numbers as numbers or as text, and empty text where a field was left empty.
local function text_of(where, value)
	if value == nil or value == "" then
		return nil
	end
	if type(value) ~= "string" and type(value) ~= "number" then
		refuse("%s: a text is wanted, not %s", where, kind_of(value))
	end
	return tostring(value)
end

-- The whole number that VALUE is or spells, or nil.
local function whole_of(value)
	return math.tointeger(tonumber(value))
end

local function sorted_keys(t)
	local keys = {}
	for key in pairs(t) do
		keys[#keys + 1] = tostring(key)
	end
	table.sort(keys)
	return keys
end

-- Options with a value that are not among KNOWN (a string of words): told, not lost without a word.
local function note_unknown(where, opts, known)
	for _, key in ipairs(sorted_keys(opts)) do
		if not (" " .. known .. " "):find(" " .. key .. " ", 1, true) and opts[key] ~= "" then
			note(("%s: \"%s\" means nothing here, and is left out"):format(where, key))
		end
	end
end

-- ---- names ----

local nodes = {} -- by the name in the document: { name =, kind =, ... }
local taken = {} -- names here

local function short(name)
	return #name > 40 and name:sub(1, 37) .. "..." or name
end

-- A name for what the document calls NAME: the same if it can be.
local function choose_name(name, letter)
	local reason = refusal(name)
	if not reason and not taken[name] then
		taken[name] = true
		return name
	end
	local base = name:gsub("[^%w_.-]+", "-"):gsub("^[^%w]+", ""):sub(1, 26)
	if base == "" or base:match("^%d+$") then
		base = letter .. base
	end
	local new, n = base, 0
	while taken[new] or refusal(new) do
		n = n + 1
		new = base .. "-" .. n
	end
	taken[new] = true
	note(("\"%s\" is %s here: %s"):format(short(name), new,
		reason and reason:gsub("^node name .*: ", "") or "the name is taken"))
	return new
end

-- ---- reading ----

-- The nodes of LIST ("hosts", "switches"), in the order of their numbers.
local function read_nodes(list, letter)
	local found = {}
	for i, entry in ipairs(expect(list, document[list], "table")) do
		local where = ("%s, entry %d"):format(list, i)
		expect(where, entry, "table")
		local opts = expect(where .. ": opts", entry.opts, "table")
		local number = whole_of(opts.nodeNum) or whole_of(entry.number)
		local name = text_of(where .. ": hostname", opts.hostname) or (number and letter .. number)
		if not name then
			refuse("%s: it has neither a hostname nor a number", where)
		end
		if nodes[name] then
			refuse("%s: a second node called %s", where, short(name))
		end
		note_unknown(short(name), entry, "number x y opts")
		nodes[name] = { said = name, opts = opts, number = number or math.maxinteger, place = i, letter = letter }
		found[#found + 1] = nodes[name]
	end
	table.sort(found, function(a, b)
		return a.number < b.number or (a.number == b.number and a.place < b.place)
	end)
	return found
end

-- The address of a host that has none in the document: its number in the network of the preferences.
local function numbered_address(host, base)
	if not nth(base, 1) then
		refuse("application: ipBase: \"%s\" is no network such as 10.0.0.0/8", short(base))
	end
	return nth(base, host.number)
end

-- ---- hosts ----

-- What Mininet does with an address without a length: 8 bits.
local function host_options(host, base)
	local ip = text_of(host.said .. ": ip", host.opts.ip) or numbered_address(host, base)
	if not ip then
		return {}
	end
	if ip:find(":", 1, true) then
		host.address = ip:find("/", 1, true) and ip or ip .. "/64"
		return { ip6 = host.address }
	end
	if ip:match("^0%.0%.0%.0") then
		return { ip = "none" }
	end
	host.address = ip:find("/", 1, true) and ip or ip .. "/8"
	return { ip = host.address }
end

local function draw_default_route(host)
	local route = text_of(host.said .. ": defaultRoute", host.opts.defaultRoute)
	if not route then
		return
	end
	local gateway = route:gsub("^via%s+", "")
	if host.links == 0 then
		note(("%s: its default route via %s is left out: it has no link"):format(host.name, gateway))
	elseif not host.address or not contains(host.address, gateway) then
		note(("%s: its default route is left out: %s is not in %s"):format(host.name, gateway,
			host.address or "a network it has an address of"))
	else
		draw(host.said .. ": defaultRoute", "route", host.name, "default via " .. gateway)
	end
end

-- A netmask nobody gave, as ifconfig guesses it.
local function classful(ip)
	local first = tonumber(ip:match("^%d+")) or 0
	return ip .. (first < 128 and "/8" or first < 192 and "/16" or "/24")
end

local function draw_vlans(host)
	for i, entry in ipairs(expect(host.said .. ": vlanInterfaces", host.opts.vlanInterfaces, "table")) do
		local where = ("%s: vlanInterfaces, entry %d"):format(host.said, i)
		expect(where, entry, "table")
		local ip, id = text_of(where, entry[1]), text_of(where, entry[2])
		local lower = #host.name <= 10 and host.name .. "-eth0" or "eth0"
		if not ip or not id then
			refuse("%s: [ADDRESS, VLAN] is wanted", where)
		elseif host.links == 0 then
			note(("%s: its interface in VLAN %s is left out: it has no link"):format(host.name, id))
		else
			local interface = ("%s.%s"):format(lower, id)
			interface = #interface <= 15 and interface or "vlan" .. id
			draw(where, "device", host.name, interface, { kind = "vlan", on = lower, id = whole_of(id) or id })
			draw(where, "address", host.name, interface, ip:find("/", 1, true) and ip or classful(ip))
			draw(where, "set", host.name, interface, { up = true })
		end
	end
end

local function note_command(node, key, why)
	local command = text_of(("%s: %s"):format(node.said, key), node.opts[key])
	if command then
		note(("%s: its %s is left out%s: %s"):format(node.name, key, why, command))
	end
end

-- What hosts and switches have in common.
local function note_outside(node)
	note_command(node, "stopCommand", ", a lab ends all at once")
	for i, interface in ipairs(expect(node.said .. ": externalInterfaces", node.opts.externalInterfaces, "table")) do
		note(("%s: the machine's interface %s is left out: a lab has only its own (as root, nslab --host-net and `ip link set`)")
			:format(node.name, text_of(("%s: externalInterfaces, entry %d"):format(node.said, i), interface) or "?"))
	end
end

local function draw_start(host)
	local where = host.said .. ": startCommand"
	local command = text_of(where, host.opts.startCommand)
	local daemon = command and command:match("^(.-)%s*&%s*$")
	if command then
		draw(where, daemon and "daemon" or "exec", host.name, daemon or command)
		note(("%s: its startCommand is run once, now, and `save` does not keep it: %s"):format(host.name, command))
	end
end

-- "/run", or { "/run", "/a/directory/that/stays" }.
local function draw_private(host)
	for i, entry in ipairs(expect(host.said .. ": privateDirectory", host.opts.privateDirectory, "table")) do
		local where = ("%s: privateDirectory, entry %d"):format(host.said, i)
		local pair = type(entry) == "table" and entry or { entry }
		local directory, stays = text_of(where, pair[1]), text_of(where, pair[2])
		if not directory then
			refuse("%s: a directory is wanted", where)
		end
		-- There it is a link on any machine of today.
		local reason = attempt("private", host.name, (directory:gsub("^/var/run", "/run")))
		if reason then
			note(("%s: its private directory %s is left out: %s"):format(host.name, directory, reason))
		elseif stays then
			note(("%s: its private directory %s goes with the lab, and is not kept in %s"):format(host.name, directory, stays))
		end
	end
end

local function draw_host(host)
	local opts, limits = host.opts, {}
	draw_default_route(host)
	draw_vlans(host)
	draw_private(host)
	draw_start(host)
	note_outside(host)
	for _, key in ipairs({ "cpu", "cores" }) do
		local value = text_of(host.said .. ": " .. key, opts[key])
		limits[#limits + 1] = value and key .. " " .. value
	end
	if #limits > 0 then
		note(("%s: no limit of processor time here, left out: %s"):format(host.name, table.concat(limits, ", ")))
	end
	note_unknown(host.name, opts, "hostname nodeNum ip defaultRoute sched cpu cores startCommand stopCommand " ..
		"vlanInterfaces externalInterfaces privateDirectory")
end

-- ---- switches and routers ----

local legacy = { legacySwitch = true, legacyRouter = true }

local function describe_controllers()
	local list, names = expect("controllers", document.controllers, "table"), {}
	for _, key in ipairs(sorted_keys(list)) do -- a list; in version 1 an object of one
		local entry = list[tonumber(key) or key]
		local where = "controllers, entry " .. key
		local opts = expect(where, entry, "table").opts or entry
		expect(where .. ": opts", opts, "table")
		local name = text_of(where .. ": hostname", opts.hostname) or key
		local at = text_of(where .. ": remoteIP", opts.remoteIP)
		names[#names + 1] = ("%s (%s%s)"):format(name, text_of(where .. ": controllerType", opts.controllerType) or "ref",
			at and (" %s:%s"):format(at, text_of(where .. ": remotePort", opts.remotePort) or "6653") or "")
	end
	return names
end

local function note_openflow(switches)
	local names, controllers = {}, describe_controllers()
	for _, switch in ipairs(switches) do
		if not legacy[switch.opts.switchType] then
			names[#names + 1] = switch.name
		end
	end
	if #names > 0 then
		note(("no OpenFlow here: %s %s"):format(table.concat(names, ", "),
			#names == 1 and "is a learning switch" or "are learning switches"))
	end
	if #controllers > 0 then
		note(("no OpenFlow here: left out %s %s"):format(#controllers == 1 and "is controller" or "are controllers",
			table.concat(controllers, ", ")))
	end
end

local function note_switch(switch)
	local opts, gone = switch.opts, {}
	for _, key in ipairs({ "dpid", "dpctl", "sflow", "netflow", "switchIP" }) do
		local value = text_of(switch.said .. ": " .. key, opts[key])
		if value and value ~= "0" then
			gone[#gone + 1] = key .. " " .. value
		end
	end
	if #gone > 0 then
		note(("%s: a switch here has none of these, left out: %s"):format(switch.name, table.concat(gone, ", ")))
	end
	note_command(switch, "startCommand", "")
	note_outside(switch)
	note_unknown(switch.name, opts, "hostname nodeNum switchType controllers controller startCommand stopCommand " ..
		"externalInterfaces dpid dpctl sflow netflow switchIP")
end

-- ---- links ----

local function read_links()
	local links = {}
	for i, entry in ipairs(expect("links", document.links, "table")) do
		local where = ("links, entry %d"):format(i)
		local link = { where = where, opts = expect(where .. ": opts", expect(where, entry, "table").opts, "table") }
		for side, key in ipairs({ "src", "dest" }) do
			local name = text_of(where .. ": " .. key, entry[key])
			local node = nodes[name]
			if not node then
				refuse("%s: %s: %s", where, key, name and "no node " .. short(name) .. " in the file" or "nothing")
			end
			node.links = node.links + 1
			link[side] = node
		end
		links[i] = link
	end
	return links
end

-- Do the links between switches close a ring?
local function has_ring(links)
	local root = {}
	local function find(node)
		while root[node] do
			root[node] = root[root[node]] or root[node]
			node = root[node]
		end
		return node
	end
	for _, link in ipairs(links) do
		if link[1].kind == "switch" and link[2].kind == "switch" then
			local a, b = find(link[1]), find(link[2])
			if a == b then
				return true
			end
			root[a] = b
		end
	end
	return false
end

local function describe_shape(link)
	local said = {}
	for _, key in ipairs(sorted_keys(link.opts)) do
		local value = text_of(link.where .. ": " .. key, link.opts[key])
		said[#said + 1] = value and key .. " " .. value
	end
	return #said > 0 and ("%s-%s (%s)"):format(link[1].name, link[2].name, table.concat(said, ", ")) or nil
end

local function draw_links(links)
	local shaped = {}
	for _, link in ipairs(links) do
		draw(link.where, "link", link[1].name, link[2].name)
		shaped[#shaped + 1] = describe_shape(link)
	end
	if #shaped > 0 then
		note("links are as fast as they can be, left out: " .. table.concat(shaped, ", "))
	end
end

-- ---- the whole ----

local function read_preferences()
	local prefs = expect("application", document.application, "table")
	for flow, key in pairs({ sflow = "sflowTarget", netflow = "nflowTarget" }) do
		local target = text_of("application: " .. key, expect("application: " .. flow, prefs[flow], "table")[key])
		if target then
			note(("no %s here: its target %s is left out"):format(flow == "sflow" and "sFlow" or "NetFlow", target))
		end
	end
	note_unknown("application", prefs, "ipBase startCLI terminalType switchType dpctl sflow netflow openFlowVersions")
	return text_of("application: ipBase", prefs.ipBase) or "10.0.0.0/8"
end

local function draw_document()
	if type(document) ~= "table" or not (document.hosts or document.switches or document.links) then
		refuse("no file of MiniEdit: it has neither hosts nor switches nor links")
	end
	local hosts, switches = read_nodes("hosts", "h"), read_nodes("switches", "s")
	for _, list in ipairs({ hosts, switches }) do
		for _, node in ipairs(list) do
			local kind = list == hosts and "host" or node.opts.switchType == "legacyRouter" and "router" or "switch"
			node.name, node.kind, node.links = choose_name(node.said, node.letter), kind, 0
		end
	end
	local base, links = read_preferences(), read_links()
	local ring = has_ring(links)

	for _, host in ipairs(hosts) do
		draw("host " .. short(host.said), "host", host.name, host_options(host, base))
	end
	for _, switch in ipairs(switches) do
		draw(switch.kind .. " " .. short(switch.said), switch.kind, switch.name, switch.kind == "switch" and { stp = ring } or nil)
	end
	draw_links(links)
	for _, host in ipairs(hosts) do
		draw_host(host)
	end
	for _, switch in ipairs(switches) do
		note_switch(switch)
		if switch.kind == "router" then
			note(("%s is a router without addresses, as in MiniEdit: `%s ip address add ...` gives it some"):format(switch.name,
				switch.name))
		end
	end
	note_openflow(switches)
	if ring then
		note("the switches form a ring: they run the spanning tree protocol")
	end
	note_unknown("the file", document, "application controllers hosts links switches version")
end

local done, problem = pcall(draw_document)
if not done then
	if type(problem) ~= "table" then
		error(problem, 0)
	end
	return problem.text
end
