--- Finds what people left for later: TODO, FIXME and XXX in the project's sources, by file.
local MARKS = "\\b(TODO|FIXME|XXX)\\b"

--- The mark and the words behind it, without what comments end with.
local function note(text)
  local mark = text:match("%f[%w_]TODO%f[^%w_]") or text:match("%f[%w_]FIXME%f[^%w_]") or "XXX"
  local words = text:match("%f[%w_]" .. mark .. "%f[^%w_][%s:%-]*(.*)$") or text
  return ("%s: %s"):format(mark, (words:gsub("[%s*/%->]+$", "")))
end

---@type loom.Tool
local tool = {
  api = 1,
  description = "List TODO, FIXME and XXX comments in the project with file and line, so that none is forgotten or invented.",
  parameters = {
    path = { type = "string", default = ".", description = "folder or file to look in" },
    glob = { type = "string", description = "only files that match, such as *.swift" },
    limit = { type = "integer", default = 100, minimum = 1, maximum = 1000 },
  },
  access = { read = "path" },
  read_only = true,
  parallel = true,
  summary = "path",
  run = function(args)
    local found = assert(loom.fs.search({ pattern = MARKS, path = args.path, glob = args.glob, case = "sensitive", limit = args.limit }))
    local lines, count = {}, 0
    for _, file in ipairs(found.files) do
      lines[#lines + 1] = file.path
      for _, line in ipairs(file.lines) do
        if line.is_match then
          count = count + 1
          lines[#lines + 1] = ("  %d: %s"):format(line.number, note(line.text))
        end
      end
    end
    if count == 0 then return "Nothing is left for later." end
    if found.truncated then lines[#lines + 1] = "There is more: look into one folder, or raise limit." end
    return { text = table.concat(lines, "\n"), data = { count = count } }
  end,
}
return tool
