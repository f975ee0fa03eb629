--- Shared code: other plugins get it with `require "lib.NAME"`. A change of this file reloads all of them.
local M = {}

--- The text without white space at both ends.
function M.trim(text)
  return text:match("^%s*(.-)%s*$")
end

--- The lines of a text, without their ends.
function M.lines(text)
  local list = {}
  for line in (text:gsub("\n$", "") .. "\n"):gmatch("(.-)\r?\n") do list[#list + 1] = line end
  return list
end

return M
