-- What changes, and who answers whom no longer: `source watch.lua` in one terminal, `nslab attach LAB` in another.
-- ^C ends it, or `source watch.lua SECONDS`.

local function silent()
  local lost = {}
  for _, pair in ipairs(lab:pingall(nil, { timeout = 0.5 }).pairs) do
    if not pair.answered then lost[#lost + 1] = pair.from .. " -> " .. pair.to end
  end
  return #lost > 0 and table.concat(lost, ", ") or "nobody"
end

local before = silent()
print("silent: " .. before)
for e in lab:events(tonumber(arg[1])) do
  print(os.date("%T") .. "  " .. e.text)
  local now = silent()
  if now ~= before then print("silent: " .. now) end
  before = now
end
