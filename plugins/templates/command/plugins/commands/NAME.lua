--- /NAME: who is here, and what they do.
---@type loom.Command
local command = {
  api = 1,
  usage = "/NAME [AGENT]",
  description = "who is here, and what they do",
  complete = function(_, session)
    local names = {}
    for index, agent in ipairs(session.agents) do names[index] = agent.name end
    return names
  end,
  run = function(args, session)
    local lines = {}
    for _, agent in ipairs(session.agents) do
      if not args.words[1] or args.words[1] == agent.name then
        lines[#lines + 1] = ("%s (%s): %s"):format(agent.name, agent.role, agent.activity or agent.state)
      end
    end
    if #lines == 0 then error(("there is no agent %q"):format(args.words[1] or "at all"), 0) end
    return table.concat(lines, "\n")
  end,
}
return command
