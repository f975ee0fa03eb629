--- Finds the lines of a file that hold a word.
---@type loom.Tool
local tool = {
  api = 1,
  description = "Find the lines of a text file that hold a word, with their numbers.",
  parameters = {
    path = { type = "string", required = true, description = "file, relative to the project" },
    word = { type = "string", required = true, description = "taken as it stands, case matters" },
  },
  -- What the person is asked about before the tool runs.
  access = { read = "path" },
  read_only = true,
  run = function(args)
    local file = assert(loom.fs.read(args.path))
    local found, number = {}, 0
    for line in (file.text .. "\n"):gmatch("(.-)\n") do
      number = number + 1
      if line:find(args.word, 1, true) then found[#found + 1] = ("%d: %s"):format(number, line) end
    end
    if #found == 0 then return ("No line of %s holds %q."):format(args.path, args.word) end
    return table.concat(found, "\n")
  end,
}
return tool
