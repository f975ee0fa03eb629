--- `loom.fs` and `loom.repo` over a table of texts.
local refuse = require "spec.refusal"

local M = {}

local function split(text)
  local list = {}
  for line in (text:sub(-1) == "\n" and text or text .. "\n"):gmatch("(.-)\n") do list[#list + 1] = line end
  return text == "" and {} or list
end

local function count(diff, sign)
  local found = 0
  for line in diff:gmatch("[^\n]+") do
    if line:sub(1, 1) == sign and line:sub(1, 3) ~= sign:rep(3) then found = found + 1 end
  end
  return found
end

local function reading(host, api)
  api["fs.read"] = function(path, range)
    host.ask("read", path)
    local kept = host.files[path]
    if not kept then return refuse("not_found", "%s does not exist", path) end
    host.read[path] = true
    -- Lines end with \n for whoever reads; a write gives the file its own ending back.
    local text = kept:gsub("\r\n", "\n")
    local all = split(text)
    local first = range and range.offset or 1
    local last = math.min(#all, range and range.limit and first + range.limit - 1 or #all)
    local part = text
    if range then part = table.concat(all, "\n", first, last) .. (last >= first and "\n" or "") end
    return {
      text = part, path = path, first_line = first, line_count = math.max(0, last - first + 1), total_lines = #all,
      size = #kept, encoding = "utf-8", line_ending = kept:find("\r\n", 1, true) and "crlf" or "lf",
    }
  end

  api["fs.stat"] = function(path)
    host.ask("read", path)
    local text = host.files[path]
    return text and { name = path, kind = "file", size = #text, modified = "2026-01-01T00:00:00Z" } or nil
  end

  api["repo.outline"] = function(path)
    host.ask("read", path)
    local outline = host.outlines[path]
    if not outline then return refuse("no_grammar", "There is no grammar for %s", path) end
    return { path = path, language = outline.language, symbols = outline.symbols }
  end
end

local function finding(host, api)
  api["fs.list"] = function(path)
    host.ask("read", path)
    local found, entries = {}, {}
    local prefix = path == "." and "" or path .. "/"
    for file, text in pairs(host.files) do
      local rest = file:sub(1, #prefix) == prefix and file:sub(#prefix + 1)
      local name = rest and rest:match("^[^/]+")
      if name and not found[name] then
        found[name] = true
        entries[#entries + 1] = { name = name, kind = rest == name and "file" or "directory", size = #text }
      end
    end
    if #entries == 0 and path ~= "." then return refuse("not_found", "%s does not exist", path) end
    table.sort(entries, function(a, b) return a.name < b.name end)
    return entries
  end

  api["fs.glob"] = function(pattern, options)
    local found, like = {}, "^" .. pattern:gsub("[%-.+]", "%%%0"):gsub("%*+", ".*") .. "$"
    for file in pairs(host.files) do
      if file:find(like) then found[#found + 1] = file end
    end
    table.sort(found)
    local limit = options and options.limit or 1000
    return { files = table.move(found, 1, math.min(#found, limit), 1, {}), total = #found }
  end

  api["fs.search"] = function(request)
    host.ask("read", request.path or ".")
    if not host.search then error("give the case a host.search(request)", 0) end
    return host.search(request)
  end
end

function M.add(host, api)
  host.files, host.read = {}, {}
  reading(host, api)
  finding(host, api)

  api["fs.write"] = function(path, text)
    host.ask("write", path)
    local old = host.files[path]
    if old and not host.read[path] then return refuse("stale", "%s was not read by you; read it first", path) end
    host.files[path], host.read[path] = text, true
    local diff = loom.text.diff((old or ""):gsub("\r\n", "\n"), text)
    -- The real one names the file.
    diff = diff:gsub("^%-%-%- text\n%+%+%+ text", function() return ("--- %s\n+++ %s"):format(path, path) end)
    if old and old:find("\r\n", 1, true) then host.files[path] = text:gsub("\n", "\r\n") end
    return {
      path = path, created = old == nil, bytes = #text, added = count(diff, "+"), removed = count(diff, "-"), diff = diff,
    }
  end
end

return M
