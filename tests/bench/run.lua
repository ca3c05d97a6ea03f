-- How much node:run("true") costs beside bare fork, setns, exec and wait of the same program, the two in turn so that
-- a busy machine slows both: the medians of 9 rounds. nslab minimal -c 'lua FORKS = ".../forks"; dofile(".../run.lua")'
local rounds, count, limit = 9, 200, 1.6
local bare, ours = {}, {}

local function clock()
  return tonumber((io.open("/proc/uptime"):read("l"):match("^%S+")))
end

for round = 1, rounds do
  bare[round] = tonumber(lab:run({ FORKS, "/run/netns/h1", count, "/bin/true" }, { check = true }).out)
  local begin = clock()
  for _ = 1, count do h1:run("true") end
  ours[round] = (clock() - begin) / count * 1e6
end
table.sort(bare)
table.sort(ours)
local middle = (rounds + 1) // 2
local ratio = ours[middle] / bare[middle]
print(("h1:run(\"true\") %26.0f us   bare fork, setns, exec, wait: %.0f us, ratio %.2f (at most %.1f wanted)")
      :format(ours[middle], bare[middle], ratio, limit))
os.exit(ratio <= limit)
