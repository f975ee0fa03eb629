--- JSON for the fake host: keys sorted, an empty table is an object unless marked as an array, as in the real one.
local M = {}

M.null = setmetatable({}, { __tostring = function() return "null" end })

local array_mark = {}

function M.array(list) return setmetatable(list or {}, array_mark) end

local escapes = { ['"'] = '\\"', ["\\"] = "\\\\", ["\b"] = "\\b", ["\f"] = "\\f", ["\n"] = "\\n", ["\r"] = "\\r", ["\t"] = "\\t" }

local function quote(text)
  return '"' .. text:gsub('[%c"\\]', function(c) return escapes[c] or ("\\u%04x"):format(c:byte()) end) .. '"'
end

function M.encode(value)
  if value == nil or value == M.null then return "null" end
  if type(value) == "string" then return quote(value) end
  if type(value) ~= "table" then
    return math.type(value) == "float" and value % 1 == 0 and ("%d"):format(value) or tostring(value)
  end
  local parts = {}
  if #value > 0 or getmetatable(value) == array_mark then
    for index, item in ipairs(value) do parts[index] = M.encode(item) end
    return "[" .. table.concat(parts, ",") .. "]"
  end
  local keys = {}
  for key in pairs(value) do keys[#keys + 1] = key end
  table.sort(keys)
  for index, key in ipairs(keys) do parts[index] = quote(key) .. ":" .. M.encode(value[key]) end
  return "{" .. table.concat(parts, ",") .. "}"
end

local plain = { b = "\b", f = "\f", n = "\n", r = "\r", t = "\t" }
local literals = { ["true"] = true, ["false"] = false, ["null"] = M.null }
local decode

local function decode_string(text, at)
  local last = at
  repeat
    last = assert(text:find('["\\]', last + 1), "open string")
    local quoted = text:byte(last) == 34
    if not quoted then last = last + 1 end
  until quoted
  local raw = text:sub(at + 1, last - 1)
  raw = raw:gsub("\\u(%x%x%x%x)", function(hex) return utf8.char(tonumber(hex, 16)) end)
  return raw:gsub("\\(.)", function(c) return plain[c] or c end), last + 1
end

--- Reads items until `close`; `add(item, at)` stores one and gives where it ended.
local function decode_items(text, at, close, add)
  at = text:find("%S", at + 1)
  while text:sub(at, at) ~= close do
    at = text:find("[^%s,]", add(at))
  end
  return at + 1
end

function decode(text, at)
  at = assert(text:find("%S", at), "nothing to read")
  local c = text:sub(at, at)
  if c == '"' then return decode_string(text, at) end
  if c == "{" then
    local object = {}
    return object, decode_items(text, at, "}", function(from)
      local key, after = decode_string(text, from)
      object[key], after = decode(text, assert(text:find(":", after, true)) + 1)
      return after
    end)
  end
  if c == "[" then
    local list = M.array({})
    return list, decode_items(text, at, "]", function(from)
      local item, after = decode(text, from)
      list[#list + 1] = item
      return after
    end)
  end
  local word = assert(text:match("^[%w.+-]+", at), "no JSON")
  local value = literals[word]
  if value == nil then value = assert(math.tointeger(tonumber(word)) or tonumber(word), "no JSON") end
  return value, at + #word
end

function M.decode(text)
  local ok, value = pcall(decode, text, 1)
  if not ok then return nil, { code = "invalid", message = "not JSON" } end
  return value
end

return M
