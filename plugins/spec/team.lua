--- Agents, tasks and messages: what was asked for is written down, and the answers are as if all went well.
local M = {}

function M.add(host, api)
  host.agents, host.tasks = {}, {}
  host.spawned, host.assigned, host.completed, host.sent = {}, {}, {}, {}
  host.self = { name = "ada", role = "coder", team = "core" }

  api["agent.self"] = function() return host.self end
  api["agent.list"] = function() return host.agents end

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
