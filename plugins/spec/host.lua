--- A host that is not there. `new(spec)` gives what a spec looks at and fills, and the functions of `loom` over it, by name.
---
---   host.files      { [path] = text }, the project            host.read      paths this agent has read
---   host.process    function(request) -> result               host.requests  what process.run was asked
---   host.search     function(request) -> result of fs.search  host.answer    what the person answers
---   host.outlines   { [path] = { language, symbols } }        host.settings  { [key] = value } of the configuration
---   host.skills     { [name] = { description, text, files = { [path] = text }, allowed_tools } }
---   host.state      { [key] = value }                         host.store     { [key] = { value, revision } }
---   host.tools      { { name, description, parameters } }     host.called    what tool.call was asked
---   host.tool       function(name, arguments) -> result of tool.call
---   host.agents, host.tasks                                   host.spawned, .assigned, .completed, .sent, .asked
---   host.self       { name, role, team }                      host.slept     seconds, added up
---   host.clock      seconds since 1970; sleeping adds to it   host.logged, .progress   what was said to people
---   host.published  { { type, data }, … }                     host.history   { { type, topic, data }, … }, what happened before
---   host.permit     function(kind, target) -> true, or false and why not; without it all is allowed
---   host.http       function(request) -> { status, headers, body, events }, or a body   host.sent_requests
---   host.model      function(request) -> { text, usage, cost }, or a text               host.questions
---   host.start      function(request) -> { output = { lines }, errors, status, answer } of process.start; host.started
---   host.coming     { { type, topic, data }, … }, what signal.subscribe hears           host.controlled  what agents were told
---   host.prompts    { [name] = text, or function(values) -> text } of prompt.render      host.inbox, .plugins, .generations
---   host.accesses   { { kind, target }, … }, what was asked   host.phase     where the code runs; see `loomkin plugin api`
local files = require "spec.files"
local memory = require "spec.memory"
local skills = require "spec.skills"
local reach = require "spec.reach"
local tasks = require "spec.tasks"
local team = require "spec.team"

local M = {}

function M.new(spec)
  local host = {
    requests = {}, asked = {}, accesses = {}, logged = {}, progress = {}, settings = {}, outlines = {}, slept = 0, tools = {}, called = {},
    clock = 1767225600, -- the first second of 2026
  }
  local loom = {}

  --- Asks for permission. A denied call ends, whatever the plugin does about the error.
  function host.ask(kind, target)
    host.accesses[#host.accesses + 1] = { kind = kind, target = target }
    if not host.permit then return end
    local allowed, why = host.permit(kind, target)
    if allowed then return end
    host.refused = ("Refused: %s %s%s"):format(kind, target, why and ", " .. why or "")
    error(host.refused, 0)
  end

  files.add(host, loom)
  memory.add(host, loom)
  skills.add(host, loom)
  team.add(host, loom)
  reach.add(host, loom)
  tasks.add(host, loom, spec)

  loom.log = function(level, text) host.logged[#host.logged + 1] = { level = level, text = text } end
  loom.progress = function(text) host.progress[#host.progress + 1] = text end
  loom["config.get"] = function(key) return host.settings[key] end
  loom["time.now"] = function() return os.date("!%Y-%m-%dT%H:%M:%SZ", host.clock) end
  loom["time.monotonic"] = function() return host.clock - 1767225600 + 0.0 end
  loom["time.sleep"] = function(seconds)
    host.slept, host.clock = host.slept + seconds, host.clock + math.floor(seconds)
  end

  loom["process.run"] = function(request)
    host.ask("execute", request.command or table.concat(request.arguments, " "))
    host.requests[#host.requests + 1] = request
    local result = { status = 0, output = "", truncated = false, seconds = 0, timed_out = false }
    for key, value in pairs(host.process and host.process(request) or {}) do result[key] = value end
    return result
  end

  host.published, host.history = {}, {}
  loom["signal.publish"] = function(word, data)
    local signal = { type = spec.name .. "." .. word, data = data or {}, sequence = #host.published + 1 }
    host.published[#host.published + 1] = signal
    return signal
  end
  loom["signal.history"] = function(request)
    local found = {}
    for _, signal in ipairs(host.history) do
      local topic = signal.topic or "team/core/agent/ada/" .. signal.type
      if spec.matches(request and request.pattern or "**", topic) then found[#found + 1] = signal end
    end
    return found
  end

  loom["tool.list"] = function() return host.tools end
  loom["tool.call"] = function(name, arguments)
    host.called[#host.called + 1] = { name = name, arguments = arguments }
    if host.tool then return host.tool(name, arguments) end
    return { text = "" }
  end

  loom["ask.user"] = function(request)
    host.asked[#host.asked + 1] = request
    return host.answer
  end
  return host, loom
end

return M
