--- Searches the text of files.
local lines = require "lib.lines"

local DEFAULT_LIMIT = 100
local MAX_LINE_BYTES = 300

--- `path:line: text` for a match, `path-line- text` for a line around one, as grep writes them.
local function add(rows, path, number, text, is_match)
  local mark = is_match and ":" or "-"
  rows[#rows + 1] = path .. mark .. number .. mark .. " " .. lines.cut(text, MAX_LINE_BYTES)
end

local render = {}

function render.content(result)
  local rows = {}
  for _, match in ipairs(result.matches) do
    local before = match.before or {}
    for index, text in ipairs(before) do add(rows, match.path, match.line - #before + index - 1, text, false) end
    add(rows, match.path, match.line, match.text, true)
    for index, text in ipairs(match.after or {}) do add(rows, match.path, match.line + index, text, false) end
  end
  return rows
end

function render.files(result)
  local rows = {}
  for index, file in ipairs(result.files) do rows[index] = file.path end
  return rows
end

function render.count(result)
  local rows = {}
  for index, file in ipairs(result.files) do rows[index] = ("%s: %d"):format(file.path, file.count) end
  return rows
end

return {
  api = 1,
  description = "Search file contents by regular expression; ignored and binary files are left out.",
  parameters = {
    pattern = { type = "string", required = true },
    path = { type = "string", description = "file or folder; default the project" },
    glob = { type = "string", description = "only files like this, e.g. *.lua" },
    case_sensitive = { type = "boolean", default = true },
    literal = { type = "boolean", default = false, description = "pattern is plain text" },
    context = { type = "integer", minimum = 0, maximum = 10, description = "lines around each match" },
    mode = { type = "string", enum = { "content", "files", "count" }, default = "content" },
    limit = { type = "integer", minimum = 1, maximum = 1000, default = DEFAULT_LIMIT },
  },
  access = function(args) return { { kind = "read", target = args.path or "." } } end,
  parallel = true,
  read_only = true,
  deadline = 60,
  summary = "pattern",

  run = function(args)
    local mode = args.mode or "content"
    local result = assert(loom.fs.search({
      pattern = args.pattern, path = args.path, glob = args.glob, case = args.case_sensitive ~= false,
      literal = args.literal, context = args.context, mode = mode, limit = args.limit or DEFAULT_LIMIT,
    }))
    local rows = render[mode](result)
    if #rows == 0 then return ("No match for %s in %s."):format(args.pattern, args.path or "the project") end
    if result.truncated then rows[#rows + 1] = "[more matches: narrow the pattern or raise limit]" end
    return table.concat(rows, "\n")
  end,
}
