--- Searches the text of files.
local DEFAULT_LIMIT = 100

local render = {}

--- `path:line: text` for a match, `path-line- text` for a line around one, as grep writes them.
function render.content(result)
  local rows = {}
  for _, file in ipairs(result.files) do
    for _, line in ipairs(file.lines) do
      local mark = line.is_match and ":" or "-"
      rows[#rows + 1] = file.path .. mark .. line.number .. mark .. " " .. line.text
    end
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
  for index, file in ipairs(result.files) do rows[index] = ("%s: %d"):format(file.path, file.match_count) end
  return rows
end

local function letter_case(sensitive)
  if sensitive == nil then return "smart" end
  return sensitive and "sensitive" or "insensitive"
end

return {
  api = 1,
  description = "Search file contents by regular expression; ignored and binary files are left out.",
  parameters = {
    pattern = { type = "string", required = true },
    path = { type = "string", description = "file or folder; default the project" },
    glob = { type = "string", description = "only files like this, e.g. *.lua" },
    case_sensitive = { type = "boolean", description = "default: only when pattern has a capital" },
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
      pattern = args.pattern, path = args.path, glob = args.glob, case = letter_case(args.case_sensitive),
      literal = args.literal, context = args.context, mode = mode, limit = args.limit or DEFAULT_LIMIT,
    }))
    local rows = render[mode](result)
    if #rows == 0 then return ("No match for %s in %s."):format(args.pattern, args.path or "the project") end
    if result.truncated then rows[#rows + 1] = "[more matches: narrow the pattern or raise limit]" end
    return table.concat(rows, "\n")
  end,
}
