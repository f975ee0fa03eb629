--- Looks through the tools an agent may use now, also those that came after its list was sent.
local MOST = 8

local function words(text)
  local list = {}
  for word in text:lower():gmatch("[%w]+") do list[#list + 1] = word end
  return list
end

--- How many of the words a tool speaks of; its name counts more.
local function score(tool, wanted)
  local name, text = tool.name:lower(), tool.description:lower()
  local points = 0
  for _, word in ipairs(wanted) do
    if name:find(word, 1, true) then points = points + 2 end
    if text:find(word, 1, true) then points = points + 1 end
  end
  return points
end

return {
  api = 1,
  description = "Find a tool you may use by what it does, when your list has none that fits.",
  parameters = {
    query = { type = "string", required = true, description = "a few words" },
  },
  parallel = true,
  read_only = true,

  run = function(args)
    local wanted, found = words(args.query), {}
    local tools = loom.tool.list()
    for place, tool in ipairs(tools) do
      local points = score(tool, wanted)
      if points > 0 then found[#found + 1] = { tool = tool, points = points, place = place } end
    end
    if #found == 0 then return ("None of your %d tools speaks of %s."):format(#tools, args.query) end
    table.sort(found, function(a, b)
      if a.points ~= b.points then return a.points > b.points end
      return a.place < b.place
    end)
    local lines = {}
    for index = 1, math.min(#found, MOST) do
      local tool = found[index].tool
      lines[index] = ("%s: %s\n  arguments: %s"):format(tool.name, tool.description, loom.json.encode(tool.parameters))
    end
    if #found > MOST then lines[#lines + 1] = ("[%d more: use rarer words]"):format(#found - MOST) end
    return table.concat(lines, "\n")
  end,
}
