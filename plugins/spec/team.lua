--- Agents, tasks and messages: what was asked for is written down, and the answers are as if all went well.
local refuse = require "spec.refusal"

local M = {}

function M.add(host, api)
  host.agents, host.tasks = {}, {}
  host.spawned, host.assigned, host.completed, host.sent = {}, {}, {}, {}
  host.self = { name = "ada", role = "coder", team = "core" }

  api["agent.self"] = function() return host.self end
  api["agent.list"] = function() return host.agents end

  local function find(list, key, value, what)
    for _, entry in ipairs(list) do
      if entry[key] == value then return entry end
    end
    return refuse("not_found", "There is no %s «%s».", what, value)
  end

  api["agent.get"] = function(name) return find(host.agents, "name", name, "agent") end
  host.controlled = {}
  for _, control in ipairs { "pause", "resume", "stop" } do
    api["agent." .. control] = function(name)
      host.ask("control", name)
      host.controlled[#host.controlled + 1] = { control = control, agent = name }
      return true
    end
  end

  api["team.list"] = function()
    local teams, by_name = {}, {}
    for _, agent in ipairs(host.agents) do
      local name = agent.team or "core"
      if not by_name[name] then
        by_name[name] = { name = name, agents = {} }
        teams[#teams + 1] = by_name[name]
      end
      table.insert(by_name[name].agents, agent.name)
    end
    return teams
  end

  host.inbox, host.plugins, host.prompts = {}, {}, {}
  api["inbox.list"] = function() return host.inbox end
  api["plugin.list"] = function() return host.plugins end
  host.generations = {}
  api["plugin.generations"] = function(name) return host.generations[name] or {} end
  api["prompt.render"] = function(name, values)
    local prompt = host.prompts[name]
    if not prompt then return refuse("prompt", "There is no prompt «%s».", name) end
    return type(prompt) == "function" and prompt(values or {}) or prompt
  end
  api["board.get"] = function(id) return find(host.tasks, "id", id, "task") end

  api["team.spawn"] = function(request)
    local started = {}
    for index, member in ipairs(request.members) do
      host.ask("spawn", member.role)
      started[index] = { name = member.name or member.role, role = member.role, model = member.model or "scripted:sample" }
    end
    host.spawned[#host.spawned + 1] = request
    return started
  end

  api["board.list"] = function() return host.tasks end

  api["board.assign"] = function(request)
    host.assigned[#host.assigned + 1] = request
    local task = { id = "t" .. #host.assigned, title = request.title, agent = request.agent, status = "assigned", creator = "lead" }
    host.tasks[#host.tasks + 1] = task
    return task
  end

  api["board.complete"] = function(request)
    host.completed[#host.completed + 1] = request
    return { id = request.task or "t1", status = request.failed and "failed" or "done", creator = "lead" }
  end

  api["inbox.send"] = function(request)
    host.ask("message", request.to)
    host.sent[#host.sent + 1] = request
    return { id = "m" .. #host.sent, to = request.to, receipt = "queued" }
  end
end

return M
