--- Shows what a source file defines.
local MAX_SYMBOLS = 1000

return {
  api = 1,
  description = "List what a source file defines (classes, functions, …) with line numbers, without reading it.",
  parameters = {
    file_path = { type = "string", required = true, description = "relative to the project" },
  },
  access = { read = "file_path" },
  parallel = true,
  read_only = true,
  deadline = 30,
  summary = "file_path",

  run = function(args)
    local outline = assert(loom.repo.outline(args.file_path))
    local symbols = outline.symbols
    if #symbols == 0 then return ("%s defines nothing (%s)."):format(outline.path, outline.language) end

    local rows = {}
    for index = 1, math.min(#symbols, MAX_SYMBOLS) do
      local symbol = symbols[index]
      local indent = ("  "):rep(symbol.depth + 1)
      rows[index] = ("%s%d-%d  %s %s"):format(indent, symbol.first, symbol.last, symbol.kind, symbol.name)
    end
    if #symbols > MAX_SYMBOLS then
      rows[#rows + 1] = ("[%d more definitions: use content_search]"):format(#symbols - MAX_SYMBOLS)
    end
    return table.concat(rows, "\n")
  end,
}
