-- nslab run tests/topologies.lua FILE NAME [PARAM=VALUE...]: build the topology and compare what `pingall` finds, by IPv4 and
-- by IPv6, with the `reach` of its FILE. Prints what differs; its status is then 1.
local file, name = ...
local definition = dofile(file)

-- p as a build gets it, and what was given of it.
local p, given = {}, {}
for key, parameter in pairs(definition.params or {}) do
	p[key] = parameter[1]
end
for i = 3, select("#", ...) do
	local key, value = select(i, ...):match("^([%w_]+)=(.*)$")
	if type(p[key]) == "boolean" then
		p[key] = value == "true"
	else
		p[key] = math.type(p[key]) and math.tointeger(value) or value
	end
	given[key] = p[key]
end

local function reach(from, to, family)
	if type(definition.reach) == "function" then
		return definition.reach(p, from, to, family) and true or false
	end
	return definition.reach ~= "none"
end

lab:load(name, given)
local seen, wrong = 0, 0
for _, family in ipairs { 4, 6 } do
	for _, pair in ipairs(lab:pingall({ family = family }).pairs) do
		seen = seen + 1
		if pair.answered ~= reach(pair.from, pair.to, family) then
			wrong = wrong + 1
			print(("%s -> %s, IPv%d: %s"):format(pair.from, pair.to, family,
				pair.answered and "answered, but reach says no" or "no answer, but reach says yes"))
		end
	end
end
assert(seen > 0, "nobody to ping")
os.exit(wrong == 0)
