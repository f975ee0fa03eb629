--- Finds files by name.
local DEFAULT_LIMIT = 100

return {
  api = 1,
  description = "Find files by glob, newest first. `**` crosses folders; ignored files are left out.",
  parameters = {
    pattern = { type = "string", required = true, description = "e.g. **/*.lua" },
    path = { type = "string", description = "folder to search; default the project" },
    limit = { type = "integer", minimum = 1, maximum = 1000, default = DEFAULT_LIMIT },
  },
  access = function(args) return { { kind = "read", target = args.path or "." } } end,
  parallel = true,
  read_only = true,
  deadline = 60,
  summary = "pattern",

  run = function(args)
    local found = assert(loom.fs.glob(args.pattern, { path = args.path, limit = args.limit or DEFAULT_LIMIT }))
    if #found.files == 0 then return ("No file matches %s in %s."):format(args.pattern, args.path or "the project") end

    local text = table.concat(found.files, "\n")
    local hidden = found.total - #found.files
    if hidden > 0 then
      text = ("%s\n[%d more of %d: narrow the pattern or raise limit]"):format(text, hidden, found.total)
    end
    return { text = text, data = { total = found.total } }
  end,
}
