--- JSON as models write it: single quotes, keys without any, trailing commas, Python's True, False and None, line ends and quotes
--- inside of texts, a brace that is missing at the end. Used where a strict reader gave up.
local M = {}

local escapes = { n = "\n", t = "\t", r = "\r", b = "\b", f = "\f", ['"'] = '"', ["'"] = "'", ["\\"] = "\\", ["/"] = "/" }

local function fail() error("no JSON", 0) end

local function skip(reader) reader.at = reader.text:match("^%s*()", reader.at) end

--- What stands for the backslash at this position, and where it goes on.
local function escaped(text, at)
  local hex = text:match("^u(%x%x%x%x)", at + 1)
  if not hex then
    local letter = text:sub(at + 1, at + 1)
    -- Patterns and paths of Windows are often written without the second backslash.
    return escapes[letter] or "\\" .. letter, at + 2
  end
  local code, after = tonumber(hex, 16), at + 6
  local low = code >= 0xD800 and code < 0xDC00 and text:match("^\\u([dD][c-fC-F]%x%x)", after)
  if low then code, after = 0x10000 + (code - 0xD800) * 1024 + tonumber(low, 16) - 0xDC00, after + 6 end
  -- Half of a pair is no character.
  if code >= 0xD800 and code < 0xE000 then code = 0xFFFD end
  return utf8.char(code), after
end

local function quoted(reader, quote)
  local text, from, parts = reader.text, reader.at + 1, {}
  while true do
    local stop = text:find("[\\" .. quote .. "]", from)
    if not stop then fail() end
    parts[#parts + 1] = text:sub(from, stop - 1)
    if text:sub(stop, stop) == "\\" then
      parts[#parts + 1], from = escaped(text, stop)
    elseif text:find("^%s*[,:}%]]", stop + 1) or text:find("^%s*$", stop + 1) then
      reader.at = stop + 1
      return table.concat(parts)
    else
      -- One that nobody escaped.
      parts[#parts + 1], from = quote, stop + 1
    end
  end
end

--- Whether a list or object ends here; a text that ends instead is good enough when it may.
local function ends(reader, bracket)
  skip(reader)
  if reader.at > #reader.text then return reader.may_end or fail() end
  if reader.text:sub(reader.at, reader.at) ~= bracket then return false end
  reader.at = reader.at + 1
  return true
end

--- A comma, where one is needed.
local function separated(reader, bracket)
  skip(reader)
  local letter = reader.text:sub(reader.at, reader.at)
  if letter == "," then reader.at = reader.at + 1 elseif letter ~= bracket and letter ~= "" then fail() end
end

local value

local function object(reader)
  local members = {}
  reader.at = reader.at + 1
  while not ends(reader, "}") do
    local quote = reader.text:match("^[\"']", reader.at)
    local key
    if quote then
      key = quoted(reader, quote)
    else
      key, reader.at = reader.text:match("^([%a_][%w_-]*)()", reader.at)
      if not key then fail() end
    end
    reader.at = reader.text:match("^%s*:()", reader.at) or fail()
    members[key] = value(reader)
    separated(reader, "}")
  end
  return members
end

local function list(reader)
  local elements = {}
  reader.at = reader.at + 1
  while not ends(reader, "]") do
    elements[#elements + 1] = value(reader)
    separated(reader, "]")
  end
  return loom.json.array(elements)
end

local words = { ["true"] = true, ["True"] = true, ["false"] = false, ["False"] = false }

function value(reader)
  skip(reader)
  local letter = reader.text:sub(reader.at, reader.at)
  if letter == "{" then return object(reader) end
  if letter == "[" then return list(reader) end
  if letter == '"' or letter == "'" then return quoted(reader, letter) end
  local word, behind = reader.text:match("^([%w+.-]+)()", reader.at)
  reader.at = behind or reader.at
  if words[word] ~= nil then return words[word] end
  if word == "null" or word == "None" then return loom.json.null end
  return loom.json.decode(word or "") or fail()
end

--- The value that begins at a position, and the position behind it; nil where there is none. `may_end`: closing brackets may be
--- missing at the end of the text.
function M.value(text, at, may_end)
  local reader = { text = text, at = at or 1, may_end = may_end }
  local ok, got = pcall(value, reader)
  if not ok then return nil end
  return got, reader.at
end

--- The values of a text that holds nothing else, one or several; nil when there is anything between them that is none.
function M.values(text, may_end)
  local whole = loom.json.decode(text)
  if whole ~= nil then return { whole } end
  local found, at = {}, text:match("^[%s;,]*()")
  while at <= #text do
    found[#found + 1], at = M.value(text, at, may_end)
    if not at then return nil end
    at = text:match("^[%s;,]*()", at)
  end
  return #found > 0 and found or nil
end

return M
