--- What a case has for its kind of plugin. The plugin is called as the real host calls it.
---
---   tool     t.run(args)            { text, data, error, denied }: arguments are checked, access is asked about, and what it raises
---                                   is a result
---            t.access(args)         what permission is asked for: { { kind, target }, … }         t.summary(args)
---   hook     t.before_tool(call), t.after_tool(call, result), t.before_model(request), t.after_model(reply)
---                                   what it says; `agent`, `role`, `team` and `call` may be left out
---   command  t.run(text, session)   what it answers               t.complete(word, session)
---   panel    t.draw(snapshot)       its nodes, looked through     t.text(node)  all texts in a node
---   provider t.sent(changes)        the body of the request for a call, and the whole request; what is not said has a value of its own
---            t.reply(events)        what decode emits for them: tables, or the texts of events
---   service  t.start(), t.stop()    t.signal(type, data, more)    hands it a signal; `more` may hold `source`, `topic`, …
---            t.advance(seconds)     lets time pass: what is due by `every` runs
---
--- Where a session or a snapshot is left out it shows the agents and tasks of `t.host`.
local M = {}

--- Lua's own errors are mistakes of the program, and no result of a tool.
local function is_fault(err)
  if type(err) ~= "string" then return type(err) == "table" and err.place ~= nil end
  return err:find(":%d+: attempt to ") or err:find(": bad argument #", 1, true) or err:find(": undeclared global '", 1, true)
    or err:find(":%d+: loom%.[%w_.]+[ :]") or err:find("deadline exceeded", 1, true) or err:find("not enough memory", 1, true)
end

local function result_of(value)
  if type(value) == "table" then return value end
  return { text = value == nil and "" or tostring(value) }
end

local function session_of(host, session)
  local all = {
    agents = host.agents, tasks = host.tasks, questions = {}, session = "S1", directory = "/project", cost_usd = 0, permissions = "ask",
  }
  for key, value in pairs(session or {}) do all[key] = value end
  return all
end

--- Runs a body in another phase.
local function within(host, phase, body, ...)
  local before = host.phase
  host.phase = phase
  local value = body(...)
  host.phase = before
  return value
end

function M.tool(t, host, spec)
  function t.access(args)
    local access = t.plugin.access or {}
    if type(access) == "function" then return within(host, "question", access, args) end
    local list, kinds = {}, {}
    for kind in pairs(access) do kinds[#kinds + 1] = kind end
    table.sort(kinds)
    for _, kind in ipairs(kinds) do
      local names = type(access[kind]) == "table" and access[kind] or { access[kind] }
      for _, name in ipairs(names) do
        local targets = type(args[name]) == "table" and args[name] or { args[name] }
        for _, target in ipairs(targets) do list[#list + 1] = { kind = kind, target = target } end
      end
    end
    return list
  end

  function t.summary(args)
    local summary = t.plugin.summary
    if type(summary) == "function" then return within(host, "question", summary, args) end
    return summary and tostring(args[summary])
  end

  function t.run(args)
    local checked, mistake = spec.arguments(t.plugin.parameters or {}, args or {})
    if not checked then return { text = mistake, error = true } end
    local ok, value = pcall(function()
      for _, access in ipairs(t.access(checked)) do host.ask(access.kind, access.target) end
      local about = { agent = host.self.name, role = host.self.role, team = host.self.team, call = "C1" }
      return t.plugin.run(checked, about)
    end)
    if host.refused then return { text = host.refused, error = true, denied = true } end
    if ok then return result_of(value) end
    if is_fault(value) then error(value, 0) end
    return { text = tostring(value):gsub("^[^\n]-:%d+: ", "", 1), error = true }
  end
end

local points = { before_tool = "arguments", after_tool = "text", before_model = "note", after_model = "text" }

function M.hook(t, host)
  local function concerns(subject)
    local tools = t.plugin.tools
    if not tools or not subject.tool then return true end
    for _, tool in ipairs(type(tools) == "table" and tools or { tools }) do
      if tool == subject.tool then return true end
    end
    return false
  end

  for point, rewrites in pairs(points) do
    t[point] = function(subject, result)
      local all = { agent = host.self.name, role = host.self.role, team = host.self.team, call = "C1" }
      for key, value in pairs(subject) do all[key] = value end
      if not t.plugin[point] or not concerns(all) then return nil end
      local verdict = t.plugin[point](all, result)
      for key in pairs(verdict or {}) do
        if key ~= rewrites and key ~= "refuse" and key ~= "ask" then error(("%s may not return %q"):format(point, key), 2) end
      end
      return verdict
    end
  end
end

function M.command(t, host)
  function t.run(text, session)
    local words = {}
    for word in (text or ""):gmatch("%S+") do words[#words + 1] = word end
    return result_of(t.plugin.run({ text = text or "", words = words }, session_of(host, session))).text
  end

  function t.complete(word, session)
    return within(host, "panel", t.plugin.complete, word, session_of(host, session))
  end
end

function M.panel(t, host, spec)
  local function check(node)
    if type(node) ~= "table" then return end
    if not node.tag then
      for _, child in ipairs(node) do check(child) end
      return
    end
    if not loom.html[node.tag] then error(("the page knows no <%s>"):format(node.tag), 0) end
    for name in pairs(node.attributes) do
      if not spec.attributes[name] then error(("the page lets no attribute %q through"):format(name), 0) end
    end
    check(node.children)
  end

  function t.draw(snapshot)
    local node = t.plugin.render(session_of(host, snapshot))
    check(node)
    return node
  end

  function t.text(node)
    if type(node) ~= "table" then return tostring(node) end
    local parts = {}
    for index, child in ipairs(node.tag and node.children or node) do parts[index] = t.text(child) end
    return table.concat(parts)
  end
end

function M.provider(t)
  function t.sent(changes)
    local call = {
      id = "C1", model = "m", system = "Be kind.", purpose = "turn", agent = "ada", role = "coder", step = 0, cache_key = "A1",
      base_url = (t.plugin.credentials or {}).base_url or "https://models.example",
      messages = { { author = "user", parts = { { type = "text", text = "Hello." } } } },
      tools = { { name = "look", description = "Looks.", parameters = { type = "object", properties = { at = { type = "string" } } } } },
    }
    for key, value in pairs(changes or {}) do call[key] = value end
    local request = t.plugin.request(call)
    return request.body, request
  end

  function t.reply(events)
    local emitted, state = {}, {}
    for _, event in ipairs(events) do
      local data = type(event) == "table" and loom.json.encode(event) or event
      local name = type(event) == "table" and type(event.type) == "string" and event.type or "message"
      t.plugin.decode({ event = name, data = data }, function(one) emitted[#emitted + 1] = one end, state)
    end
    return emitted
  end
end

function M.service(t, host, spec)
  local passed = 0

  function t.start() if t.plugin.start then t.plugin.start() end end
  function t.stop() if t.plugin.stop then t.plugin.stop() end end

  function t.signal(type, data, more)
    local signal = { type = type, data = data or {}, source = "agent/ada", team = "core", sequence = 1, id = "S1" }
    for key, value in pairs(more or {}) do signal[key] = value end
    signal.topic = signal.topic or ("team/%s/%s/%s"):format(signal.team, signal.source, type)
    -- Nobody hears what they said themselves.
    if signal.source == "service/" .. spec.name then return end
    local patterns = {}
    for pattern in pairs(t.plugin.subscribe or {}) do patterns[#patterns + 1] = pattern end
    table.sort(patterns)
    for _, pattern in ipairs(patterns) do
      if spec.matches(pattern, signal.topic) then t.plugin.subscribe[pattern](signal) end
    end
  end

  function t.advance(seconds)
    local due = {}
    for interval, body in pairs(t.plugin.every or {}) do
      for at = interval * (passed // interval + 1), passed + seconds, interval do due[#due + 1] = { at = at, body = body } end
    end
    table.sort(due, function(a, b) return a.at < b.at end)
    passed, host.clock = passed + seconds, host.clock + math.floor(seconds)
    for _, one in ipairs(due) do one.body() end
  end
end

return M
