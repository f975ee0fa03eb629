--- Reads a text file with line numbers, a page at a time; pictures and documents are shown to the model.
local lines = require "lib.lines"

local MAX_LINES = 2000
local MAX_BYTES = 50 * 1024
local MAX_LINE_BYTES = 2000

-- What a model looks at instead of reading it.
local LOOKED_AT = { png = true, jpg = true, jpeg = true, gif = true, webp = true, pdf = true }

return {
  api = 1,
  description = "Read a text file, or look at a picture or PDF. Lines are numbered. Long files come in pages of up to 2,000 lines; the "
    .. "result says how to read on.",
  parameters = {
    file_path = { type = "string", required = true, description = "relative to the project" },
    offset = { type = "integer", minimum = 1, description = "first line" },
    limit = { type = "integer", minimum = 1, maximum = MAX_LINES, description = "number of lines" },
  },
  access = { read = "file_path" },
  parallel = true,
  read_only = true,
  deadline = 30,
  summary = function(args)
    if not args.offset and not args.limit then return args.file_path end
    local first = args.offset or 1
    return ("%s %d–%s"):format(args.file_path, first, args.limit and first + args.limit - 1 or "")
  end,

  run = function(args)
    local ending = args.file_path:lower():match("%.(%w+)$")
    if LOOKED_AT[ending] then return { text = args.file_path .. " is attached.", attachments = { args.file_path } } end
    local first = args.offset or 1
    local file = assert(loom.fs.read(args.file_path, { offset = first, limit = args.limit or MAX_LINES }))
    if file.total_lines == 0 then return ("%s is empty (%d bytes)."):format(file.path, file.size) end
    if first > file.total_lines then
      error(("%s has %d lines; line %d is past its end."):format(file.path, file.total_lines, first), 0)
    end

    local shown, bytes = {}, 0
    for index, line in ipairs(lines.split(file.text)) do
      local text = lines.number(first + index - 1, lines.cut(line.text, MAX_LINE_BYTES))
      -- The first line is always shown, or a page could be empty and reading on would never end.
      if index > 1 and bytes + #text > MAX_BYTES then break end
      shown[index] = text
      bytes = bytes + #text + 1
    end

    local last = first + #shown - 1
    local header = ("%s: lines %d to %d of %d"):format(file.path, first, last, file.total_lines)
    if file.encoding ~= "utf-8" then header = header .. ", " .. file.encoding end
    local result = header .. "\n" .. table.concat(shown, "\n")
    if last < file.total_lines then
      result = ("%s\n[%d more lines: read on with offset=%d]"):format(result, file.total_lines - last, last + 1)
    end
    return { text = result, data = { path = file.path, first = first, last = last, total = file.total_lines } }
  end,
}
