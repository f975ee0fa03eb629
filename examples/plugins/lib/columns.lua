--- Rows of texts as columns that line up, for commands and tools: `require "lib.columns"`.
local M = {}

--- What a text takes in a terminal, taking each character for one column.
local function width(text) return utf8.len(text) or #text end

--- Lines of a table; the last cell of a row is as long as it is.
function M.lines(rows)
  local widths = {}
  for _, row in ipairs(rows) do
    for column = 1, #row - 1 do widths[column] = math.max(widths[column] or 0, width(row[column])) end
  end
  local lines = {}
  for index, row in ipairs(rows) do
    local cells = {}
    for column, cell in ipairs(row) do
      cells[column] = column < #row and cell .. (" "):rep(widths[column] - width(cell)) or cell
    end
    lines[index] = table.concat(cells, "  ")
  end
  return lines
end

return M
