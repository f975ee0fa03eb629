--- A host that is not there: `loom` over tables. `new()` gives the fake (what a spec looks at and fills) and its `loom`.
---
---   host.files      { [path] = text }, the project            host.read      paths this agent has read
---   host.process    function(request) -> result               host.requests  what process.run was asked
---   host.search     function(request) -> result of fs.search  host.answer    what the person answers
---   host.outlines   { [path] = { language, symbols } }
---   host.skills     { [name] = { description, text, files = { [path] = text }, allowed_tools } }
---   host.agents, host.tasks                                   host.spawned, .assigned, .completed, .sent, .asked
---   host.self       { name, role, team }                      host.slept     seconds, added up
local json = require "spec.json"

local M = {}

local err_meta = { __tostring = function(err) return err.message end }

local function refuse(code, message, ...)
  return nil, setmetatable({ code = code, message = message:format(...) }, err_meta)
end

local function count_lines(text)
  local _, count = text:gsub("\n", "")
  return count + ((text ~= "" and text:sub(-1) ~= "\n") and 1 or 0)
end

local function split(text)
  local list = {}
  for line in (text:sub(-1) == "\n" and text or text .. "\n"):gmatch("(.-)\n") do list[#list + 1] = line end
  return text == "" and {} or list
end

--- One hunk without context: what stands between the equal lines at both ends.
local function diff(old, new)
  local a, b = split(old), split(new)
  local first = 1
  while a[first] and a[first] == b[first] do first = first + 1 end
  local last_a, last_b = #a, #b
  while last_a >= first and last_b >= first and a[last_a] == b[last_b] do last_a, last_b = last_a - 1, last_b - 1 end
  local rows = { ("@@ -%d,%d +%d,%d @@"):format(first, last_a - first + 1, first, last_b - first + 1) }
  for index = first, last_a do rows[#rows + 1] = "-" .. a[index] end
  for index = first, last_b do rows[#rows + 1] = "+" .. b[index] end
  return table.concat(rows, "\n"), last_b - first + 1, last_a - first + 1
end

local function file_api(host)
  local fs = {}

  function fs.read(path, range)
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
      text = part, path = path, first_line = first, line_count = math.max(0, last - first + 1), total_lines = count_lines(text),
      size = #kept, encoding = "utf-8", line_ending = kept:find("\r\n", 1, true) and "crlf" or "lf",
    }
  end

  function fs.write(path, text)
    local old = host.files[path]
    if old and not host.read[path] then return refuse("stale", "%s was not read by you; read it first", path) end
    host.files[path], host.read[path] = text, true
    local shown, added, removed = diff((old or ""):gsub("\r\n", "\n"), text)
    if old and old:find("\r\n", 1, true) then host.files[path] = text:gsub("\n", "\r\n") end
    return { path = path, created = old == nil, bytes = #text, added = added, removed = removed, diff = shown }
  end

  function fs.stat(path)
    local text = host.files[path]
    if not text then return refuse("not_found", "%s does not exist", path) end
    return { name = path, kind = "file", size = #text }
  end

  function fs.list(path)
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
    return entries
  end

  function fs.glob(pattern, options)
    local files, like = {}, "^" .. pattern:gsub("[%-.+]", "%%%0"):gsub("%*+", ".*") .. "$"
    for file in pairs(host.files) do
      if file:find(like) then files[#files + 1] = file end
    end
    table.sort(files)
    return { files = table.move(files, 1, math.min(#files, options.limit), 1, {}), total = #files }
  end

  function fs.search(request) return host.search(request) end

  return fs
end

function M.new()
  local host = {
    files = {}, outlines = {}, read = {}, requests = {}, sent = {}, asked = {}, spawned = {}, assigned = {}, completed = {},
    skills = {}, agents = {}, tasks = {}, slept = 0, self = { name = "ada", role = "coder", team = "core" },
  }
  local loom = { fs = file_api(host), json = json, text = {}, time = {}, process = {}, repo = {}, team = {}, agent = {}, board = {} }

  function loom.log() end
  function loom.progress() end
  loom.config = { get = function() return nil end }
  function loom.text.truncate(text, max) return #text <= max and text or text:sub(1, max) .. "…" end
  function loom.text.diff(old, new) return (diff(old, new)) end
  function loom.time.now() return "2026-01-01T00:00:00Z" end
  function loom.time.sleep(seconds) host.slept = host.slept + seconds end

  function loom.repo.outline(path)
    local outline = host.outlines[path]
    if not outline then return refuse("no_grammar", "There is no grammar for %s", path) end
    return { path = path, language = outline.language, symbols = outline.symbols }
  end

  function loom.process.run(request)
    host.requests[#host.requests + 1] = request
    local result = { status = 0, output = "", truncated = false, seconds = 0, timed_out = false }
    for key, value in pairs(host.process and host.process(request) or {}) do result[key] = value end
    return result
  end

  loom.skill = {
    list = function()
      local list = {}
      for name, skill in pairs(host.skills) do list[#list + 1] = { name = name, description = skill.description, root = "project" } end
      table.sort(list, function(a, b) return a.name < b.name end)
      return list
    end,
    load = function(name)
      local skill = host.skills[name]
      if not skill then return refuse("not_found", "There is no skill %s", name) end
      local files = {}
      for path in pairs(skill.files or {}) do files[#files + 1] = path end
      table.sort(files)
      return {
        name = name, description = skill.description, text = skill.text, folder = "/skills/" .. name, files = files,
        allowed_tools = skill.allowed_tools or {},
      }
    end,
    read = function(name, path)
      local text = host.skills[name] and host.skills[name].files[path]
      if not text then return refuse("not_found", "%s does not exist", path) end
      return text
    end,
  }

  function loom.agent.self() return host.self end
  function loom.agent.list() return host.agents end
  function loom.team.spawn(request)
    host.spawned[#host.spawned + 1] = request
    local started = {}
    for index, member in ipairs(request.members) do
      started[index] = { name = member.name or member.role, role = member.role, model = member.model or "scripted:sample" }
    end
    return started
  end

  function loom.board.list() return host.tasks end
  function loom.board.assign(request)
    host.assigned[#host.assigned + 1] = request
    local task = { id = "t" .. #host.assigned, title = request.title, agent = request.agent, status = "assigned", creator = "lead" }
    host.tasks[#host.tasks + 1] = task
    return task
  end
  function loom.board.complete(request)
    host.completed[#host.completed + 1] = request
    return { id = request.task or "t1", status = request.failed and "failed" or "done", creator = "lead" }
  end

  loom.inbox = { send = function(request)
    host.sent[#host.sent + 1] = request
    return { id = "m" .. #host.sent, to = request.to, receipt = "queued" }
  end }
  loom.ask = { user = function(request)
    host.asked[#host.asked + 1] = request
    return host.answer
  end }
  return host, loom
end

return M
