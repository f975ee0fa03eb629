--- Finds a stretch of text that somebody quoted from memory, and replaces it: exactly where that works, otherwise
--- forgiving what models get wrong most often, and saying what was forgiven. Text in, text out; touches no file.
local lines = require "lib.lines"

local M = {}

--- Every place where `old` stands exactly, as byte spans that do not overlap.
local function exact(text, old, new)
  local spans, from = {}, 1
  while true do
    local first, last = text:find(old, from, true)
    if not first then return spans end
    spans[#spans + 1] = { first = first, last = last, new = new }
    from = last + 1
  end
end

--- A text's lines, each with what it is without trailing whitespace as `bare`.
local function bare_lines(text)
  local list = lines.split(text)
  for _, line in ipairs(list) do line.bare = line.text:gsub("%s+$", "") end
  return list
end

--- What must be taken from and put before each quoted line to indent it like the lines of the file from `at` on:
--- `{ take, put }`, from the first line that is not blank. Nil when no such rule makes all lines equal.
local function shift(quoted, there, at)
  local rule
  for index, line in ipairs(quoted) do
    local mine, theirs = line.bare, there[at + index - 1].bare
    if (mine == "") ~= (theirs == "") then return nil end
    if mine ~= "" then
      if not rule then
        -- What both indentations end with stays: only the outer part moves.
        local a, b, same = mine:match("^[ \t]*"), theirs:match("^[ \t]*"), 0
        while same < #a and same < #b and a:byte(#a - same) == b:byte(#b - same) do same = same + 1 end
        rule = { take = a:sub(1, #a - same), put = b:sub(1, #b - same) }
      end
      if mine:sub(1, #rule.take) ~= rule.take or rule.put .. mine:sub(#rule.take + 1) ~= theirs then return nil end
    end
  end
  return rule
end

local function same_lines(quoted, there, at)
  for index, line in ipairs(quoted) do
    if line.bare ~= there[at + index - 1].bare then return nil end
  end
  return { take = "", put = "" }
end

--- The new text, indented by `rule`.
local function fitted(new, rule)
  local parts = {}
  for index, line in ipairs(lines.split(new)) do
    local text = line.text
    if text:sub(1, #rule.take) == rule.take and text:find("%S") then text = rule.put .. text:sub(#rule.take + 1) end
    parts[index] = text
  end
  return table.concat(parts, "\n") .. (new:sub(-1) == "\n" and "\n" or "")
end

--- Every run of whole lines for which `matches(quoted, there, at)` has a rule, as byte spans.
local function by_lines(text, old, new, matches)
  local there, quoted, spans = bare_lines(text), bare_lines(old), {}
  local index = 1
  while index + #quoted - 1 <= #there do
    local rule = matches(quoted, there, index)
    if rule then
      -- A quote that ends with a newline takes the last line's newline with it; one that does not leaves it in place.
      local last = there[index + #quoted - 1].last
      if old:sub(-1) == "\n" then last = math.min(last + 1, #text) end
      spans[#spans + 1] = { first = there[index].first, last = last, new = fitted(new, rule) }
      index = index + #quoted
    else
      index = index + 1
    end
  end
  return spans
end

--- Ways to look, strictest first; the first that finds anything is the one.
local ways = {
  { find = exact },
  {
    -- The host reads every file with plain newlines; what was quoted may come from elsewhere.
    note = "line endings",
    find = function(text, old, new) return exact(text, (old:gsub("\r\n", "\n")), (new:gsub("\r\n", "\n"))) end,
  },
  { note = "trailing whitespace", find = function(text, old, new) return by_lines(text, old, new, same_lines) end },
  { note = "indentation", find = function(text, old, new) return by_lines(text, old, new, shift) end },
}

--- The number of the line in which byte `position` stands.
local function line_of(text, position)
  return select(2, text:sub(1, position - 1):gsub("\n", "")) + 1
end

--- How many of its words a line shares with the quoted text.
local function shared_words(line, words)
  local count = 0
  for word in line:gmatch("[%w_]+") do
    if words[word] then count = count + 1 end
  end
  return count
end

local function trimmed(line) return line:match("^%s*(.-)%s*$") end

--- The lines most like the quoted ones, numbered, or nil when nothing is alike.
local function nearest(text, old)
  local there, quoted, words = lines.split(text), lines.split(old), {}
  for word in old:gmatch("[%w_]+") do words[word] = true end
  for _, line in ipairs(quoted) do line.trimmed = trimmed(line.text) end
  for _, line in ipairs(there) do line.trimmed, line.shared = trimmed(line.text), shared_words(line.text, words) end

  local best, best_score = nil, 0
  for index = 1, #there do
    local score = 0
    for offset = 0, math.min(#quoted, #there - index + 1) - 1 do
      local line = there[index + offset]
      score = score + line.shared
      -- A whole line that is the same says more than words that occur everywhere.
      if line.trimmed ~= "" and line.trimmed == quoted[offset + 1].trimmed then score = score + 10 end
    end
    if score > best_score then best, best_score = index, score end
  end
  if not best then return nil end

  local shown = {}
  for index = best, math.min(best + math.min(#quoted, 8) - 1, #there) do
    shown[#shown + 1] = lines.number(index, lines.cut(there[index].text, 200))
  end
  return table.concat(shown, "\n")
end

local function not_found(text, old, new)
  -- An edit that was interrupted after it was written is asked for again: say that it is there.
  local first = new:find("%S") and text:find(new, 1, true)
  if first then
    return ("0 matches for old_string, and new_string is already at line %d: this edit seems to be done."):format(
      line_of(text, first))
  end
  local like = nearest(text, old)
  if not like then return "0 matches for old_string, and no line is like it. Read the file again." end
  return "0 matches for old_string. Nearest:\n" .. like .. "\nCopy the text exactly, without line numbers."
end

--- Replaces one quoted stretch (or every one, with `all`). Gives the new text, the number of places, and what was
--- forgiven (or nil); or nil and why not.
function M.apply(text, old, new, all)
  if old == "" then return nil, "old_string is empty: quote the text to replace." end
  if old == new then return nil, "old_string and new_string are the same." end

  local spans, note = {}, nil
  for _, way in ipairs(ways) do
    spans, note = way.find(text, old, new), way.note
    if #spans > 0 then break end
  end
  if #spans == 0 then return nil, not_found(text, old, new) end
  if #spans > 1 and not all then
    local at = {}
    for index, span in ipairs(spans) do at[index] = line_of(text, span.first) end
    return nil, ("%d matches for old_string, at lines %s. Quote more of the text around the one you mean, or set replace_all."):format(
      #spans, table.concat(at, ", ", 1, math.min(#at, 20)))
  end

  local parts, from = {}, 1
  for _, span in ipairs(spans) do
    parts[#parts + 1] = text:sub(from, span.first - 1)
    parts[#parts + 1] = span.new
    from = span.last + 1
  end
  parts[#parts + 1] = text:sub(from)
  return table.concat(parts), #spans, note
end

return M
