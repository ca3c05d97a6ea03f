-- An exercise that marks itself: `nslab run exercise.lua STUDENT.lua`, or `source exercise.lua` in the student's lab.
-- The task: two networks with a router r1 between them, h1 in one and h3 in the other; they answer each other.

local checks = {
  { 1, "r1 is a router", function() return lab:node("r1").kind == "router" end },
  { 1, "h1 needs a gateway for h3", function()
    return h1:run("ip route get " .. h3.ip).out:find(" via ") ~= nil
  end },
  { 2, "h1 reaches h3", function() return h1:run("ping -c1 -W1 h3").ok end },
  { 2, "the way is one router long", function()
    return not h1:run("ping -c1 -W1 -t1 h3").ok and h1:run("ping -c1 -W1 -t2 h3").ok
  end },
  { 1, "large packets pass, too", function() return h1:run("ping -c1 -W1 -M do -s1472 h3").ok end },
}

if arg[1] then lab:load(arg[1]) end

local points, most = 0, 0
for _, check in ipairs(checks) do
  local worth, what, test = table.unpack(check)
  local ran, answer = pcall(test) -- what is missing in the lab is an error in here, and no point
  local good = ran and answer
  points, most = points + (good and worth or 0), most + worth
  print(("%s  %d  %s%s"):format(good and "yes" or "no ", worth, what, ran and "" or ": " .. tostring(answer)))
end
print(("%d of %d points"):format(points, most))
os.exit(points == most)
