--- /standup: what each agent did in this session, as one would say it in the morning.
local columns = require "lib.columns"

local function gather(agents)
  local all = {}
  for index, agent in ipairs(agents) do
    all[index] = { agent = agent, calls = 0, failed = 0, files = {}, tasks = {} }
    all[agent.name] = all[index]
  end
  return all
end

--- Every signal of a type, handed on with the work of the agent that it is about.
local function each(work, type, agent_of, body)
  for _, signal in ipairs(assert(loom.signal.history({ pattern = "**/" .. type, limit = 10000 }))) do
    local one = work[agent_of(signal.data)]
    if one then body(one, signal.data) end
  end
end

local function words(one)
  local parts = { ("%d call%s"):format(one.calls, one.calls == 1 and "" or "s") }
  if one.failed > 0 then parts[1] = ("%s, %d failed"):format(parts[1], one.failed) end
  if #one.files > 0 then parts[#parts + 1] = "changed " .. table.concat(one.files, ", ") end
  if #one.tasks > 0 then parts[#parts + 1] = "done: " .. table.concat(one.tasks, "; ") end
  parts[#parts + 1] = "now " .. (one.agent.activity or one.agent.state)
  return table.concat(parts, " · ")
end

---@type loom.Command
local command = {
  api = 1,
  usage = "/standup [AGENT]",
  description = "what each agent did in this session",
  complete = function(word, session)
    local names = {}
    for _, agent in ipairs(session.agents) do
      if agent.name:sub(1, #word) == word then names[#names + 1] = agent.name end
    end
    return names
  end,
  run = function(args, session)
    local work = gather(session.agents)
    local only = args.words[1]
    if only and not work[only] then error(("There is no agent %s."):format(only), 0) end
    each(work, "tool.finished", function(data) return data.agent end, function(one, data)
      one.calls = one.calls + 1
      if data.status ~= "ok" then one.failed = one.failed + 1 end
    end)
    each(work, "file.changed", function(data) return data.agent end, function(one, data)
      if not one.files[data.path] then one.files[#one.files + 1] = data.path end
      one.files[data.path] = true
    end)
    each(work, "task.changed", function(data) return data.task.assignee end, function(one, data)
      if data.task.status == "done" then one.tasks[#one.tasks + 1] = data.task.title end
    end)
    local rows = {}
    for _, one in ipairs(work) do
      if not only or one.agent.name == only then rows[#rows + 1] = { one.agent.name, one.agent.role, words(one) } end
    end
    return table.concat(columns.lines(rows), "\n")
  end,
}
return command
