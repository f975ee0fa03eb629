--- Lists one folder.
local MAX_ENTRIES = 500

local function size(bytes)
  if bytes < 1024 then return ("%d B"):format(bytes) end
  if bytes < 1024 * 1024 then return ("%.1f KB"):format(bytes / 1024) end
  return ("%.1f MB"):format(bytes / 1024 / 1024)
end

--- Folders end with `/`, links with `@`, so that one column says kind and name.
local function row(entry)
  if entry.kind == "directory" then return entry.name .. "/" end
  if entry.kind == "link" then return entry.name .. "@" end
  return ("%s  %s"):format(entry.name, size(entry.size))
end

return {
  api = 1,
  description = "List a folder: sub-folders (name/), links (name@), files with size.",
  parameters = {
    path = { type = "string", required = true, description = "relative to the project; . for its root" },
  },
  access = { read = "path" },
  parallel = true,
  read_only = true,
  deadline = 30,
  summary = "path",

  run = function(args)
    local entries = assert(loom.fs.list(args.path))
    if #entries == 0 then return args.path .. " is an empty folder." end

    table.sort(entries, function(a, b)
      local folder_a, folder_b = a.kind == "directory", b.kind == "directory"
      if folder_a ~= folder_b then return folder_a end
      return a.name < b.name
    end)
    local rows = {}
    for index = 1, math.min(#entries, MAX_ENTRIES) do rows[index] = row(entries[index]) end
    if #entries > MAX_ENTRIES then
      rows[#rows + 1] = ("[%d more entries: use file_search]"):format(#entries - MAX_ENTRIES)
    end
    return table.concat(rows, "\n")
  end,
}
