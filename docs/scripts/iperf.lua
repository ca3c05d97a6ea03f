-- A rate, measured and checked: nslab run iperf.lua [TOPOLOGY [MBIT]]. The status is 1 when there is less.
-- needs iperf3

local topology, wanted = arg[1] or "minimal", tonumber(arg[2] or 10)
lab:load(topology)

local hosts = lab:hosts()
local from, to = hosts[1], hosts[#hosts]

local server <close> = to:spawn("iperf3 -s") -- it ends with the script
if not to:wait_port(5201, 10, server) then
  error("no server in " .. to.name .. ": " .. server:stop().err)
end

local client = from:run({ "iperf3", "-c", to.ip, "-t", "1", "--json" }, { timeout = 20 })
if client.timed_out then
  error("iperf3 was not done after 20 seconds")
end
local report = json.decode(client.out)
if not client.ok then
  error(report.error)
end

local mbit = report["end"].sum_received.bits_per_second / 1e6
print(("%s -> %s: %.1f mbit/s, at least %g wanted"):format(from, to, mbit, wanted))
os.exit(mbit >= wanted)
