--- Lines of a text: splitting with positions, and cutting without breaking a character.
local M = {}

--- Splits into `{ text, first, last }`: the line without its newline and the bytes it covers in `text`. A final newline
--- ends the last line; it does not begin an empty one.
function M.split(text)
  local lines, position = {}, 1
  while position <= #text do
    local newline = text:find("\n", position, true)
    local last = (newline or #text + 1) - 1
    lines[#lines + 1] = { text = text:sub(position, last), first = position, last = last }
    position = (newline or #text) + 1
  end
  return lines
end

--- How many bytes of `text`, at most `max`, can be kept without cutting a UTF-8 character in two.
local function boundary(text, max)
  -- Bytes 0x80 to 0xBF continue a character: step back until the next byte begins one.
  while max > 0 and (text:byte(max + 1) or 0) & 0xC0 == 0x80 do max = max - 1 end
  return max
end

--- One line cut to `max` bytes, saying how much is missing.
function M.cut(line, max)
  if #line <= max then return line end
  local kept = boundary(line, max)
  return ("%s… [%d bytes more]"):format(line:sub(1, kept), #line - kept)
end

--- A line as every tool shows it: number, tab, text. Models know this form from `cat -n`.
function M.number(index, line)
  return ("%6d\t%s"):format(index, line)
end

return M
