--- Plays the whole session with the real tools on a small stand-in for the kernel, in random orders, with messages that
--- come late or together and calls that are interrupted before or after they took effect. Every run must end alike.

-- As in examples/sample, as far as the script looks at it.
local FILES = {
  ["README.md"] = "sh test.sh fails\n", ["test.sh"] = "check 3600 1h\n",
  ["duration.sh"] = "hours=$((seconds / 3600))\nminutes=$((seconds / 60))\nrest=$((seconds % 60))\n",
}

local Kernel = {}
Kernel.__index = Kernel

function Kernel.new(t, kills)
  local kernel = setmetatable({ t = t, kills = kills, agents = {}, names = {}, calls = 0, tasks = {} }, Kernel)
  t.host.files, t.host.read = {}, {}
  for path, text in pairs(FILES) do t.host.files[path] = text end
  t.host.tasks = kernel.tasks
  t.host.process = function()
    local fixed = t.host.files["duration.sh"]:find("%% 3600 / 60")
    return fixed and { output = "8 passed, 0 failed\n" } or { status = 1, output = "5 passed, 3 failed\n" }
  end
  function loom.team.spawn(request) return kernel:spawn(request) end
  function loom.board.assign(request) return kernel:assign(request) end
  function loom.board.complete(request) return kernel:complete(request) end
  function loom.inbox.send(request)
    kernel:deliver(request.to, ("[%s] %s"):format(kernel.current, request.text))
    return { id = "m", to = request.to, receipt = "queued" }
  end
  kernel:add("lead", "lead")
  return kernel
end

function Kernel:add(name, role)
  self.agents[name] = { name = name, role = role, messages = {}, inbox = {}, waiting_calls = nil }
  self.names[#self.names + 1] = name
end

function Kernel:deliver(name, text) table.insert(self.agents[name].inbox, text) end

local function refused(message) return nil, setmetatable({ message = message }, { __tostring = function() return message end }) end

function Kernel:spawn(request)
  local started = {}
  for index, member in ipairs(request.members) do
    if self.agents[member.name] then return refused(("the name %s is taken"):format(member.name)) end
    self:add(member.name, member.role)
    started[index] = { name = member.name, role = member.role, model = "scripted:sample" }
  end
  return started
end

function Kernel:assign(request)
  local task = { id = "t" .. #self.tasks + 1, title = request.title, agent = request.agent, status = "assigned", creator = "lead" }
  self.tasks[#self.tasks + 1] = task
  self:deliver(request.agent, ("[task %s] %s\n%s"):format(task.id, request.title, request.description))
  return task
end

function Kernel:complete(request)
  local open
  for _, task in ipairs(self.tasks) do
    if task.agent == self.current and task.status == "assigned" then
      if open then return refused("you have several open tasks: name one") end
      open = task
    end
  end
  if not open then return refused("you have no open task") end
  open.status, open.result = request.failed and "failed" or "done", request.result
  self:deliver("lead", ("[task %s %s by %s] %s"):format(open.id, open.status, self.current, request.result))
  return open
end

--- What entered the inbox becomes text of the next user message, all of it or only the first, as chance wants.
local function drain(agent, parts)
  while #agent.inbox > 0 do
    parts[#parts + 1] = { type = "text", text = table.remove(agent.inbox, 1) }
    if math.random() < 0.3 then break end
  end
  return parts
end

function Kernel:ask(agent)
  self.calls = self.calls + 1
  local reply, stop = { author = "assistant", parts = {} }, nil
  local call = {
    id = ("C%d"):format(self.calls), model = "sample", agent = agent.name, role = agent.role, system = "", messages = agent.messages,
  }
  self.t.load("providers.scripted").stream(call, function(event)
    if event.type == "error" then error(event.message) end
    if event.type == "stop" then stop = event.reason end
    if event.type == "text" then
      local last = reply.parts[#reply.parts]
      if last and last.type == "text" then
        last.text = last.text .. event.text
      else
        reply.parts[#reply.parts + 1] = { type = "text", text = event.text }
      end
    end
    if event.type == "tool_call" then
      local arguments = loom.json.decode(event.arguments)
      reply.parts[#reply.parts + 1] = { type = "tool_call", id = event.id, name = event.name, arguments = arguments }
    end
  end)
  agent.messages[#agent.messages + 1] = reply
  return stop == "tool_use" and reply or nil
end

function Kernel:run_tool(agent, made)
  self.current = agent.name
  loom.agent.self = function() return { name = agent.name, role = agent.role, team = "core" } end
  local killed = math.random() < self.kills
  local result = { type = "tool_result", call = made.id, name = made.name, text = "The call was interrupted.", is_error = true }
  -- A kill may come before the call did anything, or after it did everything.
  if killed and math.random() < 0.5 then return result end
  self.t.host.phase = "tool"
  local ok, out = pcall(self.t.load("tools." .. made.name).run, made.arguments, {})
  self.t.host.phase = "provider"
  -- A task and its result are stored in one step: that it was given is never in doubt.
  if killed and made.name ~= "team_assign" then return result end
  result.text = ok and (type(out) == "table" and out.text or out) or tostring(out)
  result.is_error = not ok or type(out) == "table" and out.error == true
  return result
end

--- As the real one: who gave a task that its agent left open at the end of a turn must hear of it.
function Kernel:conclude(agent)
  if #agent.inbox > 0 then return end
  for _, task in ipairs(self.tasks) do
    if task.agent == agent.name and task.status == "assigned" then
      self:deliver("lead", ("%s ended its turn without completing %s"):format(agent.name, task.id))
    end
  end
end

--- One step of one agent: its calls run and it is asked again, or its inbox is read and it is asked. False when idle.
function Kernel:step(agent)
  local parts = {}
  if agent.waiting_calls then
    for _, part in ipairs(agent.waiting_calls.parts) do
      if part.type == "tool_call" then parts[#parts + 1] = self:run_tool(agent, part) end
    end
  elseif #agent.inbox == 0 then
    return false
  end
  agent.messages[#agent.messages + 1] = { author = "user", parts = drain(agent, parts) }
  agent.waiting_calls = self:ask(agent)
  if not agent.waiting_calls then self:conclude(agent) end
  return true
end

function Kernel:play()
  self:deliver("lead", "Make the test pass.")
  local busy = true
  while busy do
    busy = false
    local order = table.move(self.names, 1, #self.names, 1, {})
    for index = #order, 2, -1 do
      local other = math.random(index)
      order[index], order[other] = order[other], order[index]
    end
    for _, name in ipairs(order) do
      -- A slow agent sits out many rounds, so that others' messages pile up in front of it.
      if math.random() < 0.5 then
        busy = true
      else
        busy = self:step(self.agents[name]) or busy
      end
    end
    if self.calls > 500 then error("no end") end
  end
end

local function last_words(agent)
  local part = agent.messages[#agent.messages].parts[1]
  return part and part.text
end

local function check(t, seed, kills)
  math.randomseed(seed)
  local kernel = Kernel.new(t, kills)
  kernel:play()
  local what = ("seed %d, kills %s: "):format(seed, kills)
  t.ok(t.host.files["duration.sh"]:find("seconds % 3600 / 60", 1, true), what .. "not fixed")
  t.equal(#kernel.tasks, 3)
  for _, task in ipairs(kernel.tasks) do t.ok(task.status == "done", what .. task.title .. " is " .. task.status) end
  local said = last_words(kernel.agents.lead)
  t.ok(said and said:find("^Done: all 8 cases"), what .. "the lead's last words are " .. tostring(said))
end

local cases = {
  { "does not claim success when the edit was refused", function(t)
    t.load("tools.file_edit").run = function() error("permission to write duration.sh was refused", 0) end
    math.randomseed(1)
    local kernel = Kernel.new(t, 0)
    kernel:play()
    t.contains(last_words(kernel.agents.lead), "Not done: ada could not finish")
  end },
  { "starts nobody when the person refuses the team", function(t)
    local kernel = Kernel.new(t, 0)
    loom.team.spawn = function() return refused("the person refused to start 3 agents") end
    kernel:play()
    t.contains(last_words(kernel.agents.lead), "I changed nothing")
  end },
}

--- Few plays a case, for each case has to end within its time.
local function add(name, kills, last)
  for first = 1, last, 20 do
    table.insert(cases, { ("%s, seeds %d to %d"):format(name, first, first + 19), function(t)
      for seed = first, first + 19 do check(t, seed, kills) end
    end })
  end
end

add("ends with a repaired script in whatever order messages arrive", 0, 100)
add("ends the same way when calls are interrupted and made again", 0.3, 200)
return cases
